"""A whole composite index from raw data, and outranking, beside their floors and beside what peers do."""

from __future__ import annotations

import numpy as np
import pytest
from pymcdm.methods import TOPSIS
from pytest_benchmark.fixture import BenchmarkFixture

from tests.references import document_of, units_of
from tierscore.engine.copeland import outranking
from tierscore.engine.pipeline import score
from tierscore.engine.topsis import closeness
from tierscore.services.evaluating import evaluate, matrix_of

ASEM = "ASEM, 51 units x 49 indicators, target of the build: under 5 ms"
OUTRANKING = "outranking matrix of 200 units x 50 indicators, target: under 20 ms"
CLOSENESS = "TOPSIS of 200 units x 50 indicators, beside pymcdm"
TABLE = np.random.default_rng(0).uniform(0.1, 10, (200, 50))
WEIGHTS = np.random.default_rng(1).dirichlet(np.ones(50))


@pytest.mark.benchmark(group=ASEM)
def test_build_from_raw_data_to_all_nodes(benchmark: BenchmarkFixture) -> None:
    """Denominate, impute, treat, normalise, aggregate three levels, and the tiers."""
    _, framework = document_of("asem")
    matrix = matrix_of(units_of("asem"), framework)

    benchmark(lambda: score(matrix, framework).nodes)


@pytest.mark.benchmark(group=ASEM)
def test_floor_one_min_max_and_mean_in_numpy(benchmark: BenchmarkFixture) -> None:
    """The least that any build does with the same table."""
    _, framework = document_of("asem")
    values = matrix_of(units_of("asem"), framework).cells.values

    def run() -> None:
        least, greatest = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
        np.nanmean((values - least) / (greatest - least), axis=1)

    benchmark(run)


@pytest.mark.benchmark(group=ASEM)
def test_evaluation_with_document_steps_and_report(benchmark: BenchmarkFixture) -> None:
    """What the service does for a body: reads the document, builds, and writes every step and the report."""
    document, _ = document_of("asem")
    units = units_of("asem")
    benchmark(lambda: evaluate(document, units))


@pytest.mark.benchmark(group=OUTRANKING)
def test_outranking_matrix(benchmark: BenchmarkFixture) -> None:
    benchmark(lambda: outranking(TABLE, WEIGHTS))


@pytest.mark.benchmark(group=OUTRANKING)
def test_floor_one_comparison_of_every_pair(benchmark: BenchmarkFixture) -> None:
    """The least: to compare every pair once on every indicator, without adding up."""
    benchmark(lambda: TABLE[:, np.newaxis, :] > TABLE[np.newaxis, :, :])


@pytest.mark.benchmark(group=CLOSENESS)
def test_closeness(benchmark: BenchmarkFixture) -> None:
    """Min-max first, as pymcdm does."""
    weights = np.broadcast_to(WEIGHTS, TABLE.shape)
    benchmark(lambda: closeness((TABLE - TABLE.min(axis=0)) / np.ptp(TABLE, axis=0), weights))


@pytest.mark.benchmark(group=CLOSENESS)
def test_peer_topsis_of_pymcdm(benchmark: BenchmarkFixture) -> None:
    types = np.ones(50)
    benchmark(lambda: TOPSIS()(TABLE, WEIGHTS, types, validation=False))
