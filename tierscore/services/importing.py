"""A file of any length in: read, checked and staged part by part, then stored as one revision or not at all.

Rules and report are those of `ingesting.ingest`. Nothing is in the database before the last row was checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from tierscore.errors import Invalid
from tierscore.ingest.check import COLUMNS
from tierscore.ingest.parquet import is_parquet, tables_of_parquet
from tierscore.ingest.raw import RawTable
from tierscore.ingest.stream import tables_of
from tierscore.ingest.workbook import is_workbook
from tierscore.ingest.workbook_stream import tables_of_workbook
from tierscore.services.ingesting import IngestReport, Sender, deed, known_to, present
from tierscore.services.snapshot import Snapshot
from tierscore.services.staged import Found, Rows, staged
from tierscore.storage import catalogue, long_batch, trail
from tierscore.storage.database import Database
from tierscore.storage.kept_stages import KeptStages
from tierscore.storage.long_batch import Tell, untold
from tierscore.storage.staging import Stage
from tierscore.storage.tables import ObservationRow

# Bytes by which a workbook is told from a text.
BEGINNING = 64

# Stores what belongs to a report in the transaction of its rows, when there is one; whatever it raises undoes both.
Settle = Callable[[Session, IngestReport], None]


def alone(_session: Session, _report: IngestReport) -> None:
    """Nothing else is stored with the rows."""


@dataclass(frozen=True)
class Course:
    """How an import goes: who is told how far it is, what is stored with its rows, where staged ones are kept."""

    tell: Tell = untold
    settle: Settle = alone
    kept: KeptStages | None = None


def import_file(
    database: Database,
    snapshot: Snapshot,
    file: Path,
    sender: Sender,
    *,
    mode: str = "atomic",
    dry_run: bool = False,
    course: Course | None = None,
) -> IngestReport:
    """Stores what is new in a CSV, SDMX-CSV, Parquet or XLSX file of any length.

    Raises
    ------
    Invalid
        As `ingesting.ingest` does; besides, in every mode, as soon as there are `staged.MOST_MISTAKES`, with those.
    OSError
        When the file cannot be read.
    """
    course = course or Course()
    known = known_to(snapshot, sender)
    rows = Rows(file, lambda: tables_in(file), known, sender.source.code)
    with staged(rows, course.kept, course.tell) as (stage, found):
        refused = bool(found.violations) and (mode == "atomic" or len(stage) == 0)
        if refused and not dry_run:
            raise Invalid("batch", found.in_order())
        if refused:
            return found.report(present(database), stored=False)
        course.tell("comparing", 0)
        if dry_run:
            return _previewed(database, stage, found, course)
        return _appended(database, stage, found, sender, course)


def kept_here() -> KeptStages:
    """Where rows of interrupted imports wait on this host, for this user."""
    return KeptStages.of_user()


def tables_in(file: Path) -> Iterable[RawTable]:
    """The tables of a file, in its order."""
    with file.open("rb") as opened:
        begins = opened.read(BEGINNING)
    if is_workbook(begins):
        return tables_of_workbook(file, COLUMNS)
    return tables_of_parquet(file, COLUMNS) if is_parquet(begins) else tables_of(file, COLUMNS)


def _previewed(database: Database, stage: Stage, found: Found, course: Course) -> IngestReport:
    with database.read() as session:
        return found.report(long_batch.preview(session, stage, course.tell), stored=False)


def _appended(database: Database, stage: Stage, found: Found, sender: Sender, course: Course) -> IngestReport:
    now = datetime.now(UTC)
    with database.write() as session:
        if stage.uses(sender.source.code):
            catalogue.ensure_source(session, sender.source)
        appended = long_batch.append(session, stage, now, sender.name, note=sender.note, tell=course.tell)
        if appended.accepted > 0:
            trail.note(session, deed(appended, sender), now)
        report = found.report(appended, stored=appended.accepted > 0)
        course.settle(session, report)
    if report.stored:
        database.afterwards(lambda: database.tidy(ObservationRow.__tablename__))
    return report
