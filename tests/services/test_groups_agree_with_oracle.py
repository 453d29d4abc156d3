"""Groups of the published data, and of random tables: the service's answers agree with the oracle to 1e-9."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.agreement import close, differences
from tests.oracle import groups as oracle
from tests.random_cases import Case, random_case
from tierscore.engine.pipeline import score
from tierscore.framework.catalogue import Group, Title
from tierscore.services import groups
from tierscore.services.query import AssessmentQuery
from tierscore.services.reading import Reading
from tierscore.services.service import Service
from tierscore.services.sheet import Sheet
from tierscore.storage.database import Database

# Neighbours, the best with the worst, overlapping ones, one whose lead lacks values, three together, a group of one.
GROUPS = (
    ("CN-SC", "CN-CQ"), ("CN-HN", "CN-AH"), ("CN-SC", "CN-AH"), ("CN-SC", "CN-HB"), ("CN-BJ", "CN-XZ"),
    ("CN-XZ", "CN-QH"), ("CN-SH", "CN-JS", "CN-ZJ"), ("CN-CQ",), ("CN-GD", "CN-HI"), ("CN-HN", "CN-HB", "CN-JX"),
)  # fmt: skip


@pytest.fixture
def reading(seeded: Database) -> Iterator[Reading]:
    yield Service(seeded).reading()


def sheet_of(reading: Reading, period: int) -> Sheet:
    return reading.baseline(reading.resolve(AssessmentQuery(period=period))).sheet


def answered(sheet: Sheet, members: tuple[str, ...], integration: float) -> dict[str, Any]:
    group = Group("GROUP", Title("组", "Group"), members)
    return groups.assessment(groups.sheet_of(sheet, group, integration), integration, None)


@pytest.mark.parametrize("period", [2019, 2021, 2023])
def test_every_number_of_published_groups_agrees(reading: Reading, period: int) -> None:
    sheet, world = sheet_of(reading, period), oracle.World.of_seeds(period)
    for members in GROUPS:
        for integration in (0.0, 0.3, 1.0):
            ours, theirs = answered(sheet, members, integration), oracle.assess(world, members, integration)
            assert differences(ours, theirs[oracle.GROUP]) == [], (members, integration)
            assert ours["lead"] == oracle.lead(members, world.assessed(), world.framework)


@pytest.mark.parametrize("members", GROUPS, ids="+".join)
def test_break_evens_of_published_groups_agree(reading: Reading, members: tuple[str, ...]) -> None:
    ours = answered(sheet_of(reading, 2021), members, 0.0)["break_even"]
    theirs = oracle.break_even(oracle.World.of_seeds(2021), members)
    world_tiers = [code for code, _ in oracle.seed_framework().tiers]
    assert ours["target"] == (world_tiers[theirs["target"]] if theirs["target"] < len(world_tiers) else None)
    if ours["target"] is not None:
        assert (ours["integration"], ours["holds_on"]) == (theirs["integration"], theirs["holds_on"])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_random_groups_agree(data: st.DataObject) -> None:
    case = random_case(data.draw)
    members = data.draw(st.lists(st.sampled_from(case.framework.regions), min_size=1, unique=True))
    integration = data.draw(st.sampled_from([0.0, 0.001, 0.5, 1.0]) | st.floats(0, 1))
    ours = answered(sheet_of_case(case), tuple(members), integration)
    theirs = oracle.assess(world_of(case), members, integration)
    assert differences(ours, theirs[oracle.GROUP]) == []


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_random_break_evens_agree(data: st.DataObject) -> None:
    case = random_case(data.draw)
    assume(len(case.framework.regions) > 1)
    members = case.framework.regions[:3]
    ours = answered(sheet_of_case(case), members, 0.0)["break_even"]
    theirs = oracle.break_even(world_of(case), members)
    if ours["target"] is not None:
        assert (ours["integration"], ours["holds_on"]) == (theirs["integration"], theirs["holds_on"])


def sheet_of_case(case: Case) -> Sheet:
    return Sheet(score(case.matrix, case.framework), case.framework, case.snapshot)


def world_of(case: Case) -> oracle.World:
    return oracle.World(case.table, case.nation, case.oracle_framework, case.pooling)


@pytest.mark.parametrize("members", GROUPS, ids="+".join)
def test_side_by_side_has_the_leads_bytes(reading: Reading, members: tuple[str, ...]) -> None:
    """All but what a region has of itself: its code, its plan's tier, its own rank among exemplars."""
    sheet = sheet_of(reading, 2021)
    ours = answered(sheet, members, 0.0)
    alone = reading.assessment(ours["lead"], AssessmentQuery())
    same = ("status", "tier", "tier_by_score", "unproven_tiers", "tier_bounds", "rests_on_missing", "score", "rank",
            "coverage", "cushion", "tiers", "views", "uneven_functions")  # fmt: skip
    assert {name: ours[name] for name in same} == {name: alone[name] for name in same}
    for together, own in zip(ours["indicators"], alone["indicators"], strict=True):
        assert {**together, "flags": None} == {**own, "flags": None}
        assert set(together["flags"]) - set(own["flags"]) <= {"member_missing", "not_pooled"}
    assert ours["gap"]["deficits"] == alone["gap"]["deficits"]


def test_what_a_member_brings_is_the_difference_to_the_group_without_it(reading: Reading) -> None:
    sheet = sheet_of(reading, 2021)
    ours = answered(sheet, ("CN-SH", "CN-JS", "CN-ZJ"), 0.4)
    for member in ours["members"]:
        if member["lead"]:
            assert member["brings"] is None
            continue
        others = tuple(other["region"]["code"] for other in ours["members"] if other is not member)
        without = answered(sheet, others, 0.4)
        assert member["brings"]["without"] == {"tier": without["tier"], "score": without["score"]}
        assert close(member["brings"]["score_change"], ours["score"] - without["score"])
        values = {item["code"]: item["value"] for item in without["indicators"]}
        for item, brought in zip(ours["indicators"], member["brings"]["indicators"], strict=True):
            if item["value"] is not None:
                assert close(brought["adds"], item["value"] - values[item["code"]])
