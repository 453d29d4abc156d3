"""The reading side as a use case: defaults, unknown codes, freshness, and how often the database is asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.conftest import QueryRecorder
from tierscore import __version__
from tierscore.errors import Invalid, UnknownCode
from tierscore.framework.catalogue import Observation
from tierscore.services.query import AssessmentQuery, ObservationQuery
from tierscore.services.reading import Reading
from tierscore.services.service import Service
from tierscore.storage import batch
from tierscore.storage.database import Database


@pytest.fixture
def service(seeded: Database) -> Service:
    return Service(seeded)


@pytest.fixture
def reading(service: Service) -> Reading:
    return service.reading()


def labs_of_sichuan(value: float) -> Observation:
    return Observation("CN-SC", "national_key_labs", 2023, value, "laboratories", "A", "S048")


def test_defaults_are_the_newest_framework_its_period_and_the_newest_data(reading: Reading) -> None:
    answer = reading.assessments(AssessmentQuery())
    assert (answer["framework"]["id"], answer["framework"]["version"]) == ("cn-innovation-centre", "2021.1")
    assert answer["data"]["revision"] == 3
    assert answer["data"]["as_of"] == "2025-06-30T00:00:00Z"
    assert answer["engine"] == {"version": __version__}
    assert {item["period"] for item in answer["items"]} == {2021}
    assert len(answer["items"]) == 31


def test_a_filter_keeps_the_ranks(reading: Reading) -> None:
    items = reading.assessments(AssessmentQuery(regions=("CN-CQ", "CN-SC")))["items"]
    assert [(item["region"]["code"], item["rank"]) for item in items] == [("CN-SC", 7), ("CN-CQ", 16)]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        (AssessmentQuery(framework="nope"), "framework"),
        (AssessmentQuery(version="1999"), "version"),
        (AssessmentQuery(target="galactic"), "target"),
        (AssessmentQuery(regions=("CN-XX",)), "region"),
        (AssessmentQuery(regions=("CN",)), "region"),
    ],
)
def test_unknown_codes_name_their_parameter(reading: Reading, query: AssessmentQuery, parameter: str) -> None:
    with pytest.raises(UnknownCode) as caught:
        reading.assessments(query)
    assert caught.value.parameter == parameter


@pytest.mark.parametrize("region", ["CN-XX", "CN", "CN-CYX"])
def test_an_unknown_region_in_the_path_is_the_thing_addressed(reading: Reading, region: str) -> None:
    with pytest.raises(UnknownCode) as caught:
        reading.assessment(region, AssessmentQuery())
    assert caught.value.parameter is None


@pytest.mark.parametrize("period", [0, 1899, 2101])
def test_a_period_is_a_year(reading: Reading, period: int) -> None:
    with pytest.raises(Invalid) as caught:
        reading.assessments(AssessmentQuery(period=period))
    assert caught.value.violations[0].parameter == "period"


def test_a_year_without_any_data_has_no_scores_and_says_why(reading: Reading) -> None:
    answer = reading.assessment("CN-SC", AssessmentQuery(period=1999))
    assert (answer["status"], answer["tier"], answer["score"], answer["tier_by_score"]) == (
        "insufficient_data", None, None, None,
    )  # fmt: skip
    assert {item["missing_reason"] for item in answer["indicators"]} == {"outside_window"}
    assert answer["gap"]["target"] == "regional"
    assert answer["levers"] == []
    assert answer["levers_for_unknown"]


def test_before_the_first_revision_nothing_is_known(reading: Reading) -> None:
    answer = reading.assessment("CN-SC", AssessmentQuery(as_of="2021-12-31"))
    assert answer["data"] == {"as_of": "2021-12-31T23:59:59.999999Z", "revision": 0, "digest": None}
    assert {item["missing_reason"] for item in answer["indicators"]} == {"no_observation"}


def test_2021_as_known_in_2022_and_today_differ(reading: Reading) -> None:
    then = reading.assessment("CN-SC", AssessmentQuery(as_of="2022-06-30"))
    now = reading.assessment("CN-SC", AssessmentQuery())
    labs = {answer["data"]["revision"]: answer["indicators"][1]["value"] for answer in (then, now)}
    assert labs == {1: None, 3: 15.0}  # the reorganised laboratories were published in 2024
    assert then["score"] != now["score"]


def test_a_new_revision_is_seen_at_once_and_the_old_one_can_still_be_asked(service: Service) -> None:
    before = service.reading().assessment("CN-SC", AssessmentQuery())
    with service.database.write() as session:
        batch.append(session, [labs_of_sichuan(70)], datetime(2026, 1, 1, tzinfo=UTC), "test")
    after = service.reading().assessment("CN-SC", AssessmentQuery())
    assert after["indicators"][1]["score"] == 100
    assert after["data"]["revision"] == 4
    again = service.reading().assessment("CN-SC", AssessmentQuery(as_of="3"))
    assert again["score"] == before["score"]
    assert again["data"]["digest"] == before["data"]["digest"]


def test_an_unchanged_list_needs_one_small_query(service: Service, query_recorder: QueryRecorder) -> None:
    service.reading().assessments(AssessmentQuery())
    with query_recorder(service.database) as statements:
        service.reading().assessments(AssessmentQuery())
    assert len(statements) == 1
    assert "state" in statements[0]


def test_no_query_per_region(seeded: Database, query_recorder: QueryRecorder) -> None:
    counts = []
    for codes in (("CN-SC",), ("CN-SC", "CN-CQ", "CN-HB", "CN-BJ")):
        with query_recorder(seeded) as statements:
            reading = Service(seeded).reading()
            for code in codes:
                reading.assessment(code, AssessmentQuery())
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_designation_stands_beside_the_assessed_tier(reading: Reading) -> None:
    hubei = reading.assessment("CN-HB", AssessmentQuery())
    assert hubei["designated_tier"]["tier"] == "quasi_national"
    assert hubei["designated_tier"]["kind"] == "claimed"
    assert hubei["designation_gap"] == 1
    sichuan = reading.assessment("CN-SC", AssessmentQuery())
    assert (sichuan["designated_tier"], sichuan["designation_gap"]) == (None, None)


def test_collaborations_are_not_offered_to_a_single_region(reading: Reading) -> None:
    groups_only = {lever["code"] for lever in reading.levers() if lever["groups_only"]}
    assert groups_only
    for code in ("CN-SC", "CN-XZ"):
        answer = reading.assessment(code, AssessmentQuery())
        assert not groups_only & {lever["code"] for lever in (*answer["levers"], *answer["levers_for_unknown"])}


def test_tagged_levers_only_where_the_tag_is(reading: Reading) -> None:
    western = {lever["code"] for lever in reading.levers() if lever["tags"] == ["west"]}
    offered = {
        code: {lever["code"] for lever in reading.assessment(code, AssessmentQuery())["levers"]}
        for code in ("CN-SC", "CN-HN")
    }
    assert western & offered["CN-SC"]
    assert not western & offered["CN-HN"]


def test_no_levers_where_nothing_is_missing(reading: Reading) -> None:
    beijing = reading.assessment("CN-BJ", AssessmentQuery())
    assert beijing["gap"]["target"] is None
    assert (beijing["levers"], beijing["levers_for_unknown"]) == ([], [])
    below = reading.assessment("CN-BJ", AssessmentQuery(target="regional"))
    assert (below["gap"]["score_gap"], below["levers"]) == (0, [])


def test_sources_of_everything_used_are_there(reading: Reading) -> None:
    answer = reading.assessment("CN-SC", AssessmentQuery())
    known = {source["code"] for source in answer["sources"]}
    assert {item["source"] for item in answer["indicators"] if item["source"]} <= known
    assert "S057" in known  # the nation's own count of large facilities


def test_flags_tell_what_a_reader_must_know(reading: Reading) -> None:
    answer = reading.assessment("CN-SC", AssessmentQuery())
    flags = {item["code"]: item["flags"] for item in answer["indicators"]}
    assert flags["national_key_labs"] == ["estimated", "other_period", "sparse_indicator"]
    assert flags["rd_expenditure"] == []
    assert answer["flags"] == ["mixed_periods"]


def test_observations_come_with_revision_and_source(reading: Reading) -> None:
    query = ObservationQuery(regions=("CN-SC",), indicators=("gdp",), periods=(2021,), history=True)
    answer = reading.observations(query)
    assert answer["total"] == 3
    assert [(item["revision"], item["value"], item["vintage"]) for item in answer["items"]] == [
        (3, 55131.3, "census-revision"), (2, 54088.0, "2024-03"), (1, 53850.79, "first-release"),
    ]  # fmt: skip
    earlier = reading.observations(ObservationQuery(regions=("CN-SC",), indicators=("gdp",), as_of="2022-06-30"))
    assert {item["revision"] for item in earlier["items"]} == {1}


@pytest.mark.parametrize(
    "query",
    [ObservationQuery(regions=("CN-XX",)), ObservationQuery(indicators=("labs",)), ObservationQuery(as_of="soon")],
)
def test_observation_filters_are_checked(reading: Reading, query: ObservationQuery) -> None:
    with pytest.raises((UnknownCode, Invalid)):
        reading.observations(query)


def test_readiness(service: Service) -> None:
    assert service.readiness() == {"database": True, "migrations": True}
    assert Service.open("sqlite:////nonexistent/folder/t.db").readiness() == {"database": False, "migrations": False}
