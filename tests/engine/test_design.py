"""Designs against SALib's sampler, against what is known of their points, and as bytes that nothing else moves."""

from __future__ import annotations

import pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from random import Random

import numpy as np
import pytest
from SALib.sample import sobol as salib

from tierscore.engine.design import CHUNK, MONTE_CARLO, SALTELLI, Design
from tierscore.engine.matrix import Floats

WIDTHS = (3, 1, 2)
DESIGNS = [Design(kind, 512, seed, WIDTHS) for kind in (MONTE_CARLO, SALTELLI) for seed in (0, 1)]


def again(design: Design) -> Design:
    """The same design, of which nothing was asked yet."""
    return Design(design.kind, design.samples, design.seed, design.widths)


def in_bytes(design: Design) -> list[bytes]:
    """Every chunk, in order."""
    return [design.units(chunk).tobytes() for chunk in range(len(design.chunks))]


def points(design: Design) -> Floats:
    """The whole design, (rows, columns)."""
    return np.concatenate([design.units(chunk) for chunk in range(len(design.chunks))])


def from_salib(design: Design) -> Floats:
    """What SALib makes of the same groups, whose names are not in order of the alphabet.

    A single group it takes for none, and varies its columns one by one.
    """
    names = [f"factor {-place}" for place, width in enumerate(design.widths) for _ in range(width)]
    problem = {
        "num_vars": len(names),
        "names": [f"column {place}" for place in range(len(names))],
        "groups": names,
        "bounds": [[0.0, 1.0]] * len(names),
    }
    return np.asarray(salib.sample(problem, design.samples, calc_second_order=False, scramble=True, seed=design.seed))


@pytest.mark.parametrize("seed", [0, 1, 20211231])
@pytest.mark.parametrize(
    ("samples", "widths"), [(1, (1,)), (1, (2, 1)), (2, (1, 1)), (64, (5, 1, 1, 4)), (512, (3, 1, 2))]
)
def test_a_saltelli_design_is_salib_s(samples: int, widths: tuple[int, ...], seed: int) -> None:
    design = Design(SALTELLI, samples, seed, widths)
    assert points(design).tobytes() == from_salib(design).tobytes()


@pytest.mark.parametrize("design", DESIGNS, ids=repr)
def test_chunks_are_the_same_in_any_order(design: Design) -> None:
    expected = in_bytes(again(design))
    order = list(range(len(design.chunks))) * 2
    Random(0).shuffle(order)
    asked = again(design)
    assert all(asked.units(chunk).tobytes() == expected[chunk] for chunk in order)
    assert all(again(design).units(chunk).tobytes() == expected[chunk] for chunk in range(len(design.chunks)))


@pytest.mark.parametrize("design", DESIGNS, ids=repr)
def test_chunks_are_the_same_from_threads(design: Design) -> None:
    asked, chunks = again(design), range(len(design.chunks))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(asked.units, reversed(chunks)))
    assert [units.tobytes() for units in reversed(found)] == in_bytes(design)


def test_chunks_are_the_same_from_another_process() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        found = [list(pool.map(again(design).units, range(len(design.chunks)))) for design in DESIGNS]
    assert [[units.tobytes() for units in chunks] for chunks in found] == [in_bytes(design) for design in DESIGNS]


def test_a_design_that_was_used_is_the_same_once_stored() -> None:
    for design in DESIGNS:
        expected = in_bytes(design)
        assert in_bytes(pickle.loads(pickle.dumps(design))) == expected  # noqa: S301 - made one line above


def test_points_are_those_that_were_published() -> None:
    # From the first run of this code: a stored seed must keep its answer when a library changes.
    drawn = Design(MONTE_CARLO, 1, 0, (2,)).units(0)
    a, mixed, b = Design(SALTELLI, 1, 0, (2,)).units(0).tolist()
    assert drawn.tolist() == [[0.9429375528828794, 0.3163371523854981]]
    assert a == [0.8505854671820998, 0.9313660049811006]
    assert mixed == b == [0.36271759029477835, 0.36455016024410725]


def test_what_is_asked_cannot_be_spoilt_by_who_asked_before() -> None:
    for design in DESIGNS:
        asked, expected = again(design), in_bytes(design)
        asked.units(0)[:] = 0.5
        assert in_bytes(asked) == expected


@pytest.mark.parametrize("kind", [MONTE_CARLO, SALTELLI])
def test_every_seed_has_points_of_its_own(kind: str) -> None:
    found = {Design(kind, 8, seed, WIDTHS).units(0).tobytes() for seed in range(10)}
    assert len(found) == 10


def test_chunks_of_independent_points_differ() -> None:
    assert len(set(in_bytes(Design(MONTE_CARLO, 4 * CHUNK, 0, WIDTHS)))) == 4


@pytest.mark.parametrize("kind", [MONTE_CARLO, SALTELLI])
def test_more_samples_begin_with_the_same_points(kind: str) -> None:
    few, more = (points(Design(kind, samples, 0, WIDTHS)) for samples in (256, 1024))
    assert (more[: len(few)] == few).all()


def test_rows_and_chunks_are_counted() -> None:
    # 1200 = 500 + 500 + 200; 256 x (3 + 2) = 1280 = 500 + 500 + 280.
    independent, even = Design(MONTE_CARLO, 1200, 0, WIDTHS), Design(SALTELLI, 256, 0, WIDTHS)
    assert (independent.rows, even.rows) == (1200, 1280)
    assert independent.chunks == (slice(0, 500), slice(500, 1000), slice(1000, 1200))
    assert even.chunks == (slice(0, 500), slice(500, 1000), slice(1000, 1280))
    assert [independent.units(chunk).shape for chunk in range(3)] == [(500, 6), (500, 6), (200, 6)]
    assert [even.units(chunk).shape for chunk in range(3)] == [(500, 6), (500, 6), (280, 6)]


def test_a_single_factor_of_many_columns_is_a_factor() -> None:
    a, mixed, b = np.moveaxis(points(Design(SALTELLI, 64, 0, (4,))).reshape(64, 3, 4), 1, 0)
    assert (mixed == b).all()
    assert (a != b).all()


def test_the_columns_of_a_factor_move_together() -> None:
    blocks = points(Design(SALTELLI, 256, 0, WIDTHS)).reshape(256, 5, 6)
    a, b = blocks[:, 0], blocks[:, 4]
    assert (a != b).mean() > 0.99
    for place, columns in enumerate([slice(0, 3), slice(3, 4), slice(4, 6)], start=1):
        expected = a.copy()
        expected[:, columns] = b[:, columns]
        assert (blocks[:, place] == expected).all()


def test_base_points_of_a_saltelli_design_are_even() -> None:
    # A scrambled Sobol sequence has one of n = 2^m points in each of n equal intervals of every axis.
    blocks = points(Design(SALTELLI, 256, 0, WIDTHS)).reshape(256, 5, 6)
    for base in (blocks[:, 0], blocks[:, 4]):
        assert (np.sort(np.floor(base * 256), axis=0) == np.arange(256)[:, np.newaxis]).all()


def test_points_of_a_monte_carlo_design_are_uniform_and_independent() -> None:
    # Of a uniform number: mean 1/2 with an error of sqrt(1 / 12 n), 0.0029 here; a correlation of nothing has an error
    # of 1 / sqrt(n), 0.01; a tenth of the points in each tenth, with an error of sqrt(0.09 / n), 0.003. Four of each.
    drawn = points(Design(MONTE_CARLO, 10_000, 0, WIDTHS))
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert np.abs(drawn.mean(axis=0) - 0.5).max() < 0.012
    assert np.abs(np.corrcoef(drawn.T) - np.eye(6)).max() < 0.04
    tenths = np.stack([np.bincount(column, minlength=10) for column in (drawn.T * 10).astype(int)]) / 10_000
    assert np.abs(tenths - 0.1).max() < 0.012


@pytest.mark.parametrize("samples", [3, 100, 1023])
def test_samples_of_a_saltelli_design_are_a_power_of_two(samples: int) -> None:
    with pytest.raises(ValueError, match=f"power of two, not {samples}"):
        Design(SALTELLI, samples, 0, WIDTHS)


@pytest.mark.parametrize(("kind", "samples", "seed"), [(MONTE_CARLO, 0, 0), (SALTELLI, -4, 0), (MONTE_CARLO, 1, -1)])
def test_a_design_needs_samples_and_a_seed(kind: str, samples: int, seed: int) -> None:
    with pytest.raises(ValueError, match="at least one sample"):
        Design(kind, samples, seed, WIDTHS)


def test_a_design_is_of_a_known_kind() -> None:
    with pytest.raises(ValueError, match="not latin"):
        Design("latin", 8, 0, WIDTHS)
