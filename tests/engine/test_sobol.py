"""Indices of Sobol against functions whose indices are known, against SALib, and by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from SALib.analyze import sobol as salib

from tierscore.engine.design import SALTELLI, Design
from tierscore.engine.matrix import Floats
from tierscore.engine.sobol import Estimate, Indices, indices

Function = Callable[[Floats], Floats]
MANY = 2**13
A, B = 7.0, 0.1  # of the Ishigami function
SLACK = np.array([0.0, 0.5, 3.0, 9.0])  # of the g-function: 0 matters most


def ishigami(units: Floats) -> Floats:
    """sin x1 + a sin^2 x2 + b x3^4 sin x1, each x uniform from -pi to pi."""
    x = np.pi * (2 * units - 1)
    return np.sin(x[:, 0]) * (1 + B * x[:, 2] ** 4) + A * np.sin(x[:, 1]) ** 2


def ishigami_indices() -> tuple[Floats, Floats]:
    """First order and total.

    E[sin^2] = 1/2, E[sin^4] = 3/8, E[x^4] = pi^4 / 5, E[x^8] = pi^8 / 9. Given x1: sin x1 (1 + b pi^4 / 5), of variance
    V1 = (1 + b pi^4 / 5)^2 / 2. Given x2: a sin^2 x2, V2 = a^2 (3/8 - 1/4) = a^2 / 8. Given x3: 0, as E[sin] = 0. Given
    x1 and x3, beyond V1: b sin x1 (x3^4 - pi^4 / 5), V13 = b^2 (pi^8 / 9 - pi^8 / 25) / 2 = 8 b^2 pi^8 / 225.
    """
    v1, v2, v13 = (1 + B * np.pi**4 / 5) ** 2 / 2, A**2 / 8, 8 * B**2 * np.pi**8 / 225
    return np.array([v1, v2, 0.0]) / (v1 + v2 + v13), np.array([v1 + v13, v2, v13]) / (v1 + v2 + v13)


def g(units: Floats) -> Floats:
    """Product of (|4 u - 2| + slack) / (1 + slack)."""
    values: Floats = np.prod((np.abs(4 * units - 2) + SLACK) / (1 + SLACK), axis=1)
    return values


def g_indices() -> tuple[Floats, Floats]:
    """First order and total.

    |4 u - 2| is uniform from 0 to 2: mean 1, variance 1/3. So each part has mean 1 and variance
    V = 1 / 3 (1 + slack)^2, the product prod(1 + V) - 1; given one factor only its part varies: V; given all others,
    V times the mean square of the others' product, prod(1 + V of the others).
    """
    v = 1 / (3 * (1 + SLACK) ** 2)
    product = np.prod(1 + v)
    return v / (product - 1), v / (1 + v) * product / (product - 1)


KNOWN = [
    pytest.param(ishigami, (1, 1, 1), ishigami_indices(), id="ishigami"),
    pytest.param(g, (1, 1, 1, 1), g_indices(), id="g"),
]


def outputs(function: Function, widths: tuple[int, ...], samples: int, seeds: int) -> Floats:
    """A function at designs of several seeds, (rows, seeds)."""
    designs = (Design(SALTELLI, samples, seed, widths) for seed in range(seeds))
    return np.stack([function(whole(design)) for design in designs], axis=1)


def whole(design: Design) -> Floats:
    """The points of a design."""
    return np.concatenate([design.units(chunk) for chunk in range(len(design.chunks))])


def both(found: Indices) -> tuple[Estimate, Estimate]:
    """First order and total."""
    return found.first, found.total


def inside(estimate: Estimate, truth: Floats) -> Floats:
    """Part of the outputs whose interval holds the truth, (factors,)."""
    expected = truth[:, np.newaxis]
    share: Floats = ((estimate.low <= expected) & (expected <= estimate.high)).mean(axis=1)
    return share


def test_known_indices_are_right_by_hand() -> None:
    # As published to four digits: Ishigami's at a = 7, b = 0.1; the g-function's by the calculator from V = 1/3, 4/27,
    # 1/48, 1/300: prod(1 + V) = 4/3 x 31/27 x 49/48 x 301/300 = 1.5680.
    first, total = ishigami_indices()
    assert first == pytest.approx([0.3139, 0.4424, 0.0], abs=5e-5)
    assert total == pytest.approx([0.5576, 0.4424, 0.2437], abs=5e-5)
    first, total = g_indices()
    assert first == pytest.approx([0.5869, 0.2608, 0.0367, 0.0059], abs=5e-5)
    assert total == pytest.approx([0.6902, 0.3562, 0.0563, 0.0092], abs=5e-5)


@pytest.mark.parametrize(("function", "widths", "truth"), KNOWN)
def test_known_indices_are_found(function: Function, widths: tuple[int, ...], truth: tuple[Floats, Floats]) -> None:
    found = indices(outputs(function, widths, MANY, 3), len(widths), seed=0, resamples=200)
    for estimate, expected in zip(both(found), truth, strict=True):
        assert np.abs(estimate.value - expected[:, np.newaxis]).max() < 0.02
        assert inside(estimate, expected).min() == 1


@pytest.mark.parametrize("samples", [4, 256])
@pytest.mark.parametrize(("function", "widths", "truth"), KNOWN)
def test_estimates_are_salib_s(
    function: Function, widths: tuple[int, ...], truth: tuple[Floats, Floats], samples: int
) -> None:
    names = [f"x{place}" for place in range(len(widths))]
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    # A level a million deviations high costs digits unless it is taken off first.
    values = outputs(function, widths, samples, 3) * [1.0, 1e-3, 1.0] + [0.0, 1.0, 1e3]
    found = indices(values, len(widths), seed=0, resamples=1)
    for column, output in enumerate(values.T):
        expected = salib.analyze(problem, output, calc_second_order=False, num_resamples=2, seed=1)
        assert found.first.value[:, column] == pytest.approx(expected["S1"], abs=1e-12)
        assert found.total.value[:, column] == pytest.approx(expected["ST"], abs=1e-12)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    # Measured over these 200 seeds, factor by factor: first order 100, 99.5, 95.5 and 98.5 %, total 100, 98, 96.5 and
    # 98 %. More than 95 % as the points of a Sobol sequence are more even than the bootstrap takes them for.
    found = indices(outputs(g, (1, 1, 1, 1), 256, 200), 4, seed=0, resamples=500)
    for estimate, truth in zip(both(found), g_indices(), strict=True):
        assert inside(estimate, truth).min() >= 0.85


def test_intervals_hold_the_truth_for_independent_points() -> None:
    # Measured over 200 draws: first order 94.5, 93, 94.5 and 93 %, total 91.5, 96.5, 94 and 93.5 %.
    random = np.random.default_rng(0)
    a, b = random.random((2, 256, 200, 4))
    rows = [np.where(np.arange(4) == place, b, a) for place in range(4)]
    values = g(np.stack([a, *rows, b], axis=1).reshape(-1, 4)).reshape(-1, 200)
    found = indices(values, 4, seed=0, resamples=500)
    for estimate, truth in zip(both(found), g_indices(), strict=True):
        assert inside(estimate, truth).min() >= 0.85


def test_a_group_of_columns_has_one_index() -> None:
    # u1 u2 has variance 1/9 - 1/16 = 7/144, u3 1/12 = 12/144: the group explains 7/19, u3 12/19, and nothing is shared
    # by the two. On its own u1 would explain (1/2)^2 / 12 = 3/144.
    def function(units: Floats) -> Floats:
        return units[:, 0] * units[:, 1] + units[:, 2]

    grouped = indices(outputs(function, (2, 1), MANY, 1), 2, seed=0, resamples=200)
    for estimate in both(grouped):
        assert estimate.value[:, 0] == pytest.approx([7 / 19, 12 / 19], abs=0.005)
        assert inside(estimate, np.array([7, 12]) / 19).min() == 1
    single = indices(outputs(function, (1, 1, 1), MANY, 1), 3, seed=0, resamples=1)
    assert single.first.value[:, 0] == pytest.approx([3 / 19, 3 / 19, 12 / 19], abs=0.005)
    assert single.total.value[:, 0] == pytest.approx([4 / 19, 4 / 19, 12 / 19], abs=0.005)


def test_a_factor_without_effect_explains_nothing() -> None:
    found = indices(outputs(lambda units: units[:, 0], (1, 2), 1024, 1), 2, seed=0)
    assert found.first.value[:, 0] == pytest.approx([1.0, 0.0], abs=0.02)
    for ends in (found.first.low, found.first.high, found.total.value, found.total.low, found.total.high):
        assert ends[1, 0] == 0


def test_intervals_are_those_of_resampled_base_points() -> None:
    # Each resample taken for itself, with SALib's formulas in full and numpy's own percentiles.
    values, seed = outputs(g, (1, 1, 1, 1), 16, 1), 7
    drawn = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,))).integers(16, size=(300, 16))
    blocks = values.reshape(16, 6)[drawn]
    variance = blocks[:, :, [0, 5]].var(axis=(1, 2))[:, np.newaxis]
    centred = blocks - values.mean()
    a, mixed, b = centred[:, :, :1], centred[:, :, 1:5], centred[:, :, 5:]
    expected = (b * (mixed - a)).mean(axis=1) / variance, (0.5 * (a - mixed) ** 2).mean(axis=1) / variance
    for estimate, resampled in zip(both(indices(values, 4, seed, 300)), expected, strict=True):
        ends = np.percentile(resampled, [2.5, 97.5], axis=0)
        assert np.stack([estimate.low, estimate.high])[:, :, 0] == pytest.approx(ends, abs=1e-12)


def test_an_output_with_few_values_has_an_interval() -> None:
    # One base point of 16 varies, of one factor: A = 0, AB = B = 1; the mean of all 48 rows is 1/24. A resample with m
    # of it has B (AB - A) = 23/24 m / 16 and (A - AB)^2 / 2 = m / 32 over m / 32 (1 - m / 32). More than half of those
    # that have it have it once; about one in e lacks it, does not vary, and is left out.
    values = np.zeros((16, 3))
    values[0] = [0.0, 1.0, 1.0]
    found = indices(values.reshape(-1, 1), 1, seed=0)
    for estimate, once in zip(both(found), (23 / 12 * 32 / 31, 32 / 31), strict=True):
        assert estimate.value.item() == pytest.approx(once, abs=1e-12)
        assert estimate.low.item() == pytest.approx(once, abs=1e-12)
        assert estimate.high.item() > once + 0.01


def test_an_output_that_is_constant_or_unknown_has_no_index_and_disturbs_no_other() -> None:
    values = outputs(g, (1, 1, 1, 1), 64, 4)
    values[:, 1] = 70.0
    values[5, 2] = np.nan
    values[:, 3] = 70.0 + 1e-14 * values[:, 3]  # rounding, not variance
    found, alone = indices(values, 4, seed=0), indices(values[:, :1], 4, seed=0)
    for estimate, expected in zip(both(found), both(alone), strict=True):
        for part, wanted in zip(vars(estimate).values(), vars(expected).values(), strict=True):
            assert part[:, :1] == pytest.approx(wanted, abs=1e-12)
            assert np.isnan(part[:, 1:]).all()


def test_an_output_that_varies_outside_a_and_b_only_has_no_index() -> None:
    values = np.zeros((8, 3))
    values[::2, 1] = 1.0
    found = indices(values.reshape(-1, 1), 1, seed=0)
    assert np.isnan([vars(estimate)[part] for estimate in both(found) for part in ("value", "low", "high")]).all()


@pytest.mark.parametrize("seed", [0, 1])
def test_a_seed_makes_intervals_reproducible(seed: int) -> None:
    values = outputs(g, (1, 1, 1, 1), 64, 2)
    first, again, other = (indices(values, 4, chosen) for chosen in (seed, seed, seed + 2))
    for estimate, same, different in zip(both(first), both(again), both(other), strict=True):
        assert (estimate.low.tobytes(), estimate.high.tobytes()) == (same.low.tobytes(), same.high.tobytes())
        assert estimate.value.tobytes() == different.value.tobytes()
        assert (estimate.low != different.low).any()


def test_the_unit_of_an_output_does_not_matter() -> None:
    values = outputs(g, (1, 1, 1, 1), 64, 1)
    for turned in (values * -1e-6, values * 1e6 + 5e6):
        for estimate, same in zip(both(indices(values, 4, 0)), both(indices(turned, 4, 0)), strict=True):
            for part, wanted in zip(vars(estimate).values(), vars(same).values(), strict=True):
                assert part == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize(("rows", "resamples"), [(0, 10), (11, 10), (12, 0)])
def test_rows_are_those_of_whole_base_points(rows: int, resamples: int) -> None:
    with pytest.raises(ValueError, match="whole base points"):
        indices(np.zeros((rows, 1)), 4, seed=0, resamples=resamples)
