"""Groups (§6) in plain Python, for the same frameworks as `methods`, written from the text alone.

Where the text leaves room, the reading taken here:

 1. Scores are compared for the lead after rounding to nine decimals, as for the rank (4).
 2. An indicator with no pooling declared stays the lead's own; so does a denominator (`per`) without one.
 3. Of a pooled value, at g > 0, period and source are those that all members with a value share, else null; the status
    is the least certain among them: D, E, P, A. At g = 0 they are the lead's.
 4. The rank of a group is the place that its score would take: one more than the regions above it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.oracle.methods import (
    NATION,
    Answer,
    Assessment,
    Framework,
    Row,
    Selected,
    assess_table,
    at_least,
    central_place,
    make_cell,
    national_total,
    present_scores,
    seed_framework,
    seed_observations,
    select,
    weighted_mean,
)

Pooling = Mapping[str, tuple[str, str | None]]
GROUP = "GROUP"
LEAST_CERTAIN_FIRST = "DEPA"

SEED_POOLING: Pooling = {i.code: ("sum", None) for i in seed_framework().indicators} | {
    "regional_innovation_rank": ("best", None),
    "rd_intensity": ("ratio", "gdp"),
    "gdp": ("sum", None),
}
"""§12: the column "pooling"."""


@dataclass(frozen=True)
class World:
    """Everything that a group is assessed in: the regions' selected values, the nation's, the framework."""

    values: Mapping[str, Row]
    nation: Row
    framework: Framework
    pooling: Pooling

    @classmethod
    def of_seeds(cls, period: int, revision: int = 3) -> World:
        """The seeds' regions in a year."""
        framework = seed_framework()
        selected = select(seed_observations(), period, revision, framework)
        nation = selected.pop(NATION)
        return cls({code: selected[code] for code in framework.regions}, nation, framework, SEED_POOLING)

    def assessed(self) -> Assessment:
        """The reference regions on their own."""
        return assess_table(self.values, self.nation, self.framework)

    def better_is_more(self, code: str) -> bool:
        """Whether more of an indicator is better; helpers are amounts."""
        return all(i.step > 0 for i in self.framework.indicators if i.code == code)


def lead(members: Sequence[str], alone: Assessment, framework: Framework) -> str:
    """§6: "the member with the highest tier (none counts below the first), then score, then the first code"."""

    def order(member: str) -> tuple[int, float, str]:
        tier, score = alone[member]["tier"], alone[member]["score"]
        position = -1 if tier is None else framework.position(tier)
        return -position, math.inf if score is None else -round(score, 9), member

    return min(members, key=order)


def together(world: World, members: Sequence[str], first: str, code: str) -> float:
    """§6: the members' values of one indicator added up; only asked for where the lead has one."""
    kind, weight = world.pooling.get(code, ("none", None))
    own = world.values[first][code]
    assert own is not None
    found = [cell[0] for member in members if (cell := world.values[member].get(code)) is not None]
    if kind == "sum":
        return math.fsum(found)
    if kind == "best":
        return max(found) if world.better_is_more(code) else min(found)
    if kind == "ratio":
        return ratio(world, members, code, str(weight), own[0])
    return own[0]


def ratio(world: World, members: Sequence[str], code: str, weight: str, own: float) -> float:
    """§6: "the members' ratio weighted by the declared denominator, … over members that have both"."""
    both = [
        (cell[0], divisor[0])
        for member in members
        if (cell := world.values[member].get(code)) and (divisor := world.values[member].get(weight))
    ]
    below = math.fsum(divisor for _, divisor in both)
    return math.fsum(value * divisor for value, divisor in both) / below if below > 0 else own


def pooled_cell(world: World, members: Sequence[str], first: str, code: str, degree: float) -> Selected | None:
    """§6: x_lead + g (x_pooled - x_lead); "missing for the lead is missing for the group"."""
    own = world.values[first].get(code)
    if own is None or degree == 0:
        return own
    value = own[0] + degree * (together(world, members, first, code) - own[0])
    found = [cell for member in members if (cell := world.values[member].get(code)) is not None]
    periods, sources = {cell[1] for cell in found}, {cell[3] for cell in found}
    status = min((cell[2] for cell in found), key=LEAST_CERTAIN_FIRST.index)
    period = periods.pop() if len(periods) == 1 else None
    return value, period, status, sources.pop() if len(sources) == 1 else None  # type: ignore[return-value]


def pooled_row(world: World, members: Sequence[str], first: str, degree: float) -> dict[str, Selected | None]:
    """The group's values at a degree of integration."""
    return {code: pooled_cell(world, members, first, code, degree) for code in world.values[first]}


def assess(world: World, members: Sequence[str], degree: float) -> Assessment:
    """§6: "A group is assessed like a region against the same totals"; it is in none of them."""
    first = lead(members, world.assessed(), world.framework)
    row = pooled_row(world, members, first, degree)
    answer = assess_table({**world.values, GROUP: row}, world.nation, world.framework)
    score = answer[GROUP]["score"]
    if answer[GROUP]["tier"] is not None:
        others = [answer[code] for code in world.values if answer[code]["tier"] is not None]
        answer[GROUP]["rank"] = 1 + sum(round(other["score"], 9) > round(score, 9) for other in others)
    return answer


def position(world: World, members: Sequence[str], first: str, degree: float) -> int:
    """The group's tier at a degree, -1 without one."""
    row, framework = pooled_row(world, members, first, degree), world.framework
    cells = {
        i.code: make_cell(
            i,
            row,
            *(
                national_total(i, world.values, world.nation, framework.regions)
                if i.measure == "national_share"
                else (None, None)
            ),
            framework,
        )
        for i in framework.indicators
    }
    scores = present_scores(cells)
    mean = weighted_mean(scores, framework.weights, framework.weights)
    enough = mean["score"] is not None and at_least(mean["coverage"], framework.min_coverage)
    return central_place(scores, framework)[1] if enough else -1


def break_even(world: World, members: Sequence[str], target: int | None = None) -> Answer:
    """§6: the smallest of the 1001 degrees whose tier is at least the target, and the intervals where it holds."""
    first = lead(members, world.assessed(), world.framework)
    degrees = [thousandth / 1000 for thousandth in range(1001)]
    positions = [position(world, members, first, degree) for degree in degrees]
    goal = max(positions[0] + 1, 1) if target is None else target
    holds_on: list[list[float]] = []
    for before, degree, reached in zip([-1, *positions], degrees, positions, strict=False):
        if reached < goal:
            continue
        if degree == 0 or before < goal:
            holds_on.append([degree, degree])
        holds_on[-1][1] = degree
    return {"target": goal, "integration": holds_on[0][0] if holds_on else None, "holds_on": holds_on}
