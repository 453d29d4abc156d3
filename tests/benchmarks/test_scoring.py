"""How long the main job takes. Run by `make bench`; the numbers in docs/ come from here."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tierscore.engine import gap, need
from tierscore.engine.matrix import Matrix, select
from tierscore.engine.pipeline import score
from tierscore.framework.model import Framework
from tierscore.services.query import AssessmentQuery
from tierscore.services.service import Service
from tierscore.storage import observations
from tierscore.storage.database import Database


@pytest.fixture
def service(seeded: Database) -> Iterator[Service]:
    yield Service(seeded)


@pytest.fixture
def framework(service: Service) -> Framework:
    return service.reading().snapshot.framework().framework


@pytest.fixture
def matrix(service: Service, framework: Framework) -> Matrix:
    with service.database.read() as session:
        frame = observations.newest(session, 3, [indicator.code for indicator in framework.indicators])
    return select(frame, framework, 2021)


@pytest.mark.benchmark(group="scorecard of 31 regions x 12 indicators, target: under 2 ms")
def test_full_scorecard(benchmark: BenchmarkFixture, matrix: Matrix, framework: Framework) -> None:
    """Scores, tests, tiers, bounds, cushions, views, and the gap and needs to every region's next tier."""

    def run() -> None:
        card = score(matrix, framework)
        found = gap.towards(card, gap.next_tier(card))
        need.needs(card, found)

    benchmark(run)


@pytest.mark.benchmark(group="scorecard of 31 regions x 12 indicators, target: under 2 ms")
def test_floor_weighted_mean_in_numpy(benchmark: BenchmarkFixture, matrix: Matrix) -> None:
    """The least that any scoring does: one masked weighted mean over the same table."""
    weights = np.full(matrix.cells.values.shape[1], 0.1)

    def run() -> None:
        present = ~np.isnan(matrix.cells.values)
        np.where(present, matrix.cells.values, 0.0) @ weights / (present @ weights)

    benchmark(run)


@pytest.mark.benchmark(group="answers from a warm service")
def test_list_of_all_regions(benchmark: BenchmarkFixture, service: Service) -> None:
    """State query, kept scorecard, 31 summaries."""
    benchmark(lambda: service.reading().assessments(AssessmentQuery()))


@pytest.mark.benchmark(group="answers from a warm service")
def test_one_full_answer(benchmark: BenchmarkFixture, service: Service) -> None:
    """State query, kept scorecard, gap, needs, levers, exemplars, sources."""
    benchmark(lambda: service.reading().assessment("CN-SC", AssessmentQuery()))


@pytest.mark.benchmark(group="answers from a warm service")
def test_floor_state_query_alone(benchmark: BenchmarkFixture, service: Service) -> None:
    """The one small query that every answer needs."""
    benchmark(lambda: service.reading().state)
