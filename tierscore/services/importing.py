"""A file of any length in: read, checked and staged part by part, then stored as one revision or not at all.

Rules and report are those of `ingesting.ingest`. Nothing is in the database before the last row was checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tierscore.errors import Invalid, Violation
from tierscore.ingest.check import COLUMNS, Known
from tierscore.ingest.parquet import is_parquet, tables_of_parquet
from tierscore.ingest.raw import RawTable
from tierscore.ingest.stream import tables_of
from tierscore.ingest.table import check_rows, contradiction
from tierscore.ingest.workbook import is_workbook
from tierscore.services.ingesting import IngestReport, Sender, deed, ingest, known_to, present, table_of_file
from tierscore.services.snapshot import Snapshot
from tierscore.storage import catalogue, long_batch, trail
from tierscore.storage.batch import Appended
from tierscore.storage.database import Database
from tierscore.storage.staging import Stage

# A file with more mistakes than this is not the file that was meant; reading it on would only fill the memory.
MOST_MISTAKES = 10_000

# Bytes by which a workbook is told from a text.
BEGINNING = 64

# Told which stage an import is at (checking, sorting, comparing, storing), and how many rows it has done there.
Tell = Callable[[str, int], None]


def untold(_stage: str, _rows: int) -> None:
    """Tells nobody."""


def import_file(
    database: Database,
    snapshot: Snapshot,
    file: Path,
    sender: Sender,
    *,
    mode: str = "atomic",
    dry_run: bool = False,
    tell: Tell = untold,
) -> IngestReport:
    """Stores what is new in a CSV, SDMX-CSV or Parquet file of any length.

    An XLSX workbook is read, too, but at once, and keeps its limit of rows.

    Raises
    ------
    Invalid
        As `ingesting.ingest` does; besides, in every mode, as soon as there are `MOST_MISTAKES`, with those.
    OSError
        When the file cannot be read.
    """
    with file.open("rb") as opened:
        begins = opened.read(BEGINNING)
    if is_workbook(begins):
        return ingest(database, snapshot, table_of_file(file.read_bytes()), sender, mode=mode, dry_run=dry_run)
    tables = tables_of_parquet(file, COLUMNS) if is_parquet(begins) else tables_of(file, COLUMNS)
    return import_tables(database, snapshot, tables, sender, mode=mode, dry_run=dry_run, tell=tell)


def import_tables(
    database: Database,
    snapshot: Snapshot,
    tables: Iterable[RawTable],
    sender: Sender,
    *,
    mode: str = "atomic",
    dry_run: bool = False,
    tell: Tell = untold,
) -> IngestReport:
    """The same with the tables of a file, in its order; put together they may be longer than memory."""
    known = known_to(snapshot, sender)
    with Stage(known.regions, {code: item.unit for code, item in known.indicators.items()}) as stage:
        found = _staged(stage, tables, known, sender.source.code, tell)
        refused = bool(found.violations) and (mode == "atomic" or len(stage) == 0)
        if refused and not dry_run:
            raise Invalid("batch", found.in_order())
        if refused:
            return found.report(present(database), stored=False)
        tell("comparing", len(stage))
        appended = _previewed(database, stage) if dry_run else _appended(database, stage, sender, tell)
        return found.report(appended, stored=not dry_run and appended.accepted > 0)


@dataclass
class _Found:
    """What is wrong with the rows that were read, and how many said again what an earlier one said."""

    violations: list[Violation] = field(default_factory=list)
    rejected: int = 0
    repeated: int = 0

    def add(self, violations: Iterable[Violation], rejected: int) -> None:
        self.violations += violations
        self.rejected += rejected
        if len(self.violations) >= MOST_MISTAKES:
            raise Invalid("batch", self.in_order()[:MOST_MISTAKES])

    def in_order(self) -> list[Violation]:
        return sorted(self.violations, key=lambda item: item.row or 0)

    def report(self, appended: Appended, stored: bool) -> IngestReport:
        return IngestReport(
            revision=appended.revision,
            accepted=appended.accepted,
            unchanged=appended.unchanged + self.repeated,
            rejected=self.rejected,
            violations=tuple(self.in_order()),
            stored=stored,
        )


def _staged(stage: Stage, tables: Iterable[RawTable], known: Known, source: str, tell: Tell) -> _Found:
    """Every row that is right, the first of each cell."""
    found, read = _Found(), 0
    for raw in tables:
        checked = check_rows(raw, known, source)
        found.add(checked.violations, checked.rejected)
        places = checked.frame["place"].to_numpy()
        stage.put(checked.frame, raw.row[places], raw.frame["value"].to_numpy()[places].tolist())
        read += len(raw.row)
        tell("checking", read)
    tell("sorting", read)
    stage.settle()
    found.repeated = stage.repeated()
    others = [contradiction(item.line, item.first, item.text) for item in stage.contradictions(MOST_MISTAKES)]
    found.add(others, stage.contradicting())
    stage.keep_first()
    return found


def _previewed(database: Database, stage: Stage) -> Appended:
    with database.read() as session:
        return long_batch.preview(session, stage)


def _appended(database: Database, stage: Stage, sender: Sender, tell: Tell) -> Appended:
    now = datetime.now(UTC)
    with database.write() as session:
        if stage.uses(sender.source.code):
            catalogue.ensure_source(session, sender.source)
        appended = long_batch.append(
            session, stage, now, sender.name, note=sender.note, done=lambda rows: tell("storing", rows)
        )
        if appended.accepted > 0:
            trail.note(session, deed(appended, sender), now)
        return appended
