"""Groups of regions: side by side, added up, and at a degree of integration (methodology, section 6)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tierscore.engine.break_even import break_even, tiers_by_degree
from tierscore.engine.gap import next_tier
from tierscore.engine.matrix import Floats, Ints
from tierscore.engine.pipeline import nodes_of, score, scores_of
from tierscore.engine.pooling import Members, added_up, pooled, values_by_degree
from tierscore.engine.scorecard import Scorecard
from tierscore.engine.unknown import attained
from tierscore.errors import CannotScore, UnknownCode
from tierscore.framework.catalogue import Group, Region
from tierscore.services.answer import full, summary
from tierscore.services.outlook import Outlook
from tierscore.services.sheet import Answer, Pool, Sheet, number

# The rows of a group's sheet.
ASKED, SIDE_BY_SIDE, ADDED_UP = 0, 1, 2
GROUP = "group"


def sheet_of(sheet: Sheet, group: Group, integration: float, on_top: Floats | None = None) -> Sheet:
    """The group's own sheet, beside that of the reference regions: rows `ASKED`, `SIDE_BY_SIDE` and `ADDED_UP`.

    Its rank is the place that its score would take among the regions. `on_top` is added to the pooled values, (all
    indicators,). Raises UnknownCode for a member that is no reference region of the framework, CannotScore where the
    framework compares the regions with each other.
    """
    card = sheet.card
    if not card.parameters.alone:
        template = "Step {step}: this framework compares the regions with each other, and {unit} is none of them."
        raise CannotScore(template, step="group", unit=group.code)
    members = Members.of(card, [_row(card, code) for code in group.members])
    degrees = np.array([integration, 0.0, 1.0])
    matrix = pooled(card.matrix, sheet.framework, members, degrees, group.code)
    if on_top is not None:
        matrix = replace(matrix, cells=replace(matrix.cells, values=matrix.cells.values + on_top))
    own = score(matrix, sheet.framework, card.measured)
    subject = Region(group.code, "", group.name, GROUP, "", _common_tags(sheet, group))
    return replace(sheet, card=replace(own, rank=_place(own, card)), pool=Pool(group, members, card, subject))


def _row(card: Scorecard, code: str) -> int:
    if code not in card.matrix.regions:
        raise UnknownCode("reference region", code, card.matrix.regions, "members")
    return card.matrix.regions.index(code)


def _common_tags(sheet: Sheet, group: Group) -> tuple[str, ...]:
    """The tags that all members have, in the first member's order."""
    first, *others = [sheet.snapshot.regions[code].tags for code in group.members]
    return tuple(tag for tag in first if all(tag in tags for tags in others))


def _place(own: Scorecard, card: Scorecard) -> Ints:
    above = (np.round(card.compared, 9) > np.round(own.compared, 9)[:, np.newaxis]) & card.assessed
    return np.where(own.assessed, 1 + above.sum(axis=1), 0)


def assessment(sheet: Sheet, integration: float, target: int | None) -> Answer:
    """The full answer of a group; `sheet` is its own (`sheet_of`)."""
    goal = _goal(sheet, target)
    return full(sheet, ASKED, target) | {
        "members": _members(sheet, integration),
        "lead": lead_of(sheet),
        "integration": integration,
        "side_by_side": _at(sheet, SIDE_BY_SIDE, goal),
        "added_up": _at(sheet, ADDED_UP, goal),
        "break_even": _break_even(sheet, goal),
        "lower_bounds": _lower_bounds(sheet),
    }


def lead_of(sheet: Sheet) -> str:
    """The code of the member that leads a group."""
    return sheet.beside.matrix.regions[_pool(sheet).members.lead]


def _pool(sheet: Sheet) -> Pool:
    assert sheet.pool is not None  # noqa: S101 - only sheets of `sheet_of` come here
    return sheet.pool


def _goal(sheet: Sheet, target: int | None) -> int:
    """The target that a break-even is sought for: the next tier above the one side by side; -1 at the top."""
    return int(next_tier(sheet.card)[SIDE_BY_SIDE]) if target is None else target


def _at(sheet: Sheet, row: int, goal: int) -> Answer:
    """The short answer at one degree, with the way to the target from there."""
    gap = Outlook.of(sheet, [row], goal).way(row, brief=True) if goal >= 0 else None
    return summary(sheet, row) | {"gap": gap}


def _break_even(sheet: Sheet, goal: int) -> Answer:
    """The smallest degree that reaches the target, and what is lacking added up where none does."""
    if goal < 0:
        return {"target": None, "integration": None, "holds_on": [], "lacking": None}
    members = _pool(sheet).members
    found = break_even(tiers_by_degree(sheet.beside, sheet.framework, members), goal)
    return {
        "target": sheet.tier(goal),
        "integration": found.integration,
        "holds_on": [list(interval) for interval in found.holds_on],
        "lacking": _lacking(sheet, goal) if found.integration is None else None,
    }


def _lacking(sheet: Sheet, goal: int) -> Answer:
    """Which tests fail at the target, or at a tier below it, when everything is added up."""
    tests, codes = sheet.card.tests, [tier.code for tier in sheet.framework.tiers]
    failed = [place for place in range(1, goal + 1) if not tests.met[ADDED_UP, place]]
    short = (sheet.card.tier_of_function[ADDED_UP] < goal) & (sheet.card.tier_of_function[ADDED_UP] >= 0)
    return {
        "status": "assessed" if sheet.card.assessed[ADDED_UP] else "insufficient_data",
        "tiers": [codes[place] for place in failed],
        "score": bool((~tests.score_met[ADDED_UP, failed]).any()),
        "functions": bool((~tests.functions_met[ADDED_UP, failed]).any()),
        "origination": bool((~(tests.coverage_met & tests.share_met)[ADDED_UP, failed]).any()),
        "missing_functions": sheet.codes(short),
        "unknown_functions": sheet.codes(np.isnan(sheet.card.scores[ADDED_UP])),
    }


def _members(sheet: Sheet, integration: float) -> list[Answer]:
    """Each member on its own, and what it brings: null for the lead, without which there is another group."""
    regions, pool = replace(sheet, card=sheet.beside, pool=None), _pool(sheet)
    others = [row for row in pool.members.rows if row != pool.members.lead]
    brings = dict(zip(others, _brought(sheet, others, integration), strict=True))
    return [
        summary(regions, row) | {"lead": row == pool.members.lead, "brings": brings.get(row)}
        for row in pool.members.rows
    ]


def _brought(sheet: Sheet, others: list[int], integration: float) -> list[Answer]:
    """What the group at the degree asked for has more than without each of some members: one scoring for all."""
    if not others:
        return []
    pool, matrix, given = _pool(sheet), sheet.beside.matrix, sheet.card.parameters
    degree = np.array([integration])
    smaller = [values_by_degree(matrix, sheet.framework, pool.members.without(row), degree)[0] for row in others]
    scores = scores_of(np.array(smaller), sheet.card.measured.totals, given)
    totals = nodes_of(scores, given, sheet.card.matrix.regions).values[given.index.code]
    tiers = attained(scores, sheet.framework, given)
    return [
        {
            "without": {"tier": sheet.tier(tiers[place]), "score": number(totals[place])},
            "score_change": number(sheet.card.score[ASKED] - totals[place]),
            "indicators": _more(sheet, row, smaller[place]),
        }
        for place, row in enumerate(others)
    ]


def _more(sheet: Sheet, row: int, without: Floats) -> list[Answer]:
    """Indicator by indicator: the member's own value, and by how much it moves the group's."""
    places, own = sheet.card.parameters.places, sheet.beside.matrix.cells.values[row]
    moved = sheet.card.matrix.cells.values[ASKED] - without
    return [
        {
            "indicator": indicator.code,
            "value": number(own[place]),
            "adds": number(moved[place]),
            "unit": indicator.unit,
        }
        for indicator, place in zip(sheet.scored, places, strict=True)
    ]


def _lower_bounds(sheet: Sheet) -> list[Answer]:
    """What the other members have of the indicators that the lead lacks: at least that much is there."""
    pool, matrix = _pool(sheet), sheet.beside.matrix
    together = added_up(matrix, sheet.framework, pool.members)
    known = ~np.isnan(matrix.cells.values[list(pool.members.rows)])
    lacking = np.isnan(matrix.cells.values[pool.members.lead]) & ~np.isnan(together)
    return [
        {
            "indicator": indicator.code,
            "value": float(together[place]),
            "unit": indicator.unit,
            "members": [
                matrix.regions[row] for row, has in zip(pool.members.rows, known[:, place], strict=True) if has
            ],
        }
        for place, indicator in enumerate(sheet.framework.indicators)
        if lacking[place] and indicator.pooling is not None and indicator.pooling.kind == "sum"
    ]
