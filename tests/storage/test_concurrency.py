"""Many writers in many processes: every batch whole, every revision its own, the chain of digests unbroken."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import groupby
from pathlib import Path

from sqlalchemy import select

from tests.conftest import as_text
from tierscore.storage import batch, freshness
from tierscore.storage.database import Database
from tierscore.storage.tables import ObservationRow, RevisionRow

PROCESSES, WRITERS, ROWS = 4, 12, 5
WRITER = Path(__file__).with_name("writer.py")
ROOT = WRITER.parents[2]


def run_writers(database: Database) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = [
        subprocess.Popen(
            [sys.executable, WRITER, as_text(database.url), str(process), str(WRITERS), str(ROWS)], env=environment
        )
        for process in range(PROCESSES)
    ]
    assert [process.wait(120) for process in running] == [0] * PROCESSES


def test_four_processes_of_twelve_writers(store: Database) -> None:
    run_writers(store)
    with store.read() as session:
        revisions = list(session.scalars(select(RevisionRow).order_by(RevisionRow.number)))
        query = select(ObservationRow).order_by(ObservationRow.revision, ObservationRow.period)
        stored = {number: list(rows) for number, rows in groupby(session.scalars(query), lambda row: row.revision)}
        newest = freshness.state(session)
    expected = PROCESSES * WRITERS
    assert [row.number for row in revisions] == list(range(1, expected + 1))
    assert {row.recorded_by for row in revisions} == {f"{p}.{w}" for p in range(PROCESSES) for w in range(WRITERS)}
    moments = [row.recorded_at for row in revisions]
    assert moments == sorted(moments)
    digest = ""
    for revision in revisions:
        rows = stored[revision.number]
        assert len(rows) == revision.row_count == ROWS
        assert {row.note for row in rows} == {revision.recorded_by}
        columns = batch.pd.DataFrame([{name: getattr(row, name) for name in batch.COLUMNS} for row in rows])
        digest = batch.chained_digest(digest, columns, revision.recorded_at)
        assert revision.digest == digest
    assert (newest.revision, newest.data_digest) == (expected, digest)
