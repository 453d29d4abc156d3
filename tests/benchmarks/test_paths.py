"""How long the way to a tier takes. Run by `make bench`; the numbers in docs/ come from here.

One engine step is timed as HiGHS is warm: its first call in a process loads the solver, some 0.3 s.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.engine.scoring import scored
from tests.frameworks import indicator, small_framework
from tierscore.engine.effort import Effort, Terms, effort
from tierscore.engine.path import least_effort
from tierscore.engine.scorecard import Scorecard
from tierscore.services.kept import Kept
from tierscore.services.query import AssessmentQuery, PathAsked
from tierscore.services.reading import Reading
from tierscore.services.service import Service
from tierscore.storage.database import Database

SECONDS = 10.0
SHARE = [0, 4.4, 7, 16]
REGIONS = 31


@pytest.fixture
def reading(seeded: Database) -> Reading:
    return Service(seeded).reading()


def terms_of(card: Scorecard) -> Terms:
    nothing = np.full(len(card.parameters.codes), np.nan)
    return Terms(card.parameters.actionable, nothing, nothing, nothing)


def card_of(reading: Reading) -> Scorecard:
    return reading.baseline(reading.resolve(AssessmentQuery())).sheet.card


def decision(card: Scorecard, region: str, target: int) -> Effort:
    return effort(card, card.matrix.regions.index(region), target, terms_of(card))


@pytest.mark.benchmark(group="one step of the default framework, target: under 100 ms")
@pytest.mark.parametrize(("region", "target"), [("CN-SC", 1), ("CN-TJ", 1), ("CN-SD", 2), ("CN-SH", 3)])
def test_one_step(benchmark: BenchmarkFixture, reading: Reading, region: str, target: int) -> None:
    """The programme's turns, the continuous part, the check by the tier rule."""
    asked = decision(card_of(reading), region, target)
    benchmark(lambda: least_effort(asked, SECONDS))


@pytest.mark.benchmark(group="a whole answer, target: under 1 s")
@pytest.mark.parametrize(
    ("region", "target", "integration"),
    [("CN-SC", None, 0.0), ("CN-TJ", "quasi_national", 0.0), ("CN-HB", None, 0.0), ("CN-CY", "quasi_national", 0.0)],
)
def test_whole_answer(
    benchmark: BenchmarkFixture, reading: Reading, region: str, target: str | None, integration: float
) -> None:
    """Steps, leap, alternatives, relaxation, losses, levers, each plan scored again; nothing kept."""
    asked = PathAsked(region, AssessmentQuery(target=target, integration=integration))

    def run() -> None:
        reading.held.paths = Kept(128)
        reading.path(asked)

    benchmark(run)


@pytest.mark.benchmark(group="all 31 regions, target: under 15 s")
@pytest.mark.parametrize("target", [None, "quasi_national"])
def test_all_regions(benchmark: BenchmarkFixture, reading: Reading, target: str | None) -> None:
    """A whole answer of each, one after the other."""
    regions = [item["region"]["code"] for item in reading.assessments(AssessmentQuery())["items"]]

    def run() -> None:
        reading.held.paths = Kept(128)
        for region in regions:
            reading.path(PathAsked(region, AssessmentQuery(target=target)))

    benchmark.pedantic(run, rounds=1, warmup_rounds=0)


@pytest.mark.benchmark(group="a plan in nine, eight or six of ten draws: the gap left within the time limit of 5 s")
@pytest.mark.parametrize(
    "asked",
    [
        PathAsked("CN-SC", AssessmentQuery(), confidence=0.9),
        PathAsked("CN-CY", AssessmentQuery(target="regional", integration=0.5), confidence=0.9),
        PathAsked("CN-SN", AssessmentQuery(), confidence=0.8),
        PathAsked("CN-TJ", AssessmentQuery(), confidence=0.6),
        PathAsked("CN-SD", AssessmentQuery(), confidence=0.6),
        PathAsked("CN-HB", AssessmentQuery(target="regional"), confidence=0.9),
    ],
    ids=lambda asked: f"{asked.region}-{asked.confidence}",
)
def test_whole_answer_in_draws(
    benchmark: BenchmarkFixture, reading: Reading, asked: PathAsked, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its time, and how much cheaper a plan may be at most."""
    answer = benchmark.pedantic(lambda: reading.path(asked), rounds=1, warmup_rounds=0)
    leap = answer["one_leap"]
    with capsys.disabled():
        sys.stdout.write(f"\n{asked.region}: cost {leap['cost']:.3f}, gap {leap['proven_gap']:.2%}\n")


def forty_indicators() -> Scorecard:
    """31 regions and 40 indicators, half of them shares, half counted; drawn with a declared seed."""
    random = np.random.default_rng(20261125)
    codes = [f"i{place:02}" for place in range(40)]
    framework = small_framework(
        reference={"period": 2021, "regions": [f"R{row:02}" for row in range(REGIONS)]},
        indicators=[_indicator(code, place) for place, code in enumerate(codes)],
        index={
            "code": "index",
            "children": [
                {"indicator": code, "weight": float(weight)}
                for code, weight in zip(codes, random.integers(1, 12, 40), strict=True)
            ],
        },
    )
    amounts = random.gamma(0.8, 20.0, (REGIONS, 40))
    table = {f"R{row:02}": dict(_values(codes, amounts[row])) for row in range(REGIONS)}
    return scored(table, framework)


def _values(codes: list[str], row: Any) -> Iterator[tuple[str, float]]:
    for place, code in enumerate(codes):
        yield code, float(np.round(row[place])) if _is_counted(place) else float(row[place])


def _is_counted(place: int) -> bool:
    return place % 4 < 2


def _indicator(code: str, place: int) -> dict[str, Any]:
    share = place % 2 == 0
    return indicator(
        code,
        SHARE if share else [0, 25, 40, 80],
        measure={"kind": "national_share"} if share else {"kind": "level"},
        integer=_is_counted(place),
        actionable=place % 5 != 0,
        stage="origination" if place < 12 else "extension",
    )


@pytest.mark.benchmark(group="one step of 40 indicators, target: under 5 s")
@pytest.mark.parametrize("row", [0, 7, 19])
@pytest.mark.parametrize("target", [1, 2])
def test_forty_indicators(benchmark: BenchmarkFixture, row: int, target: int) -> None:
    card = forty_indicators()
    asked = effort(card, row, target, terms_of(card))
    found = benchmark.pedantic(lambda: least_effort(asked, SECONDS), rounds=1, warmup_rounds=0)
    benchmark.extra_info["proven_gap"] = None if found is None else found.proven_gap
    assert found is not None
