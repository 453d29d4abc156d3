"""Observations: what was known at any revision or moment. `batch` stores them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time

import pandas as pd
from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from tierscore.errors import Invalid, Violation
from tierscore.framework.catalogue import Observation
from tierscore.storage import freshness
from tierscore.storage.tables import ObservationRow, RegionRow, RevisionRow

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEWEST_COLUMNS = (*(field.name for field in fields(Observation)), "revision")

_NUMBERS = {"period": "int64", "value": "float64", "revision": "int64"}
TABLE = ObservationRow.__table__.c
CONTENT = tuple(TABLE[field.name] for field in fields(Observation))
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


EVERYTHING = Filters()


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
    limits = [] if indicators is None else [TABLE.indicator.in_(indicators)]
    return _frame(session, [*limits, is_newest_at(revision)])


def newest_within(session: Session, revision: int, filters: Filters) -> pd.DataFrame:
    """As `newest`, of what is within the filters."""
    return _frame(session, [*limits(filters), is_newest_at(revision)])


def _frame(session: Session, conditions: Sequence[ColumnElement[bool]]) -> pd.DataFrame:
    query = select(*CONTENT, TABLE.revision).where(*conditions).order_by(TABLE.region, TABLE.indicator, TABLE.period)
    columns = zip(*session.execute(query).all(), strict=True)
    frame = pd.DataFrame(dict(zip(NEWEST_COLUMNS, columns, strict=False)), columns=list(NEWEST_COLUMNS))
    return frame.astype(dict.fromkeys(NEWEST_COLUMNS, "str") | _NUMBERS)


def periods(session: Session, revision: int, indicators: Sequence[str]) -> list[int]:
    """The years from the first to the last one that some indicators were observed in; none where they never were."""
    known = select(TABLE.period).where(
        TABLE.revision <= revision, TABLE.indicator.in_(indicators), TABLE.value.is_not(None)
    )
    # Each end is the first fitting row of the index from there; a minimum and a maximum would be two of all rows.
    ends = (known.order_by(end).limit(1).scalar_subquery() for end in (TABLE.period, TABLE.period.desc()))
    first, last = session.execute(select(*ends)).one()
    return [] if first is None else list(range(first, last + 1))


def every_content(session: Session, filters: Filters) -> frozenset[Observation]:
    """Every row within the filters that was ever stored, whatever its revision; withdrawn and replaced ones too."""
    return frozenset(Observation(*row) for row in session.execute(select(*CONTENT).where(*limits(filters))))


def is_newest_at(revision: int) -> ColumnElement[bool]:
    """Whether a row is the one of its cell with the highest revision up to that one.

    Said as "there is no newer one": the index on the cell answers that for each row, and nothing is sorted.
    """
    newer = ObservationRow.__table__.alias("newer").c
    same_cell = and_(newer.region == TABLE.region, newer.indicator == TABLE.indicator, newer.period == TABLE.period)
    between = and_(newer.revision > TABLE.revision, newer.revision <= revision)
    return and_(TABLE.revision <= revision, ~exists().where(same_cell, between))


def limits(filters: Filters) -> list[ColumnElement[bool]]:
    """The filters as conditions; indicators alone are sought in every region, for no index begins with indicators."""
    wanted: Mapping[str, tuple[str, ...] | tuple[int, ...]] = {
        "region": filters.regions, "indicator": filters.indicators, "period": filters.periods,
    }  # fmt: skip
    conditions: list[ColumnElement[bool]] = [
        TABLE[name].in_(values) for name, values in wanted.items() if len(values) > 0
    ]
    if filters.indicators and not filters.regions:
        conditions.append(TABLE.region.in_(select(RegionRow.code)))
    return conditions


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
