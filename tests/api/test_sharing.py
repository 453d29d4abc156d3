"""Workers that share what they read: the folder is theirs alone, and every answer is of the newest data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import SETTINGS
from tests.conftest import as_text
from tierscore.api import create_app
from tierscore.errors import Invalid
from tierscore.ingest.rows import from_json
from tierscore.services import matrices
from tierscore.services.service import Service
from tierscore.storage.database import Database

ADDRESS = "/api/v1/assessments/CN-SC?period=2021"
Worker = Callable[[str], Flask]


@pytest.fixture
def worker(seeded: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    """Starts workers on the seeded database, each with a folder or with none."""
    monkeypatch.setattr(matrices, "SMALL", 0)
    settings = replace(SETTINGS, database_url=as_text(seeded.url))

    def start(cache: str) -> Flask:
        application = create_app(replace(settings, operation=replace(settings.operation, cache=cache)))
        stack.enter_context(closing(service_of(application)))
        return application

    with ExitStack() as stack:
        yield start


def service_of(application: Flask) -> Service:
    service: Service = application.extensions["tierscore"]
    return service


def told(application: Flask) -> dict[str, Any]:
    """A full answer; how sure its tier is comes later, from a thread aside."""
    answer: dict[str, Any] = application.test_client().get(ADDRESS).json
    return {name: part for name, part in answer.items() if name != "confidence"}


def test_an_answer_is_of_the_newest_data_whichever_worker_is_asked(worker: Worker, tmp_path: Path) -> None:
    folder = str(tmp_path / "shared")
    workers = [worker(folder), worker(folder)]
    seen = [told(workers[0])]
    for place, value in enumerate((3, 9, 20)):
        row = {"region": "CN-SC", "indicator": "national_key_labs", "period": 2021, "value": value}
        service_of(workers[place % 2]).ingest(from_json([row]))
        answers = [told(workers[1 - place % 2]), told(workers[place % 2]), told(worker(""))]
        assert answers[0] == answers[1] == answers[2]
        seen.append(answers[0])
    assert len({answer["score"] for answer in seen}) == len(seen)


def test_what_one_worker_read_another_one_finds(worker: Worker, tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    answers = [told(worker(str(folder))) for _ in range(2)]
    assert answers[0] == answers[1]
    assert folder.stat().st_mode & 0o777 == 0o700
    last = worker(str(folder))
    told(last)
    used = dict(service_of(last).usages)["shared"]
    assert used.misses == 0
    assert used.hits > 0  # the thread that computes how sure tiers are may have asked, too


def test_a_folder_that_others_may_enter_is_refused_at_start(worker: Worker, tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o755)
    with pytest.raises(Invalid) as refused:
        worker(str(folder))
    assert [(found.code, found.parameter) for found in refused.value.violations] == [("bad_cache", "TIERSCORE_CACHE")]
