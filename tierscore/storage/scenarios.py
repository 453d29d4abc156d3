"""Saved what-ifs: each with the base that it is pinned to, and an edition that grows with every change."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tierscore.errors import Stale, UnknownCode
from tierscore.storage import freshness
from tierscore.storage.tables import ScenarioRow


@dataclass(frozen=True)
class Base:
    """What a scenario is computed on: a framework version, a year, a data revision."""

    framework: str
    version: str
    period: int
    revision: int


@dataclass(frozen=True)
class Draft:
    """What its author says of a scenario; `content` holds edits, framework_edits, groups and regions."""

    title: str
    author: str
    content: dict[str, Any]


@dataclass(frozen=True)
class Scenario:
    """A stored scenario."""

    id: str
    edition: int
    draft: Draft
    base: Base
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class Seen:
    """A scenario as somebody saw it before changing it."""

    id: str
    edition: int


def create(session: Session, identifier: str, draft: Draft, base: Base, now: datetime) -> Scenario:
    """Stores a new scenario under an identifier that is free."""
    row = ScenarioRow(id=identifier, edition=1, created_at=now, changed_at=now)
    _fill(row, draft, base)
    session.add(row)
    session.flush()
    return _scenario(row)


def change(session: Session, seen: Seen, draft: Draft, base: Base, now: datetime) -> Scenario:
    """Replaces a scenario; raises UnknownCode, and Stale when it is at another edition than its author saw."""
    row = _locked(session, seen)
    _fill(row, draft, base)
    row.edition, row.changed_at = seen.edition + 1, now
    session.flush()
    return _scenario(row)


def delete(session: Session, seen: Seen) -> None:
    """Removes a scenario; raises as `change` does."""
    session.delete(_locked(session, seen))
    session.flush()


def one(session: Session, identifier: str) -> Scenario:
    """One scenario; raises UnknownCode."""
    return _scenario(_row(session, identifier))


def several(session: Session, identifiers: tuple[str, ...]) -> list[Scenario]:
    """Scenarios in the order asked for, by one query; raises UnknownCode for the first that is not there."""
    rows = session.scalars(select(ScenarioRow).where(ScenarioRow.id.in_(identifiers)))
    found = {row.id: _scenario(row) for row in rows}
    for identifier in identifiers:
        if identifier not in found:
            raise UnknownCode("scenario", identifier, (), "id")
    return [found[identifier] for identifier in identifiers]


def listing(session: Session, page: int, page_size: int) -> tuple[list[Scenario], int]:
    """One page of the scenarios, newest first, and how many there are; pages count from 1."""
    total = session.execute(select(func.count()).select_from(ScenarioRow)).scalar_one()
    start = (page - 1) * page_size
    if start >= total:
        return [], total
    order = (ScenarioRow.created_at.desc(), ScenarioRow.id)
    rows = session.scalars(select(ScenarioRow).order_by(*order).limit(page_size).offset(start))
    return [_scenario(row) for row in rows], total


def _locked(session: Session, seen: Seen) -> ScenarioRow:
    """The row as nobody else can change it now: writers come one by one, and each sees the last one's edition."""
    freshness.lock(session)
    row = _row(session, seen.id)
    if row.edition != seen.edition:
        raise Stale
    return row


def _row(session: Session, identifier: str) -> ScenarioRow:
    row = session.get(ScenarioRow, identifier)
    if row is None:
        raise UnknownCode("scenario", identifier, ())
    return row


def _fill(row: ScenarioRow, draft: Draft, base: Base) -> None:
    row.title, row.author = draft.title, draft.author
    row.content = json.dumps(draft.content, ensure_ascii=False, allow_nan=False)
    row.framework, row.version, row.period, row.revision = base.framework, base.version, base.period, base.revision


def _scenario(row: ScenarioRow) -> Scenario:
    draft = Draft(row.title, row.author, json.loads(row.content))
    base = Base(row.framework, row.version, row.period, row.revision)
    return Scenario(row.id, row.edition, draft, base, row.created_at, row.changed_at)
