"""Observations: what was known at any revision or moment. `batch` stores them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session

from tierscore.errors import Invalid, Violation
from tierscore.framework.catalogue import Observation
from tierscore.storage import freshness
from tierscore.storage.tables import ObservationRow, RevisionRow

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEWEST_COLUMNS = (*(field.name for field in fields(Observation)), "revision")

_NUMBERS = {"period": "int64", "value": "float64", "revision": "int64"}
_TABLE = ObservationRow.__table__.c
_CONTENT = tuple(_TABLE[field.name] for field in fields(Observation))
_REVISION_NUMBER = re.compile(r"[0-9]{1,18}")
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?P<rest>[T ]\d\d:\d\d(:\d\d([.]\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII
)
_MOMENT_FORMS = ("2022-06-30", "2022-06-30T12:00:00Z", "2022-06-30T12:00:00+08:00")


@dataclass(frozen=True)
class AsOf:
    """A point in the history of the data.

    Attributes
    ----------
    moment : datetime
        What was asked for, in UTC; for a revision the time it was recorded (1970 for revision 0).
    revision : int
        The newest revision recorded by then; 0 when nothing was.
    digest : str
        The digest chained up to that revision; empty for 0.
    """

    moment: datetime
    revision: int
    digest: str


@dataclass(frozen=True)
class Filters:
    """Which observations to list; an empty tuple means all."""

    regions: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    periods: tuple[int, ...] = ()


def resolve_as_of(session: Session, as_of: str | None) -> AsOf:
    """The point in the data's history that a text names.

    None is the newest revision; digits are a revision; a date means its last instant in UTC; a date and time without
    an offset is UTC.

    Raises
    ------
    Invalid
        For anything else, with ``as_of`` as `parameter`.
    """
    newest_revision = freshness.state(session).revision
    if as_of is None:
        return _at_revision(session, newest_revision)
    if _REVISION_NUMBER.fullmatch(as_of):
        return _at_revision(session, _known_revision(as_of, newest_revision))
    return _at_moment(session, _moment(as_of, newest_revision))


def newest(session: Session, revision: int, indicators: Sequence[str] | None = None) -> pd.DataFrame:
    """What was known at a revision: of each region, indicator and period the row with the highest number.

    Parameters
    ----------
    indicators : sequence of str or None
        Only these; None for all, an empty sequence for none.

    Returns
    -------
    DataFrame
        Columns `NEWEST_COLUMNS`, sorted by region, indicator, period. Withdrawn rows are there, with value NaN and
        status M; rows of every other status too.
    """
    limits = [] if indicators is None else [_TABLE.indicator.in_(indicators)]
    return _frame(session, [*limits, _is_newest_at(revision)])


def newest_within(session: Session, revision: int, filters: Filters) -> pd.DataFrame:
    """As `newest`, of what is within the filters."""
    return _frame(session, [*_limits(filters), _is_newest_at(revision)])


def _frame(session: Session, conditions: Sequence[ColumnElement[bool]]) -> pd.DataFrame:
    query = (
        select(*_CONTENT, _TABLE.revision).where(*conditions).order_by(_TABLE.region, _TABLE.indicator, _TABLE.period)
    )
    columns = zip(*session.execute(query).all(), strict=True)
    frame = pd.DataFrame(dict(zip(NEWEST_COLUMNS, columns, strict=False)), columns=list(NEWEST_COLUMNS))
    return frame.astype(dict.fromkeys(NEWEST_COLUMNS, "str") | _NUMBERS)


def page(  # noqa: PLR0917
    session: Session, revision: int, filters: Filters, history: bool, page: int, page_size: int
) -> tuple[list[dict[str, Any]], int]:
    """One page of what was known at a revision, and how many rows there are on all pages.

    With `history` the replaced revisions are listed too. Newest period first, then region, indicator, and the newest
    revision first. Pages count from 1; `recorded_at` is ISO 8601 in UTC, a withdrawn value is None.
    """
    at = _TABLE.revision <= revision if history else _is_newest_at(revision)
    wanted = select(*_CONTENT, _TABLE.revision).where(*_limits(filters), at)
    total = session.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()
    start = (page - 1) * page_size
    if start >= total:
        return [], total
    rows = session.execute(_in_page_order(wanted).limit(page_size).offset(start))
    return [_listed(row) for row in rows.mappings()], total


def newest_listed(session: Session, revision: int, filters: Filters) -> list[dict[str, Any]]:
    """All of what was known at a revision within the filters, as `page` lists it: one query."""
    wanted = select(*_CONTENT, _TABLE.revision).where(*_limits(filters), _is_newest_at(revision))
    return [_listed(row) for row in session.execute(_in_page_order(wanted)).mappings()]


def periods(session: Session, revision: int, indicators: Sequence[str]) -> list[int]:
    """The years from the first to the last one that some indicators were observed in; none where they never were."""
    known = (_TABLE.revision <= revision, _TABLE.indicator.in_(indicators), _TABLE.value.is_not(None))
    first, last = session.execute(select(func.min(_TABLE.period), func.max(_TABLE.period)).where(*known)).one()
    return [] if first is None else list(range(first, last + 1))


def every_content(session: Session) -> frozenset[Observation]:
    """Every row ever stored, whatever its revision; withdrawn and replaced ones too."""
    return frozenset(Observation(*row) for row in session.execute(select(*_CONTENT)))


def _is_newest_at(revision: int) -> ColumnElement[bool]:
    """Whether a row is the one of its cell with the highest revision up to that one.

    Said as "there is no newer one": the index on the cell answers that for each row, and nothing is sorted.
    """
    newer = ObservationRow.__table__.alias("newer").c
    same_cell = and_(newer.region == _TABLE.region, newer.indicator == _TABLE.indicator, newer.period == _TABLE.period)
    between = and_(newer.revision > _TABLE.revision, newer.revision <= revision)
    return and_(_TABLE.revision <= revision, ~exists().where(same_cell, between))


def _limits(filters: Filters) -> list[ColumnElement[bool]]:
    wanted: Mapping[str, tuple[str, ...] | tuple[int, ...]] = {
        "region": filters.regions, "indicator": filters.indicators, "period": filters.periods,
    }  # fmt: skip
    return [_TABLE[name].in_(values) for name, values in wanted.items() if len(values) > 0]


def _in_page_order(wanted: Select[Any]) -> Select[Any]:
    return (
        wanted.add_columns(RevisionRow.recorded_at, RevisionRow.recorded_by)
        .join(RevisionRow, RevisionRow.number == _TABLE.revision)
        .order_by(_TABLE.period.desc(), _TABLE.region, _TABLE.indicator, _TABLE.revision.desc())
    )


def _listed(row: Mapping[Any, Any]) -> dict[str, Any]:
    recorded = {"recorded_at": iso_utc(row["recorded_at"]), "recorded_by": row["recorded_by"]}
    return {name: row[name] for name in NEWEST_COLUMNS} | recorded


def iso_utc(moment: datetime) -> str:
    """ISO 8601 in UTC.

    >>> iso_utc(datetime(2022, 3, 1, tzinfo=UTC))
    '2022-03-01T00:00:00Z'
    """
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _known_revision(digits: str, newest_revision: int) -> int:
    number = int(digits)
    if number > newest_revision:
        raise _bad_as_of(digits, "There is no revision {value}.", (f"0 to {newest_revision}",))
    return number


def _at_revision(session: Session, number: int) -> AsOf:
    if number == 0:
        return AsOf(EPOCH, 0, "")
    query = select(RevisionRow.recorded_at, RevisionRow.digest).where(RevisionRow.number == number)
    recorded_at, digest = session.execute(query).one()
    return AsOf(recorded_at, number, digest)


def _at_moment(session: Session, moment: datetime) -> AsOf:
    known = (
        select(RevisionRow.number, RevisionRow.digest)
        .where(RevisionRow.recorded_at <= moment)
        .order_by(RevisionRow.number.desc())
        .limit(1)
    )
    number, digest = session.execute(known).first() or (0, "")
    return AsOf(moment, number, digest)


def _moment(text: str, newest_revision: int) -> datetime:
    found = _MOMENT.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        if found["rest"] is None:
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        allowed = (f"a revision from 0 to {newest_revision}", *_MOMENT_FORMS)
        raise _bad_as_of(text, "{value!r} is no revision, date or time.", allowed) from None


def _bad_as_of(text: str, template: str, allowed: tuple[str, ...]) -> Invalid:
    violation = Violation(
        code="bad_as_of", template=template, params={"value": text}, parameter="as_of", value=text, allowed=allowed
    )
    return Invalid("as_of", [violation])
