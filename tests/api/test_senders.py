"""Batches sent by several processes at once, some of them killed: whole or not at all, each once, none mixed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.api.senders import DEATHS, PERIODS, Plan, send
from tests.conftest import as_text
from tests.keys import grant
from tierscore.storage.database import Database
from tierscore.storage.tables import ObservationRow, RevisionRow

SCRIPT = Path(__file__).with_name("senders.py")
SEEDED = 3  # revisions
SAME = [Plan("same", 1)] * 3
DIFFERENT = [Plan(f"own-{value}", value) for value in range(2, 5)]
DYING = [Plan(f"dies-{place}", value, place) for value, place in enumerate(DEATHS, start=5)]


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest) -> Database:
    """A database with the seeds, of each kind."""
    database: Database = request.getfixturevalue(f"seeded_in_{request.param}")
    return database


def sent(database: Database, key: str, plans: list[Plan]) -> list[dict[str, Any]]:
    """What was answered to those who lived."""
    told = json.dumps([asdict(plan) for plan in plans])
    environment = {**os.environ, "PYTHONPATH": str(SCRIPT.parents[2])}
    command = [sys.executable, SCRIPT, as_text(database.url), key, told]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
    assert "Traceback" not in done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def stored(database: Database) -> dict[int, set[float | None]]:
    """The values of each revision after the seeds', which has as many rows as a batch and as it says itself."""
    with database.read() as session:
        found = {}
        for revision in session.scalars(select(RevisionRow).where(RevisionRow.number > SEEDED)):
            rows = session.scalars(select(ObservationRow).where(ObservationRow.revision == revision.number)).all()
            assert len(rows) == revision.row_count == len(PERIODS)
            found[revision.number] = {row.value for row in rows}
        return found


def test_many_senders_of_whom_some_die(both: Database) -> None:
    key = grant(both)
    answers = sent(both, key, [*SAME, *DIFFERENT, *DYING])
    assert len(answers) == len(SAME) + len(DIFFERENT)

    same = [answer for answer in answers if answer["plan"]["key"] == "same"]
    assert {answer["status"] for answer in same} <= {201, 409}
    assert len({answer["body"] for answer in same if answer["status"] == 201}) == 1
    assert [answer["replayed"] for answer in same if answer["status"] == 201].count(False) == 1
    assert {json.loads(answer["body"])["type"] for answer in same if answer["status"] == 409} <= {
        "/problems/still-running"
    }
    own = [answer for answer in answers if answer["plan"]["key"] != "same"]
    assert [(answer["status"], answer["replayed"]) for answer in own] == [(201, False)] * len(DIFFERENT)
    revisions = {json.loads(answer["body"])["revision"] for answer in answers if answer["status"] == 201}
    assert len(revisions) == 1 + len(DIFFERENT)

    survived = stored(both)
    assert sorted(survived.values(), key=str) == [{1.0}, {2.0}, {3.0}, {4.0}, {7.0}]
    retried = {plan.dies: send(as_text(both.url), key, plan) for plan in DYING}
    assert [answer.status_code for answer in retried.values()] == [201] * len(DYING)
    assert [place for place, answer in retried.items() if "Idempotency-Replayed" in answer.headers] == ["committed"]
    assert survived[retried["committed"].json["revision"]] == {7.0}
    assert sorted(stored(both).values(), key=str) == [{float(value)} for value in range(1, 8)]
