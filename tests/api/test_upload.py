"""Large files at the service as it runs: received, refused before they come, and given up when they stall."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Semaphore
from urllib.parse import urlsplit

import pytest
import requests
from flask.testing import FlaskClient

from tests.api.conftest import SETTINGS
from tests.api.serving import served
from tests.conftest import as_text
from tests.keys import bearing, grant, with_key
from tierscore.api import create_app, receiving, upload
from tierscore.services.service import Service
from tierscore.storage.database import Database

ADDRESS = "/api/v1/observations"
ASYNC = {"Prefer": "respond-async", "Content-Type": "text/csv"}
COUNT = 34 * 1024 * 1024  # bytes: more than a plain request may have
ROWS = "".join(f"CN-SC,gdp,{year},{year},{'x' * 900}\n" for year in range(1900, 2100))
# The same 200 rows again and again.
FILE = "region,indicator,period,value,note\n" + ROWS * (COUNT // len(ROWS) + 1)


def settings(url: str, folder: Path) -> dict[str, str]:
    return {"DATABASE_URL": url, "TIERSCORE_IMPORT_MEGABYTES": "40", "TMPDIR": str(folder)}


def test_a_large_file_is_imported_once(seeded: Database, scratch: Path) -> None:
    key = bearing(grant(seeded))
    with served(settings(as_text(seeded.url), scratch), workers=2) as address:
        answer = requests.post(f"{address}{ADDRESS}", data=FILE, headers=key | ASYNC, timeout=60)
        assert answer.status_code == 202, answer.text
        while (job := requests.get(address + answer.headers["Location"], timeout=60).json())["finished_at"] is None:
            time.sleep(0.1)
        newest = requests.get(f"{address}/api/v1/revisions", timeout=60).json()["items"][0]
    lines = FILE.count("\n") - 1
    assert (job["state"], job["result"]["accepted"], job["result"]["unchanged"]) == ("done", 200, lines - 200)
    assert (newest["revision"], newest["rows"]) == (4, 200)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="module")
def address(seeded_url: str, folder: Path) -> Iterator[str]:
    """Where nothing is stored."""
    with served(settings(seeded_url, folder), workers=2) as found:
        yield found


def test_more_than_may_be_is_refused_before_it_comes(address: str, key: str) -> None:
    head = head_of(address, bearing(key), 41 << 20)
    assert answered(address, head).startswith("HTTP/1.1 413")


def test_a_stranger_is_refused_before_it_comes(address: str) -> None:
    assert answered(address, head_of(address, {}, 39 << 20)).startswith("HTTP/1.1 401")


def test_one_that_stalls_is_given_up(address: str, key: str, folder: Path) -> None:
    """After `STALLED_SECONDS` without a byte; nothing of it is left."""
    assert receiving.STALLED_SECONDS < 30
    answer = answered(address, head_of(address, bearing(key), 39 << 20) + FILE[:100_000].encode())
    assert answer.startswith("HTTP/1.1 408")
    assert [path for path in folder.glob("tierscore-imports-*/*") if path.is_dir()] == []


def head_of(address: str, headers: dict[str, str], size: int) -> bytes:
    told = {"Host": urlsplit(address).netloc, **ASYNC, **headers, "Content-Length": str(size)}
    return "\r\n".join(
        [f"POST {ADDRESS} HTTP/1.1", *(f"{name}: {text}" for name, text in told.items()), "", ""]
    ).encode()


def answered(address: str, sent: bytes) -> str:
    """The first bytes of the answer to what is sent, after which nothing more comes."""
    place = urlsplit(address)
    with closing(socket.create_connection((place.hostname, place.port), timeout=60)) as client:
        client.sendall(sent)
        return client.recv(100).decode()


def test_a_worker_keeps_threads_for_others(seeded: Database, scratch: Path) -> None:
    service = Service(seeded)
    application = create_app(SETTINGS, service)
    client: FlaskClient = with_key(application)
    application.config[upload._PLACES] = Semaphore(0)
    answer = client.post(ADDRESS, data=b"x", headers=ASYNC)
    assert (answer.status_code, answer.json["type"], "Retry-After" in answer.headers) == (503, "/problems/busy", True)
    assert service.imports.received.waiting == []
    service.close()
