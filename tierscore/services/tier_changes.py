"""Which regions and groups a revision took to another tier: two scorecards of one framework and year, as arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tierscore.engine.matrix import Ints, Texts
from tierscore.engine.pooling import Members
from tierscore.engine.scorecard import Scorecard
from tierscore.framework.catalogue import Group, Region
from tierscore.framework.model import Framework
from tierscore.services.assessments import FIRST_PERIOD, LAST_PERIOD
from tierscore.services.snapshot import Snapshot
from tierscore.storage.events import TierChange, Touched

ASSESSED, INSUFFICIENT, CANNOT_SCORE = "assessed", "insufficient_data", "cannot_score"
STATUSES = (ASSESSED, INSUFFICIENT, CANNOT_SCORE)
DIRECTIONS = ("up", "down", "gained", "lost")


@dataclass(frozen=True)
class Standings:
    """Where the reference regions, then the groups stand: the place of the tier (-1 for none) and the status."""

    tier: Ints
    status: Texts


def periods_to_look_at(framework: Framework, touched: Touched) -> list[int]:
    """The years whose tiers the values of a revision can move: those whose windows reach one of them.

    Only years that the data have, and the framework's own: a window that looks far back says nothing new about a
    year that is yet to come.
    """
    found: set[int] = set()
    for indicator in framework.indicators:
        back, ahead = indicator.window.back, indicator.window.ahead
        for year in touched.years.get(indicator.code, ()):
            found.update(range(max(year - ahead, FIRST_PERIOD), min(year + back, LAST_PERIOD) + 1))
    return sorted(year for year in found if touched.first <= year <= touched.last or year == framework.period)


def groups_of(snapshot: Snapshot, framework: Framework) -> list[Group]:
    """The groups all of whose members are reference regions of a framework."""
    return [group for group in snapshot.groups.values() if set(group.members) <= set(framework.regions)]


def standings(card: Scorecard | None, framework: Framework, groups: Sequence[Group]) -> Standings:
    """Where everybody stands by a scorecard; None is one that cannot be computed.

    A group side by side is its lead, so its tier and status are the lead's. Where regions are compared with each
    other a group has no tier.
    """
    if card is None:
        size = len(framework.regions) + len(groups)
        return Standings(np.full(size, -1), np.full(size, CANNOT_SCORE, dtype=object))
    status = np.where(card.assessed, ASSESSED, INSUFFICIENT).astype(object)
    if not card.parameters.alone:
        none = np.full(len(groups), -1)
        return Standings(np.append(card.tier, none), np.append(status, np.full(len(groups), CANNOT_SCORE)))
    places = {code: row for row, code in enumerate(card.matrix.regions)}
    leads = [Members.of(card, [places[code] for code in group.members]).lead for group in groups]
    rows = np.array([*places.values(), *leads], dtype=np.int64)
    return Standings(card.tier[rows], status[rows])


def changes(
    framework: Framework, period: int, snapshot: Snapshot, groups: Sequence[Group], sides: tuple[Standings, Standings]
) -> Iterator[TierChange]:
    """The regions and groups whose tier differs from one side to the other."""
    before, after = sides
    subjects: list[Region | Group] = [*(snapshot.regions[code] for code in framework.regions), *groups]
    for row in np.flatnonzero(before.tier != after.tier):
        subject = subjects[row]
        yield TierChange(
            framework.id, framework.version, period, subject.code, subject.name.zh, subject.name.en,
            _code(framework, before.tier[row]), before.status[row],
            _code(framework, after.tier[row]), after.status[row],
            _direction(int(before.tier[row]), int(after.tier[row])),
        )  # fmt: skip


def _code(framework: Framework, place: int) -> str | None:
    return framework.tiers[place].code if place >= 0 else None


def _direction(before: int, after: int) -> str:
    if before < 0:
        return "gained"
    if after < 0:
        return "lost"
    return "up" if after > before else "down"
