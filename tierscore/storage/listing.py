"""Observations as lists that a person reads: newest year first, a page at a time or all of them.

Where rows are found depends on what is asked: with regions in the key, else in the index that has this very order. A
condition on indicators alone becomes one on every region, since no index begins with the indicator.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from tierscore.storage import counts
from tierscore.storage.observations import (
    CONTENT,
    EVERYTHING,
    NEWEST_COLUMNS,
    TABLE,
    Filters,
    is_newest_at,
    iso_utc,
    limits,
)
from tierscore.storage.tables import ObservationRow, RevisionRow

_AT_A_TIME = 1000
_OBSERVATIONS = ObservationRow.__table__
_CELL = (TABLE.region, TABLE.indicator, TABLE.period)
_KEY = (*_CELL, TABLE.revision)
_ORDER = (TABLE.period.desc(), TABLE.region, TABLE.indicator, TABLE.revision.desc())


def page(  # noqa: PLR0917
    session: Session, revision: int, filters: Filters, history: bool, page: int, page_size: int
) -> tuple[list[dict[str, Any]], int]:
    """One page of what was known at a revision, and how many rows there are on all pages.

    With `history` the replaced revisions are listed too. Newest period first, then region, indicator, and the newest
    revision first. Pages count from 1; `recorded_at` is ISO 8601 in UTC, a withdrawn value is None.
    """
    total = _total(session, revision, filters, history)
    start = (page - 1) * page_size
    if start >= total:
        return [], total
    keys = _keys(revision, filters, history).limit(page_size).offset(start).subquery().c
    of_page = and_(*(column == keys[column.name] for column in _KEY))
    rows = session.execute(
        _in_order(select(*CONTENT, TABLE.revision).join_from(keys.region.table, _OBSERVATIONS, of_page))
    )
    return [_listed(row) for row in rows.mappings()], total


def newest_listed(session: Session, revision: int, filters: Filters) -> list[dict[str, Any]]:
    """All of what was known at a revision within the filters, as `page` lists it: one query."""
    wanted = select(*CONTENT, TABLE.revision).where(*limits(filters), is_newest_at(revision))
    return [_listed(row) for row in session.execute(_in_order(wanted)).mappings()]


def every_newest(session: Session, revision: int, filters: Filters) -> Iterator[Mapping[str, Any]]:
    """The contents of what was known at a revision within the filters, in the order of their cells.

    They come some at a time, so there may be any number of them.
    """
    wanted = select(*CONTENT).where(*limits(filters), is_newest_at(revision)).order_by(*_CELL)
    rows = session.execute(wanted.execution_options(yield_per=_AT_A_TIME))
    yield from cast(Iterable[Mapping[str, Any]], rows.mappings())


def _keys(revision: int, filters: Filters, history: bool) -> Select[Any]:
    """Only keys, which the index holds: rows of the pages before are passed over without being looked up.

    The rows of a cell are neighbours in it, so their highest revision is found on the way.
    """
    known = (*limits(filters), TABLE.revision <= revision)
    if history:
        return select(*_KEY).where(*known).order_by(*_ORDER)
    newest = select(*_CELL, func.max(TABLE.revision).label("revision")).where(*known)
    return newest.group_by(TABLE.period, TABLE.region, TABLE.indicator).order_by(*_ORDER[:3])


def _total(session: Session, revision: int, filters: Filters, history: bool) -> int:
    if filters == EVERYTHING:
        return counts.rows(session, revision) if history else counts.cells(session, revision)
    known = select(*_CELL).where(*limits(filters), TABLE.revision <= revision)
    # A cell has one newest row, whichever that is.
    counted = (known if history else known.distinct()).subquery()
    return session.execute(select(func.count()).select_from(counted)).scalar_one()


def _in_order(wanted: Select[Any]) -> Select[Any]:
    return (
        wanted.add_columns(RevisionRow.recorded_at, RevisionRow.recorded_by)
        .join(RevisionRow, RevisionRow.number == TABLE.revision)
        .order_by(*_ORDER)
    )


def _listed(row: Mapping[Any, Any]) -> dict[str, Any]:
    recorded = {"recorded_at": iso_utc(row["recorded_at"]), "recorded_by": row["recorded_by"]}
    return {name: row[name] for name in NEWEST_COLUMNS} | recorded
