"""Fills a database with the seeds: the catalogue, three dated batches of observations, frameworks.

Seeding again changes nothing. Everything is checked before anything is stored, and stored in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from sqlalchemy.orm import Session

from tierscore.errors import Invalid, Violation
from tierscore.framework.catalogue import Observation
from tierscore.ingest import catalogue as rows_to
from tierscore.ingest.check import COLUMNS, Known, check
from tierscore.ingest.columns import Columns
from tierscore.ingest.read import RawRow, read_csv
from tierscore.services.publishing import Publication
from tierscore.storage import batch as batches
from tierscore.storage import frameworks as published
from tierscore.storage import observations as stored
from tierscore.storage import trail
from tierscore.storage.catalogue import Catalogue, replace_catalogue
from tierscore.storage.database import Database
from tierscore.storage.observations import Filters
from tierscore.storage.trail import Deed

Found = TypeVar("Found")

SEEDED_BY = "seed"


@dataclass(frozen=True)
class Batch:
    """What became known at one time: the periods up to `last_period` not known before, and whole vintages.

    The dates are approximate; no source states the day.
    """

    recorded_on: date
    last_period: int
    vintage: str
    note: str


BATCHES = (
    Batch(date(2022, 3, 1), 2021, "first-release", "periods up to 2021; GDP as first released; approximate date"),
    Batch(date(2024, 3, 31), 2023, "2024-03", "periods 2022 and 2023; GDP as of March 2024; approximate date"),
    Batch(date(2025, 6, 30), 9999, "census-revision", "later periods; GDP after the census; approximate date"),
)


@dataclass(frozen=True)
class SeededBatch:
    """What became of one batch; `revision` is None when all of it was stored before."""

    recorded_on: date
    revision: int | None
    accepted: int
    unchanged: int


@dataclass(frozen=True)
class SeedReport:
    """What seeding changed."""

    catalogue_changed: bool
    batches: tuple[SeededBatch, ...]
    frameworks_published: int


def seed(database: Database, folder: Path, frameworks: Sequence[Publication] = ()) -> SeedReport:
    """Store the seeds of a folder, and publish framework versions, all or nothing.

    Seed rows that the database has had at any time are left alone, so what users changed since stays changed. A row
    that is new, or corrected in the seeds since, is appended, unless the seeds replace it by a later row of the same
    cell that is stored.

    Raises
    ------
    Invalid
        When a file breaks its rules, naming the file and listing all its mistakes.
    AlreadyPublished
        When a framework version is there with another content.
    """
    catalogue = read_catalogue(folder)
    observations = read_observations(folder, catalogue)
    with database.write() as session:
        catalogue_changed = replace_catalogue(session, catalogue)
        batches = tuple(_append_batches(session, observations))
        new = [framework[:2] for framework in frameworks if published.publish(session, *framework)]
        for deed in _deeds(catalogue_changed, batches, new):
            trail.note(session, deed, datetime.now(UTC))
    return SeedReport(catalogue_changed, batches, len(new))


def _deeds(
    catalogue_changed: bool, batches: Iterable[SeededBatch], frameworks: Iterable[tuple[str, str]]
) -> Iterator[Deed]:
    if catalogue_changed:
        yield Deed(SEEDED_BY, "catalogue_changed", "seeds")
    for batch in batches:
        if batch.revision is not None:
            yield Deed(SEEDED_BY, "revision_stored", str(batch.revision), {"rows": batch.accepted})
    for identifier, version in frameworks:
        yield Deed(SEEDED_BY, "framework_published", f"{identifier}@{version}")


def read_catalogue(folder: Path) -> Catalogue:
    """The catalogue in a folder's files; raises Invalid for the first file with mistakes, listing all of them."""
    regions = _right("regions.csv", rows_to.regions(_rows(folder, "regions.csv", rows_to.REGION_COLUMNS)))
    codes = {region.code for region in regions}
    groups = _right("groups.csv", rows_to.groups(_rows(folder, "groups.csv", rows_to.GROUP_COLUMNS), codes))
    subjects = codes | {group.code for group in groups}
    plans = _rows(folder, "designations.csv", rows_to.DESIGNATION_COLUMNS)
    return Catalogue(
        regions=regions,
        groups=groups,
        indicators=_right(
            "indicators.csv", rows_to.indicators(_rows(folder, "indicators.csv", rows_to.INDICATOR_COLUMNS))
        ),
        sources=_right("sources.csv", rows_to.sources(_rows(folder, "sources.csv", rows_to.SOURCE_COLUMNS))),
        designations=_right("designations.csv", rows_to.designations(plans, subjects)),
    )


def read_observations(folder: Path, catalogue: Catalogue) -> list[Observation]:
    """The observations in a folder, checked against its catalogue; raises Invalid listing every mistake."""
    known = Known.of(catalogue.regions, catalogue.indicators, catalogue.sources)
    return _right("observations.csv", check(_rows(folder, "observations.csv", COLUMNS), known))


def batch_of(observation: Observation) -> Batch:
    """The batch that an observation belongs to: by its vintage if that names one, else by its period."""
    for batch in BATCHES:
        if observation.vintage == batch.vintage:
            return batch
    return next(batch for batch in BATCHES if observation.period <= batch.last_period)


def _append_batches(session: Session, observations: Iterable[Observation]) -> Iterator[SeededBatch]:
    rows = list(observations)
    outstanding = set(_outstanding(rows, stored.every_content(session, _span(rows))))
    for batch in BATCHES:
        of_batch = [row for row in rows if batch_of(row) is batch]
        missing = [row for row in of_batch if row in outstanding]
        recorded_at = datetime.combine(batch.recorded_on, time(), UTC)
        appended = batches.append(session, missing, recorded_at, SEEDED_BY, batch.note)
        revision = appended.revision if appended.accepted > 0 else None
        yield SeededBatch(batch.recorded_on, revision, appended.accepted, len(of_batch) - appended.accepted)


def _outstanding(rows: Sequence[Observation], known: frozenset[Observation]) -> Iterator[Observation]:
    """The seed rows to append: of each cell those after the last one that is stored already.

    So a correction of a first release does not come back over the revision that replaced it.
    """
    in_order = sorted(rows, key=lambda row: (_cell(row), batch_of(row).recorded_on))
    for _, of_cell in groupby(in_order, key=_cell):
        yield from _after_last_known(list(of_cell), known)


def _span(rows: Sequence[Observation]) -> Filters:
    """The regions and indicators of the seeds, beside which a database may hold millions of rows of others."""
    return Filters(tuple(sorted({row.region for row in rows})), tuple(sorted({row.indicator for row in rows})))


def _cell(row: Observation) -> tuple[str, str, int]:
    return row.region, row.indicator, row.period


def _after_last_known(of_cell: list[Observation], known: frozenset[Observation]) -> list[Observation]:
    last = max((place for place, row in enumerate(of_cell) if row in known), default=-1)
    return of_cell[last + 1 :]


def _rows(folder: Path, name: str, columns: Columns) -> list[RawRow]:
    try:
        data = (folder / name).read_bytes()
    except OSError as error:
        reason = {"reason": error.strerror or type(error).__name__}
        raise Invalid(name, [Violation("unreadable", "The file cannot be read: {reason}.", reason)]) from None
    return _right(name, read_csv(data, columns))


def _right(name: str, found: tuple[Found, list[Violation]]) -> Found:
    content, violations = found
    if violations:
        raise Invalid(name, violations)
    return content
