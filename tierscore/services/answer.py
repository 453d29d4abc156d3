"""A scorecard's row as an answer in the contract's shape: labels instead of places, null instead of NaN."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import fsum

import numpy as np

from tierscore.engine.cushion import smallest_loss_of
from tierscore.engine.matrix import Absence, Floats
from tierscore.engine.scorecard import Scorecard
from tierscore.engine.steps import Steps
from tierscore.engine.threshold import EPS
from tierscore.framework.model import FORCES, STAGES, CentralPlace, ElectreTriB, Framework, Knots, Node, ScoreBands
from tierscore.services.listing import title
from tierscore.services.outlook import Outlook
from tierscore.services.sheet import Answer, Sheet, number
from tierscore.services.short_path import short_path
from tierscore.services.step_report import fitted_parameters

ROLES = {1: "growth_pole", 0: "power_source"}
SPARSE_BELOW = 2 / 3
FLAG_OF_STATUS = {"E": "estimated", "P": "provisional", "D": "other_definition"}


def in_rank_order(card: Scorecard) -> list[int]:
    """Rows in the order of their rank, those without one last, in the framework's order."""
    found: list[int] = np.argsort(np.where(card.rank > 0, card.rank, card.rank.size + 1), kind="stable").tolist()
    return found


def summary(sheet: Sheet, row: int) -> Answer:
    """The short answer of one region."""
    return summaries(sheet, [row])[0]


def summaries(sheet: Sheet, rows: Sequence[int] | None = None) -> list[Answer]:
    """The short answers of some rows, or of all. Lists are quicker to look into than arrays, one by one."""
    card, tiers = sheet.card, [*(tier.code for tier in sheet.framework.tiers), None]  # the place -1 is the last
    rows = range(len(card.score)) if rows is None else rows
    assessed, score, coverage = card.assessed.tolist(), card.score.tolist(), card.coverage.tolist()
    own, by_score, rank = card.tier.tolist(), card.tier_by_score.tolist(), card.rank.tolist()
    return [
        {
            "region": sheet.head(row),
            "period": card.matrix.period,
            "status": "assessed" if assessed[row] else "insufficient_data",
            "tier": tiers[own[row]],
            "tier_by_score": tiers[by_score[row]],
            "score": number(score[row]),
            "rank": rank[row] or None,
            "coverage": coverage[row],
        }
        for row in rows
    ]


def full(sheet: Sheet, row: int, target: int | None) -> Answer:
    """The full answer of one region; `target` is the place of a tier, None for the next one."""
    card = sheet.card
    answer = summary(sheet, row)
    answer |= _designation(sheet, row)
    answer["unproven_tiers"] = [sheet.tier(place) for place in np.flatnonzero(card.unproven[row])]
    answer["tier_bounds"] = {"lowest": sheet.tier(card.lowest[row]), "highest": sheet.tier(card.highest[row])}
    answer["rests_on_missing"] = _rests_on_missing(card, row)
    answer["cushion"] = _cushion(card, row)
    answer["tiers"] = [_tier(sheet, row, place) for place in range(len(sheet.framework.tiers))]
    answer["views"] = views(card, row)
    answer["uneven_functions"] = sheet.codes(card.uneven[row])
    answer["nodes"] = list(_nodes(card, row, card.parameters.index, None))
    answer["indicators"] = [_indicator(sheet, row, column) for column in range(len(card.parameters.codes))]
    answer |= Outlook.of(sheet, [row], target).answer(row)
    answer["path"] = short_path(sheet, row, target)
    answer["flags"] = _flags(card, row)
    answer["rule"] = _rule(sheet.framework)
    answer["sources"] = _sources(sheet, row)
    return answer


def _designation(sheet: Sheet, row: int) -> Answer:
    """The tier that a plan says, and how many tiers it lies above the assessed one."""
    designation = sheet.snapshot.designations.get(sheet.subject(row).code)
    if designation is None:
        return {"designated_tier": None, "designation_gap": None}
    codes = [tier.code for tier in sheet.framework.tiers]
    known = designation.tier in codes and sheet.card.tier[row] >= 0
    return {
        "designated_tier": {
            "tier": designation.tier,
            "kind": designation.kind,
            "wording": designation.wording.zh,
            "wording_en": designation.wording.en,
            "source": designation.source,
        },
        "designation_gap": codes.index(designation.tier) - int(sheet.card.tier[row]) if known else None,
    }


def _rests_on_missing(card: Scorecard, row: int) -> bool | None:
    if card.tier[row] < 0 or not card.parameters.bounded:
        return None
    return bool(card.lowest[row] < card.tier[row] or card.unproven[row].any())


def _cushion(card: Scorecard, row: int) -> Answer:
    """How far the region stands above its own tier's tests; all null in the lowest tier and without one."""
    rule, tests, tier = card.parameters.rule, card.tests, card.tier[row]
    if tier <= 0:
        return dict.fromkeys(("score", "functions_share", "origination_share", "smallest_loss"))
    by_functions = isinstance(card.framework.sort, CentralPlace)
    above_quota = tests.origination_share[row, tier] - rule.quota_share if tier >= rule.quota_from else np.nan
    return {
        "score": number(card.score[row] - rule.thresholds[tier]),
        "functions_share": number(tests.functions_share[row, tier] - rule.cut) if by_functions else None,
        "origination_share": number(above_quota),
        "smallest_loss": number(smallest_loss_of(card, row)),
    }


def _tier(sheet: Sheet, row: int, place: int) -> Answer:
    """Every test of one tier, and the functions not supplied at it."""
    card, tests = sheet.card, sheet.card.tests
    tier = sheet.framework.tiers[place]
    missing = (card.tier_of_function[row] < place) & (card.tier_of_function[row] >= 0)
    by_profiles = isinstance(sheet.framework.sort, ElectreTriB)
    by_functions = isinstance(sheet.framework.sort, CentralPlace)
    return {
        "code": tier.code,
        "title": title(tier.title),
        "threshold": None if by_profiles else tier.score,
        "score_met": None if by_profiles else bool(tests.score_met[row, place]),
        "functions_share": number(tests.functions_share[row, place]) if by_functions else None,
        "functions_needed": card.parameters.rule.cut if by_functions else None,
        "functions_met": bool(tests.functions_met[row, place]) if by_functions else None,
        "origination": _origination(card, row, place),
        "attained": bool(tests.met[row, : place + 1].all()),
        "missing_functions": sheet.codes(missing),
        "unknown_functions": sheet.codes(card.unknown[row]),
    }


def _origination(card: Scorecard, row: int, place: int) -> Answer | None:
    rule, tests = card.parameters.rule, card.tests
    if place < rule.quota_from:
        return None
    return {
        "coverage": number(tests.origination_coverage[row]),
        "coverage_needed": rule.quota_coverage,
        "share": number(tests.origination_share[row, place]),
        "share_needed": rule.quota_share,
        "met": bool(tests.coverage_met[row, place] and tests.share_met[row, place]),
    }


def views(card: Scorecard, row: int) -> Answer:
    """How far the centre has come: its stages, its forces, and the role that these make of it."""
    found = card.views
    return {
        "stage": _view(STAGES, found.stage_scores[row], found.stage_coverage[row]),
        "force": _view(FORCES[:2], found.force_scores[row], found.force_coverage[row]),
        "role": ROLES.get(int(found.role[row])),
    }


def _view(names: tuple[str, ...], scores: Floats, coverages: Floats) -> Answer:
    return {
        name: {"score": number(score), "coverage": number(coverage)}
        for name, score, coverage in zip(names, scores, coverages, strict=True)
    }


def _nodes(card: Scorecard, row: int, node: Node, parent: Node | None) -> Iterator[Answer]:
    """The index from its root down: each node's method, relative weight and score."""
    yield {
        "code": node.code,
        "parent": None if parent is None else parent.code,
        "aggregate": node.aggregate,
        "power": node.power,
        "weight": 1.0 if parent is None else node.weight / fsum(child.weight for child in parent.children),
        "score": number(card.nodes[node.code][row]),
    }
    for child in node.children:
        if isinstance(child, Node):
            yield from _nodes(card, row, child, node)


def _fitted(card: Scorecard, column: int) -> Answer | None:
    """What a way to normalise took from the regions, or declares beside knots; null for knots, which stand alone."""
    if card.parameters.only_knots:
        return None
    for scheme, found in card.fitted:
        if column in scheme.columns and scheme.method != "knots":
            return fitted_parameters(scheme, found, int(np.flatnonzero(scheme.columns == column)[0]))
    return None


def _indicator(sheet: Sheet, row: int, column: int) -> Answer:
    """One indicator from its raw value and source to its part in the score."""
    card, measured, cells = sheet.card, sheet.card.measured, sheet.card.measured.cells
    indicator = sheet.scored[column]
    known = not np.isnan(card.scores[row, column])
    absence = Absence(int(measured.absence[row, column]))
    return {
        "code": indicator.code,
        "title": title(indicator.title),
        "value": number(cells.values[row, column]),
        "unit": indicator.unit,
        "period": int(cells.periods[row, column]) or None,
        "status": cells.statuses[row, column] or None,
        "source": cells.sources[row, column] or None,
        "total": _total(card, column),
        "measure": indicator.measure.kind,
        "measured": number(measured.values[row, column]),
        "treated": number(card.steps.treated[row, column]),
        "normalise": None if indicator.normalise is None else indicator.normalise.method,
        "fitted": _fitted(card, column),
        "knots": list(indicator.normalise.at) if isinstance(indicator.normalise, Knots) else None,
        "score": number(card.scores[row, column]),
        "weight": float(card.parameters.weights[column]),
        "effective_weight": float(card.effective[row, column]) if known else None,
        "contribution": number(card.contributions[row, column]),
        "supplies_tier": sheet.tier(card.tier_of_function[row, column]),
        "stage": indicator.stage,
        "force": indicator.force,
        "flags": indicator_flags(card, row, column) + _pooling_flags(sheet, row, column),
        "missing_reason": None if known or absence == Absence.PRESENT else absence.name.lower(),
    }


def _total(card: Scorecard, column: int) -> Answer | None:
    measured = card.measured
    if np.isnan(measured.totals[column]):
        return None
    return {
        "value": float(measured.totals[column]),
        "period": int(measured.total_periods[column]) or None,
        "kind": "given" if measured.totals_given[column] else "summed",
    }


def indicator_flags(card: Scorecard, row: int, column: int) -> list[str]:
    """What a reader must know of a value: its status, its year, its total's year, how few regions have one."""
    measured, cells = card.measured, card.measured.cells
    period = cells.periods[row, column]
    own = [FLAG_OF_STATUS[status]] if (status := cells.statuses[row, column]) in FLAG_OF_STATUS else []
    if period and period != card.matrix.period:
        own.append("other_period")
    if period and not np.isnan(measured.totals[column]) and measured.total_periods[column] != period:
        own.append("total_of_other_period")
    if measured.observed[column] < SPARSE_BELOW - EPS:
        own.append("sparse_indicator")
    return own + _step_flags(card.steps, row, column)


def _step_flags(taken: Steps, row: int, column: int) -> list[str]:
    """What the steps between the measure and the score did to this cell."""
    done = {
        "imputed": taken.filled[row, column],
        "winsorised": taken.replaced[row, column],
        "log_scale": taken.logged[column],
    }
    return [name for name, flagged in done.items() if flagged]


def _pooling_flags(sheet: Sheet, row: int, column: int) -> list[str]:
    """What a reader must know of a group's value: of several years, without some member's, or the lead's alone."""
    if sheet.pool is None or len(sheet.pool.members.rows) == 1:
        return []
    cells = sheet.card.measured.cells
    mixed = ["mixed_periods"] if cells.periods[row, column] == 0 and not np.isnan(cells.values[row, column]) else []
    known = ~np.isnan(sheet.beside.measured.cells.values[list(sheet.pool.members.rows), column])
    lacking = ["member_missing"] if known.any() and not known.all() else []
    return mixed + lacking + (["not_pooled"] if sheet.scored[column].pooling is None else [])


def _flags(card: Scorecard, row: int) -> list[str]:
    """What a reader must know of the whole row."""
    periods = card.measured.cells.periods[row]
    return ["mixed_periods"] if np.unique(periods[periods > 0]).size > 1 else []


def _rule(framework: Framework) -> Answer:
    """The declared numbers that decide, so that the answer can be computed again from itself."""
    sort = framework.sort
    quota = sort.origination if isinstance(sort, CentralPlace) else None
    return {
        "status": framework.status,
        "scale": {"min": framework.scale.low, "max": framework.scale.high},
        "min_coverage": framework.min_coverage,
        "sort": sort.method,
        "cut": None if isinstance(sort, ScoreBands) else sort.cut,
        "decimals": sort.decimals if isinstance(sort, ScoreBands) else None,
        "origination": {"from": quota.start, "coverage": quota.coverage, "share": quota.share} if quota else None,
    }


def _sources(sheet: Sheet, row: int) -> list[Answer]:
    """The sources of the values and totals used, each once, by code."""
    card = sheet.card
    given = card.matrix.nation.sources[card.parameters.places][card.measured.totals_given]
    own = [row] if sheet.pool is None else list(sheet.pool.members.rows)
    of_values = sheet.beside.measured.cells.sources[own].texts.ravel()
    used = sorted({code for code in (*of_values, *given.texts) if code})
    known = [sheet.snapshot.sources[code] for code in used if code in sheet.snapshot.sources]
    return [{"code": item.code, "title": item.title, "url": item.url, "copy": item.copy} for item in known]
