"""ELECTRE TRI-B on a teaching case whose every intermediate value is published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierscore.engine.electre import Credibilities, Criteria, credibilities, credibility, optimistic, pessimistic

# Maystre, Pictet & Simos (1994), seven sites for a landfill in Ticino; figures quoted as facts.
CASE: dict[str, Any] = json.loads((Path(__file__).parent / "ticino.json").read_text(encoding="utf-8"))
NAMES = [item["id"] for item in CASE["criteria"]]
HALF_OF_THE_LAST_DIGIT = 0.5e-4 + 1e-12
TEN_TIMES = st.integers(0, 400).map(lambda tenths: tenths / 10)


def criteria() -> Criteria:
    def column(name: str) -> Any:
        return np.array([item[name] for item in CASE["criteria"]])

    direction = np.where(column("direction") == "min", -1.0, 1.0)
    return Criteria(column("weight"), direction, column("q"), column("p"), column("v"))


def table(rows: Any) -> Any:
    return np.array([[row[name] for name in NAMES] for row in rows])


@pytest.fixture(scope="module")
def found() -> Credibilities:
    profiles = table(profile["values"] for profile in CASE["profiles_low_to_high"])
    return credibilities(table(CASE["alternatives"].values()), profiles, criteria())


@pytest.mark.parametrize(
    ("published", "name"),
    [
        ("c_a_b", "concordance"),
        ("c_b_a", "concordance_of_profile"),
        ("rho_a_b", "credibility"),
        ("rho_b_a", "credibility_of_profile"),
    ],
)
def test_every_intermediate_value_is_the_published_one(found: Credibilities, published: str, name: str) -> None:
    """They are published to four decimals."""
    expected = np.array([item[published] for item in CASE["intermediate"].values()])
    assert getattr(found, name) == pytest.approx(expected, abs=HALF_OF_THE_LAST_DIGIT, rel=0)


def test_both_procedures_give_the_published_classes(found: Credibilities) -> None:
    classes = CASE["categories_worst_to_best"]
    assert [classes[place] for place in pessimistic(found, CASE["lambda"])] == [*CASE["published_pessimistic"].values()]
    assert [classes[place] for place in optimistic(found, CASE["lambda"])] == [*CASE["published_optimistic"].values()]


def test_a_difference_of_nothing_agrees_where_both_thresholds_are_zero() -> None:
    one, zero = np.ones(1), np.zeros(1)
    exact = Criteria(one, one, zero, zero, zero * np.nan)
    found = credibilities(np.array([[4.9], [5.0]]), np.array([[5.0]]), exact)
    assert found.credibility.tolist() == [[0.0], [1.0]]
    assert pessimistic(found, 0.75).tolist() == [0, 1]


def test_a_full_veto_leaves_no_credibility_and_a_full_agreement_needs_no_division() -> None:
    assert credibility(np.array([0.9, 1.0]), np.array([[1.0, 0.0], [1.0, 1.0]])).tolist() == [0.0, 1.0]


def test_units_that_meet_no_profile_are_in_the_worst_class_or_the_best() -> None:
    found = credibilities(np.array([[-1e6] * 5, [1e6] * 5]), np.zeros((3, 5)), _plain(5))
    assert pessimistic(found, 0.75).tolist() == [0, 3]
    assert optimistic(found, 0.75).tolist() == [0, 3]


@given(st.lists(st.lists(TEN_TIMES, min_size=3, max_size=3), min_size=1, max_size=6), st.sampled_from([0.5, 0.67, 1.0]))
def test_the_pessimistic_class_is_never_above_the_optimistic_one(rows: list[list[float]], cut: float) -> None:
    """Roy & Bouyssou (1993), for profiles that dominate each other."""
    found = credibilities(np.array(rows), np.array([[10.0] * 3, [20.0] * 3, [30.0] * 3]), _plain(3))
    assert (pessimistic(found, cut) <= optimistic(found, cut)).all()


def _plain(count: int) -> Criteria:
    one = np.ones(count)
    return Criteria(one, one, one * 1.0, one * 2.0, one * np.nan)
