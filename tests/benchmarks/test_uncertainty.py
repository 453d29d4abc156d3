"""How long many draws take, beside numpy doing the same bytes and beside peers from PyPI. Run by `make bench`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pymcdm.methods import TOPSIS
from pytest_benchmark.fixture import BenchmarkFixture
from SALib.analyze import sobol as peer

from tests.references import document_of, units_of
from tierscore.engine import factors, variants
from tierscore.engine.design import Design
from tierscore.engine.ensemble import run
from tierscore.engine.factors import Factor, Setting
from tierscore.engine.outcomes import outcomes
from tierscore.engine.pipeline import score
from tierscore.engine.scorecard import Scorecard
from tierscore.engine.sobol import indices
from tierscore.services.evaluating import matrix_of
from tierscore.services.query import AssessmentQuery
from tierscore.services.service import Service
from tierscore.services.walking import in_threads
from tierscore.storage.database import Database

DRAWS = 10_000
CHUNK = 500
FACTORS = (
    Factor("weights", spread=0.25, by="uniform"),
    Factor("knots", spread=0.1),
    Factor("cut", low=0.6, high=0.7333),
    Factor("missing", by="own"),
    Factor("observation_error", errors=(("E", 0.05), ("P", 0.02))),
)
ASEM_FACTORS = (
    Factor("treatment", options=("declared", "none")),
    Factor("normalisation", options=("minmax", "zscore", "rank")),
    Factor("weights", spread=0.25, by="uniform"),
    Factor("aggregation", options=("arithmetic", "median")),
)


@pytest.fixture
def card(seeded: Database) -> Scorecard:
    reading = Service(seeded).reading()
    return reading.baseline(reading.resolve(AssessmentQuery())).sheet.card


def asem() -> Scorecard:
    _, framework = document_of("asem")
    return score(matrix_of(units_of("asem"), framework), framework)


@pytest.fixture
def setting(card: Scorecard) -> Setting:
    return factors.setting(card, FACTORS)


@pytest.mark.benchmark(group="10,000 draws of 31 regions x 12 indicators, target: under 100 ms on two idle cores")
@pytest.mark.parametrize("walk", [map, in_threads()], ids=["one thread", "all threads"])
def test_ten_thousand_draws(benchmark: BenchmarkFixture, setting: Setting, walk: Callable[..., Any]) -> None:
    """Weights, knots, cut, missing values and observation errors; scores, tiers, ranks, who is above whom."""
    design = Design("monte_carlo", DRAWS, 0, setting.widths)
    benchmark(lambda: run(setting, design, walk))


@pytest.mark.benchmark(group="10,000 draws of 31 regions x 12 indicators, target: under 100 ms on two idle cores")
def test_floor_the_same_bytes_in_numpy(benchmark: BenchmarkFixture, card: Scorecard, setting: Setting) -> None:
    """One thread, chunks of the same size, buffers reused: numbers drawn, knots, weighted sums, three tests, ranks."""
    benchmark(lambda: floor(card, sum(setting.widths)))


def floor(card: Scorecard, columns: int) -> None:
    """What no way of computing this can do without, with nothing checked and nothing kept."""
    given, random = card.parameters, np.random.default_rng(0)
    measured = np.nan_to_num(card.measured.values)
    rises, starts = np.diff(given.knot_scores), given.knots[:, :-1]
    widths = np.diff(given.knots, axis=1)
    table, part = np.empty((CHUNK, *measured.shape)), np.empty((CHUNK, *measured.shape))
    for _ in range(DRAWS // CHUNK):
        units = random.random((CHUNK, columns))
        weights, knots = units[:, :12] + 0.5, units[:, 12:24] + 0.5
        scaled = measured / knots[:, np.newaxis]
        table.fill(0.0)
        for segment, rise in enumerate(rises):
            np.subtract(scaled, starts[:, segment], out=part)
            np.divide(part, widths[:, segment], out=part)
            np.minimum(np.maximum(part, 0.0, out=part), 1.0, out=part)
            np.multiply(part, rise, out=part)
            np.add(table, part, out=table)
        total = np.matmul(table, weights[:, :, np.newaxis])[..., 0]
        for threshold in given.rule.thresholds[1:]:
            np.matmul((table >= threshold).astype(np.float64), weights[:, :, np.newaxis])
        above = total[:, :, np.newaxis] > total[:, np.newaxis]
        above.sum(axis=1)
        above.sum(axis=0)


@pytest.mark.benchmark(group="what 10,000 draws say")
def test_outcomes(benchmark: BenchmarkFixture, card: Scorecard, setting: Setting) -> None:
    """Probabilities, quantiles, outranking, tie groups."""
    found = run(setting, Design("monte_carlo", DRAWS, 0, setting.widths))
    benchmark(lambda: outcomes(card, found))


@pytest.mark.benchmark(group="ASEM, 51 x 49, three levels: 500 draws, target: under 100 ms")
def test_asem_five_hundred_draws(benchmark: BenchmarkFixture) -> None:
    """Treatment, normalisation, weights and aggregation; one table for each of their combinations, weights by draw."""
    card = asem()
    own = factors.setting(card, ASEM_FACTORS)
    design = Design("monte_carlo", 500, 0, own.widths)
    benchmark(lambda: run(own, design))


@pytest.mark.benchmark(group="500 weight vectors over 51 units x 49 indicators")
def test_weights_of_ours(benchmark: BenchmarkFixture) -> None:
    card = asem()
    own = factors.setting(card, ASEM_FACTORS[2:3])
    benchmark(lambda: run(own, Design("monte_carlo", 500, 0, own.widths)))


@pytest.mark.benchmark(group="500 weight vectors over 51 units x 49 indicators")
def test_weights_by_pymcdm_one_after_the_other(benchmark: BenchmarkFixture) -> None:
    """A peer's own way: one evaluation for each vector. (TOPSIS; it has no tree.)"""
    scores = np.nan_to_num(asem().scores)
    vectors = np.random.default_rng(0).dirichlet(np.ones(scores.shape[1]), 500)
    method, types = TOPSIS(), np.ones(scores.shape[1])
    benchmark.pedantic(lambda: [method(scores, vector, types) for vector in vectors], rounds=2)


@pytest.mark.benchmark(group="Sobol indices of 63 outputs, n = 1024, 5 factors, 100 resamples")
def test_indices_of_ours(benchmark: BenchmarkFixture) -> None:
    outputs = np.random.default_rng(0).random((1024 * 7, 63))
    benchmark(lambda: indices(outputs, 5, 0, resamples=100))


@pytest.mark.benchmark(group="Sobol indices of 63 outputs, n = 1024, 5 factors, 100 resamples")
def test_indices_by_salib_output_by_output(benchmark: BenchmarkFixture) -> None:
    outputs = np.random.default_rng(0).random((1024 * 7, 63))
    problem = {"num_vars": 5, "names": list("abcde"), "bounds": [[0, 1]] * 5}

    def analyse() -> None:
        for output in outputs.T:
            peer.analyze(problem, output, calc_second_order=False, num_resamples=100, seed=1)

    benchmark.pedantic(analyse, rounds=1)


def test_the_variants_are_those_that_are_named() -> None:
    """So that the ASEM figure is about what it says."""
    card = asem()
    found = variants.variant(card.framework, ASEM_FACTORS, (0, 1, 2, 1))
    assert {item.normalise.method for item in found.indicators if item.normalise} == {"rank"}
    assert found.treat.method == "none"
