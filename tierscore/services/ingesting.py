"""Metrics in: check a batch, store what is new as one revision, report on every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tierscore.errors import Invalid, Violation
from tierscore.framework.catalogue import Source
from tierscore.ingest.check import COLUMNS, Known
from tierscore.ingest.parquet import is_parquet, read_parquet
from tierscore.ingest.raw import RawTable
from tierscore.ingest.read import read_table
from tierscore.ingest.rows import from_json
from tierscore.ingest.table import Checked, check_table
from tierscore.ingest.workbook import is_workbook, read_workbook
from tierscore.services.snapshot import Snapshot
from tierscore.storage import batch, catalogue, trail
from tierscore.storage.batch import Appended
from tierscore.storage.database import Database
from tierscore.storage.trail import Deed

MODES = ("atomic", "partial")


def table_of_file(content: bytes) -> RawTable:
    """The raw table in the bytes of a CSV or Parquet file or of an XLSX workbook."""
    if is_workbook(content):
        return read_workbook(content, COLUMNS)
    return (read_parquet if is_parquet(content) else read_table)(content, COLUMNS)


def table_of_rows(observations: Sequence[Any]) -> RawTable:
    """The raw table in the list of a JSON body."""
    return from_json(observations)


@dataclass(frozen=True)
class IngestReport:
    """What became of a batch, or in a dry run what would.

    revision : the one that holds the batch, the present one where nothing was stored.
    accepted, unchanged, rejected : rows. Unchanged are those that say what is known already, in the database or on
    an earlier line.  violations : every mistake of the rejected rows.  stored : whether there is a new revision.
    """

    revision: int
    accepted: int
    unchanged: int
    rejected: int
    violations: tuple[Violation, ...]
    stored: bool


@dataclass(frozen=True)
class Sender:
    """Who sends a batch, and what they say of it; `actor` is who is noted for it in the audit trail."""

    name: str = "anonymous"
    note: str = ""
    actor: str = "anonymous"

    @property
    def source(self) -> Source:
        """The source of values that come without one."""
        return Source(f"user:{self.name}", f"Sent by {self.name}", None, "as sent")


def ingest(
    database: Database,
    snapshot: Snapshot,
    raw: RawTable,
    sender: Sender,
    *,
    mode: str = "atomic",
    dry_run: bool = False,
) -> IngestReport:
    """Checks a batch and stores what is new.

    Parameters
    ----------
    mode : str
        ``atomic``: one bad row and nothing is stored. ``partial``: the good rows are stored.
    dry_run : bool
        Store nothing, report what would become of each row.

    Raises
    ------
    Invalid
        With every mistake, when nothing may be stored: in atomic mode at the first bad row, in partial mode when no
        row is good. Never in a dry run.
    """
    checked = check_table(raw, known_to(snapshot, sender), sender.source.code)
    refused = bool(checked.violations) and (mode == "atomic" or checked.frame.empty)
    if refused and not dry_run:
        raise Invalid("batch", checked.violations)
    if refused:
        return _report(present(database), checked, stored=False)
    appended = _preview(database, checked) if dry_run else _append(database, checked, sender)
    return _report(appended, checked, stored=not dry_run and appended.accepted > 0)


def known_to(snapshot: Snapshot, sender: Sender) -> Known:
    """The catalogue, the sender as a source of it, and every way to name a region."""
    sources = {**snapshot.sources, sender.source.code: sender.source}
    return Known(snapshot.regions, snapshot.indicators, sources).naming_regions()


def present(database: Database) -> Appended:
    """The present revision, as if an empty batch were appended."""
    with database.read() as session:
        return batch.preview(session, [])


def _preview(database: Database, checked: Checked) -> Appended:
    with database.read() as session:
        return batch.preview(session, checked.frame)


def _append(database: Database, checked: Checked, sender: Sender) -> Appended:
    now = datetime.now(UTC)
    with database.write() as session:
        if (checked.frame["source"] == sender.source.code).any():
            catalogue.ensure_source(session, sender.source)
        appended = batch.append(session, checked.frame, now, sender.name, sender.note)
        if appended.accepted > 0:
            trail.note(session, deed(appended, sender), now)
        return appended


def deed(appended: Appended, sender: Sender) -> Deed:
    """What the audit trail keeps of a batch."""
    details = {"rows": appended.accepted, "recorded_by": sender.name, "note": sender.note}
    return Deed(sender.actor, "revision_stored", str(appended.revision), details)


def _report(appended: Appended, checked: Checked, stored: bool) -> IngestReport:
    return IngestReport(
        revision=appended.revision,
        accepted=appended.accepted,
        unchanged=appended.unchanged + checked.repeated,
        rejected=checked.rejected,
        violations=checked.violations,
        stored=stored,
    )
