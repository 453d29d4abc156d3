"""Paths on the published data: every plan holds when it is made as an edit, and costs what the cheapest costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.oracle.paths import Item, Question, cheapest
from tierscore.engine import path as engine
from tierscore.errors import CannotScore, Invalid
from tierscore.framework.catalogue import Observation
from tierscore.services.query import AssessmentQuery, CellEdit, ExpectedEffect, GroupAsked, PathAsked, Rivals, WhatIf
from tierscore.services.reading import Reading
from tierscore.services.service import Service
from tierscore.storage import batch
from tierscore.storage.database import Database

Answer = dict[str, Any]

TIERS = ("provincial", "regional", "quasi_national", "international")
FACILITIES, LABS, AWARDS = "large_science_facilities", "national_key_labs", "national_st_awards_led"
STAR, UNICORNS, PATENTS = "star_market_companies", "unicorns", "invention_patents_in_force"
RD, SOLD, RANK = "rd_expenditure", "tech_contracts_output", "regional_innovation_rank"


def ask(reading: Reading, region: str, target: str | None = None, integration: float = 0.0, **terms: Any) -> Answer:
    query = AssessmentQuery(target=target, integration=integration)
    return reading.path(PathAsked(region, query, **terms))


def tier_after(reading: Reading, region: str, additions: list[Answer]) -> str:
    """The tier that a what-if gives once a plan's additions are made: another way through the service."""
    edits = tuple(CellEdit("add", region, item["indicator"], item["add"]) for item in additions)
    (change,) = reading.what_if(WhatIf(AssessmentQuery(), edits, regions=(region,)))["changes"][:1]
    return str(change["after"]["tier"])


def amounts(plan: Answer) -> dict[str, float]:
    return {item["indicator"]: item["add"] for item in plan["additions"]}


def regions(reading: Reading) -> list[str]:
    return [item["region"]["code"] for item in reading.assessments(AssessmentQuery())["items"]]


# --- every region ------------------------------------------------------------------------------------------------


def test_every_plan_of_every_region_reaches_its_tier_as_an_edit(reading: Reading) -> None:
    planned = 0
    for region in regions(reading):
        answer = ask(reading, region)
        for plan in (answer["one_leap"], *answer["alternatives"]):
            if plan is not None:
                planned += 1
                assert TIERS.index(tier_after(reading, region, plan["additions"])) >= TIERS.index(answer["target"])
    assert planned > 10  # so that the loop was not empty


def test_a_plan_has_nothing_to_spare(reading: Reading) -> None:
    """A whole addition less, or a hair less of the rest, and the tier is not reached."""
    for region in ("CN-SC", "CN-AH", "CN-TJ", "CN-SN"):
        additions = ask(reading, region)["one_leap"]["additions"]
        for place, item in enumerate(additions):
            whole = item["add"].is_integer()
            less = item | {"add": item["add"] - 1 if whole else item["add"] * (1 - 1e-6)}
            fewer = [*additions[:place], less, *additions[place + 1 :]]
            assert tier_after(reading, region, fewer) == "provincial", (region, item["indicator"])


def test_the_sentence_of_an_assessment_is_the_leap_of_the_path(reading: Reading) -> None:
    for region in regions(reading):
        answer, short = ask(reading, region), reading.assessment(region, AssessmentQuery())["path"]
        if answer["target"] is None:
            assert short is None
            continue
        assert short["feasible"] is answer["feasible"]
        leap = answer["one_leap"]
        assert {item["indicator"]: item["add"] for item in short["additions"]} == (amounts(leap) if leap else {})
        assert short["cost"] == (pytest.approx(leap["cost"], rel=1e-12) if leap else None)


def test_the_sentence_says_what_it_takes_in_both_languages(reading: Reading) -> None:
    text = reading.assessment("CN-SC", AssessmentQuery())["path"]["text"]
    assert text["en"].startswith("Regional is one step away: National key laboratories")
    assert "+3 laboratories" in text["en"] and "+4 companies" in text["en"]
    assert text["zh"].startswith("距“区域”一步之遥：") and "+3 个" in text["zh"]
    blocked = reading.assessment("CN-HB", AssessmentQuery())["path"]["text"]
    assert blocked["en"] == (
        "Quasi-national is out of reach by additions: "
        "functions of 66.3% of the weight are supplied at most, 66.7% is needed."
    )


def test_sichuan_by_hand(reading: Reading) -> None:
    """The laboratories' entry to regional is 18 and they are 15; the score is met, two thirds of the functions not.

    Present weight 0.89; supplied at regional: facilities 0.12 and universities 0.10, so 0.22; two thirds of 0.89 is
    0.5933. Lacking are 0.3733 of the weight: laboratories 0.12, R&D 0.08, both contracts 0.06 and 0.05, patents 0.06
    and one of STAR and unicorns, 0.05 each, come to 0.42; without any one of them less than 0.3733 is left.
    """
    answer = ask(reading, "CN-SC")
    additions = answer["one_leap"]["additions"]
    assert amounts(answer["one_leap"])[LABS] == 3
    assert {item["indicator"] for item in additions} == {LABS, RD, SOLD, "tech_contracts_absorbed", PATENTS, STAR}
    assert all(item["newly_supplies"] for item in additions)
    assert answer["one_leap"]["functions_share"] == pytest.approx(0.64 / 0.89, abs=1e-12)
    assert next(item for item in additions if item["indicator"] == LABS)["cost"] == pytest.approx(3 / 18, abs=1e-12)
    assert additions[-1]["leaves"] == {"score": 0, "functions_share": 0, "origination_share": None}


# --- against a look at every plan -------------------------------------------------------------------------------


def question_of(reading: Reading, region: str, target: str, bounds: dict[str, float]) -> Question:
    """The oracle's own reading of an assessment; whatever is not bounded stays as it is."""
    answer = reading.assessment(region, AssessmentQuery())
    items = [item_of(item, bounds.get(item["code"])) for item in answer["indicators"]]
    return Question(
        items=items,
        scores=(0, 40, 60, 80, 100),
        target=TIERS.index(target),
        cut=2 / 3,
        quota_from=2,
        quota_coverage=1 / 2,
        quota_share=1 / 3,
    )


def item_of(indicator: Answer, most: float | None) -> Item:
    share = indicator["measure"] == "national_share"
    return Item(
        weight=indicator["weight"],
        at=indicator["knots"],
        value=indicator["value"],
        total=indicator["total"]["value"] if share and indicator["total"] else None,
        better=-1 if indicator["code"] == RANK else 1,
        origination=indicator["stage"] == "origination",
        actionable=most is not None,
        most=most,
    )


COARSE = {
    ("CN-GD", "international"): {LABS: 12, AWARDS: 6, UNICORNS: 8, STAR: 8},
    ("CN-JS", "international"): {LABS: 10, AWARDS: 9, STAR: 6},
    ("CN-SH", "international"): {LABS: 6, AWARDS: 12, UNICORNS: 6, STAR: 6},
    ("CN-BJ", "international"): {LABS: 3, AWARDS: 3},
    ("CN-HB", "regional"): {FACILITIES: 2, LABS: 3, STAR: 4, UNICORNS: 4},
    ("CN-AH", "regional"): {LABS: 4, STAR: 6, UNICORNS: 14},
    ("CN-SN", "regional"): {LABS: 4, STAR: 16, UNICORNS: 14},
}


@pytest.mark.parametrize(("region", "target"), COARSE)
def test_real_regions_with_coarse_bounds_cost_what_the_cheapest_of_all_plans_costs(
    reading: Reading, region: str, target: str
) -> None:
    bounds = COARSE[region, target]
    free = (FACILITIES, LABS, AWARDS, STAR, UNICORNS, PATENTS, RD, SOLD, "tech_contracts_absorbed")
    known = {item["code"] for item in reading.assessment(region, AssessmentQuery())["indicators"] if item["value"]}
    held = tuple((code, 0.0) for code in free if code not in bounds and code in known)
    answer = ask(reading, region, target, upper_bounds=tuple(bounds.items()), fixed=held, alternatives=0)
    expected = cheapest(question_of(reading, region, target, bounds))
    if answer["reason"] is not None and answer["reason"]["code"] == "attained":
        assert expected is not None and expected[0] == 0
        return
    assert answer["feasible"] is (expected is not None)
    if expected is not None:
        assert answer["one_leap"]["cost"] == pytest.approx(expected[0], rel=1e-9)


# --- the two leaps of Chengdu and Chongqing ---------------------------------------------------------------------


def test_side_by_side_the_group_goes_its_leads_way(reading: Reading) -> None:
    group, lead = ask(reading, "CN-CY", "regional"), ask(reading, "CN-SC", "regional")
    assert (group["lead"], group["integration"]) == ("CN-SC", 0)
    assert group["steps"] == lead["steps"] or amounts(group["one_leap"]) == amounts(lead["one_leap"])
    assert group["cost"] == lead["cost"]


def test_merging_alone_does_not_lift_the_pair_but_makes_its_way_shorter(reading: Reading) -> None:
    answer = ask(reading, "CN-CY", "quasi_national")
    apart, together = answer["merging"]["side_by_side"], answer["merging"]["added_up"]
    assert (apart["tier"], together["tier"]) == ("provincial", "provincial")
    assert [step["to"] for step in apart["steps"]] == [step["to"] for step in together["steps"]] == list(TIERS[1:3])
    assert answer["merging"]["saved"]["cost"] == pytest.approx(apart["cost"] - together["cost"])
    assert answer["merging"]["saved"]["cost"] > 0
    assert {item["indicator"]: item["add"] for item in together["steps"][0]["additions"]} == {
        STAR: 4, SOLD: pytest.approx(9.355482, abs=1e-5),
    }  # fmt: skip


def test_both_ends_are_at_the_prices_asked_for(reading: Reading) -> None:
    for integration, name in ((0.0, "side_by_side"), (1.0, "added_up")):
        answer = ask(reading, "CN-CY", "regional", integration)
        assert answer["merging"][name]["cost"] == pytest.approx(answer["cost"], rel=1e-12)


def test_a_groups_plan_holds_when_its_lead_is_given_it(reading: Reading) -> None:
    for integration in (0.3, 1.0):
        plan = ask(reading, "CN-CY", "regional", integration)["one_leap"]
        edits = tuple(CellEdit("add", "CN-SC", item["indicator"], item["add"]) for item in plan["additions"])
        asked = WhatIf(AssessmentQuery(), edits, groups=(GroupAsked(code="CN-CY", integration=integration),))
        (change,) = reading.what_if(asked)["groups"]
        assert (change["before"]["tier"], change["after"]["tier"]) == ("provincial", "regional")


def test_the_second_leap_needs_a_thing_that_is_held_and_says_which(reading: Reading) -> None:
    """Without awards known, what can be added to is 0.59 of 0.89 of the weight: less than two thirds."""
    answer = ask(reading, "CN-CY", "quasi_national")
    assert answer["feasible"] is False and answer["one_leap"] is None and answer["cost"] is None
    functions = next(test for test in answer["reason"]["tests"] if test["test"] == "functions_share")
    assert functions == {
        "test": "functions_share", "most": pytest.approx(0.59 / 0.89), "needed": pytest.approx(2 / 3), "met": False,
    }  # fmt: skip
    assert {item["indicator"]: item["kind"] for item in answer["reason"]["held"]} == {
        AWARDS: "missing",
        "double_first_class_universities": "not_actionable",
        RANK: "not_actionable",
        "rd_intensity": "not_actionable",
    }
    assert [step["to"] for step in answer["steps"]] == ["regional"]
    relaxation = answer["relaxation"]
    assert [item["indicator"] for item in relaxation["allows"]] == [RANK]
    assert [step["to"] for step in relaxation["steps"]] == ["regional", "quasi_national"]
    assert relaxation["steps"][0]["additions"] == answer["steps"][0]["additions"]
    assert relaxation["one_leap"]["cost"] <= relaxation["cost"]


def test_a_relaxation_asked_for_is_a_plan_and_costs_no_less(reading: Reading) -> None:
    relaxation = ask(reading, "CN-HB")["relaxation"]
    (allowed,) = relaxation["allows"]
    again = ask(reading, "CN-HB", fixed=((allowed["indicator"], allowed["add"]),))
    assert again["feasible"] is True
    assert again["one_leap"]["cost"] == pytest.approx(relaxation["one_leap"]["cost"], rel=1e-6)


def test_a_missing_value_is_asked_for_only_where_nothing_else_is_enough(reading: Reading) -> None:
    allows = ask(reading, "CN-HE", "quasi_national")["relaxation"]["allows"]
    assert {item["kind"] for item in allows} == {"missing", "not_actionable"}
    missing = next(item for item in allows if item["kind"] == "missing")
    assert (missing["indicator"], missing["measure_needed"], missing["add"]) == (FACILITIES, 7, None)


def test_collaborations_are_for_groups_alone(reading: Reading) -> None:
    together = {lever["code"] for lever in ask(reading, "CN-CY", "regional", 1.0)["levers"]}
    alone = {lever["code"] for lever in ask(reading, "CN-SC", "regional")["levers"]}
    for_groups = {lever["code"] for lever in reading.levers() if lever["groups_only"]}
    assert len(for_groups & together) >= 4 and not for_groups & alone


# --- steps, levers, order ---------------------------------------------------------------------------------------


def test_steps_follow_each_other_and_a_leap_is_never_dearer(reading: Reading) -> None:
    answer = ask(reading, "CN-TJ", "quasi_national")
    first, second = answer["steps"]
    assert (first["from"], first["to"], second["from"], second["to"]) == (
        "provincial", "regional", "regional", "quasi_national",
    )  # fmt: skip
    assert answer["cost"] == pytest.approx(first["cost"] + second["cost"])
    assert answer["one_leap"]["cost"] <= answer["cost"] * (1 + 1e-9)
    then = {item["indicator"]: item["value"] for item in first["additions"]}
    assert all(then.get(item["indicator"], item["current"]) == item["current"] for item in second["additions"])


def test_the_levers_of_a_plan_say_what_they_act_on_and_the_fewest_act_on_all(reading: Reading) -> None:
    answer = ask(reading, "CN-SC")
    parts = {item["indicator"]: item["cost"] / answer["cost"] for item in answer["one_leap"]["additions"]}
    acts = {
        lever["code"]: {act["indicator"]: act["relevance"] for act in lever["acts_on"]} for lever in answer["levers"]
    }
    for lever in answer["levers"]:
        expected = sum(relevance * parts.get(code, 0) for code, relevance in acts[lever["code"]].items())
        assert lever["plan_priority"] == pytest.approx(expected, abs=1e-12)
    priorities = [lever["plan_priority"] for lever in answer["levers"]]
    assert priorities == sorted(priorities, reverse=True)
    chosen = answer["portfolio"]["levers"]
    assert set(parts) <= {code for lever in chosen for code in acts[lever]}
    assert not any(set(parts) <= set(acts[lever]) for lever in acts), "one lever would do"
    assert (len(chosen), answer["portfolio"]["unanswered"]) == (2, [])


def test_an_assessment_names_the_fewest_levers_for_its_deficits(reading: Reading) -> None:
    answer = reading.assessment("CN-SC", AssessmentQuery())
    acts = {lever["code"]: {act["indicator"] for act in lever["acts_on"]} for lever in answer["levers"]}
    deficits = {item["indicator"] for item in answer["gap"]["deficits"]}
    answered = {code for lever in answer["portfolio"]["levers"] for code in acts[lever]}
    assert deficits - answered == set(answer["portfolio"]["unanswered"])
    assert reading.assessment("CN-BJ", AssessmentQuery())["portfolio"] == {"levers": [], "unanswered": []}


# --- terms ------------------------------------------------------------------------------------------------------


def test_given_costs_decide_and_are_told(reading: Reading) -> None:
    answer = ask(reading, "CN-SC", costs=((UNICORNS, 0.0), (STAR, 0.5)))
    additions = {item["indicator"]: item for item in answer["one_leap"]["additions"]}
    assert STAR not in additions
    assert (additions[UNICORNS]["cost"], additions[UNICORNS]["priced_by"]) == (0, "given")
    assert additions[LABS]["priced_by"] == "default"
    assert answer["cost"] == sum(item["cost"] for item in additions.values())


def test_fixed_choices_are_in_the_plan_and_cost_what_they_cost(reading: Reading) -> None:
    answer = ask(reading, "CN-SC", fixed=((LABS, 5.0), (STAR, 0.0)))
    assert amounts(answer["one_leap"])[LABS] == 5 and STAR not in amounts(answer["one_leap"])
    assert tier_after(reading, "CN-SC", answer["one_leap"]["additions"]) == "regional"


def test_a_bound_that_blocks_is_lifted_before_anything_else(reading: Reading) -> None:
    answer = ask(reading, "CN-SC", upper_bounds=((LABS, 2.0), (PATENTS, 100.0)))
    assert answer["feasible"] is False
    kinds = {item["indicator"]: item["kind"] for item in answer["reason"]["held"]}
    assert (kinds[LABS], kinds[PATENTS]) == ("upper_bound", "upper_bound")
    assert {item["kind"] for item in answer["relaxation"]["allows"]} == {"upper_bound"}


def test_expected_effects_are_the_users_and_may_be_prices(reading: Reading) -> None:
    expected = (ExpectedEffect("attract_entities", LABS, 2.0, 3.0), ExpectedEffect("incubate_entities", LABS, 1.0, 1.2))
    answer = ask(reading, "CN-SC", expected_effects=expected)
    labs = next(item for item in answer["one_leap"]["additions"] if item["indicator"] == LABS)
    assert (labs["unit_cost"], labs["priced_by"]) == (1.2, "expected_effect")
    lever = next(lever for lever in answer["levers"] if lever["code"] == "attract_entities")
    assert lever["expected_effects"] == [
        {"indicator": LABS, "effect": 2, "cost": 3, "times_needed": 1.5, "expected_by": "user"}
    ]
    assert all(not lever["expected_effects"] for lever in ask(reading, "CN-SC")["levers"])


def test_what_has_no_part_is_named(reading: Reading) -> None:
    answer = ask(reading, "CN-SC", costs=((AWARDS, 1.0), (LABS, 0.1)), upper_bounds=((RANK, 3.0),))
    assert answer["ignored"] == [
        {"option": "costs", "indicator": AWARDS, "reason": "missing"},
        {"option": "upper_bounds", "indicator": RANK, "reason": "not_actionable"},
    ]


@pytest.mark.parametrize(
    ("terms", "pointer", "code"),
    [
        ({"costs": (("nothing", 1.0),)}, "/costs/nothing", "unknown_code"),
        ({"costs": ((LABS, -1.0),)}, f"/costs/{LABS}", "out_of_range"),
        ({"upper_bounds": (("gdp", 1.0),)}, "/upper_bounds/gdp", "unknown_code"),
        ({"fixed": ((LABS, 0.5),)}, f"/fixed/{LABS}", "not_whole"),
        ({"fixed": ((LABS, -1.0),)}, f"/fixed/{LABS}", "wrong_way"),
        ({"fixed": ((RANK, 1.0),)}, f"/fixed/{RANK}", "wrong_way"),
        ({"fixed": ((RANK, -9.0),)}, f"/fixed/{RANK}", "out_of_range"),
        ({"fixed": ((AWARDS, 1.0),)}, f"/fixed/{AWARDS}", "no_value"),
        ({"rivals": Rivals(rates=((LABS, -1.0),))}, f"/rivals/growth/{LABS}", "out_of_range"),
        ({"rivals": Rivals(rates=(("nothing", 0.1),))}, "/rivals/growth/nothing", "unknown_code"),
        ({"expected_effects": (ExpectedEffect("none", LABS, 1.0),)}, "/expected_effects/0/lever", "unknown_code"),
        ({"expected_effects": (ExpectedEffect("attract_entities", LABS, 0.0),)}, "/expected_effects/0/effect",
         "out_of_range"),
        ({"expected_effects": (ExpectedEffect("attract_entities", LABS, 1.0, -1.0),)}, "/expected_effects/0/cost",
         "out_of_range"),
    ],
)  # fmt: skip
def test_terms_that_cannot_be_met_are_refused_with_their_place(
    reading: Reading, terms: dict[str, Any], pointer: str, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        ask(reading, "CN-SC", **terms)
    assert [(violation.pointer, violation.code) for violation in caught.value.violations] == [(pointer, code)]


def test_all_wrong_terms_are_told_at_once(reading: Reading) -> None:
    with pytest.raises(Invalid) as caught:
        ask(reading, "CN-SC", costs=((LABS, -1.0),), fixed=((AWARDS, 1.0), (STAR, 0.5)))
    assert len(caught.value.violations) == 3


def test_only_a_group_has_a_degree_of_integration(reading: Reading) -> None:
    with pytest.raises(Invalid) as caught:
        ask(reading, "CN-SC", integration=0.5)
    assert caught.value.violations[0].pointer == "/integration"


# --- rivals -----------------------------------------------------------------------------------------------------


def test_rivals_that_grow_make_the_way_longer_and_the_plan_still_holds(reading: Reading) -> None:
    still, grown = ask(reading, "CN-SC"), ask(reading, "CN-SC", rivals=Rivals(rate=0.1, years=2))
    for code, add in amounts(still["one_leap"]).items():
        assert amounts(grown["one_leap"])[code] >= add
    patents = next(item for item in grown["one_leap"]["additions"] if item["indicator"] == PATENTS)
    total = indicator(reading, "CN-SC", PATENTS)["total"]["value"]
    rest = (total - patents["current"]) * 1.1**2
    assert 4.4 <= 100 * patents["value"] / (rest + patents["value"]) < 4.4 + 1e-3


def indicator(reading: Reading, region: str, code: str) -> Answer:
    answer = reading.assessment(region, AssessmentQuery())
    return next(dict(item) for item in answer["indicators"] if item["code"] == code)


def test_rates_by_indicator_leave_the_others_still(reading: Reading) -> None:
    still = amounts(ask(reading, "CN-SC")["one_leap"])
    grown = amounts(ask(reading, "CN-SC", rivals=Rivals(rates=((STAR, 0.5),)))["one_leap"])
    assert {code for code in still if grown.get(code) != still[code]} <= {STAR, UNICORNS}


def test_rivals_that_repeat_their_own_change(reading: Reading) -> None:
    """Each other region sells once more what it sold more in 2021 than in 2020; the given total moves by that."""
    grown = ask(reading, "CN-SC", rivals=Rivals(between=(2020, 2021)))
    sold = next(item for item in grown["one_leap"]["additions"] if item["indicator"] == SOLD)
    before, after = ({item["region"]["code"]: value_of(reading, item, year) for item in
                      reading.assessments(AssessmentQuery(period=year))["items"]} for year in (2020, 2021))  # fmt: skip
    change = sum(
        max(value + (value - before[code]), 0) - value
        for code, value in after.items()
        if code != "CN-SC" and value is not None and before[code] is not None
    )
    total = indicator(reading, "CN-SC", SOLD)["total"]["value"]
    assert 100 * sold["value"] / (total + change + sold["add"]) == pytest.approx(4.4, rel=1e-9)


def value_of(reading: Reading, summary: Answer, year: int) -> float | None:
    answer = reading.assessment(summary["region"]["code"], AssessmentQuery(period=year))
    return next(item["value"] for item in answer["indicators"] if item["code"] == SOLD)


def test_members_of_a_group_are_no_rivals(reading: Reading) -> None:
    still = ask(reading, "CN-CY", "regional", 1.0)
    grown = ask(reading, "CN-CY", "regional", 1.0, rivals=Rivals(rate=0.05))
    assert grown["score"] < still["score"]
    chongqing = Rivals(rate=0.0)
    assert ask(reading, "CN-CY", "regional", 1.0, rivals=chongqing)["one_leap"] == still["one_leap"]


# --- what there is to lose --------------------------------------------------------------------------------------


@pytest.mark.parametrize("region", ["CN-HB", "CN-GD", "CN-SD", "CN-SH"])
def test_each_loss_costs_the_tier_and_a_little_less_does_not(reading: Reading, region: str) -> None:
    losses = ask(reading, region)["losses"]
    assert losses["alone"]
    for item in losses["alone"]:
        lost = item["change"] if float(item["change"]).is_integer() else item["change"] * (1 + 1e-9)
        kept = item["change"] - (1 if item["change"] > 0 else -1)
        kept = kept if float(item["change"]).is_integer() else item["change"] * (1 - 1e-6)
        one = {"indicator": item["indicator"]}
        assert tier_after(reading, region, [one | {"add": lost}]) != losses["tier"]
        assert kept == 0 or tier_after(reading, region, [one | {"add": kept}]) == losses["tier"]


def test_the_cheapest_set_of_functions_costs_the_tier(reading: Reading) -> None:
    losses = ask(reading, "CN-BJ")["losses"]
    lost = [{"indicator": item["indicator"], "add": item["change"]} for item in losses["functions"]]
    assert len(lost) == 2 and tier_after(reading, "CN-BJ", lost) != "international"
    assert all(tier_after(reading, "CN-BJ", [one]) == "international" for one in lost)


# --- the ends, other frameworks, what is kept -------------------------------------------------------------------


def test_the_top_and_what_is_attained_are_said(reading: Reading) -> None:
    top, attained = ask(reading, "CN-BJ"), ask(reading, "CN-HB", "regional")
    assert (top["target"], top["feasible"], top["reason"]["code"]) == (None, None, "top")
    assert (attained["feasible"], attained["reason"]["code"], attained["steps"]) == (True, "attained", [])


def test_too_little_known_is_an_answer_with_its_reason(reading: Reading) -> None:
    answer = reading.path(PathAsked("CN-SC", AssessmentQuery(period=2019)))
    assert (answer["status"], answer["tier"], answer["feasible"]) == ("insufficient_data", None, False)
    assert next(test for test in answer["reason"]["tests"] if test["test"] == "coverage")["met"] is False
    assert "missing" in {item["kind"] for item in answer["relaxation"]["allows"]}


@pytest.mark.parametrize("framework", ["hdi", "cn-entropy-topsis"])
def test_what_is_no_weighted_sum_is_refused_with_its_reason(reading: Reading, framework: str) -> None:
    with pytest.raises(CannotScore) as caught:
        reading.path(PathAsked("CN-SC", AssessmentQuery(framework=framework, period=2021)))
    assert caught.value.step == "path"
    path = reading.assessment("CN-SC", AssessmentQuery(framework="cn-entropy-topsis"))["path"]
    assert path is None or path["feasible"] is None


def test_an_unchanged_question_is_solved_once(seeded: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    solved: list[float] = []
    solve = engine.solve
    monkeypatch.setattr(engine, "solve", lambda *args: (solved.append(0), solve(*args))[1])
    service = Service(seeded)
    first = ask(service.reading(), "CN-SC")
    count = len(solved)
    assert count > 0
    assert ask(service.reading(), "CN-SC") == first and len(solved) == count
    store(seeded, LABS, 18.0)
    later = ask(service.reading(), "CN-SC")
    assert len(solved) > count and LABS not in amounts(later["one_leap"])
    assert later["data"]["revision"] == first["data"]["revision"] + 1


def store(database: Database, indicator: str, value: float) -> None:
    row = Observation("CN-SC", indicator, 2021, value, "laboratories", "A", "S001")
    with database.write() as session:
        batch.append(session, [row], datetime.now(UTC), "test", "")


def test_a_time_limit_gives_the_best_plan_found_and_what_is_proven(reading: Reading) -> None:
    answer = ask(reading, "CN-TJ", "quasi_national", time_limit=0.05)
    best = ask(reading, "CN-TJ", "quasi_national")["one_leap"]
    leap = answer["one_leap"]
    assert leap["cost"] >= best["cost"] * (1 - 1e-6)
    assert leap["cost"] * (1 - leap["proven_gap"]) <= best["cost"] * (1 + 1e-6)


def test_the_same_question_gives_the_same_answer(reading: Reading, seeded_url: str) -> None:
    service = Service.open(seeded_url)
    asked = PathAsked("CN-CY", AssessmentQuery(target="regional", integration=0.5))
    assert service.reading().path(asked) == reading.path(replace(asked))
    service.close()
