"""Long files in: part by part it comes to the same as at once, and nothing is ever half stored."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fastparquet
import pandas as pd
import pytest
from sqlalchemy import func, select

from tests.conftest import as_text, opened
from tierscore.errors import Invalid
from tierscore.ingest.check import COLUMNS
from tierscore.ingest.read import read_table
from tierscore.ingest.stream import tables_of
from tierscore.services import importing, ingesting, staged
from tierscore.services.importing import Course, import_file
from tierscore.services.ingesting import IngestReport, Sender
from tierscore.services.service import Service
from tierscore.services.snapshot import Snapshot
from tierscore.storage import batch, freshness, long_batch, staging
from tierscore.storage.database import Database
from tierscore.storage.tables import AuditRow, ObservationRow, RevisionRow, SourceRow, StateRow

HEADER = "region,indicator,period,value,status,note"
OFFICE = Sender("office", "a note", "office")
CONTENT = [getattr(ObservationRow, name) for name in (*batch.COLUMNS, "revision")]


class Clock:
    """Every batch comes at the same moment, so that digests can be compared."""

    @staticmethod
    def now(_zone: Any) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few lines are read at a time, four staged rows given back."""
    monkeypatch.setattr(importing, "tables_of", lambda path, columns: tables_of(path, columns, 60))
    monkeypatch.setattr(staging.Stage.parts, "__defaults__", (4,))
    for module in (importing, ingesting):
        monkeypatch.setattr(module, "datetime", Clock)


@pytest.fixture(scope="module")
def shared(seeded_url: str) -> Iterator[Database]:
    """The seeds, of which nothing is changed: what `outcome` stores is undone."""
    with opened(seeded_url) as database:
        yield database


@pytest.fixture(scope="module")
def snapshot(shared: Database) -> Snapshot:
    return Service(shared).reading().snapshot


def written(folder: Path, lines: list[str], encoding: str = "utf-8") -> Path:
    file = folder / "metrics.csv"
    file.write_text("\n".join([HEADER, *lines]) + "\n", encoding=encoding, newline="")
    return file


CELLS = [(region, year) for year in (1905, 1903, 1904, 1902) for region in ("CN-SC", "重庆", "420000", "Beijing")]
MANY = [f"{region},gdp,{year},{year + 0.1},E," for region, year in CELLS]
# What is stored before: some of the same rows, some that say something else.
BEFORE = [*MANY[:9], *(line.replace(",E,", ",A,") for line in MANY[9:13])]
WRONG = ["CN-XX,gdp,1902,1,,", "CN-SC,gdp,1902,-1,,", "CN-SC,gdp", "CN-SC,gdp,1902,1,M,"]
AGAIN = ["CN-SC,gdp,1913,7,,", "CN-SC,gdp,1913,7.0,,", "CN-SC,gdp,1913,8,,", '510000,gdp,1913,"7.00",A,']
QUOTED = ['CN-SC,gdp,1914,1,,"two', 'lines, ""and"" more"', "CN-SC,gdp,1915,1,,", "", "CN-SC,gdp,1916,,M,"]

FILES = {
    "plain": MANY,
    "known": MANY[:9],
    "mistakes": [*MANY, *WRONG, "CN-SC,gdp,1920,3,,"],
    "cells again": [*AGAIN, *MANY[:3], *AGAIN, "CN-CQ,gdp,1913,-0.0,,"],
    "all of it": [*AGAIN, *MANY[2:], *WRONG, *QUOTED],
    "quotes across parts": [*QUOTED, *MANY[:2], *QUOTED[:2]],
    "never closed": [*MANY[:4], 'CN-SC,gdp,1917,2,,"open'],
    "nothing": [],
    "only mistakes": WRONG,
}


def outcome(database: Database, works: list[Callable[[], IngestReport]]) -> list[Any]:
    """What a caller is told, and what is in the database afterwards; then everything is undone."""
    told: list[Any] = []
    with database.together() as whole:
        try:
            told += [work() for work in works]
        except Invalid as error:
            told.append(error.violations)
        with database.write() as session:
            told += session.execute(select(*CONTENT).where(ObservationRow.revision > 3).order_by(*CONTENT)).all()
            told += session.execute(select(RevisionRow.number, RevisionRow.row_count, RevisionRow.digest)).all()
            told += session.execute(select(StateRow.revision, StateRow.data_digest, StateRow.catalogue)).all()
            told += session.execute(select(AuditRow.number, AuditRow.subject, AuditRow.details)).all()
        whole.undo()
    return told


@pytest.mark.parametrize("mode", ["atomic", "partial"])
@pytest.mark.parametrize("name", FILES)
def test_in_parts_it_comes_to_the_same(
    shared: Database, snapshot: Snapshot, tmp_path: Path, name: str, mode: str
) -> None:
    """Reports, mistakes, rows, revisions and digests: of a dry run, an import, and one after another."""
    file = written(tmp_path, FILES[name], "gb18030")

    def once(lines: list[str]) -> IngestReport:
        raw = read_table(("\n".join([HEADER, *lines]) + "\n").encode(), COLUMNS)
        return ingesting.ingest(shared, snapshot, raw, OFFICE, mode=mode)

    def at_once(dry_run: bool) -> IngestReport:
        raw = read_table(file.read_bytes(), COLUMNS)
        return ingesting.ingest(shared, snapshot, raw, OFFICE, mode=mode, dry_run=dry_run)

    def in_parts(dry_run: bool) -> IngestReport:
        return import_file(shared, snapshot, file, OFFICE, mode=mode, dry_run=dry_run)

    for before in ([], [lambda: once(BEFORE)]):
        whole = [outcome(shared, [*before, lambda: at_once(True)]), outcome(shared, [*before, lambda: at_once(False)])]
        parts = [
            outcome(shared, [*before, lambda: in_parts(True)]),
            outcome(shared, [*before, lambda: in_parts(False)]),
        ]
        assert parts == whole


def test_it_gives_up_after_many_mistakes(
    shared: Database, snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staged, "MOST_MISTAKES", 5)
    file = written(tmp_path, [*MANY, *3 * WRONG, *MANY])
    read: list[int] = []
    with pytest.raises(Invalid) as caught:
        course = Course(lambda stage, rows: read.append(rows))
        import_file(shared, snapshot, file, OFFICE, mode="partial", course=course)
    assert len(caught.value.violations) == 5
    assert max(read) < len(MANY) + 6


def test_contradictions_count_as_mistakes(
    shared: Database, snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staged, "MOST_MISTAKES", 3)
    file = written(tmp_path, [f"CN-SC,gdp,1913,{value},," for value in range(9)])
    with pytest.raises(Invalid) as caught:
        import_file(shared, snapshot, file, OFFICE, mode="partial")
    assert [(item.row, item.params["first"], item.value) for item in caught.value.violations] == [
        (3, 2, "1"), (4, 2, "2"), (5, 2, "3"),
    ]  # fmt: skip


def nothing_new(database: Database) -> None:
    with database.read() as session:
        assert session.scalar(select(func.max(RevisionRow.number))) == 3
        assert session.scalar(select(func.max(ObservationRow.revision))) == 3
        assert session.scalar(select(StateRow.revision)) == 3
        assert session.scalar(select(func.count()).where(SourceRow.code.startswith("user:"))) == 0


def test_what_fails_while_it_stores_stores_nothing(
    seeded: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(stage: staging.Stage, number: int) -> Iterator[Any]:
        yield from list(rows(stage, number))[:10]
        raise OSError("no space left")

    rows = staging.Stage.rows
    monkeypatch.setattr(staging.Stage, "rows", failing)
    monkeypatch.setattr("tierscore.storage.bulk.AT_A_TIME", 2)
    with pytest.raises(OSError, match="no space"):
        import_file(seeded, Service(seeded).reading().snapshot, written(tmp_path, MANY), OFFICE)
    nothing_new(seeded)


KILLED = """
import os, signal, sys
from pathlib import Path
from tierscore.services.service import Service
from tierscore.storage import bulk

bulk.AT_A_TIME = 2

def killing(stage, number):
    for count, row in enumerate(rows(stage, number)):
        if count == 10:
            os.kill(os.getpid(), signal.SIGKILL)
        yield row

from tierscore.storage.staging import Stage
rows, Stage.rows = Stage.rows, killing
Service.open(sys.argv[1]).import_file(Path(sys.argv[2]))
"""


def test_what_is_killed_leaves_nothing_and_can_be_done_again(seeded: Database, tmp_path: Path) -> None:
    waiting = tmp_path / "waiting"
    waiting.mkdir()
    file = written(tmp_path, MANY)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, as_text(seeded.url), file], env={"TMPDIR": str(waiting)}, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert list(waiting.iterdir()) == []
    nothing_new(seeded)
    report = Service(seeded).import_file(file)
    assert (report.revision, report.accepted, report.unchanged) == (4, len(MANY), 0)


def test_equal_files_in_another_order_have_one_digest(shared: Database, snapshot: Snapshot, tmp_path: Path) -> None:
    def digests(lines: list[str]) -> list[Any]:
        file = written(tmp_path, lines)
        return outcome(shared, [lambda: import_file(shared, snapshot, file, OFFICE)])

    assert digests(MANY) == digests(MANY[::-1])


def test_one_table_in_three_formats_is_one_revision(shared: Database, snapshot: Snapshot, tmp_path: Path) -> None:
    table = pd.DataFrame([line.split(",") for line in MANY], columns=HEADER.split(","))
    table = table.astype({"period": "int64", "value": "float64"}).astype({"region": object, "note": object})
    parquet, sdmx = tmp_path / "table.parquet", tmp_path / "sdmx.csv"
    fastparquet.write(str(parquet), table, row_group_offsets=7, write_index=False)
    structure = "STRUCTURE=DATAFLOW,STRUCTURE_ID=TIERSCORE:OBSERVATIONS(1.0)"
    header = f"{structure},REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,OBS_STATUS,COMMENT_OBS"
    sdmx.write_text("\n".join([header, *(f",,{line}" for line in MANY)]), encoding="utf-8")
    files = (written(tmp_path, MANY), parquet, sdmx)
    first, *others = [
        outcome(shared, [lambda file=file: import_file(shared, snapshot, file, OFFICE)]) for file in files
    ]
    assert first[0].accepted == len(MANY)
    assert others == [first, first]


def test_a_long_batch_has_the_time_zone_it_needs(shared: Database) -> None:
    with staging.Stage.begun(["CN-SC"], {"gdp": "CNY"}) as stage, shared.together() as whole:
        stage.settle()
        with shared.write() as session, pytest.raises(ValueError, match="time zone"):
            long_batch.append(session, stage, datetime(2026, 1, 1), "office")
        whole.undo()


def test_after_an_import_indexes_answer_alone(
    seeded: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tidied: list[tuple[str, int]] = []

    def tidy(database: Database, table: str) -> None:
        with database.read() as session:
            tidied.append((table, freshness.state(session).revision))

    monkeypatch.setattr(Database, "tidy", tidy)
    service = Service(seeded)
    before = service.reading().state.revision
    for _ in range(2):  # the second time there is nothing new
        service.import_file(written(tmp_path, MANY))
    assert tidied == [("observations", before + 1)]
    service.close()
