"""Files that are imported as jobs: 202 at once, in the end what the plain import would have said."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pandas as pd
import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.api.conftest import SETTINGS
from tests.api.fitting import misfits
from tests.ingest.workbooks import workbook
from tests.keys import with_key
from tests.waiting import until
from tierscore.api import create_app, upload
from tierscore.services import import_jobs
from tierscore.services.service import Service
from tierscore.storage.database import Database
from tierscore.storage.received import Received

OBSERVATIONS = "/api/v1/observations"
IMPORT = f"{OBSERVATIONS}/import"
JOB = f"{IMPORT}/{{job}}"
ASYNC = {"Prefer": "respond-async"}
HEADER = "region,indicator,period,value"
KEY = {"Idempotency-Key": "k-1"}
BAD = "CN-XX,gdp,2031,1\nCN-SC,gdp,2031,-1\nCN-SC,gdp,2031"

Gate = Callable[[], Event]


@pytest.fixture
def own(seeded: Database, scratch: Path) -> Iterator[Service]:
    """A service on a database of the test's own, with what it does in the background."""
    service = Service(seeded, background=True)
    yield service
    service.close()


@pytest.fixture
def client(own: Service) -> FlaskClient:
    application = create_app(SETTINGS, own)
    application.testing = True
    return with_key(application)


@pytest.fixture
def gate(own: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """While it is closed, imports wait at every word about how far they are."""
    opened, work = Event(), own.imports._work

    def held_back(file: Path, wanted: Any, tell: Any, settle: Any) -> Any:
        def patient(stage: str, rows: int) -> None:
            tell(stage, rows)
            while not opened.wait(0.01):
                tell(stage, rows)

        return work(file, wanted, patient, settle)

    monkeypatch.setattr(own.imports, "_work", held_back)
    yield opened
    opened.set()


def lines(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows]).encode()


def upload_to(client: FlaskClient, content: bytes, headers: dict[str, str] | None = None, **form: str) -> TestResponse:
    data = {"file": (io.BytesIO(content), "metrics"), **form}
    return client.post(IMPORT, data=data, headers={**ASYNC, **(headers or {})})


def large(client: FlaskClient, size: int, headers: dict[str, str] | None = None) -> TestResponse:
    """The answer to a form with a file of so many bytes, which is written out before it is sent."""
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(b"x" * size), "metrics.csv")})
    media_type = f"multipart/form-data; boundary={boundary}"
    return client.post(IMPORT, data=body, content_type=media_type, headers=ASYNC if headers is None else headers)


def ended(client: FlaskClient, answer: TestResponse, language: str = "en") -> dict[str, Any]:
    """The job that an answer speaks of, once it is finished."""
    assert answer.status_code == 202, answer.text
    address, headers = answer.headers["Location"], {"Accept-Language": language}
    return dict(until(lambda: job if (job := client.get(address, headers=headers).json)["finished_at"] else None))


def labs(client: FlaskClient, period: int) -> list[float]:
    address = f"{OBSERVATIONS}?region=CN-SC&indicator=national_key_labs&period={period}"
    return [item["value"] for item in client.get(address).json["items"]]


def test_202_and_in_the_end_the_report_of_the_plain_import(client: FlaskClient) -> None:
    """Of the same rows for another year, good ones and bad ones."""
    document = client.get("/openapi.json").json
    rows = ["CN-SC,national_key_labs,{0},7", "CN-XX,gdp,{0},1", "CN-SC,national_key_labs,{0},7"]
    first, second = (lines(*(row.format(year) for row in rows)) for year in (2031, 2032))
    plain = client.post(IMPORT, data={"file": (io.BytesIO(first), "a.csv"), "mode": "partial"})
    answer = upload_to(client, second, mode="partial")
    assert misfits(document, IMPORT, answer.json, "post", 202) == []
    assert answer.headers["Location"] == f"{IMPORT}/{answer.json['id']}"
    assert (answer.headers["Retry-After"], answer.headers["Preference-Applied"]) == ("1", "respond-async")
    assert (answer.json["state"], answer.json["result"]) == ("queued", None)
    job = ended(client, answer)
    assert misfits(document, JOB, job) == []
    assert job["result"] == {**plain.json, "revision": plain.json["revision"] + 1}
    assert (job["state"], job["problem"], job["stage"]) == ("done", None, None)
    assert "Retry-After" not in client.get(answer.headers["Location"]).headers


def test_the_next_answer_shows_what_was_stored_and_events_tell_it(client: FlaskClient) -> None:
    assert labs(client, 2031) == []
    before = client.get("/api/v1/events").json["told"]
    job = ended(client, upload_to(client, lines("CN-SC,national_key_labs,2031,7")))
    assert labs(client, 2031) == [7]
    assert until(lambda: client.get("/api/v1/events").json["told"] > before)
    revision = client.get(f"/api/v1/revisions/{job['result']['revision']}").json
    assert (revision["recorded_by"], revision["rows"]) == ("tester", 1)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("content", [lines(*BAD.split("\n")), lines(), b"PK\x05\x06" + b"\0" * 18, b"PAR1PAR1"])
def test_a_bad_file_fails_with_the_problem_of_the_plain_import(
    client: FlaskClient, content: bytes, language: str
) -> None:
    plain = client.post(IMPORT, data={"file": (io.BytesIO(content), "a.csv")}, headers={"Accept-Language": language})
    job = ended(client, upload_to(client, content), language)
    assert (plain.status_code, job["state"], job["result"]) == (422, "failed", None)
    assert job["problem"] == plain.json
    assert client.get("/api/v1/revisions").json["items"][0]["revision"] == 3


def parquet() -> bytes:
    content = io.BytesIO()
    row = {"region": ["CN-SC"], "indicator": ["national_key_labs"], "period": [2031], "value": [7.0]}
    pd.DataFrame(row).to_parquet(content)
    return content.getvalue()


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SDMX = "application/vnd.sdmx.data+csv"


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("text/csv", lines("CN-SC,national_key_labs,2031,7")),
        ("application/vnd.apache.parquet", parquet()),
        (XLSX, workbook([HEADER.split(","), ["CN-SC", "national_key_labs", 2031, 7]])),
    ],
    ids=["csv", "parquet", "xlsx"],
)
def test_a_body_that_is_the_file(client: FlaskClient, media_type: str, content: bytes) -> None:
    tried = client.post(f"{OBSERVATIONS}?dry_run=true", data=content, content_type=media_type, headers=ASYNC)
    assert ended(client, tried)["result"]["accepted"] == 1
    assert labs(client, 2031) == []
    ended(client, client.post(OBSERVATIONS, data=content, content_type=media_type, headers=ASYNC))
    assert labs(client, 2031) == [7]


def test_json_is_never_a_job(client: FlaskClient) -> None:
    row = {"region": "CN-SC", "indicator": "national_key_labs", "period": 2031, "value": 7}
    assert client.post(OBSERVATIONS, json={"observations": [row]}, headers=ASYNC).status_code == 201


def test_what_was_cancelled_stores_nothing(client: FlaskClient, own: Service, gate: Event) -> None:
    answer = upload_to(client, lines("CN-SC,national_key_labs,2031,7"))
    address = answer.headers["Location"]
    running = until(lambda: job if (job := client.get(address).json)["stage"] else None)
    assert (running["state"], running["stage"], running["rows"]) == ("running", "checking", 1)
    cancelled = client.delete(address)
    assert (cancelled.status_code, cancelled.json["state"], cancelled.json["result"]) == (200, "cancelled", None)
    until(lambda: own.imports.received.waiting == [])
    gate.set()
    assert labs(client, 2031) == []
    assert client.delete(address).json == client.get(address).json == cancelled.json


def test_one_that_waits_is_cancelled_before_it_begins(client: FlaskClient, own: Service, gate: Event) -> None:
    first = upload_to(client, lines("CN-SC,national_key_labs,2031,7"))
    until(lambda: client.get(first.headers["Location"]).json["stage"])
    second = upload_to(client, lines("CN-SC,national_key_labs,2032,7"))
    assert client.delete(second.headers["Location"]).json["started_at"] is None
    assert own.imports.received.waiting == [first.json["id"]]
    gate.set()
    assert ended(client, first)["state"] == "done"
    assert labs(client, 2032) == []


def test_a_job_of_another_kind_is_none_of_these(client: FlaskClient) -> None:
    job = ended(client, upload_to(client, lines()))
    assert client.get(f"/api/v1/uncertainty/{job['id']}").status_code == 404
    assert client.get(f"{IMPORT}/none").status_code == client.delete(f"{IMPORT}/none").status_code == 404


class TestOnce:
    """An Idempotency-Key: a request that is sent again gets the same job."""

    def test_sent_again_it_is_the_same_job(self, client: FlaskClient, own: Service) -> None:
        content = lines("CN-SC,national_key_labs,2031,7")
        answers = [upload_to(client, content, KEY) for _ in range(3)]
        assert {answer.json["id"] for answer in answers} == {answers[0].json["id"]}
        assert [answer.headers.get("Idempotency-Replayed") for answer in answers] == [None, "true", "true"]
        assert ended(client, answers[0])["result"]["revision"] == 4
        assert until(lambda: own.imports.received.waiting == [])

    def test_so_it_is_with_a_body_that_is_the_file(self, client: FlaskClient) -> None:
        sent = {"content_type": "text/csv", "headers": ASYNC | KEY}
        content = lines("CN-SC,national_key_labs,2031,7")
        first, second = (client.post(OBSERVATIONS, data=content, **sent) for _ in range(2))
        assert first.json == second.json
        other = client.post(OBSERVATIONS, data=content + b"\n", **sent)
        assert (other.status_code, other.json["type"]) == (422, "/problems/other-request")
        assert ended(client, first)["state"] == "done"


class TestLimits:
    """What is too much is refused, and nothing is left of it."""

    @pytest.fixture
    def small(self, own: Service) -> FlaskClient:
        operation = replace(SETTINGS.operation, import_megabytes=1)
        application = create_app(replace(SETTINGS, operation=operation), own)
        application.testing = True
        return with_key(application)

    @pytest.mark.parametrize("megabytes", [2, 40])
    def test_a_file_that_is_too_large(self, small: FlaskClient, own: Service, megabytes: int) -> None:
        answer = large(small, megabytes << 20)
        assert (answer.status_code, answer.json["type"]) == (413, "/problems/too-large")
        assert str(1 << 20) in answer.json["detail"]
        assert own.imports.received.waiting == []

    def test_a_plain_one_says_how_to_send_more(self, client: FlaskClient) -> None:
        answer = large(client, 33 << 20, {})
        assert (answer.status_code, "respond-async" in answer.json["detail"]) == (413, True)

    def test_a_job_takes_more_than_a_plain_one(self, client: FlaskClient, own: Service) -> None:
        """33 MB, of which the first line is wrong: nobody reads on."""
        job = ended(client, large(client, 33 << 20))
        assert (job["state"], job["problem"]["status"]) == ("failed", 422)
        assert until(lambda: own.imports.received.waiting == [])

    def test_too_many_that_wait(self, client: FlaskClient, own: Service, gate: Event, monkeypatch: Any) -> None:
        monkeypatch.setattr(import_jobs, "MOST_WAITING", 1)
        first = upload_to(client, lines("CN-SC,national_key_labs,2031,7"))
        answer = upload_to(client, lines("CN-SC,national_key_labs,2032,7"))
        assert (answer.status_code, answer.json["type"]) == (503, "/problems/busy")
        assert "Retry-After" in answer.headers
        gate.set()
        assert ended(client, first)["state"] == "done"

    def test_a_full_disk_while_it_comes_in(self, client: FlaskClient, own: Service, monkeypatch: Any) -> None:
        def full(*_: Any) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(upload, "_copied", full)
        answer = client.post(OBSERVATIONS, data=b"x", content_type="text/csv", headers=ASYNC)
        assert (answer.status_code, answer.json["type"]) == (503, "/problems/not-ready")
        assert own.imports.received.waiting == []

    @pytest.mark.parametrize("form", [{"mode": "most"}, {"more": "1"}])
    def test_a_wrong_form(self, client: FlaskClient, own: Service, form: dict[str, str]) -> None:
        assert upload_to(client, lines(), **form).status_code == 422
        assert own.imports.received.waiting == []


def test_what_nobody_expected_is_an_incident(
    client: FlaskClient, own: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(own.imports, "_work", broken)
    job = ended(client, upload_to(client, lines()))
    assert (job["state"], job["problem"]["type"]) == ("failed", "/problems/internal-error")
    assert job["problem"]["incident"] in caplog.text
    assert "secret" not in str(job)


def test_received_files_belong_to_this_user_alone(own: Service, client: FlaskClient, gate: Event) -> None:
    upload_to(client, lines())
    folder = own.imports.received.folder
    assert isinstance(own.imports.received, Received)
    assert [path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir()) if path.is_dir()] == [0, 0]
