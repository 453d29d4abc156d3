"""Measures how far each assumption of the default framework can move before a verdict of the paper breaks.

Run as ``python docs/measure_margins.py``. It reads the seeds alone, scores in memory, and prints the Markdown that
docs/methodology.md holds between its margins markers; tests/docs/test_methodology.py keeps the two equal.

One assumption is moved at a time, everything else as declared. Numbers are moved outward from the declared value on a
grid, and the first step that breaks a verdict is narrowed by bisection.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # a checkout need not be installed

from tierscore.engine.matrix import Floats, Matrix, select
from tierscore.engine.pipeline import score
from tierscore.engine.scorecard import Scorecard
from tierscore.engine.threshold import EPS
from tierscore.engine.tier import highest
from tierscore.framework.model import Framework, Indicator, Knots, Leaf, Origination
from tierscore.framework.tree import leaves
from tierscore.services.publishing import check_file

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
FRAMEWORK = SEEDS / "frameworks" / "cn-innovation-centre" / "2021.1" / "framework.yaml"
NEWEST_VINTAGES = ("", "census-revision")

PRECISION = 1e-4
FACTORS = 10.0 ** np.linspace(1 / 80, 1.0, 80)  # 1.029 to 10, each 2.9 % above the one before
YEARS = (-2, -1, 1, 2)
RANK = "regional_innovation_rank"
NAMED = ("CN-BJ", "CN-HB", "CN-CQ", "CN-SC")
PROVINCIAL, REGIONAL, QUASI_NATIONAL, INTERNATIONAL = range(4)

Table = list[str]


# --- the verdicts ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """A sentence of the paper on 2021: whether a scorecard says it, and by which numbers."""

    code: str
    sentence: str
    holds: Callable[[Scorecard], bool]
    because: Callable[[Scorecard], str]


def row_of(card: Scorecard, region: str) -> int:
    """The row of a region in a scorecard."""
    return card.matrix.regions.index(f"CN-{region}")


def has_tier(region: str, tier: int) -> Callable[[Scorecard], bool]:
    """Whether the region stands in exactly this tier."""
    return lambda card: bool(card.tier[row_of(card, region)] == tier)


def ahead_in_functions(card: Scorecard) -> bool:
    """Whether Hubei supplies a larger share of the functions at the regional tier than Sichuan."""
    shares = card.tests.functions_share[:, REGIONAL]
    return bool(shares[row_of(card, "HB")] > shares[row_of(card, "SC")] + EPS)


def score_alone_is_regional(card: Scorecard) -> bool:
    """Whether Sichuan's score, without the other tests, says regional."""
    return bool(card.tier_by_score[row_of(card, "SC")] == REGIONAL)


def numbers(region: str, tier: int) -> Callable[[Scorecard], str]:
    """The score and the functions share that decide whether a region is in a tier."""

    def text(card: Scorecard) -> str:
        row = row_of(card, region)
        return f"score {card.score[row]:.2f}, functions share at that tier {card.tests.functions_share[row, tier]:.3f}"

    return text


def both_shares(card: Scorecard) -> str:
    """The functions shares of Hubei and Sichuan at the regional tier."""
    shares = card.tests.functions_share[:, REGIONAL]
    return f"functions shares {shares[row_of(card, 'HB')]:.3f} and {shares[row_of(card, 'SC')]:.3f}"


def sichuan_score(card: Scorecard) -> str:
    """The score of Sichuan."""
    return f"score {card.score[row_of(card, 'SC')]:.2f}"


VERDICTS = (
    Verdict("V1", "Sichuan is provincial (tested: regional)", has_tier("SC", PROVINCIAL), numbers("SC", REGIONAL)),
    Verdict("V2", "Chongqing is provincial (tested: regional)", has_tier("CQ", PROVINCIAL), numbers("CQ", REGIONAL)),
    Verdict("V3", "Hubei is regional", has_tier("HB", REGIONAL), numbers("HB", REGIONAL)),
    Verdict("V4", "Hubei is ahead of Sichuan in functions", ahead_in_functions, both_shares),
    Verdict("V5", "Beijing is international", has_tier("BJ", INTERNATIONAL), numbers("BJ", INTERNATIONAL)),
    Verdict("V6", "Sichuan's score alone says regional", score_alone_is_regional, sichuan_score),
)
CODES = tuple(verdict.code for verdict in VERDICTS)


# --- the data and the trials ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bench:
    """The default framework and the seeds, on which changed frameworks are tried."""

    framework: Framework
    observations: pd.DataFrame

    @classmethod
    def from_seeds(cls) -> Bench:
        """Reads the seeds; of each value the newest revision."""
        rows = pd.read_csv(SEEDS / "observations.csv", keep_default_na=False, na_values={"value": [""]})
        return cls(check_file(FRAMEWORK)[1], rows[rows["vintage"].isin(NEWEST_VINTAGES)])

    @cached_property
    def matrix(self) -> Matrix:
        """The values that the framework as declared selects."""
        return self.select(self.framework)

    @cached_property
    def card(self) -> Scorecard:
        """The scorecard of the framework as declared."""
        return score(self.matrix, self.framework)

    @cached_property
    def scored(self) -> tuple[Indicator, ...]:
        """The indicators of the index, in its order."""
        known = {indicator.code: indicator for indicator in self.framework.indicators}
        return tuple(known[leaf.indicator] for _, leaf in leaves(self.framework.index))

    @cached_property
    def named(self) -> Matrix:
        """The regions that the verdicts name alone, for speed; the totals of all stand as the nation's own values."""
        matrix = self.select(replace(self.framework, regions=NAMED))
        totals = matrix.nation.values.copy()
        totals[self.card.parameters.places] = self.card.measured.totals
        return replace(matrix, nation=replace(matrix.nation, values=totals))

    def select(self, framework: Framework) -> Matrix:
        """The values that a framework selects for the reference period."""
        return select(self.observations, framework, int(framework.period or 0))

    def broken(self, framework: Framework) -> set[str]:
        """The verdicts that do not hold under a framework that selects the same values."""
        return broken(score(self.named, framework))

    def broken_anew(self, framework: Framework) -> set[str]:
        """The verdicts that do not hold under a framework that selects other values."""
        return broken(score(self.select(framework), framework))


def broken(card: Scorecard) -> set[str]:
    """The verdicts that a scorecard does not say."""
    return {verdict.code for verdict in VERDICTS if not verdict.holds(card)}


# --- frameworks with one assumption changed -------------------------------------------------------------------


def with_weights(framework: Framework, factors: dict[str, float]) -> Framework:
    """Weights multiplied, the others unchanged; a factor of 0 takes the indicator out of the index."""
    kept = [
        replace(leaf, weight=leaf.weight * factors.get(leaf.indicator, 1.0))
        for leaf in framework.index.children
        if isinstance(leaf, Leaf) and factors.get(leaf.indicator, 1.0) > 0
    ]
    return replace(framework, index=replace(framework.index, children=tuple(kept)))


def with_indicators(framework: Framework, codes: Iterable[str], change: Callable[[Indicator], Indicator]) -> Framework:
    """Some indicators changed."""
    wanted = set(codes)
    changed = (change(item) if item.code in wanted else item for item in framework.indicators)
    return replace(framework, indicators=tuple(changed))


def scaled_knots(factor: float) -> Callable[[Indicator], Indicator]:
    """Multiplies all knots of an indicator, so that they never cross."""

    def change(indicator: Indicator) -> Indicator:
        at = indicator.normalise.at if indicator.normalise else ()
        return replace(indicator, normalise=Knots(tuple(knot * factor for knot in at)))

    return change


def with_threshold(framework: Framework, place: int, value: float) -> Framework:
    """Another score at which a tier begins; the knots' scores follow it."""
    tiers = list(framework.tiers)
    tiers[place] = replace(tiers[place], score=value)
    return replace(framework, tiers=tuple(tiers))


def with_window(framework: Framework, code: str, side: str, value: int) -> Framework:
    """Another number of years back or ahead for one indicator."""

    def change(indicator: Indicator) -> Indicator:
        window = indicator.window
        return replace(
            indicator,
            window=replace(window, back=value) if side == "back" else replace(window, ahead=value),
        )

    return with_indicators(framework, [code], change)


# --- numbers that can move a little ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Assumption:
    """A number of the framework, the grids it is moved along, outward, and the framework that a value gives.

    `declared` is 1 where the number is a factor on what `shown` says.
    """

    name: str
    shown: str
    declared: float
    down: Floats
    up: Floats
    apply: Callable[[float], Framework]


def factor_on(name: str, shown: str, apply: Callable[[float], Framework]) -> Assumption:
    """An assumption moved by a factor from 0.1 to 10."""
    return Assumption(name, shown, 1.0, 1.0 / FACTORS, FACTORS, apply)


@dataclass(frozen=True)
class Range:
    """From where to where a number is moved, by at most one step at a time."""

    low: float
    high: float
    step: float

    def outward(self, start: float, end: float) -> Floats:
        """The values from a start, left out, to an end."""
        return np.linspace(start, end, int(np.ceil(abs(end - start) / self.step)) + 1)[1:]


def number(name: str, declared: float, within: Range, apply: Callable[[float], Framework]) -> Assumption:
    """An assumption moved in its own unit."""
    down, up = (within.outward(declared, end) for end in (within.low, within.high))
    return Assumption(name, f"{declared:.4g}", declared, down, up, apply)


SHARES = Range(0.0, 1.0, 0.005)


def breaks(bench: Bench, assumption: Assumption, grid: Sequence[float] | Floats) -> dict[str, float]:
    """Of each verdict that breaks along the grid, the nearest value at which it is broken, to `PRECISION`."""
    found: dict[str, float] = {}
    last = assumption.declared
    for value in map(float, grid):
        for code in sorted(bench.broken(assumption.apply(value)) - set(found)):
            found[code] = narrow(bench, assumption, code, last, value)
        if len(found) == len(VERDICTS):
            break
        last = value
    return found


def narrow(bench: Bench, assumption: Assumption, code: str, holding: float, breaking: float) -> float:
    """Halves the way between a value where a verdict holds and one where it does not."""
    while abs(breaking - holding) > PRECISION:
        middle = (holding + breaking) / 2
        if code in bench.broken(assumption.apply(middle)):
            breaking = middle
        else:
            holding = middle
    return breaking


@dataclass(frozen=True)
class Margins:
    """Where each verdict breaks below and above the declared value of an assumption."""

    assumption: Assumption
    below: dict[str, float]
    above: dict[str, float]

    def cell(self, code: str) -> str:
        """The margins of one verdict in words."""
        sides = [("below", self.below), ("above", self.above)]
        return ", ".join(f"{side} {found[code]:.3f}" for side, found in sides if code in found) or "holds"

    def nearest(self, code: str) -> tuple[float, str] | None:
        """The smallest relative change that breaks a verdict, and its description; None where none does."""
        values = [found[code] for found in (self.below, self.above) if code in found]
        if not values:
            return None
        change = min((value / self.assumption.declared - 1 for value in values), key=abs)
        return abs(change), f"{self.assumption.name} {100 * change:+.1f} %"


def margins(bench: Bench, assumption: Assumption) -> Margins:
    """Moves one assumption down and up."""
    return Margins(assumption, breaks(bench, assumption, assumption.down), breaks(bench, assumption, assumption.up))


def weight_assumptions(bench: Bench) -> list[Assumption]:
    """A factor on each weight, the others unchanged."""

    def of(code: str, weight: float) -> Assumption:
        def apply(factor: float) -> Framework:
            return with_weights(bench.framework, {code: factor})

        return factor_on(f"weight of `{code}`", f"{weight:g}", apply)

    return [of(leaf.indicator, leaf.weight) for _, leaf in leaves(bench.framework.index)]


def knot_assumptions(bench: Bench) -> list[Assumption]:
    """A factor on all knots of each indicator, and one on those of all shares together."""

    def of(name: str, indicators: Sequence[Indicator]) -> Assumption:
        codes = [indicator.code for indicator in indicators]
        at = indicators[0].normalise.at if indicators[0].normalise else ()

        def apply(factor: float) -> Framework:
            return with_indicators(bench.framework, codes, scaled_knots(factor))

        return factor_on(name, ", ".join(f"{knot:g}" for knot in at), apply)

    shares = [indicator for indicator in bench.scored if indicator.measure.kind == "national_share"]
    return [
        of("knots of all shares (SH)", shares),
        *(of(f"knots of `{indicator.code}`", [indicator]) for indicator in bench.scored),
    ]


def threshold_assumptions(bench: Bench) -> list[Assumption]:
    """The score at which each tier above the first begins, moved to within a point of its neighbours."""
    framework = bench.framework
    scores = [*(tier.score for tier in framework.tiers), framework.scale.high]

    def of(place: int) -> Assumption:
        def apply(value: float) -> Framework:
            return with_threshold(framework, place, value)

        within = Range(scores[place - 1] + 1, scores[place + 1] - 1, 0.5)
        return number(f"threshold of {tier_name(bench, place)}", scores[place], within, apply)

    return [of(place) for place in range(1, len(framework.tiers))]


def rule_assumptions(bench: Bench) -> list[Assumption]:
    """The numbers of the tier rule, each in its own unit."""
    framework, sort = bench.framework, bench.framework.sort
    quota = sort.origination or Origination("", 0.0, 0.0)

    def cut(value: float) -> Framework:
        return replace(framework, sort=replace(sort, cut=value))

    def coverage(value: float) -> Framework:
        return replace(framework, sort=replace(sort, origination=replace(quota, coverage=value)))

    def share(value: float) -> Framework:
        return replace(framework, sort=replace(sort, origination=replace(quota, share=value)))

    def min_coverage(value: float) -> Framework:
        return replace(framework, min_coverage=value)

    return [
        *threshold_assumptions(bench),
        number("cut", sort.cut, SHARES, cut),
        number("origination coverage", quota.coverage, SHARES, coverage),
        number("origination share", quota.share, SHARES, share),
        number("min_coverage", framework.min_coverage, SHARES, min_coverage),
    ]


# --- tables ---------------------------------------------------------------------------------------------------


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """The lines of a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


def verdict_table(bench: Bench) -> Table:
    """The verdicts and the numbers by which they hold now."""
    rows = [[item.code, item.sentence, item.because(bench.card)] for item in VERDICTS]
    return markdown(["", "verdict for 2021", "as declared"], rows)


def margin_table(found: Sequence[Margins], head: str) -> Table:
    """One row per assumption, one column per verdict."""
    rows = [[item.assumption.name, item.assumption.shown, *(item.cell(code) for code in CODES)] for item in found]
    return markdown([head, "declared", *CODES], rows)


def nearest_table(found: Sequence[Margins], count: int = 3) -> Table:
    """Of each verdict the assumptions whose smallest relative change breaks it."""
    rows = []
    for code in CODES:
        changes = sorted(near for item in found if (near := item.nearest(code)) is not None)
        rows.append([code, *([text for _, text in changes] + ["none"] * count)[:count]])
    return markdown(["", "nearest", "second", "third"], rows)


def listed(codes: Iterable[str]) -> str:
    """The broken verdicts of a trial, or that none is."""
    return ", ".join(sorted(codes)) or "holds"


def window_table(bench: Bench) -> Table:
    """The verdicts that break when a window is one or two years shorter or longer."""
    sides = [(side, years) for side in ("back", "ahead") for years in YEARS]
    rows = []
    for indicator in bench.scored:
        now = {"back": indicator.window.back, "ahead": indicator.window.ahead}
        cells = [window_cell(bench, indicator.code, side, now[side] + years) for side, years in sides]
        rows.append([f"`{indicator.code}`", f"{now['back']} / {now['ahead']}", *cells])
    return markdown(["window of", "back / ahead", *(f"{side} {years:+d}" for side, years in sides)], rows)


def window_cell(bench: Bench, code: str, side: str, years: int) -> str:
    """The verdicts that break under one window; a dash where it would be less than no year."""
    return "–" if years < 0 else listed(bench.broken_anew(with_window(bench.framework, code, side, years)))


def status_table(bench: Bench) -> Table:
    """The verdicts that break when estimates are not accepted, or other definitions are."""
    trials = [("A, P (no estimates)", ("A", "P")), ("A, E, P, D (other definitions too)", ("A", "E", "P", "D"))]
    rows = [[name, listed(bench.broken_anew(replace(bench.framework, statuses=kept)))] for name, kept in trials]
    return markdown(["statuses accepted", "verdicts broken"], rows)


def without(bench: Bench, code: str) -> Scorecard:
    """The scorecard without one indicator."""
    return score(bench.matrix, with_weights(bench.framework, {code: 0.0}))


def removal_table(bench: Bench) -> Table:
    """The verdicts that break, and the tiers that change, without each indicator."""
    rows = []
    for indicator in bench.scored:
        card = without(bench, indicator.code)
        rows.append([f"`{indicator.code}`", listed(broken(card)), moved_tiers(bench, card)])
    return markdown(["without", "verdicts broken", "tiers that change"], rows)


def moved_tiers(bench: Bench, card: Scorecard) -> str:
    """The regions whose tier another scorecard changes."""
    names = region_names()
    moved = [
        f"{names[region]}: {tier_name(bench, before)} to {tier_name(bench, after)}"
        for region, before, after in zip(card.matrix.regions, bench.card.tier, card.tier, strict=True)
        if before != after
    ]
    return "; ".join(moved) or "none"


def tier_name(bench: Bench, place: int) -> str:
    """The English name of a tier, in small letters."""
    return "no tier" if place < 0 else bench.framework.tiers[place].title.en.lower()


def region_names() -> dict[str, str]:
    """English names by code."""
    rows = pd.read_csv(SEEDS / "regions.csv", keep_default_na=False)
    return dict(zip(rows["region"], rows["name_en"], strict=True))


def tiers_table(bench: Bench) -> Table:
    """Tier, rank, score and coverage of every region, with and without the rank indicator."""
    names, other = region_names(), without(bench, RANK)
    rows = [
        [names[bench.card.matrix.regions[row]], *standing(bench, bench.card, row), *standing(bench, other, row)]
        for row in np.argsort(bench.card.rank, kind="stable")
    ]
    head = ["tier", "rank", "score", "coverage"]
    return markdown(["region", *head, *(f"{name} without it" for name in head)], rows)


def standing(bench: Bench, card: Scorecard, row: int) -> list[str]:
    """Tier, rank, score and coverage of one region; without a tier, the one its tests alone would give."""
    tested = tier_name(bench, int(highest(card.tests.met)[row]))
    return [
        tested if card.assessed[row] else f"no tier (tests: {tested})",
        str(card.rank[row] or "–"),
        f"{card.score[row]:.2f}",
        f"{card.coverage[row]:.3f}",
    ]


def report() -> str:
    """All tables, as the methodology holds them."""
    bench = Bench.from_seeds()
    weights, knots, rule = (
        [margins(bench, item) for item in assumptions(bench)]
        for assumptions in (weight_assumptions, knot_assumptions, rule_assumptions)
    )
    parts = {
        "The verdicts": verdict_table(bench),
        "The nearest breaks": nearest_table([*weights, *knots, *rule]),
        "Weights": margin_table(weights, "factor on the"),
        "Knots": margin_table(knots, "factor on the"),
        "The tier rule": margin_table(rule, "value of the"),
        "Windows": window_table(bench),
        "Statuses": status_table(bench),
        "Without one indicator": removal_table(bench),
        "All regions, with and without the rank indicator": tiers_table(bench),
    }
    return "\n".join("\n".join([f"### {title}", "", *table, ""]) for title, table in parts.items())


if __name__ == "__main__":
    print(report())
