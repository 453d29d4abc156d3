"""The rows of a file, checked and in the order of their cells: new, or kept from an import that was interrupted."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tierscore import __version__
from tierscore.errors import Invalid, Violation
from tierscore.ingest.check import Known
from tierscore.ingest.raw import RawTable
from tierscore.ingest.table import check_rows, contradiction
from tierscore.services.import_told import listed, violations_in
from tierscore.services.ingesting import IngestReport
from tierscore.storage.batch import Appended
from tierscore.storage.kept_stages import KeptStages
from tierscore.storage.long_batch import Tell
from tierscore.storage.room import is_full
from tierscore.storage.staging import Stage

# A file with more mistakes than this is not the file that was meant; reading it on would only fill the memory.
MOST_MISTAKES = 10_000
WORTH_KEEPING = 8 * 1024 * 1024  # bytes of a file; a smaller one is read again in a second or two


@dataclass
class Found:
    """What is wrong with the rows that were read, and how many said again what an earlier one said."""

    violations: list[Violation] = field(default_factory=list)
    rejected: int = 0
    repeated: int = 0

    def add(self, violations: Iterable[Violation], rejected: int) -> None:
        """Takes mistakes in; raises Invalid with the first `MOST_MISTAKES` once there are so many."""
        self.violations += violations
        self.rejected += rejected
        if len(self.violations) >= MOST_MISTAKES:
            raise Invalid("batch", self.in_order()[:MOST_MISTAKES])

    def in_order(self) -> list[Violation]:
        """The mistakes by their lines."""
        return sorted(self.violations, key=lambda item: item.row or 0)

    def report(self, appended: Appended, stored: bool) -> IngestReport:
        """What became of the file."""
        return IngestReport(
            revision=appended.revision,
            accepted=appended.accepted,
            unchanged=appended.unchanged + self.repeated,
            rejected=self.rejected,
            violations=tuple(self.in_order()),
            stored=stored,
        )

    def as_text(self) -> str:
        """The same as a stage keeps it."""
        told = {"violations": listed(self.violations), "rejected": self.rejected, "repeated": self.repeated}
        return json.dumps(told)

    @classmethod
    def of_text(cls, text: str) -> Found:
        """What was kept."""
        told = json.loads(text)
        return cls(list(violations_in(told)), told["rejected"], told["repeated"])


@dataclass(frozen=True)
class Rows:
    """Where rows come from: a file, its tables in their order, what is known, and the source of who names none."""

    file: Path
    tables: Callable[[], Iterable[RawTable]]
    known: Known
    source: str

    @property
    def is_worth_keeping(self) -> bool:
        """Whether to check and sort them again would take long."""
        return self.file.stat().st_size >= WORTH_KEEPING

    def key(self) -> str:
        """Names what staged rows depend on: every byte of the file, the catalogue, the sender and this code."""
        with self.file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256")
        known = self.known
        digest.update(repr((__version__, self.source, sorted(known.regions), sorted(known.sources))).encode())
        digest.update(repr((sorted(known.aliases.items()), sorted(known.indicators.items()))).encode())
        return digest.hexdigest()

    def signature(self) -> tuple[int, ...]:
        """What changes when the file does."""
        found = self.file.stat()
        return found.st_ino, found.st_size, found.st_mtime_ns

    @property
    def terms(self) -> tuple[Iterable[str], dict[str, str]]:
        """Regions, and indicators with their units, as a stage wants them."""
        return self.known.regions, {code: item.unit for code, item in self.known.indicators.items()}


@contextmanager
def staged(rows: Rows, kept: KeptStages | None, tell: Tell) -> Iterator[tuple[Stage, Found]]:
    """A settled stage with every row that is right, the first of each cell, and what was found on the way.

    Rows of a large file are kept if the block is interrupted, and found again by whoever stages the same file on the
    same terms; once the block has come to an end or to a refusal they are gone.

    Raises OSError where the disk has no room for them, ENOSPC also where only SQLite says so.
    """
    try:
        with _kept(rows, kept, tell) if kept and rows.is_worth_keeping else _unnamed(rows, tell) as found:
            yield found
    except sqlite3.Error as error:
        if is_full(error):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise


@contextmanager
def _unnamed(rows: Rows, tell: Tell) -> Iterator[tuple[Stage, Found]]:
    with Stage.begun(*rows.terms) as stage:
        yield stage, _filled(stage, rows, tell)


@contextmanager
def _kept(rows: Rows, kept: KeptStages, tell: Tell) -> Iterator[tuple[Stage, Found]]:
    key = rows.key()
    with ExitStack() as stack:
        try:
            yield _again(stack, rows, kept, key) or _anew(stack, rows, kept, key, tell)
        except Invalid:
            kept.drop(key)
            raise
        kept.drop(key)


def _again(stack: ExitStack, rows: Rows, kept: KeptStages, key: str) -> tuple[Stage, Found] | None:
    """What an earlier import has kept; None where there is nothing, or it cannot be read."""
    file = kept.find(key)
    if file is None:
        return None
    try:
        stage = stack.enter_context(Stage.again(*rows.terms, file))
        return stage, Found.of_text(stage.noted())
    except sqlite3.Error:
        kept.drop(key)
        return None


def _anew(stack: ExitStack, rows: Rows, kept: KeptStages, key: str, tell: Tell) -> tuple[Stage, Found]:
    """The rows staged now, and kept unless the file was changed meanwhile."""
    before = rows.signature()
    file = stack.enter_context(kept.filling())
    stage = stack.enter_context(Stage.begun(*rows.terms, file))
    found = _filled(stage, rows, tell)
    stage.note(found.as_text())
    if rows.signature() == before:
        kept.keep(file, key)
    return stage, found


def _filled(stage: Stage, rows: Rows, tell: Tell) -> Found:
    found, read = Found(), 0
    for raw in rows.tables():
        checked = check_rows(raw, rows.known, rows.source)
        found.add(checked.violations, checked.rejected)
        places = checked.frame["place"].to_numpy()
        stage.put(checked.frame, raw.row[places], raw.frame["value"].to_numpy()[places].tolist())
        read += len(raw.row)
        tell("checking", read)
    tell("sorting", read)
    stage.settle(lambda: tell("sorting", read))
    found.repeated = stage.repeated()
    others = [contradiction(item.line, item.first, item.text) for item in stage.contradictions(MOST_MISTAKES)]
    found.add(others, stage.contradicting())
    stage.keep_first()
    return found
