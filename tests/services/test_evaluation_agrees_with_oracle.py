"""Random frameworks on random tables: the engine against a second implementation in plain Python, step by step."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.evaluations import TITLE, document, indicator
from tests.oracle import evaluation as oracle
from tierscore.errors import CannotScore
from tierscore.services.evaluating import Unit, evaluate

CASES = 400
RULES: tuple[dict[str, Any], ...] = (
    {"method": "minmax"},
    {"method": "minmax", "range": [1, 100]},
    {"method": "zscore", "mean": 5, "sd": 2},
    {"method": "rank"},
    {"method": "prank"},
    {"method": "borda"},
    {"method": "dist_to_max"},
    {"method": "dist_to_target", "target": 77},
    {"method": "relative_to_mean"},
    {"method": "goalposts", "low": 2, "high": 50},
    {"method": "goalposts", "low": 2, "high": 50, "clip": False, "range": [1, 10]},
)
MEASURES = ({"kind": "level"}, {"kind": "national_share"}, {"kind": "per", "denominator": "helper", "scale": 10})
AGGREGATIONS = ("arithmetic", "geometric", "harmonic", "power", "median", "topsis", "copeland")


def drawn(seed: int) -> tuple[dict[str, Any], list[dict[str, float | None]], list[str]]:
    """A framework of two nodes below the root, values with ties, outliers and gaps, and the units' groups."""
    random = np.random.default_rng(seed)
    count, width = int(random.integers(2, 12)), int(random.integers(4, 7))
    made = [_indicator(random, place) for place in range(width)]
    codes = [item["code"] for item in made]
    near, far = codes[: width // 2], codes[width // 2 :]
    tree = {**_node(random, "root"), "children": [_node(random, "near", near), _node(random, "far", far)]}
    more: dict[str, Any] = {
        "impute": {"method": random.choice(["none", "none", "mean", "median", "group_mean", "group_median"])},
        "treat": {"method": random.choice(["none", "winsorise"])},
        "min_coverage": float(random.choice([0, 0.6, 1])),
        "sort": {"method": "score_bands", **({"decimals": 2} if random.random() < 0.5 else {})},
        "scale": {"min": 0, "max": 100},
        "tiers": [{"code": f"t{place}", "title": TITLE, "score": place * 20.0} for place in range(4)],
    }
    if more["impute"]["method"].startswith("group"):
        more["impute"]["group"] = "side"
    if more["treat"]["method"] == "winsorise":
        more["treat"] |= {"max_points": int(random.integers(1, 5)), "skew": float(random.choice([0.5, 2]))}
    helper = indicator("helper")
    whole = document([*made, helper], {"code": "root", **tree}, **more)
    rows = [{code: _value(random) for code in [*codes, "helper"]} for _ in range(count)]
    return whole, rows, [str(random.choice(["left", "right"])) for _ in range(count)]


def _indicator(random: np.random.Generator, place: int) -> dict[str, Any]:
    rule = dict(random.choice(np.array(RULES, dtype=object)))
    higher = rule["method"] == "goalposts" or random.random() < 0.7
    measure = random.choice(np.array(MEASURES, dtype=object))
    return indicator(
        f"i{place}",
        rule,
        direction="higher_is_better" if higher else "lower_is_better",
        transform=str(random.choice(["none", "none", "log", "sqrt"])),
        measure=dict(measure),
    )


def _node(random: np.random.Generator, code: str, codes: list[str] | None = None) -> dict[str, Any]:
    likely = [0.3, 0.05, 0.05, 0.05, 0.2, 0.2, 0.15]  # geometric and harmonic means are refused more often than not
    aggregate = str(random.choice(AGGREGATIONS, p=likely))
    node: dict[str, Any] = {"code": code, "aggregate": aggregate, "min_coverage": float(random.choice([0, 0.5, 1]))}
    if aggregate == "power":
        node["power"] = 2.0
    if codes is not None:
        node["weight"] = float(random.integers(1, 4))
        node["children"] = [{"indicator": item, "weight": float(random.integers(0, 4)) + (place == 0)}
                            for place, item in enumerate(codes)]  # fmt: skip
    return node


def _value(random: np.random.Generator) -> float | None:
    kind = random.random()
    if kind < 0.08:
        return None
    if kind < 0.4:
        return float(random.integers(1, 12))
    return float(random.uniform(1, 12)) if kind < 0.9 else float(random.uniform(100, 2000))


def close(ours: float | None, theirs: float | None) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("start", range(0, CASES, 100))
def test_every_score_node_and_tier_is_the_oracle_s(start: int) -> None:
    scored = 0
    for seed in range(start, start + 100):
        whole, rows, groups = drawn(seed)
        units = [Unit(str(place), row, group) for place, (row, group) in enumerate(zip(rows, groups, strict=True))]
        try:
            expected = oracle.evaluate(whole_of(whole), rows, groups)
        except oracle.Impossible:
            with pytest.raises(CannotScore):
                evaluate(whole, units)
            continue
        scored += 1
        compare(seed, evaluate(whole, units)["units"], expected)
    assert scored > 25


def whole_of(whole: dict[str, Any]) -> dict[str, Any]:
    """Without the helper, which has no score."""
    return whole | {"indicators": [item for item in whole["indicators"] if "normalise" in item]}


def compare(seed: int, found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    for ours, theirs in zip(found, expected, strict=True):
        where = f"seed {seed}, unit {ours['code']}"
        for code, score in theirs["scores"].items():
            assert close(ours["indicators"][code]["normalised"], score), f"{where}, {code}"
        for code, score in theirs["nodes"].items():
            assert close(ours["nodes"][code], score), f"{where}, {code}"
        assert close(ours["score"], theirs["score"]), where
        assert ours["tier"] == (None if theirs["tier"] is None else f"t{theirs['tier']}"), where
