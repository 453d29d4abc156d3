"""The Methods page in plain Python: a slow oracle that the vectorised engine is compared with.

It covers sections 2, 3 (knots), 4 (one node, arithmetic mean, re-weighting), 5 (central place), 7 and the need of
section 9, for the default framework of section 12 or for any framework of the same kind. It was written from the
text alone, with loops over dicts and the standard library, and shares no code with the engine. § is a section of
docs/methodology.md; the words quoted are those of the specification behind it.

Where the text leaves room, the reading taken here:

 1. Shared period of a summed total (2): the period all addends have, null when they differ.
 2. A total <= 0 (2) is itself missing, so it is not shown; a value without a total is still shown, unscored. Where
    a region's own value is missing too, that is its reason, not the lack of a total.
 3. A missing indicator (4) has null measured value, score, effective weight, contribution and supplies_tier.
 4. Weights (5): `w_i` is the declared weight; `smallest_loss` is a sum of declared weights, not re-weighted ones.
    "Loss" means no longer supplied, still present: the weight present stays. Null if no loss breaks the majority.
 5. `attained` of a tier (5) is "test_j holds for every j <= k", computed whatever the status; the first tier is
    always attained. A share or score with nothing present is null and its test not met, as for origination.
 6. `functions_needed` (5) is the cut, for every tier; missing and unknown functions are in the framework's order.
 7. Bounds (5): "score 0, or 100" are the scale's minimum and maximum; with every value in, no coverage fails.
 8. Role (5): the coverages and T_2 are compared with eps, cohesion and radiation without. It is given with
    insufficient data too. Both views are exact sums (`math.fsum`) divided once, so a tie is met as well as
    floats allow.
 9. Views (4): force has cohesion and radiation; `overall` indicators enter no force view. A view, or an origination
    quota, over indicators that the framework does not have: score, coverage and share null, quota not met.
10. Gap (7): plain differences, no eps; null where the score or the share is null. A target at or below the own tier
    is legal; origination is null below the tier that the quota starts at. No gap at all (null) at the top.
11. Admissible raw values (7, 11): whole steps from the own value, within the bounds of the catalogue (counts from 0,
    ranks from 1). A value out of bounds, or a share's entry at or above 100 %, gives a null `required`.
12. "ties (to 1e-9)" (7): gains are compared after rounding to nine decimals, as scores are for the rank (4); so are
    the score distances of exemplars. A region is no exemplar of itself; without a score it has none.
13. `score_gain` (7) is the gain up to T_k, also where a whole addition overshoots it.
14. Need (9): unmet are the score, functions and origination share tests of the target tier. Failing origination
    coverage is not one of them (only unknowns answer it), nor is a null share: no deficit could answer it.
    Every deficit has a need, 0 where no unmet test touches it.
15. Designation (1): the distance is counted in tiers, designated less assessed, null without an assessed tier.
16. A unit outside the reference regions is scored against their totals, enters no sum, has no rank and is nobody's
    exemplar.
17. `per` (2): the denominator is selected for t with its own window; missing or <= 0, it makes the indicator missing.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

EPS = 1e-9
NATION = "CN"
SEEDS = Path(__file__).resolve().parents[2] / "seeds"

Selected = tuple[float, int, str, str]
"""What was selected for a cell: value, period, status, source."""

Row = Mapping[str, Selected | None]
Answer = dict[str, Any]


# --- the framework --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Indicator:
    """A function; `knots` [floor, entry of tier 2, …, entry of the top tier, ceiling], descending if less is better."""

    code: str
    weight: float
    knots: tuple[float, ...]
    measure: str = "level"
    back: int = 0
    ahead: int = 0
    stage: str | None = None
    force: str | None = None
    whole: bool = False
    lowest: float | None = None
    highest: float | None = None
    denominator: str | None = None
    scale: float = 1.0

    @property
    def step(self) -> int:
        """+1 where more is better, -1 where less is."""
        return 1 if self.knots[-1] > self.knots[0] else -1


@dataclass(frozen=True)
class Framework:
    """Tiers (code, threshold) lowest first, indicators, and the parameters of the tier rule.

    `regions` are the reference regions; empty means every row of the table. `helpers` are (code, back, ahead).
    """

    tiers: tuple[tuple[str, float], ...]
    indicators: tuple[Indicator, ...]
    scale_max: float = 100.0
    cut: float = 2 / 3
    origination_from: int = 2
    origination_coverage: float = 1 / 2
    origination_share: float = 1 / 3
    min_coverage: float = 0.6
    statuses: tuple[str, ...] = ("A", "E", "P")
    regions: tuple[str, ...] = ()
    helpers: tuple[tuple[str, int, int], ...] = ()

    @property
    def thresholds(self) -> tuple[float, ...]:
        """T_k of each tier; the first is the scale's minimum."""
        return tuple(threshold for _, threshold in self.tiers)

    @property
    def weights(self) -> dict[str, float]:
        """The declared weight of each indicator."""
        return {i.code: i.weight for i in self.indicators}

    def position(self, tier: str) -> int:
        """Where a tier stands, 0 for the lowest."""
        return [code for code, _ in self.tiers].index(tier)

    def with_stage(self, stage: str) -> list[str]:
        """The indicators of a stage."""
        return [i.code for i in self.indicators if i.stage == stage]

    def with_force(self, force: str) -> list[str]:
        """The indicators of a force."""
        return [i.code for i in self.indicators if i.force == force]


SH = (0.0, 4.4, 7.0, 10.0, 16.0)
"""§12: the knots of a share, per cent of the nation."""


def _share(code: str, weight: float, window: tuple[int, int], kind: tuple[str, str], whole: bool = True) -> Indicator:
    return Indicator(code, weight, SH, "national_share", *window, *kind, whole, lowest=0)


ORIGINATION_COHESION = ("origination", "cohesion")
EXTENSION_COHESION = ("extension", "cohesion")
EXTENSION_RADIATION = ("extension", "radiation")

LABS = Indicator(
    "national_key_labs", 0.12, (0, 18, 28, 40, 70), "level", 0, 3, *ORIGINATION_COHESION, whole=True, lowest=0
)
RANK = Indicator("regional_innovation_rank", 0.15, (31, 8, 6, 4, 1), "level", 1, 0, "extension", "overall", True, 1, 31)
INTENSITY = Indicator(
    "rd_intensity", 0.05, (0.5, 2.3, 3.0, 3.6, 5.0), "level", 1, 0, *EXTENSION_COHESION, lowest=0, highest=100
)

DEFAULT = Framework(
    tiers=(("provincial", 0.0), ("regional", 40.0), ("quasi_national", 60.0), ("international", 80.0)),
    indicators=(
        _share("large_science_facilities", 0.12, (2, 0), ORIGINATION_COHESION),
        LABS,
        _share("national_st_awards_led", 0.11, (1, 0), ("origination", "radiation")),
        _share("double_first_class_universities", 0.10, (4, 1), ORIGINATION_COHESION),
        RANK,
        _share("rd_expenditure", 0.08, (1, 0), EXTENSION_COHESION, whole=False),
        INTENSITY,
        _share("invention_patents_in_force", 0.06, (1, 0), EXTENSION_RADIATION),
        _share("star_market_companies", 0.05, (1, 0), EXTENSION_RADIATION),
        _share("unicorns", 0.05, (1, 0), EXTENSION_RADIATION),
        _share("tech_contracts_output", 0.06, (1, 0), ("diffusion", "radiation"), whole=False),
        _share("tech_contracts_absorbed", 0.05, (1, 0), ("diffusion", "cohesion"), whole=False),
    ),
    helpers=(("gdp", 1, 0),),
)
"""§12: cn-innovation-centre 2021.1. The reference regions come from the seeds."""


# --- observations (§2, DESIGN 6) -----------------------------------------------------------------------


@dataclass(frozen=True)
class Observation:
    """A recorded value; None withdraws it."""

    region: str
    indicator: str
    period: int
    value: float | None
    status: str
    source: str
    revision: int


def _seed_rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def batch_of(period: int, vintage: str) -> int:
    """DESIGN 6: the seed batch, and so the revision, that a row came in; a vintage says more than the period."""
    by_vintage = {"first-release": 1, "2024-03": 2, "census-revision": 3}
    if vintage:
        return by_vintage[vintage]
    if period <= 2021:
        return 1
    return 2 if period <= 2023 else 3


@cache
def seed_observations() -> tuple[Observation, ...]:
    """The three seed batches as revisions 1, 2 and 3."""
    return tuple(
        Observation(
            row["region"],
            row["indicator"],
            int(row["period"]),
            float(row["value"]) if row["value"] else None,
            row["status"],
            row["source"],
            batch_of(int(row["period"]), row["vintage"]),
        )
        for row in _seed_rows("observations.csv")
    )


@cache
def seed_framework() -> Framework:
    """§12 with "the 31 mainland provincial-level regions" (§2); the nation itself is not one."""
    codes = tuple(row["region"] for row in _seed_rows("regions.csv") if row["region"] != NATION)
    return replace(DEFAULT, regions=codes)


def select(
    observations: Iterable[Observation], period: int, revision: int, framework: Framework
) -> dict[str, dict[str, Selected | None]]:
    """§2: "The value of indicator i for region r in period t, as of moment a", for every region seen."""
    newest = newest_revisions(observations, revision)
    windows = {i.code: (i.back, i.ahead) for i in framework.indicators}
    windows.update({code: (back, ahead) for code, back, ahead in framework.helpers})
    regions = {*framework.regions, *(region for region, _, _ in newest), NATION}
    return {
        region: {
            code: nearest(
                [o for (r, i, _), o in newest.items() if r == region and i == code],
                period,
                window,
                framework.statuses,
            )
            for code, window in windows.items()
        }
        for region in sorted(regions)
    }


def newest_revisions(observations: Iterable[Observation], revision: int) -> dict[tuple[str, str, int], Observation]:
    """§2: "of each period the revision with the highest number among those recorded at or before a"."""
    newest: dict[tuple[str, str, int], Observation] = {}
    for observation in observations:
        cell = (observation.region, observation.indicator, observation.period)
        known = newest.get(cell)
        if observation.revision <= revision and (known is None or known.revision < observation.revision):
            newest[cell] = observation
    return newest


def nearest(
    candidates: Iterable[Observation], period: int, window: tuple[int, int], statuses: Iterable[str]
) -> Selected | None:
    """§2: "the one nearest to t, the earlier on a tie", of the periods in the window that did not drop out.

    A period drops out if its newest revision is withdrawn or has a status that is not accepted.
    """
    back, ahead = window
    usable = [
        (abs(o.period - period), o.period, (o.value, o.period, o.status, o.source))
        for o in candidates
        if o.value is not None and o.status in statuses and period - back <= o.period <= period + ahead
    ]
    return min(usable)[2] if usable else None


# --- measures and knots (§2, 3) ------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One indicator of one region: what was selected, what it was divided by, and what it scores."""

    selected: Selected | None
    total: Answer | None
    divisor: float | None
    measured: float | None
    score: float | None
    missing_reason: str | None

    @property
    def value(self) -> float | None:
        """The raw value, null when nothing was selected."""
        return self.selected[0] if self.selected else None


def national_total(
    indicator: Indicator, values: Mapping[str, Row], nation: Row, reference: Iterable[str]
) -> tuple[Answer | None, str | None]:
    """§2: "The total is the nation's own observation …, else the sum over the reference regions if every one …".

    Returns the total and, when there is none, the reason.
    """
    given = nation.get(indicator.code)
    if given is not None:
        total: Answer = {"value": given[0], "period": given[1], "kind": "given"}
    else:
        parts = [values.get(region, {}).get(indicator.code) for region in reference]
        present = [part for part in parts if part is not None]
        if not parts or len(present) < len(parts):
            return None, "no total"
        periods = {part[1] for part in present}
        total = {
            "value": math.fsum(part[0] for part in present),
            "period": periods.pop() if len(periods) == 1 else None,
            "kind": "summed",
        }
    return (total, None) if total["value"] > 0 else (None, "zero total")


def measured_value(indicator: Indicator, value: float, divisor: float | None) -> float | None:
    """§2: "`level` (x); `national_share` = 100 x / total; `per` = scale x / denominator indicator"."""
    if indicator.measure == "level":
        return value
    if divisor is None or divisor <= 0:
        return None
    if indicator.measure == "national_share":
        return 100 * value / divisor
    return indicator.scale * value / divisor


def knot_score(indicator: Indicator, measured: float, framework: Framework) -> float:
    """§3: "a piecewise-linear value function through declared points … Outside it is clipped"."""
    scores = [*framework.thresholds, framework.scale_max]
    points = [(indicator.step * knot, score) for knot, score in zip(indicator.knots, scores, strict=True)]
    x = indicator.step * measured
    if x <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if x == right:
            return high
        if x < right:
            return low + (high - low) * (x - left) / (right - left)
    return points[-1][1]


def make_cell(indicator: Indicator, row: Row, total: Answer | None, reason: str | None, framework: Framework) -> Cell:
    """Measure and score one cell. §2: "Missing stays missing: never 0"."""
    selected = row.get(indicator.code)
    divisor = None
    if indicator.measure == "national_share":
        divisor = total["value"] if total else None
    elif indicator.measure == "per":
        below = row.get(indicator.denominator or "")
        divisor, reason = (below[0] if below else None), "no denominator"
    if selected is None:
        return Cell(None, total, divisor, None, None, "no value")
    measured = measured_value(indicator, selected[0], divisor)
    if measured is None:
        return Cell(selected, total, divisor, None, None, reason)
    return Cell(selected, total, divisor, measured, knot_score(indicator, measured, framework), None)


# --- weights, score, coverage, rank (§4) ---------------------------------------------------------------


def weighted_mean(scores: Mapping[str, float], weights: Mapping[str, float], codes: Iterable[str]) -> Answer:
    """§4: "coverage = weight present / all weight; score = sum(w s) / weight present"."""
    codes = list(codes)
    present = math.fsum(weights[code] for code in codes if code in scores)
    everything = math.fsum(weights[code] for code in codes)
    weighted = math.fsum(weights[code] * scores[code] for code in codes if code in scores)
    return {
        "score": weighted / present if present > 0 else None,
        "coverage": present / everything if everything > 0 else None,
    }


def ranks(scores: Mapping[str, float]) -> dict[str, int]:
    """§4: "1 is best …, scores compared after rounding to 1e-9, ties share the lowest number"."""
    rounded = {region: round(score, 9) for region, score in scores.items()}
    return {region: 1 + sum(other > own for other in rounded.values()) for region, own in rounded.items()}


# --- tiers (§5) ----------------------------------------------------------------------------------------


def supplied_share(
    scores: Mapping[str, float], weights: Mapping[str, float], codes: Iterable[str], threshold: float
) -> float | None:
    """§5: "sum of w_i over present i with s_i >= T_k - eps, / weight present"."""
    present = [code for code in codes if code in scores]
    weight = math.fsum(weights[code] for code in present)
    if weight <= 0:
        return None
    return math.fsum(weights[code] for code in present if scores[code] >= threshold - EPS) / weight


def at_least(value: float | None, threshold: float) -> bool:
    """§5: "eps = 1e-9 wherever a value is compared with a threshold"; null is not met."""
    return value is not None and value >= threshold - EPS


def origination_test(scores: Mapping[str, float], k: int, framework: Framework) -> Answer | None:
    """§5: "and, from tier 3:  origination_coverage >= 1/2 - eps  and  origination_share_k >= 1/3 - eps"."""
    if k < framework.origination_from:
        return None
    codes = framework.with_stage("origination")
    coverage = weighted_mean(scores, framework.weights, codes)["coverage"]
    share = supplied_share(scores, framework.weights, codes, framework.thresholds[k])
    return {
        "coverage": coverage,
        "share": share,
        "met": at_least(coverage, framework.origination_coverage) and at_least(share, framework.origination_share),
    }


def tier_test(scores: Mapping[str, float], k: int, framework: Framework) -> Answer:
    """§5: test_k, "every test of every tier, met or not; the functions present but not supplied at it"."""
    code, threshold = framework.tiers[k]
    weights = framework.weights
    share = supplied_share(scores, weights, weights, threshold)
    return {
        "code": code,
        "threshold": threshold,
        "score_met": at_least(weighted_mean(scores, weights, weights)["score"], threshold),
        "functions_share": share,
        "functions_needed": framework.cut,
        "functions_met": at_least(share, framework.cut),
        "origination": origination_test(scores, k, framework),
        "missing_functions": [c for c in weights if c in scores and scores[c] < threshold - EPS],
        "unknown_functions": [c for c in weights if c not in scores],
    }


def central_place(scores: Mapping[str, float], framework: Framework) -> tuple[list[Answer], int]:
    """§5: "tier = the highest k such that test_j holds for every j <= k  (tier 1 always holds)".

    Returns the tests of every tier, each with `attained`, and the position of the tier, 0 for the lowest.
    """
    tests = [tier_test(scores, k, framework) for k in range(len(framework.tiers))]
    so_far = True
    for k, test in enumerate(tests):
        origination_met = test["origination"] is None or test["origination"]["met"]
        holds = k == 0 or (test["score_met"] and test["functions_met"] and origination_met)
        so_far = so_far and holds
        test["attained"] = so_far
    return tests, sum(test["attained"] for test in tests) - 1


def highest_reached(score: float, framework: Framework) -> int:
    """§5: "the tier if the score alone decided"; of a function, the tier it is supplied at."""
    return max(k for k, threshold in enumerate(framework.thresholds) if k == 0 or at_least(score, threshold))


def unproven_tiers(tests: Iterable[Answer], framework: Framework) -> list[str]:
    """§5: "every tier whose score, functions and origination share hold and whose … coverage fails"."""
    return [
        test["code"]
        for test in tests
        if test["origination"] is not None
        and test["score_met"]
        and test["functions_met"]
        and at_least(test["origination"]["share"], framework.origination_share)
        and not at_least(test["origination"]["coverage"], framework.origination_coverage)
    ]


def tier_bounds(scores: Mapping[str, float], framework: Framework) -> dict[str, int]:
    """§5: "every missing value is put at score 0, or at 100, with all weights"."""
    return {
        name: central_place({c: scores.get(c, filling) for c in framework.weights}, framework)[1]
        for name, filling in (("lowest", framework.thresholds[0]), ("highest", framework.scale_max))
    }


def smallest_loss(scores: Mapping[str, float], k: int, framework: Framework) -> float | None:
    """§5: "the least sum of w_i over any set of supplied functions whose loss would bring the share below cut".

    Every set is tried.
    """
    weights = framework.weights
    present = math.fsum(weights[c] for c in scores)
    supplied = [c for c in weights if c in scores and scores[c] >= framework.thresholds[k] - EPS]
    losses = []
    for size in range(len(supplied) + 1):
        for lost in combinations(supplied, size):
            kept = math.fsum(weights[c] for c in supplied if c not in lost)
            if kept / present < framework.cut - EPS:
                losses.append(math.fsum(weights[c] for c in lost))
    return min(losses) if losses else None


def cushion(
    scores: Mapping[str, float], score: float | None, tier: int | None, tests: list[Answer], framework: Framework
) -> Answer:
    """§5: "score - T_tier, functions_share_tier - cut, origination_share_tier - quota (from tier 3), …"."""
    if tier is None or tier == 0 or score is None:
        return dict.fromkeys(("score", "functions_share", "origination_share", "smallest_loss"))
    test = tests[tier]
    quota = test["origination"]
    return {
        "score": score - framework.thresholds[tier],
        "functions_share": test["functions_share"] - framework.cut,
        "origination_share": quota["share"] - framework.origination_share if quota else None,
        "smallest_loss": smallest_loss(scores, tier, framework),
    }


def views(scores: Mapping[str, float], framework: Framework) -> Answer:
    """§4: "Stage and force views are the same formula over their indicators, each with its own coverage"."""
    stage = {
        name: weighted_mean(scores, framework.weights, framework.with_stage(name))
        for name in ("origination", "extension", "diffusion")
    }
    force = {
        name: weighted_mean(scores, framework.weights, framework.with_force(name)) for name in ("cohesion", "radiation")
    }
    return {
        "stage": stage,
        "force": force,
        "role": role(force["cohesion"], force["radiation"], framework),
    }


def role(cohesion: Answer, radiation: Answer, framework: Framework) -> str | None:
    """§5: "`growth_pole` if cohesion score >= radiation score (compared exactly), else `power_source` …"."""
    if not all(at_least(view["coverage"], framework.min_coverage) for view in (cohesion, radiation)):
        return None
    if cohesion["score"] is None or radiation["score"] is None:
        return None
    if not at_least(max(cohesion["score"], radiation["score"]), framework.thresholds[1]):
        return None
    return "growth_pole" if cohesion["score"] >= radiation["score"] else "power_source"


# --- gap and need (§7, 9) ------------------------------------------------------------------------------


def rescore(indicator: Indicator, cell: Cell, raw: float, framework: Framework) -> float | None:
    """§7: the score of another raw value; of a share, "the region's own addition also grows the total"."""
    divisor = cell.divisor
    if indicator.measure == "national_share" and divisor is not None and cell.value is not None:
        divisor += raw - cell.value
    measured = measured_value(indicator, raw, divisor)
    return None if measured is None else knot_score(indicator, measured, framework)


def admissible(indicator: Indicator, raw: float) -> bool:
    """§11: "negative counts, rank < 1" are impossible values."""
    return (indicator.lowest is None or raw >= indicator.lowest) and (
        indicator.highest is None or raw <= indicator.highest
    )


def exact_entry(indicator: Indicator, cell: Cell, k: int) -> float | None:
    """§7: the raw value whose measure is the entry of tier k; a share must gain "(bN - x)/(1 - b)"."""
    entry, value = indicator.knots[k], cell.value
    if indicator.measure == "level":
        return entry
    if cell.divisor is None or value is None:
        return None
    if indicator.measure == "per":
        return entry * cell.divisor / indicator.scale
    b = entry / 100
    return None if b >= 1 else value + (b * cell.divisor - value) / (1 - b)


def required(indicator: Indicator, cell: Cell, k: int, framework: Framework) -> float | None:
    """§7: "the smallest (… the largest) admissible raw value whose re-scored s_i >= T_k - eps"."""
    exact = exact_entry(indicator, cell, k)
    if exact is None or cell.value is None:
        return None
    threshold = framework.thresholds[k]
    if indicator.whole:
        return fewest_steps(indicator, cell, threshold, abs(exact - cell.value), framework)
    good = admissible(indicator, exact) and at_least(rescore(indicator, cell, exact, framework), threshold)
    return exact if good else None


def fewest_steps(
    indicator: Indicator, cell: Cell, threshold: float, guess: float, framework: Framework
) -> float | None:
    """§7: "whole-number indicators give the fewest whole additions (decide by re-scoring, not by ceil …)".

    Values are tried one by one. Scores never fall on the way, so if the value a few steps before the guess does not
    reach the threshold, no earlier one does, and the walk may begin there.
    """
    start = cell.value or 0.0

    def reached(steps: int) -> bool:
        return at_least(rescore(indicator, cell, start + indicator.step * steps, framework), threshold)

    steps = max(0, math.floor(guess) - 3)
    if reached(steps):
        steps = 0
    while admissible(indicator, start + indicator.step * steps):
        if reached(steps):
            return start + indicator.step * steps
        if steps > guess + 3:
            return None
        steps += 1
    return None


def deficits(cells: Mapping[str, Cell], k: int, framework: Framework) -> list[Answer]:
    """§7: "a deficit for each present indicator with s_i < T_k - eps … Sorted by score_gain"."""
    threshold = framework.thresholds[k]
    present = math.fsum(i.weight for i in framework.indicators if cells[i.code].score is not None)
    found = []
    for indicator in framework.indicators:
        cell = cells[indicator.code]
        if cell.score is None or cell.value is None or cell.score >= threshold - EPS:
            continue
        needed = required(indicator, cell, k, framework)
        found.append(
            {
                "indicator": indicator.code,
                "value": cell.value,
                "required": needed,
                "shortfall": None if needed is None else abs(needed - cell.value),
                "score_gain": indicator.weight / present * (threshold - cell.score),
            }
        )
    return sorted(found, key=lambda deficit: -round(deficit["score_gain"], 9))


def short_of(goal: float, value: float | None) -> float | None:
    """§7: "score gap max(0, T_k - score), functions gap …, origination gaps likewise"."""
    return None if value is None else max(0.0, goal - value)


def needs(cells: Mapping[str, Cell], k: int, framework: Framework) -> dict[str, float]:
    """§9: "Need of indicator i = the mean over the unmet tests of …", for every deficit."""
    test = tier_test(present_scores(cells), k, framework)
    gains = {d["indicator"]: d["score_gain"] for d in deficits(cells, k, framework)}
    weights = {code: framework.weights[code] for code in gains}
    origination = {code: weights[code] for code in framework.with_stage("origination") if code in gains}
    quota = test["origination"]
    quota_met = quota is None or at_least(quota["share"], framework.origination_share)
    parts = [
        {code: amount / math.fsum(amounts.values()) for code, amount in amounts.items()}
        for met, amounts in ((test["score_met"], gains), (test["functions_met"], weights), (quota_met, origination))
        if not met and math.fsum(amounts.values()) > 0
    ]
    if not parts:
        return {}
    return {code: math.fsum(part.get(code, 0.0) for part in parts) / len(parts) for code in gains}


def gap(cells: Mapping[str, Cell], k: int, framework: Framework, distances: Mapping[str, tuple[float, int]]) -> Answer:
    """§7: the gap to tier k, a position. `distances`: (|score difference|, tier) of each other ranked region."""
    scores = present_scores(cells)
    test = tier_test(scores, k, framework)
    quota = test["origination"]
    near = sorted((round(distance, 9), code) for code, (distance, position) in distances.items() if position >= k)
    return {
        "target": framework.tiers[k][0],
        "score_gap": short_of(
            framework.thresholds[k], weighted_mean(scores, framework.weights, framework.weights)["score"]
        ),
        "functions_gap": short_of(framework.cut, test["functions_share"]),
        "origination": quota
        and {
            "coverage_gap": short_of(framework.origination_coverage, quota["coverage"]),
            "share_gap": short_of(framework.origination_share, quota["share"]),
        },
        "deficits": deficits(cells, k, framework),
        "unknown": test["unknown_functions"],
        "exemplars": [code for _, code in near[:3]],
    }


# --- the answer -----------------------------------------------------------------------------------------------


def present_scores(cells: Mapping[str, Cell]) -> dict[str, float]:
    """The scores of the indicators that are not missing, in the framework's order."""
    return {code: cell.score for code, cell in cells.items() if cell.score is not None}


def indicator_answer(indicator: Indicator, cell: Cell, present: float, framework: Framework) -> Answer:
    """§4: effective weight is the weight over the weight present; contribution is that times the score."""
    value, period, status, source = cell.selected or (None, None, None, None)
    known = cell.score is not None and present > 0
    effective = indicator.weight / present if known else None
    return {
        "value": value,
        "period": period,
        "status": status,
        "source": source,
        "total": cell.total,
        "measured": cell.measured,
        "score": cell.score,
        "weight": indicator.weight,
        "effective_weight": effective,
        "contribution": None if effective is None or cell.score is None else effective * cell.score,
        "supplies_tier": None if cell.score is None else framework.tiers[highest_reached(cell.score, framework)][0],
        "missing": cell.score is None,
        "missing_reason": cell.missing_reason,
    }


def assess_cells(cells: Mapping[str, Cell], framework: Framework) -> Answer:
    """§4 and 5 for one region; rank, gap and needs are added once all regions are known."""
    scores = present_scores(cells)
    mean = weighted_mean(scores, framework.weights, framework.weights)
    score, coverage = mean["score"], mean["coverage"]
    tests, position = central_place(scores, framework)
    assessed = at_least(coverage, framework.min_coverage) and score is not None
    tier = position if assessed else None
    bounds = tier_bounds(scores, framework)
    unproven = unproven_tiers(tests, framework)
    present = math.fsum(framework.weights[c] for c in scores)
    return {
        "status": "assessed" if assessed else "insufficient_data",
        "tier": None if tier is None else framework.tiers[tier][0],
        "tier_by_score": None if score is None else framework.tiers[highest_reached(score, framework)][0],
        "unproven_tiers": unproven,
        "tier_bounds": {key: framework.tiers[k][0] for key, k in bounds.items()},
        "rests_on_missing": None if tier is None else bounds["lowest"] < tier or bool(unproven),
        "score": score,
        "rank": None,
        "coverage": coverage,
        "cushion": cushion(scores, score, tier, tests, framework),
        "tiers": tests,
        "views": views(scores, framework),
        "uneven_functions": uneven_functions(scores, tier, framework),
        "indicators": {i.code: indicator_answer(i, cells[i.code], present, framework) for i in framework.indicators},
    }


def uneven_functions(scores: Mapping[str, float], tier: int | None, framework: Framework) -> list[str]:
    """§5: "those supplied two or more tiers above the region's own (empty without a tier)"."""
    if tier is None:
        return []
    return [c for c, score in scores.items() if highest_reached(score, framework) >= tier + 2]


class Assessment(dict[str, Answer]):
    """The answer for each region; gaps and needs can be asked for any target tier."""

    def __init__(self, cells: Mapping[str, Mapping[str, Cell]], framework: Framework) -> None:
        super().__init__({region: assess_cells(row, framework) for region, row in cells.items()})
        self.cells = cells
        self.framework = framework
        self.reference = [region for region in framework.regions or cells if region in cells]
        ranked = {r: self[r]["score"] for r in self.reference if self[r]["status"] == "assessed"}
        for region, rank in ranks(ranked).items():
            self[region]["rank"] = rank
        for region in self:
            self[region]["gap"] = self.gap(region)
            self[region]["needs"] = self.needs(region)

    def _target(self, region: str, target: str | None) -> int | None:
        """§7: "default: the next one; null at the top"; §4: without a tier, "the gap to tier 2"."""
        if target is not None:
            return self.framework.position(target)
        tier = self[region]["tier"]
        following = 1 if tier is None else self.framework.position(tier) + 1
        return following if following < len(self.framework.tiers) else None

    def gap(self, region: str, target: str | None = None) -> Answer | None:
        """§7, for the next tier or for the target named."""
        k = self._target(region, target)
        return None if k is None else gap(self.cells[region], k, self.framework, self._distances(region))

    def needs(self, region: str, target: str | None = None) -> dict[str, float]:
        """§9: the need of every deficit, empty at the top and where no test is unmet."""
        k = self._target(region, target)
        return {} if k is None else needs(self.cells[region], k, self.framework)

    def _distances(self, region: str) -> dict[str, tuple[float, int]]:
        own = self[region]["score"]
        if own is None:
            return {}
        return {
            other: (abs(self[other]["score"] - own), self.framework.position(self[other]["tier"]))
            for other in self.reference
            if other != region and self[other]["tier"] is not None
        }


def assess_table(values: Mapping[str, Row], nation: Row | None = None, framework: Framework = DEFAULT) -> Assessment:
    """Assess selected values: {region: {indicator: (value, period, status, source) or None}}; the nation apart."""
    reference = framework.regions or tuple(values)
    totals = {
        i.code: national_total(i, values, nation or {}, reference) if i.measure == "national_share" else (None, None)
        for i in framework.indicators
    }
    cells = {
        region: {i.code: make_cell(i, row, *totals[i.code], framework) for i in framework.indicators}
        for region, row in values.items()
    }
    return Assessment(cells, framework)


def assess(period: int, revision: int = 3, units: Iterable[Observation] = ()) -> Assessment:
    """Assess the seeds' regions with the default framework, as of seed revision 0, 1, 2 or 3.

    `units` are further observations, with their own revision: of the reference regions, the nation or other units.
    """
    framework = seed_framework()
    selected = select((*seed_observations(), *units), period, revision, framework)
    nation = selected.pop(NATION)
    answer = assess_table(selected, nation, framework)
    for region, answered in answer.items():
        answered.update(designation(region, answered["tier"], framework))
    return answer


def designation(region: str, tier: str | None, framework: Framework) -> Answer:
    """§1: "designated … and assessed tier are two fields; their distance is `designation_gap`"."""
    for row in _seed_rows("designations.csv"):
        if row["region"] == region:
            designated = {
                "tier": row["tier"],
                "kind": row["kind"],
                "wording": row["wording_zh"],
                "source": row["source"],
            }
            distance = None if tier is None else framework.position(row["tier"]) - framework.position(tier)
            return {"designated_tier": designated, "designation_gap": distance}
    return {"designated_tier": None, "designation_gap": None}
