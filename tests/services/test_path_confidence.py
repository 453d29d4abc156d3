"""Plans in draws on the published data: each is scored again in every draw by the analysis of section 10."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.engine.test_sample import moved
from tierscore.engine.design import MONTE_CARLO, Design
from tierscore.engine.matrix import Floats, Ints
from tierscore.engine.pipeline import score
from tierscore.engine.runner import Runner
from tierscore.engine.scorecard import Scorecard
from tierscore.services import confidence, plan_confidence
from tierscore.services.query import AssessmentQuery, PathAsked, Rivals
from tierscore.services.reading import Reading
from tierscore.services.stage import Stage
from tierscore.services.varied import varied

Answer = dict[str, Any]

SECONDS, AMPLE = 0.3, 30.0  # for a plan in draws, which ends by the clock, and for what ends by itself
TIERS = ("provincial", "regional", "quasi_national", "international")


@pytest.fixture(scope="module")
def card(reading: Reading) -> Scorecard:
    return reading.baseline(reading.resolve(AssessmentQuery())).sheet.card


def ask(
    reading: Reading, region: str, part: float | None, target: str | None = None, degree: float = 0.0, **terms: Any
) -> Answer:
    query, seconds = AssessmentQuery(target=target, integration=degree), AMPLE if part is None else SECONDS
    return reading.path(PathAsked(region, query, confidence=part, **{"time_limit": seconds, **terms}))


def tiers_in_draws(card: Scorecard, row: int, additions: Floats) -> Ints:
    """The tier of a row in each draw once it is added to, by the analysis of section 10."""
    after = replace(varied(card, ())[1], card=score(moved(card, row, additions), card.framework))
    design = Design(MONTE_CARLO, plan_confidence.DRAWS, confidence.SEED, after.widths)
    return Runner(after, design).part(range(design.rows)).tiers[:, row]


def made(card: Scorecard, plan: Answer) -> Floats:
    """A plan's additions as growth, (indicators,)."""
    found = np.zeros(len(card.parameters.codes))
    for item in plan["additions"]:
        column = card.parameters.columns[item["indicator"]]
        found[column] = card.parameters.direction[column] * item["add"]
    return found


def test_the_sample_is_the_first_draws_of_the_declared_analysis(reading: Reading, card: Scorecard) -> None:
    sheet = reading.baseline(reading.resolve(AssessmentQuery())).sheet
    design = Design(MONTE_CARLO, plan_confidence.DRAWS, confidence.SEED, varied(card, ())[1].widths)
    expected = Runner(varied(card, ())[1], design).part(range(design.rows)).tiers
    for row, region in enumerate(card.matrix.regions):
        found = plan_confidence.sampled(Stage.of(sheet, region, 0.0)).sample
        for target in (1, 2, 3):
            holds = found.holds(np.zeros((1, len(card.parameters.codes))), target)[:, 0]
            assert holds.tolist() == (expected[:, row] >= target).tolist(), (region, target)


@pytest.mark.parametrize(("region", "part"), [("CN-SC", 0.9), ("CN-SC", 0.5), ("CN-AH", 0.8), ("CN-TJ", 0.6)])
def test_a_plan_holds_in_as_many_draws_as_asked_for_and_says_in_how_many(
    reading: Reading, card: Scorecard, region: str, part: float
) -> None:
    answer = ask(reading, region, part)
    told, leap = answer["confidence"], answer["one_leap"]
    tiers = tiers_in_draws(card, card.matrix.regions.index(region), made(card, leap))
    place = TIERS.index(answer["target"])
    assert leap["holds_in"] == (tiers >= place).mean() >= part
    assert (told["asked"], told["draws"], told["seed"]) == (part, 200, confidence.SEED)
    assert told["needed"] == part * 200
    assert told["holds_now"] < part <= told["holds_at_most"]
    assert {item["name"] for item in told["factors"]} == {"weights", "knots", "cut", "missing", "observation_error"}


def test_it_costs_more_than_the_plan_that_need_not_hold_and_no_less_than_is_proven(reading: Reading) -> None:
    answer, plain = ask(reading, "CN-SC", 0.9), ask(reading, "CN-SC", None)
    leap, without = answer["one_leap"], answer["confidence"]["without"]
    assert without["cost"] == pytest.approx(plain["cost"], rel=1e-9)
    assert without["holds_in"] < 0.9
    assert plain["cost"] < leap["cost"]
    assert plain["cost"] <= leap["cost"] * (1 - leap["proven_gap"]) * (1 + 1e-9)
    assert (plain["confidence"], plain["one_leap"]["holds_in"]) == (None, None)


def test_the_more_draws_the_dearer(reading: Reading) -> None:
    costs = [ask(reading, "CN-SC", part)["one_leap"]["cost"] for part in (0.0, 0.5, 0.9)]
    assert costs == sorted(costs)
    assert costs[0] == pytest.approx(ask(reading, "CN-SC", None)["cost"], rel=1e-9)


def test_a_tier_attained_that_does_not_hold_often_enough_gets_a_plan(reading: Reading) -> None:
    answer = ask(reading, "CN-HB", 0.9, "regional")
    assert (answer["tier"], answer["feasible"], answer["reason"]) == ("regional", True, None)
    assert answer["confidence"]["holds_now"] < 0.9 <= answer["one_leap"]["holds_in"]
    assert answer["confidence"]["without"] == {"cost": 0, "holds_in": answer["confidence"]["holds_now"]}
    (step,) = answer["steps"]
    assert (step["from"], step["to"]) == ("regional", "regional")


def test_a_tier_that_holds_often_enough_is_attained(reading: Reading) -> None:
    answer = ask(reading, "CN-BJ", 0.9, "quasi_national")
    assert answer["reason"]["code"] == "attained"
    assert answer["confidence"]["holds_now"] >= 0.9 and answer["one_leap"] is None


def test_above_the_highest_tier_there_is_nothing_to_hold(reading: Reading) -> None:
    answer = ask(reading, "CN-BJ", 0.9)
    assert (answer["reason"]["code"], answer["confidence"]) == ("top", None)


def test_limits_within_which_too_few_draws_hold_are_told_and_what_holds_at_most(
    reading: Reading, card: Scorecard
) -> None:
    answer = ask(reading, "CN-SD", 0.8, time_limit=AMPLE)
    assert (answer["feasible"], answer["one_leap"], answer["reason"]["code"]) == (False, None, "not_sure")
    assert answer["reason"]["text"]["zh"] == "在限度之内，没有方案能在所要求的抽样比例中达到该层级。"
    assert answer["relaxation"] is None
    assert answer["confidence"]["holds_at_most"] < 0.8
    assert answer["confidence"]["without"]["cost"] == pytest.approx(ask(reading, "CN-SD", None)["one_leap"]["cost"])
    assert all(test["met"] for test in answer["reason"]["tests"])  # as the values are, it is within reach


def test_what_is_out_of_reach_as_the_values_are_is_unblocked_without_draws(reading: Reading) -> None:
    answer, plain = ask(reading, "CN-HB", 0.5, time_limit=AMPLE), ask(reading, "CN-HB", None)
    assert answer["reason"] == plain["reason"]
    assert answer["relaxation"]["allows"] == plain["relaxation"]["allows"]
    assert answer["confidence"]["without"] is None


def test_a_group_is_drawn_as_its_members_are(reading: Reading) -> None:
    """Side by side the pair is its lead, in every draw; added up it lacks less."""
    lead, apart, together = (
        ask(reading, "CN-SC", 0.9, "regional"),
        ask(reading, "CN-CY", 0.9, "regional"),
        ask(reading, "CN-CY", 0.9, "regional", 1.0),
    )
    assert apart["confidence"]["holds_now"] == lead["confidence"]["holds_now"]
    assert apart["one_leap"]["holds_in"] >= 0.9 and together["one_leap"]["holds_in"] >= 0.9
    assert together["confidence"]["holds_now"] >= apart["confidence"]["holds_now"]
    assert (apart["merging"], apart["alternatives"]) == (None, [])


def test_rivals_grow_before_anything_is_drawn(reading: Reading) -> None:
    """A tenth a year for two years is more than Sichuan can meet in nine draws of ten; a fiftieth is not."""
    still, grown = ask(reading, "CN-SC", 0.9), ask(reading, "CN-SC", 0.9, rivals=Rivals(rate=0.02, years=2))
    assert ask(reading, "CN-SC", 0.9, rivals=Rivals(rate=0.1, years=2))["reason"]["code"] == "not_sure"
    assert grown["one_leap"]["holds_in"] >= 0.9
    assert grown["confidence"]["holds_now"] <= still["confidence"]["holds_now"]
    assert grown["one_leap"]["cost"] >= still["one_leap"]["cost"] * (1 - still["one_leap"]["proven_gap"])


def test_fixed_choices_and_bounds_hold_in_draws_too(reading: Reading) -> None:
    terms = {
        "fixed": (("national_key_labs", 5.0), ("unicorns", 0.0)),
        "upper_bounds": (("star_market_companies", 9.0),),
    }
    found = {item["indicator"]: item["add"] for item in ask(reading, "CN-SC", 0.8, **terms)["one_leap"]["additions"]}
    assert found["national_key_labs"] == 5 and "unicorns" not in found
    assert found.get("star_market_companies", 0) <= 9


def test_both_steps_and_the_leap_hold(reading: Reading) -> None:
    answer = ask(reading, "CN-JS", 0.5)
    assert all(plan["holds_in"] >= 0.5 for plan in (*answer["steps"], answer["one_leap"]))
