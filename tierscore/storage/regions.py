"""Regions in and out of the database, each with its tags and with what it is a part of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from tierscore.framework.catalogue import Region, Title
from tierscore.storage import freshness
from tierscore.storage.tables import RegionParentRow, RegionRow, RegionTagRow

Placed = tuple[int, Region]


@dataclass(frozen=True)
class Put:
    """How many regions were new, said something else before, or were as they are."""

    added: int
    changed: int
    unchanged: int

    @property
    def is_change(self) -> bool:
        """Whether the database says something else than before."""
        return self.added + self.changed > 0


def every(session: Session) -> tuple[Region, ...]:
    """Every region in the order in which they are listed: two statements, whatever their number."""
    return tuple(region for _, region in _stored(session).values())


def put(session: Session, wanted: Sequence[Placed]) -> Put:
    """Adds regions, or makes those that are there say this, each under its position; none is removed.

    What the tables refuse, such as a parent whose kind is not above, raises IntegrityError.
    """
    freshness.lock(session)
    stored = _stored(session)
    new = [item for item in wanted if item[1].code not in stored]
    changed = [item for item in wanted if stored.get(item[1].code, item) != item]
    kinds = {region.code: region.kind for _, region in (*stored.values(), *wanted)}
    _forget_ties(session, [region for _, region in changed])
    _write(session, update(RegionRow), [_row(*item) for item in changed])
    _write(session, insert(RegionRow), [_row(*item) for item in new])
    _tie(session, [region for _, region in (*changed, *new)], kinds)
    return Put(len(new), len(changed), len(wanted) - len(new) - len(changed))


def append(session: Session, regions: Sequence[Region]) -> Put:
    """As `put`, new regions after the others and known ones where they are; notes that the catalogue changed."""
    freshness.lock(session)
    stored = _stored(session)
    known = {code: position for code, (position, _) in stored.items()}
    following = max(known.values(), default=-1) + 1
    new = [region.code for region in regions if region.code not in known]
    known |= {code: following + place for place, code in enumerate(new)}
    done = put(session, [(known[region.code], region) for region in regions])
    if done.is_change:
        freshness.bump_catalogue(session)
    return done


def _stored(session: Session) -> dict[str, tuple[int, Region]]:
    """Every region with its position, by code, in listing order."""
    tags: dict[str, list[str]] = defaultdict(list)
    for tagged, tag in session.execute(
        select(RegionTagRow.region, RegionTagRow.tag).order_by(RegionTagRow.region, RegionTagRow.position)
    ):
        tags[tagged].append(tag)
    rows = session.execute(
        select(*RegionRow.__table__.c, RegionParentRow.parent)
        .join_from(RegionRow, RegionParentRow, RegionParentRow.region == RegionRow.code, isouter=True)
        .order_by(RegionRow.position, RegionRow.code)
    )
    return {row.code: (row.position, _region(row, tuple(tags[row.code]))) for row in rows}


def _region(row: Any, tags: tuple[str, ...]) -> Region:
    name = Title(row.name_zh, row.name_en)
    return Region(row.code, row.adcode, name, row.kind, row.macro_region, tags, row.parent)


def _row(position: int, region: Region) -> dict[str, Any]:
    return {
        "code": region.code, "position": position, "adcode": region.adcode, "name_zh": region.name.zh,
        "name_en": region.name.en, "kind": region.kind, "macro_region": region.macro_region,
    }  # fmt: skip


def _forget_ties(session: Session, regions: Sequence[Region]) -> None:
    """Tags and parents go first: two kinds that change places would break the rule on the way."""
    gone = [{"gone": region.code} for region in regions]
    for table in (RegionTagRow, RegionParentRow):
        _write(session, delete(table).where(table.region == bindparam("gone")), gone)


def _tie(session: Session, regions: Sequence[Region], kinds: Mapping[str, str]) -> None:
    parents = [
        {"region": region.code, "kind": region.kind, "parent": region.parent, "parent_kind": kinds.get(region.parent)}
        for region in regions
        if region.parent is not None
    ]
    tags = [
        {"region": region.code, "tag": tag, "position": at} for region in regions for at, tag in enumerate(region.tags)
    ]
    _write(session, insert(RegionParentRow), parents)
    _write(session, insert(RegionTagRow), tags)


def _write(session: Session, statement: Any, rows: list[dict[str, Any]]) -> None:
    """One prepared statement for all rows."""
    if rows and statement.is_delete:
        session.connection().execute(statement, rows)
    elif rows:
        session.execute(statement, rows)
