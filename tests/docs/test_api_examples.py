"""Runs every curl example of docs/api.md and holds what it shows against the real answer."""

from __future__ import annotations

import io
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.keys import grant
from tierscore.api import create_app
from tierscore.api.problem_types import REMEDIES
from tierscore.api.problems import known_types
from tierscore.services.service import Service
from tierscore.settings import Settings
from tierscore.storage.database import Database

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```(sh|json|http)\n(.*?)```", re.DOTALL)


@dataclass
class Example:
    """A command and the parts of its answer that the page shows."""

    command: str
    shown: list[tuple[str, str]]


def examples() -> list[Example]:
    found: list[Example] = []
    for kind, text in BLOCK.findall(PAGE):
        if kind == "sh":
            found.append(Example(text.strip(), []))
        else:
            found[-1].shown.append((kind, text))
    return found


@pytest.fixture
def client(seeded: Database, scratch: Path) -> Iterator[FlaskClient]:
    settings = Settings(database_url="sqlite:///unused.db", secret_key="k" * 32)
    service = Service(seeded)
    yield create_app(settings, service).test_client()
    service.close()


def run(client: FlaskClient, command: str) -> TestResponse:
    """Does what curl would do; a here-document is what it reads from `@-`."""
    if "$KEY" in command:
        service: Service = client.application.extensions["tierscore"]
        command = command.replace("$KEY", grant(service.database, name="office"))
    line, _, document = command.partition(" <<CSV\n")
    words = shlex.split(line)
    assert words[0] == "curl"
    address = urlsplit(next(word for word in words if word.startswith("http")))
    headers = dict(word.split(": ", 1) for word in values_of("-H", words))
    path = f"{address.path}?{address.query}"
    if "{etag}" in command:
        tag = client.get(path).headers["ETag"]
        headers = {name: value.replace('"{etag}"', tag) for name, value in headers.items()}
    bodies, parts = values_of("-d", words), values_of("-F", words)
    if values_of("-X", words):
        sent = {"data": bodies[0].encode()} if bodies else {}
        return client.open(path, method=values_of("-X", words)[0], headers=headers, **sent)
    if bodies:
        return client.post(path, data=bodies[0].encode(), headers=headers)
    if parts:
        return client.post(path, data=form(parts, document.removesuffix("CSV")), headers=headers)
    return client.get(path, headers=headers)


def values_of(flag: str, words: list[str]) -> list[str]:
    return [word for before, word in pairwise(words) if before == flag]


def form(parts: list[str], document: str) -> dict[str, Any]:
    fields: dict[str, Any] = dict(part.split("=", 1) for part in parts)
    for name, value in fields.items():
        source, _, file_name = value.partition(";filename=")
        if source == "@-":
            fields[name] = (io.BytesIO(document.encode()), file_name)
    return fields


def missing(shown: Any, real: Any, place: str = "") -> Iterator[str]:
    """What the page shows and the answer does not have; lists may go on, mappings may have more keys."""
    if isinstance(shown, dict) and isinstance(real, dict):
        for key, value in shown.items():
            yield from missing(value, real.get(key), f"{place}/{key}")
    elif isinstance(shown, list) and isinstance(real, list) and len(shown) <= len(real):
        for number, value in enumerate(shown):
            yield from missing(value, real[number], f"{place}/{number}")
    elif shown != real:
        yield f"{place}: shown {shown!r}, real {real!r}"


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.command)
def test_example(client: FlaskClient, example: Example) -> None:
    response = run(client, example.command)
    assert example.shown
    for kind, text in example.shown:
        if kind == "json":
            assert not list(missing(json.loads(text), response.get_json()))
        else:
            status, *lines = text.strip().splitlines()
            assert response.status_code == int(status)
            for line in lines:
                name, value = line.split(": ", 1)
                assert response.headers[name].startswith(value)


def test_every_problem_type_is_on_the_page() -> None:
    for kind in known_types():
        assert f"| `{kind.type}` | {kind.status} |" in PAGE


def test_the_page_says_of_each_problem_what_the_service_says_and_of_no_other() -> None:
    told = [line for line in PAGE.splitlines() if line.startswith("| `/problems/")]
    assert told == [
        f"| `{kind.type}` | {kind.status} | {kind.title} | {REMEDIES[kind.slug]} |" for kind in known_types()
    ]
