"""All regions, four years, every revision: the service's full answers agree with the oracle to 1e-9."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.agreement import differences, gap_pairs
from tests.oracle import methods
from tierscore.services.query import AssessmentQuery
from tierscore.services.reading import Reading
from tierscore.services.service import Service
from tierscore.storage.database import Database

PERIODS = (2019, 2020, 2021, 2022)
TIERS = ("provincial", "regional", "quasi_national", "international")


@pytest.fixture
def reading(seeded: Database) -> Iterator[Reading]:
    yield Service(seeded).reading()


@pytest.mark.parametrize("revision", [1, 2, 3])
@pytest.mark.parametrize("period", PERIODS)
def test_every_number_of_every_region_agrees(reading: Reading, period: int, revision: int) -> None:
    expected = methods.assess(period, revision)
    query = AssessmentQuery(period=period, as_of=str(revision))
    found = {code: differences(reading.assessment(code, query), expected[code]) for code in expected}
    assert len(found) == 31
    assert not {code: lines for code, lines in found.items() if lines}


@pytest.mark.parametrize("target", TIERS)
def test_gaps_to_any_target_agree(reading: Reading, target: str) -> None:
    expected = methods.assess(2021)
    for code in expected:
        ours = reading.assessment(code, AssessmentQuery(target=target))["gap"]
        unequal = [pair for pair in gap_pairs(ours, expected.gap(code, target)) if not _agree(pair[1], pair[2])]
        assert not unequal, code


def _agree(ours: object, theirs: object) -> bool:
    return ours == (pytest.approx(theirs, rel=1e-9, abs=1e-9) if isinstance(theirs, float) else theirs)


def test_rank_order_agrees(reading: Reading) -> None:
    expected = methods.assess(2022)
    ours = [
        (item["region"]["code"], item["rank"]) for item in reading.assessments(AssessmentQuery(period=2022))["items"]
    ]
    assert sorted(ours) == sorted((code, answer["rank"]) for code, answer in expected.items())
    ranks = [rank for _, rank in ours if rank is not None]
    assert ranks == sorted(ranks)
    assert [rank for _, rank in ours][len(ranks) :] == [None] * (31 - len(ranks))
