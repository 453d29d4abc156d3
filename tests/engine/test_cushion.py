"""The smallest loss, against every subset."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierscore.engine import cushion
from tierscore.engine.cushion import smallest_loss


def by_enumeration(weights: list[float], present: float, cut: float) -> float:
    subsets = chain.from_iterable(combinations(weights, size) for size in range(len(weights) + 1))
    losses = [sum(subset) for subset in subsets if (sum(weights) - sum(subset)) / present < cut - 1e-9]
    return min(losses, default=float("nan"))


@given(st.lists(st.integers(1, 20), min_size=1, max_size=9), st.integers(0, 40), st.floats(0.01, 1))
def test_equals_enumeration(parts: list[int], absent: int, cut: float) -> None:
    weights = [part / 100 for part in parts]
    present = sum(weights) + absent / 100
    if sum(weights) / present < cut:
        return  # the region would not have the tier
    expected = by_enumeration(weights, present, cut)
    assert smallest_loss(np.array(weights), present, cut) == pytest.approx(expected, abs=1e-9, nan_ok=True)


def test_a_cut_of_nothing_cannot_be_lost() -> None:
    assert np.isnan(smallest_loss(np.array([0.5, 0.5]), 1.0, 0.0))


def test_many_functions_merge_equal_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = np.round(np.linspace(0.01, 0.09, 9), 2)
    expected = smallest_loss(weights, float(weights.sum()), 2 / 3)
    monkeypatch.setattr(cushion, "MERGE_ABOVE", 4)
    assert smallest_loss(weights, float(weights.sum()), 2 / 3) == pytest.approx(expected, abs=1e-12)
    # 40 functions of equal weight: 14 of 40 must go before less than two thirds is left
    assert smallest_loss(np.full(40, 0.025), 1.0, 2 / 3) == pytest.approx(14 * 0.025)
