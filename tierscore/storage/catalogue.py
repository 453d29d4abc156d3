"""The catalogue in and out of the database: regions, groups, indicators, sources, designations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tierscore.errors import AlreadyThere, Protected, UnknownCode
from tierscore.framework.catalogue import CatalogueIndicator, Designation, Group, Region, Source, Title
from tierscore.storage import freshness
from tierscore.storage import regions as region_rows
from tierscore.storage.tables import (
    DesignationRow,
    GroupMemberRow,
    GroupRow,
    IndicatorRow,
    RegionRow,
    SourceRow,
)

CodedRow = TypeVar("CodedRow", GroupRow, IndicatorRow, SourceRow)


@dataclass(frozen=True)
class Catalogue:
    """Everything that observations and answers refer to by code, in the order in which it is listed."""

    regions: tuple[Region, ...] = ()
    groups: tuple[Group, ...] = ()
    indicators: tuple[CatalogueIndicator, ...] = ()
    sources: tuple[Source, ...] = ()
    designations: tuple[Designation, ...] = ()


def replace_catalogue(session: Session, catalogue: Catalogue) -> bool:
    """Make the stored catalogue say what this one says; True when something changed.

    What has a code is added or updated, never removed: observations may refer to it, and a group may be a user's.
    Designations have no code of their own and are replaced as a whole.
    """
    freshness.lock(session)
    changes = [
        region_rows.put(session, list(enumerate(catalogue.regions))).is_change,
        _upsert(session, GroupRow, (_group_row(*placed) for placed in enumerate(catalogue.groups))),
        _upsert(session, IndicatorRow, (_indicator_row(*placed) for placed in enumerate(catalogue.indicators))),
        _upsert(session, SourceRow, (_source_row(*placed) for placed in enumerate(catalogue.sources))),
        _replace_designations(session, catalogue),
    ]
    if any(changes):
        freshness.bump_catalogue(session)
    return any(changes)


def regions(session: Session) -> tuple[Region, ...]:
    """Every region, the nation among them."""
    return region_rows.every(session)


def groups(session: Session) -> tuple[Group, ...]:
    """Every group with its members."""
    return tuple(
        Group(row.code, Title(row.name_zh, row.name_en), tuple(member.region for member in row.members), row.own)
        for row in _all(session, GroupRow)
    )


def indicators(session: Session) -> tuple[CatalogueIndicator, ...]:
    """Every indicator that a value may be of."""
    return tuple(
        CatalogueIndicator(
            row.code, Title(row.title_zh, row.title_en), row.unit, row.kind, row.integer, row.low, row.high
        )
        for row in _all(session, IndicatorRow)
    )


def sources(session: Session) -> tuple[Source, ...]:
    """Every source."""
    return tuple(Source(row.code, row.title, row.url, row.copy) for row in _all(session, SourceRow))


def ensure_source(session: Session, source: Source) -> None:
    """Adds a source that is not there yet, after the others; the catalogue counter moves only then."""
    freshness.lock(session)
    if session.get(SourceRow, source.code) is None:
        position = session.execute(select(func.count()).select_from(SourceRow)).scalar_one()
        session.add(_source_row(position, source))
        session.flush()
        freshness.bump_catalogue(session)


def add_group(session: Session, group: Group) -> None:
    """Adds a group after the others; raises AlreadyThere where its code is taken, by a region too."""
    freshness.lock(session)
    if session.get(GroupRow, group.code) is not None or session.get(RegionRow, group.code) is not None:
        raise AlreadyThere(kind="group or region", value=group.code)
    position = session.execute(select(func.coalesce(func.max(GroupRow.position), -1))).scalar_one() + 1
    session.add(_group_row(position, group))
    session.flush()
    freshness.bump_catalogue(session)


def delete_group(session: Session, code: str) -> None:
    """Removes a user's group; raises UnknownCode, and Protected for one of the seeds."""
    freshness.lock(session)
    row = session.get(GroupRow, code)
    if row is None:
        raise UnknownCode("group", code, [group.code for group in groups(session)])
    if not row.own:
        raise Protected(kind="group", value=code)
    session.delete(row)
    session.flush()
    freshness.bump_catalogue(session)


def designations(session: Session) -> tuple[Designation, ...]:
    """Every designation; `region` holds the group's code where a group is meant."""
    rows = session.scalars(select(DesignationRow).order_by(DesignationRow.position))
    return tuple(
        Designation(
            row.region or row.group_code or "", row.tier, row.kind, Title(row.wording_zh, row.wording_en), row.source
        )
        for row in rows
    )


def _all(session: Session, table: type[CodedRow]) -> list[CodedRow]:
    return list(session.scalars(select(table).order_by(table.position, table.code)))


def _upsert(session: Session, table: type[CodedRow], wanted: Iterable[CodedRow]) -> bool:
    stored = {row.code: _content(row) for row in _all(session, table)}
    changed = [row for row in wanted if stored.get(row.code) != _content(row)]
    for row in changed:
        session.merge(row)
    session.flush()
    return len(changed) > 0


def _content(row: CodedRow) -> dict[str, Any]:
    """Every column of a row, and its members in order."""
    content: dict[str, Any] = {name: getattr(row, name) for name in table_columns(row)}
    if isinstance(row, GroupRow):
        content["members"] = [member.region for member in row.members]
    return content


def table_columns(row: CodedRow | DesignationRow) -> list[str]:
    """The names of a row's columns."""
    return [column.name for column in row.__table__.columns]


def _group_row(position: int, group: Group) -> GroupRow:
    members = [
        GroupMemberRow(group_code=group.code, region=region, position=at) for at, region in enumerate(group.members)
    ]
    return GroupRow(code=group.code, position=position, name_zh=group.name.zh, name_en=group.name.en,
                    own=group.own, members=members)  # fmt: skip


def _indicator_row(position: int, indicator: CatalogueIndicator) -> IndicatorRow:
    return IndicatorRow(
        code=indicator.code, position=position, title_zh=indicator.title.zh, title_en=indicator.title.en,
        unit=indicator.unit, kind=indicator.kind, integer=indicator.integer, low=indicator.low, high=indicator.high,
    )  # fmt: skip


def _source_row(position: int, source: Source) -> SourceRow:
    return SourceRow(position=position, **asdict(source))


def _replace_designations(session: Session, catalogue: Catalogue) -> bool:
    if designations(session) == catalogue.designations:
        return False
    session.execute(delete(DesignationRow))
    group_codes = {group.code for group in groups(session)}
    session.add_all(
        _designation_row(position, designation, group_codes)
        for position, designation in enumerate(catalogue.designations)
    )
    session.flush()
    return True


def _designation_row(position: int, designation: Designation, group_codes: set[str]) -> DesignationRow:
    of_group = designation.region in group_codes
    return DesignationRow(
        position=position,
        region=None if of_group else designation.region,
        group_code=designation.region if of_group else None,
        tier=designation.tier,
        kind=designation.kind,
        wording_zh=designation.wording.zh,
        wording_en=designation.wording.en,
        source=designation.source,
    )
