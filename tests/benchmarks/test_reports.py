"""How long reports of five regions take on one core: each round asks for five others, so nothing of it is kept.

    .venv/bin/python -m pytest -q tests/benchmarks/test_reports.py --benchmark-enable --benchmark-columns=min,median

The first report, which loads the drawing and setting libraries and the typeface, is made before and not counted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import combinations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tierscore.reports import drawing
from tierscore.services.query import AssessmentQuery, ComparisonAsked
from tierscore.services.reporting import FileAsked
from tierscore.services.service import Service
from tierscore.storage.database import Database

REGIONS = ("CN-SC", "CN-CQ", "CN-HB", "CN-SN", "CN-BJ", "CN-SH", "CN-GD", "CN-ZJ", "CN-AH")


@pytest.fixture
def one_core() -> Iterator[None]:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    yield
    os.sched_setaffinity(0, before)


@pytest.mark.parametrize("form", ["html", "docx", "xlsx", "pdf", "csv", "json"])
def test_a_report_of_five_regions(benchmark: BenchmarkFixture, seeded: Database, one_core: None, form: str) -> None:
    reading = Service(seeded).reading()
    file = FileAsked(form, "zh")
    others = combinations(REGIONS, 5)

    def make() -> bytes:
        drawing.forget()
        return reading.report(ComparisonAsked(AssessmentQuery(), next(others)), file).content

    reading.report(ComparisonAsked(AssessmentQuery(), REGIONS), file)
    assert benchmark.pedantic(make, rounds=9, warmup_rounds=1)
