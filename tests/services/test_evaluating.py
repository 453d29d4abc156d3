"""Any framework on any data: each step as declared, every refusal with unit, indicator and step."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymcdm.methods import TOPSIS
from pymcdm.weights import critic_weights, entropy_weights, standard_deviation_weights

from tests.evaluations import MINMAX, column, derived, document, indicator, units
from tierscore.errors import CannotScore, Invalid
from tierscore.framework.parse import parse
from tierscore.services.evaluating import Unit, evaluate, frozen_on

QUICK = settings(max_examples=60, deadline=None)
SEEDS = st.integers(0, 2**32 - 1)


def random_table(seed: int) -> np.ndarray:
    """From 3 to 12 units, 2 to 6 indicators, values from 0.1 to 100."""
    random = np.random.default_rng(seed)
    return random.uniform(0.1, 100, (random.integers(3, 13), random.integers(2, 7)))


def normalised(rule: dict[str, Any], values: Sequence[float | None], **more: Any) -> list[float | None]:
    answer = evaluate(document([indicator("a", rule, **more)]), column(values))
    return [unit["indicators"]["a"]["normalised"] for unit in answer["units"]]


LOWER = {"direction": "lower_is_better"}


@pytest.mark.parametrize(
    ("rule", "more", "expected"),
    [
        # values 1, 2, 2, 4, None; by hand
        ({"method": "minmax"}, {}, [0, 1 / 3, 1 / 3, 1, None]),
        ({"method": "minmax", "range": [0, 100]}, LOWER, [100, 200 / 3, 200 / 3, 0, None]),
        # mean 2.25, squares 1.5625 + 2 x 0.0625 + 3.0625 = 4.75, n - 1 = 3
        ({"method": "zscore"}, {}, [*((x - 2.25) / math.sqrt(4.75 / 3) for x in (1, 2, 2, 4)), None]),
        ({"method": "zscore", "mean": 50, "sd": 10}, LOWER,
         [*(50 - 10 * (x - 2.25) / math.sqrt(4.75 / 3) for x in (1, 2, 2, 4)), None]),
        ({"method": "rank"}, {}, [1, 2, 2, 4, None]),
        ({"method": "rank"}, LOWER, [4, 2, 2, 1, None]),
        ({"method": "prank"}, {}, [0, 1 / 3, 1 / 3, 1, None]),
        ({"method": "borda"}, {}, [0, 1, 1, 3, None]),
        ({"method": "dist_to_max"}, {}, [0, 1 / 3, 1 / 3, 1, None]),
        ({"method": "dist_to_reference", "unit": "1"}, {}, [0, 1, 1, 3, None]),
        ({"method": "dist_to_reference", "unit": "1", "cap": True}, {}, [0, 1, 1, 1, None]),
        # worst is 4, the target 1: 1 - (x - 1) / (4 - 1)
        ({"method": "dist_to_target", "target": 1}, LOWER, [1, 2 / 3, 2 / 3, 0, None]),
        ({"method": "dist_to_target", "target": 3, "cap": True}, {}, [0, 0.5, 0.5, 1, None]),
        ({"method": "goalposts", "low": 0, "high": 2}, {}, [0.5, 1, 1, 1, None]),
        ({"method": "goalposts", "low": 0, "high": 2, "clip": False}, {}, [0.5, 1, 1, 2, None]),
        ({"method": "goalposts", "low": 5, "high": 1, "range": [0, 100]}, LOWER, [100, 75, 75, 25, None]),
        ({"method": "relative_to_mean"}, {}, [100 / 2.25, 200 / 2.25, 200 / 2.25, 400 / 2.25, None]),
        ({"method": "relative_to_mean"}, LOWER, [*(200 - 100 * x / 2.25 for x in (1, 2, 2, 4)), None]),
        ({"method": "knots", "at": [0, 2, 4]}, {}, [0.25, 0.5, 0.5, 1, None]),
    ],
)  # fmt: skip
def test_each_normalisation_by_hand(rule: dict[str, Any], more: dict[str, Any], expected: list[float | None]) -> None:
    found = normalised(rule, [1, 2, 2, 4, None], **more)
    assert [value is None for value in found] == [value is None for value in expected]
    assert found[:4] == pytest.approx(expected[:4], rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [
        # scores 0.2 and 0.8 with the weights 1 and 3
        ({"aggregate": "arithmetic"}, (0.2 + 3 * 0.8) / 4),
        ({"aggregate": "geometric"}, math.exp((math.log(0.2) + 3 * math.log(0.8)) / 4)),
        ({"aggregate": "harmonic"}, 4 / (1 / 0.2 + 3 / 0.8)),
        ({"aggregate": "power", "power": 2}, math.sqrt((0.04 + 3 * 0.64) / 4)),
        ({"aggregate": "power", "power": -1}, 4 / (1 / 0.2 + 3 / 0.8)),
        ({"aggregate": "median"}, 0.8),
    ],
)
def test_each_mean_by_hand(aggregate: dict[str, Any], expected: float) -> None:
    rule = {"method": "goalposts", "low": 0, "high": 1}
    children = [{"indicator": "a", "weight": 1}, {"indicator": "b", "weight": 3}]
    sent = document([indicator("a", rule), indicator("b", rule)], {**aggregate, "children": children})
    (found,) = evaluate(sent, units({"U": {"a": 0.2, "b": 0.8}}))["units"]
    assert found["score"] == found["nodes"]["all"] == pytest.approx(expected, rel=1e-12)
    assert [found["indicators"][code]["weight"] for code in "ab"] == [0.25, 0.75]


def test_nodes_have_methods_of_their_own_and_a_missing_child_is_left_out() -> None:
    """Root: arithmetic of a geometric node (0.2, 0.8: 0.4) and c; without c the node is all; without b too little."""
    rule = {"method": "goalposts", "low": 0, "high": 1}
    pair = {"code": "pair", "weight": 1, "aggregate": "geometric", "min_coverage": 1,
            "children": [{"indicator": "a", "weight": 1}, {"indicator": "b", "weight": 1}]}  # fmt: skip
    sent = document([indicator(code, rule) for code in "abc"], {"children": [pair, {"indicator": "c", "weight": 1}]})
    rows = {
        "all": {"a": 0.2, "b": 0.8, "c": 1.0},
        "no c": {"a": 0.2, "b": 0.8},
        "no b": {"a": 0.2, "c": 1.0},
        "none": {},
    }
    answer = evaluate(sent, units(rows))
    assert [unit["score"] for unit in answer["units"]] == [pytest.approx(0.7), pytest.approx(0.4), 1.0, None]
    assert [unit["nodes"]["pair"] for unit in answer["units"]] == [pytest.approx(0.4), pytest.approx(0.4), None, None]
    (entry,) = [item for item in answer["report"] if item["step"] == "aggregate" and item["subject"] == "pair"]
    assert [(cell["unit"], cell["missing"], cell["result"]) for cell in entry["cells"]] == [
        ("no b", ["b"], "missing"), ("none", ["a", "b"], "missing"),
    ]  # fmt: skip


@QUICK
@given(SEEDS)
def test_topsis_is_pymcdms(seed: int) -> None:
    values = random_table(seed)
    width = values.shape[1]
    weights = np.arange(1, width + 1) / np.arange(1, width + 1).sum()
    children = [{"indicator": f"i{place}", "weight": float(weight)} for place, weight in enumerate(weights)]
    sent = document(
        [indicator(f"i{place}", MINMAX) for place in range(width)], {"aggregate": "topsis", "children": children}
    )
    found = [unit["score"] for unit in evaluate(sent, rows_of(values))["units"]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of dominated alternatives
        theirs = TOPSIS()(values, weights, np.ones(width))
    assert found == pytest.approx(theirs, rel=1e-9, abs=1e-9)


def rows_of(values: np.ndarray) -> list[Unit]:
    return [Unit(str(row), {f"i{place}": float(value) for place, value in enumerate(cells)})
            for row, cells in enumerate(values)]  # fmt: skip


@QUICK
@given(SEEDS, st.sampled_from(["entropy", "critic", "deviation"]))
def test_derived_weights_are_pymcdms(seed: int, method: str) -> None:
    """On scores that are the values themselves."""
    values = random_table(seed)
    rule = {"method": "goalposts", "low": 0, "high": 1, "clip": False}
    width = values.shape[1]
    sent = document([indicator(f"i{place}", rule) for place in range(width)], derived(method, width))
    theirs = {"entropy": entropy_weights, "critic": critic_weights, "deviation": standard_deviation_weights}[method]
    expected = theirs(values)
    report = evaluate(sent, rows_of(values))["report"]
    (found,) = [entry["parameters"]["weights"] for entry in report if entry["step"] == "aggregate"]
    assert list(found.values()) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_a_frozen_recipe_gives_the_same_scores_with_declared_weights() -> None:
    values = np.array([[1.0, 9, 2], [4, 2, 8], [7, 7, 1], [3, 1, 5]])
    recipe = document([indicator(f"i{place}", MINMAX) for place in range(3)], derived("entropy", 3))
    whole = frozen_on(recipe, parse(recipe), rows_of(values))
    assert "weights" in recipe["index"]
    assert "weights" not in whole["index"]
    both = [evaluate(sent, rows_of(values))["units"] for sent in (recipe, whole)]
    assert [unit["score"] for unit in both[0]] == [unit["score"] for unit in both[1]]
    with pytest.raises(Invalid, match="framework is not valid") as caught:
        frozen_on(whole, parse(whole), rows_of(values))
    assert caught.value.violations[0].code == "nothing_derived"


def test_the_benefit_of_the_doubt_gives_each_unit_its_own_weights() -> None:
    """Two specialists are each the best at something; the third reaches two thirds of the way to them."""
    rule = {"method": "goalposts", "low": 0, "high": 1}
    sent = document([indicator("i0", rule), indicator("i1", rule)], derived("benefit_of_the_doubt", 2))
    found = evaluate(sent, rows_of(np.array([[1.0, 0.5], [0.5, 1.0], [0.5, 0.5]])))
    assert [unit["score"] for unit in found["units"]] == pytest.approx([1, 1, 2 / 3], rel=1e-9)
    for unit in found["units"]:
        parts = [cell["weight"] * cell["normalised"] for cell in unit["indicators"].values()]
        assert sum(parts) == pytest.approx(unit["score"], rel=1e-9)
    with pytest.raises(Invalid) as caught:
        frozen_on(sent, parse(sent), rows_of(np.array([[1.0, 0.5], [0.5, 1.0]])))
    assert caught.value.violations[0].code == "cannot_freeze"


@pytest.mark.parametrize(
    ("impute", "expected"),
    [
        ({"method": "mean"}, 4.0),  # of 1, 2, 9
        ({"method": "median"}, 2.0),
        ({"method": "group_mean", "group": "side"}, 5.5),  # of 2 and 9, its own side
        ({"method": "group_median", "group": "side"}, 5.5),
        ({"method": "knn", "neighbours": 1}, 9.0),  # the nearest in b
    ],
)
def test_each_imputation_by_hand_and_flagged(impute: dict[str, Any], expected: float) -> None:
    rows = {
        "A": {"a": 1.0, "b": 0.0},
        "B": {"a": 2.0, "b": 5.0},
        "C": {"a": 9.0, "b": 9.0},
        "D": {"a": None, "b": 10.0},
    }
    sides = {"A": "left", "B": "right", "C": "right", "D": "right"}
    answer = evaluate(document([indicator("a", MINMAX), indicator("b", MINMAX)], impute=impute), units(rows, sides))
    assert answer["units"][3]["indicators"]["a"]["imputed"] == pytest.approx(expected, rel=1e-12)
    assert answer["units"][3]["indicators"]["a"]["measured"] is None
    (entry,) = [item for item in answer["report"] if item["step"] == "impute"]
    assert (entry["subject"], entry["cells"]) == ("a", [{"unit": "D", "from": None, "to": pytest.approx(expected)}])


def test_an_imputation_by_row_stays_in_the_node_and_on_the_column_s_own_scale() -> None:
    """D is at 0.25 and 0.75 of the other two columns of its node, so in the middle of a: 1 + 0.5 x 8."""
    rows = {
        "A": {"a": 1.0, "b": 0.0, "c": 0.0, "far": 0.0},
        "B": {"a": 9.0, "b": 100.0, "c": 4.0, "far": 1.0},
        "D": {"a": None, "b": 25.0, "c": 1.0, "far": 1.0},
    }
    made = [indicator(code, MINMAX) for code in ("a", "b", "far")] + [
        indicator("c", MINMAX, direction="lower_is_better")
    ]
    near = {"code": "near", "weight": 1, "children": [{"indicator": code, "weight": 1} for code in "abc"]}
    sent = document(
        made, {"children": [near, {"indicator": "far", "weight": 1}]}, impute={"method": "mean", "by": "row"}
    )
    found = evaluate(sent, units(rows))["units"][2]["indicators"]["a"]["imputed"]
    assert found == pytest.approx(5.0, rel=1e-12)


def refused(sent: Any, given_units: list[Unit]) -> CannotScore:
    with pytest.raises(CannotScore) as caught:
        evaluate(sent, given_units)
    return caught.value


GOALPOSTS = {"method": "goalposts", "low": 0, "high": 1}


def alone(rule: dict[str, Any], **more: Any) -> Any:
    return document([indicator("a", rule, **more)])


REFUSED = {
    "constant column": (document([indicator("a", MINMAX)]), column([5, 5, None]), ("normalise", "a", None)),
    "constant in floats": (alone({"method": "zscore"}), column([0.1] * 3), ("normalise", "a", None)),
    "zero under a geometric mean": (
        document([indicator("a", GOALPOSTS)], {"aggregate": "geometric"}), column([0.5, 0]), ("aggregate", "a", "1")),
    "zero under a harmonic mean": (
        document([indicator("a", GOALPOSTS)], {"aggregate": "harmonic"}), column([0, 0.5]), ("aggregate", "a", "0")),
    "a group of one": (
        document([indicator("a", MINMAX)], impute={"method": "group_mean", "group": "g"}),
        [Unit("A", {"a": 1}, "x"), Unit("B", {"a": 2}, "x"), Unit("C", {"a": None}, "y")], ("impute", "a", "C")),
    "no group": (
        document([indicator("a", MINMAX)], impute={"method": "group_mean", "group": "g"}),
        [Unit("A", {"a": 1}, "x"), Unit("C", {"a": None})], ("impute", "a", "C")),
    "nothing to fill from": (
        document([indicator("a", MINMAX)], impute={"method": "median"}), column([None, None]), ("impute", "a", None)),
    "nothing left after dropping": (
        document([indicator("i0", MINMAX), indicator("i1", MINMAX)], derived("entropy", 2)),
        units({"A": {"i0": 1}, "B": {"i1": 1}, "C": {"i0": 2, "i1": 2}}), ("weights", "all", None)),
    "logarithm of zero": (document([indicator("a", MINMAX, transform="log")]), column([1, 0]), ("transform", "a", "1")),
    "root of less than zero": (alone(MINMAX, transform="sqrt"), column([1, -4]), ("transform", "a", "1")),
    "reference that is missing": (
        alone({"method": "dist_to_reference", "unit": "1"}), column([1, None, 3]), ("normalise", "a", "1")),
    "reference that is not there": (
        alone({"method": "dist_to_reference", "unit": "Z"}), column([1, 3]), ("normalise", "a", None)),
    "rank among nobody": (document([indicator("a", {"method": "prank"})]), column([1, None]), ("normalise", "a", None)),
    "below zero under the benefit of the doubt": (
        document([indicator("a", {**GOALPOSTS, "clip": False}), indicator("b", {**GOALPOSTS, "clip": False})],
                 {"weights": {"method": "benefit_of_the_doubt"}, "children": [{"indicator": "b"}, {"indicator": "a"}]}),
        units({"A": {"a": 1, "b": 1}, "B": {"a": 0.5, "b": -0.5}}), ("aggregate", "b", "B")),
    "too many under the benefit of the doubt": (
        document([indicator("i0", GOALPOSTS)], derived("benefit_of_the_doubt", 1)),
        rows_of(np.full((501, 1), 0.5)), ("aggregate", "all", None)),
    "units alike in TOPSIS": (
        document([indicator("a", GOALPOSTS)], {"aggregate": "topsis"}), column([0.5, 0.5]), ("aggregate", "all", None)),
    "judgements that contradict": (
        document([indicator(f"i{place}", GOALPOSTS) for place in range(3)],
                 derived("ahp", 3, pairwise=[[1, 9, "1/9"], ["1/9", 1, 9], [9, "1/9", 1]])),
        rows_of(np.array([[0.1, 0.2, 0.3], [0.3, 0.1, 0.2]])), ("weights", "all", None)),
    "a missing value where none may be": (
        document([indicator("a", MINMAX)], missing="fail"), column([1, None, 3]), ("missing", "a", "1")),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_every_refusal_names_step_indicator_and_unit(case: str) -> None:
    sent, given_units, (step, code, unit) = REFUSED[case]
    error = refused(sent, given_units)
    assert (error.step, error.indicator, error.unit) == (step, code, unit)
    assert f"Step {step}" in error.message
    assert all(name in error.message for name in (code if code != "all" else "", unit) if name)


def test_electre_through_a_document_is_the_published_case() -> None:
    """Ticino, seven sites: the class of each by both procedures and every credibility, from a document and values."""
    case = json.loads((Path(__file__).parents[1] / "engine" / "ticino.json").read_text(encoding="utf-8"))
    criteria = case["criteria"]
    made = [
        indicator(item["id"], direction="lower_is_better" if item["direction"] == "min" else "higher_is_better")
        for item in criteria
    ]
    children = [{"indicator": item["id"], "weight": item["weight"]} for item in criteria]
    profiles = [profile["values"] for profile in case["profiles_low_to_high"]]
    tiers = [{"code": code, "title": {"zh": "级", "en": "Class"}} for code in case["categories_worst_to_best"]]
    thresholds = {item["id"]: {name: item[name] for name in "qpv"} for item in criteria}
    sort = {"method": "electre_tri_b", "cut": case["lambda"], "profiles": profiles, "thresholds": thresholds}
    sent = document(made, {"children": children}, tiers=tiers, sort=sort)
    answer = evaluate(sent, [Unit(code, values) for code, values in case["alternatives"].items()])
    assert {unit["code"]: unit["tier"] for unit in answer["units"]} == case["published_pessimistic"]
    assert {unit["code"]: unit["tier_optimistic"] for unit in answer["units"]} == case["published_optimistic"]
    assert all(unit["score"] is None and unit["rank"] is None for unit in answer["units"])
    names = {"c_a_b": "concordance", "rho_a_b": "credibility", "c_b_a": "concordance_of_profile",
             "rho_b_a": "credibility_of_profile"}  # fmt: skip
    for cell in answer["report"][-1]["cells"]:
        for theirs, ours in names.items():
            assert cell[ours] == pytest.approx(case["intermediate"][cell["unit"]][theirs], abs=0.51e-4)


def test_a_missing_criterion_is_left_out_of_the_outranking() -> None:
    """Without the cost the laboratories alone speak; without both there is no tier."""
    made = [indicator("labs"), indicator("cost", direction="lower_is_better")]
    children = [{"indicator": "labs", "weight": 0.6}, {"indicator": "cost", "weight": 0.4}]
    sort = {"method": "electre_tri_b", "cut": 0.7, "profiles": [{"labs": 10, "cost": 5}]}
    tiers = [{"code": code, "title": {"zh": "级", "en": "Class"}} for code in ("low", "high")]
    sent = document(made, {"children": children}, tiers=tiers, sort=sort, min_coverage=0.5)
    rows = {"both": {"labs": 12, "cost": 9}, "labs": {"labs": 12}, "cost": {"cost": 1}, "none": {}}
    found = {unit["code"]: unit["tier"] for unit in evaluate(sent, units(rows))["units"]}
    assert found == {"both": "low", "labs": "high", "cost": None, "none": None}


def test_bands_and_ranks_go_by_the_rounded_score() -> None:
    """0.4996 is 0.500 and high; 0.4994 is 0.499 and low; 0.3334 and 0.3331 share their rank."""
    sent = document([indicator("a", GOALPOSTS)], sort={"method": "score_bands", "decimals": 3})
    found = evaluate(sent, column([0.4996, 0.4994, 0.3334, 0.3331, 0.1]))["units"]
    assert [unit["tier"] for unit in found] == ["high", "low", "low", "low", "low"]
    assert [unit["rank"] for unit in found] == [1, 2, 3, 3, 5]
    assert [unit["score"] for unit in found] == [0.4996, 0.4994, 0.3334, 0.3331, 0.1]


def test_the_nation_among_the_units_gives_totals_and_is_not_scored() -> None:
    made = [indicator("a", {"method": "goalposts", "low": 0, "high": 50}, measure={"kind": "national_share"})]
    rows = units({"CN-SC": {"a": 10}, "CN-CQ": {"a": 20}, "CN": {"a": 100}})
    sent = document(made, reference={"period": 2021, "regions": ["CN-SC", "CN-CQ"]})
    found = evaluate(sent, rows)["units"]
    assert [(unit["code"], unit["indicators"]["a"]["measured"]) for unit in found] == [("CN-SC", 10.0), ("CN-CQ", 20.0)]
    alone = evaluate(document(made), rows)["units"]
    assert [unit["code"] for unit in alone] == ["CN-SC", "CN-CQ", "CN"]


def test_wrong_units_are_all_told_and_nothing_is_scored() -> None:
    sent = document([indicator("a", MINMAX)])
    wrong = [Unit("A", {"a": 1}), Unit("A", {"a": 2}), Unit("B", {"b/c": 3}), Unit("C", {"a": 1e61})]
    with pytest.raises(Invalid) as caught:
        evaluate(sent, wrong)
    assert [(item.pointer, item.code) for item in caught.value.violations] == [
        ("/units/1/code", "duplicate"), ("/units/2/values/b~1c", "unknown_code"), ("/units/3/values/a", "out_of_range"),
    ]  # fmt: skip
    with pytest.raises(Invalid) as caught:
        evaluate(sent, [])
    assert [item.code for item in caught.value.violations] == ["wrong_count"]


@QUICK
@given(st.permutations(range(6)), st.sampled_from(["arithmetic", "topsis", "copeland", "median"]))
def test_the_order_of_units_is_irrelevant(order: list[int], aggregate: str) -> None:
    values = np.array([[1.0, 9], [4, 2], [7, 7], [3, 1], [5, 5], [2, 8]])
    sent = document([indicator("i0", MINMAX), indicator("i1", {"method": "rank"})], {"aggregate": aggregate})
    straight = {unit["code"]: unit["score"] for unit in evaluate(sent, rows_of(values))["units"]}
    turned = [rows_of(values)[place] for place in order]
    assert {unit["code"]: unit["score"] for unit in evaluate(sent, turned)["units"]} == pytest.approx(
        straight, rel=1e-12
    )


MONOTONE = ["minmax", "zscore", "rank", "prank", "borda", "dist_to_max", "relative_to_mean"]


@QUICK
@given(
    st.lists(st.integers(-20, 20), min_size=3, max_size=8, unique=True),
    st.sampled_from(MONOTONE),
    st.sampled_from(["higher_is_better", "lower_is_better"]),
)
def test_scores_go_with_the_values(values: list[int], method: str, direction: str) -> None:
    """Within a table: the better value has the better score, whatever the method."""
    if method == "relative_to_mean" and sum(values) == 0:
        return
    found = normalised({"method": method}, [float(value) for value in values], direction=direction)
    sign = 1 if direction == "higher_is_better" else -1
    assert np.argsort(np.array(found, dtype=float)).tolist() == np.argsort(sign * np.array(values)).tolist()


ALONE = [
    {"method": "knots", "at": [0, 10, 30]},
    {"method": "goalposts", "low": 0, "high": 30},
    {"method": "goalposts", "low": -5, "high": 25, "clip": False},
]
ROWS = st.lists(st.lists(st.integers(1, 29).map(float), min_size=3, max_size=3), min_size=2, max_size=5)
MEANS = st.sampled_from(["arithmetic", "geometric", "harmonic", "median"])


def declared(rules: Sequence[dict[str, Any]], aggregate: str) -> Any:
    made = [indicator(f"i{place}", rule) for place, rule in enumerate(rules)]
    children = [{"indicator": f"i{place}", "weight": place + 1} for place in range(3)]
    return document(made, {"aggregate": aggregate, "children": children})


@QUICK
@given(ROWS, MEANS)
def test_declared_bounds_make_a_unit_s_answer_its_own(rows: list[list[float]], aggregate: str) -> None:
    """Knots and goalposts: the same scores and tier alone as among others."""
    sent = declared(ALONE, aggregate)
    among = evaluate(sent, rows_of(np.array(rows)))["units"]
    for place, row in enumerate(rows):
        (alone,) = evaluate(sent, rows_of(np.array([row])))["units"]
        assert (alone["score"], alone["tier"], alone["indicators"]) == tuple(
            among[place][name] for name in ("score", "tier", "indicators")
        )


@QUICK
@given(ROWS, MEANS, st.integers(0, 2), st.sampled_from(["declared", "minmax", "zscore", "rank"]))
def test_a_better_value_never_lowers_its_own_score(
    rows: list[list[float]], aggregate: str, place: int, method: str
) -> None:
    """Whatever the ends are taken from; of z-scores only under the arithmetic mean, which is defined below 0."""
    if method == "zscore":
        aggregate = "arithmetic"
    rules = (
        ALONE if method == "declared" else [{"method": method, **({"range": [1, 2]} if method == "minmax" else {})}] * 3
    )
    better = [[*row] for row in rows]
    better[0][place] += 3.0
    try:
        before, after = (
            evaluate(declared(rules, aggregate), rows_of(np.array(table)))["units"] for table in (rows, better)
        )
    except CannotScore:  # a column that does not differ
        return
    assert after[0]["score"] >= before[0]["score"] - 1e-12
