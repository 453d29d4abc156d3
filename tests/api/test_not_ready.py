"""A database that cannot do what it should is 503 and comes back by itself; it is never 500, whatever is asked."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.api.conftest import SETTINGS
from tests.conftest import ENGINE, as_text, sqlite_url
from tests.keys import bearing, with_key
from tierscore.api import create_app
from tierscore.services import walking
from tierscore.services.service import Service
from tierscore.storage import migrate
from tierscore.storage.database import Database

LABS = {"region": "CN-SC", "indicator": "national_key_labs", "period": 2023, "value": 70}
READS = (
    "/readyz", "/api/v1/regions", "/api/v1/groups", "/api/v1/indicators", "/api/v1/frameworks", "/api/v1/levers",
    "/api/v1/observations", "/api/v1/assessments", "/api/v1/assessments/CN-SC", "/api/v1/assessments/CN-SC/trace",
    "/api/v1/panel", "/api/v1/revisions", "/api/v1/scenarios", "/api/v1/scenarios/x", "/api/v1/uncertainty/x",
    "/api/v1/observations/import/x", "/api/v1/observations/template?period=2021",
)  # fmt: skip
WRITES = {
    "/api/v1/observations": {"observations": [LABS]},
    "/api/v1/what-if": {"edits": []},
    "/api/v1/paths": {"region": "CN-SC"},
    "/api/v1/groups": {"code": "X", "name": {"zh": "甲", "en": "A"}, "members": ["CN-SC", "CN-CQ"]},
    "/api/v1/uncertainty": {"samples": 10, "seed": 1},
}


@pytest.fixture
def anew(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table, on the engine of this run."""
    return sqlite_url(tmp_path / "new.db") if ENGINE == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.mark.parametrize("revision", [None, "0001", "0003"])
def test_a_database_that_is_not_at_the_newest_migration(anew: str, revision: str | None) -> None:
    if revision is not None:
        migrate.upgrade(anew, revision)
    service = Service.open(anew)
    client = create_app(SETTINGS, service).test_client()
    key = bearing("none")  # where keys cannot be looked up, nobody is told that theirs is wrong
    answers = [client.get(path) for path in READS]
    answers += [client.post(path, json=body, headers=key) for path, body in WRITES.items()]
    service.close()
    assert {answer.status_code for answer in answers} <= {404, 422, 503} if revision else {503}
    assert answers[0].status_code == 503
    assert {answer.json["type"] for answer in answers if answer.status_code == 503} == {"/problems/not-ready"}
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 503)


def test_it_comes_back_by_itself(anew: str) -> None:
    service = Service.open(anew)
    client = create_app(SETTINGS, service).test_client()
    assert client.get("/api/v1/regions").status_code == 503
    migrate.upgrade(anew)
    assert [client.get(path).status_code for path in ("/readyz", "/api/v1/regions")] == [200, 200]
    service.close()


def test_all_connections_taken(seeded: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tierscore.storage.database.POOL_WAIT_SECONDS", 0.1)
    service = Service.open(as_text(seeded.url), pool_size=1)
    client = create_app(SETTINGS, service).test_client()
    with service.database.read() as first, service.database.read() as second:
        first.execute(text("SELECT 1")), second.execute(text("SELECT 1"))
        for path in ("/readyz", "/api/v1/regions"):
            answer = client.get(path)
            assert (answer.status_code, answer.json["type"]) == (503, "/problems/not-ready")
    assert client.get("/api/v1/regions").status_code == 200
    service.close()


def test_a_lock_that_is_not_given_back(seeded: Database, caplog: pytest.LogCaptureFixture) -> None:
    """PostgreSQL gives the statement up, SQLite the wait for the lock; then the batch can be sent again."""
    service = Service.open(as_text(seeded.url), statement_seconds=1)
    client = with_key(create_app(SETTINGS, service))
    shorten_waits(service.database)
    with caplog.at_level(logging.WARNING), seeded.write() as session:
        session.execute(text("UPDATE state SET catalogue = catalogue"))
        answer = client.post("/api/v1/observations", json={"observations": [LABS]})
    assert (answer.status_code, answer.json["type"]) == (503, "/problems/not-ready")
    assert "not ready" in caplog.text
    assert client.post("/api/v1/observations", json={"observations": [LABS]}).status_code == 201
    service.close()


def shorten_waits(database: Database) -> None:
    """SQLite's writers wait for each other as long as is fixed at the connection."""
    if database.engine.dialect.name == "sqlite":
        with database.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA busy_timeout = 200")


def test_an_error_repeats_nothing_that_was_sent(seeded: Database) -> None:
    with pytest.raises(Exception, match="hidden") as caught, seeded.read() as session:
        session.execute(text("SELECT nonsense FROM state WHERE catalogue = :value"), {"value": "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_a_mistake_of_ours_is_an_incident(seeded_in_postgresql: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite says the same of a wrong statement as of a database that is busy; PostgreSQL tells them apart."""
    service = Service(seeded_in_postgresql)
    client = create_app(SETTINGS, service).test_client()

    def wrong() -> None:
        with seeded_in_postgresql.read() as session:
            session.execute(text("SELECT nonsense FROM state"))

    monkeypatch.setattr(service, "reading", wrong)
    assert client.get("/api/v1/regions").status_code == 500


def test_a_cluster_that_is_away(seeded_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs it is to be asked again; everything else is answered."""
    monkeypatch.setattr(walking, "PATIENCE", 0.2)
    service = Service.open(seeded_url, dask="tcp://127.0.0.1:9")
    client = create_app(SETTINGS, service).test_client()
    told = {
        language: client.post("/api/v1/uncertainty", json={"samples": 10}, headers={"Accept-Language": language})
        for language in ("en", "zh")
    }
    around = client.get("/api/v1/assessments")
    service.close()
    assert {answer.status_code for answer in told.values()} == {503}
    assert all("Retry-After" in answer.headers for answer in told.values())
    assert told["en"].json["detail"] == "The service is not ready: the Dask cluster does not answer."
    assert "Dask 集群没有应答" in told["zh"].json["detail"]
    assert around.status_code == 200
