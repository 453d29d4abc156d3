"""Tier changes: what they say against the assessments themselves, and that none is lost."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import QueryRecorder
from tests.framework.documents import put
from tierscore.errors import CannotScore
from tierscore.framework.parse import parse
from tierscore.ingest.rows import from_json
from tierscore.services import tier_changes
from tierscore.services.query import AssessmentQuery
from tierscore.services.reading import Reading
from tierscore.services.service import Service
from tierscore.storage.database import Database
from tierscore.storage.events import TierChange, Touched

YEARS = range(2016, 2027)
OWN = "cn-innovation-centre"
LABS = {"indicator": "national_key_labs", "period": 2021}
ENOUGH = {
    "national_key_labs": 30, "rd_expenditure": 1400, "invention_patents_in_force": 150000, "star_market_companies": 25,
    "tech_contracts_output": 2000, "tech_contracts_absorbed": 2000,
}  # fmt: skip
SC_UP = [{"region": "CN-SC", "indicator": code, "period": 2021, "value": value} for code, value in ENOUGH.items()]


@pytest.fixture
def service(seeded: Database) -> Service:
    return Service(seeded)


def send(service: Service, *rows: dict[str, Any]) -> int:
    return service.ingest(from_json(list(rows))).revision


def all_events(service: Service) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = service.reading().events(0, 1, 1000)["items"]
    return found


def standings(reading: Reading, framework: str, period: int, revision: int) -> dict[str, tuple[str | None, str]]:
    """Tier and status of everybody, as assessments tell them."""
    query = AssessmentQuery(framework=framework, period=period, as_of=str(revision))
    try:
        items = reading.assessments(query)["items"]
    except CannotScore:
        return dict.fromkeys(reading.snapshot.framework(framework).framework.regions, (None, "cannot_score"))
    if framework == OWN:
        group = reading.assessment("CN-CY", query)
        items.append({**group["side_by_side"], "region": group["region"], "status": group["status"]})
    return {item["region"]["code"]: (item["tier"], item["status"]) for item in items}


def moves(reading: Reading, revision: int) -> Iterator[tuple[Any, ...]]:
    """What assessments before and after a revision differ in, region by region."""
    for framework in (OWN, "cn-entropy-topsis"):
        for period in YEARS:
            before, after = (standings(reading, framework, period, number) for number in (revision - 1, revision))
            for code in before:
                if before[code][0] != after[code][0]:
                    yield framework, period, code, *before[code], *after[code]


def plain(change: TierChange) -> tuple[Any, ...]:
    sides = change.before_tier, change.before_status, change.after_tier, change.after_status
    return change.framework, change.period, change.region, *sides


@pytest.mark.parametrize("revision", [2, 3])
def test_events_are_what_two_assessments_differ_in(reading: Reading, revision: int) -> None:
    found = reading.tier_changes(revision)
    assert sorted(map(plain, found), key=str) == sorted(moves(reading, revision), key=str)
    assert {change.region for change in found} >= ({"CN-CY", "CN-BJ"} if revision == 2 else {"CN-GD"})


def test_nothing_changed_with_the_first_revision(reading: Reading) -> None:
    assert reading.tier_changes(1) == []


def test_a_batch_is_told_once_and_in_order(service: Service) -> None:
    service.tell(10)
    before = all_events(service)
    assert send(service, *SC_UP) == 4
    service.tell(10)
    service.tell(10)
    found = all_events(service)
    assert found[: len(before)] == before
    assert [event["number"] for event in found] == list(range(1, len(found) + 1))
    assert [event["revision"] for event in found] == sorted(event["revision"] for event in found)
    new = {(event["region"]["code"], event["period"]): event for event in found[len(before) :]
           if event["framework"]["id"] == OWN}  # fmt: skip
    sichuan = new["CN-SC", 2021]
    assert (sichuan["revision"], sichuan["before"]["tier"], sichuan["after"]["tier"]) == (4, "provincial", "regional")
    assert new["CN-CY", 2021]["direction"] == "up"  # its lead went up
    assert service.reading().state.told == 4


def test_a_tier_can_be_lost(service: Service) -> None:
    indicators = [item.code for item in service.reading().snapshot.framework(OWN).framework.indicators]
    gone = [{"region": "CN-HB", "indicator": code, "period": year, "value": None, "status": "M"}
            for code in indicators for year in range(2015, 2026)]  # fmt: skip
    send(service, *gone)
    service.tell(10)
    (event,) = [item for item in all_events(service) if item["revision"] == 4 and item["period"] == 2021
                and item["region"]["code"] == "CN-HB" and item["framework"]["id"] == OWN]  # fmt: skip
    assert (event["direction"], event["before"]["tier"]) == ("lost", "regional")
    assert event["after"] == {"tier": None, "status": "insufficient_data"}


def test_a_batch_that_moves_no_tier_is_told_without_an_event(service: Service) -> None:
    service.tell(10)
    before = all_events(service)
    send(service, {"region": "CN-SC", "value": 15.0, **LABS, "note": "counted again"})
    service.tell(10)
    assert (all_events(service), service.reading().state.told) == (before, 4)


def test_what_a_killed_worker_left_is_made_up_for_in_order(seeded: Database, service: Service) -> None:
    send(service, *SC_UP)
    send(service, {"region": "CN-SC", "value": 1, **LABS})
    another = Service(seeded)
    another.tell(1)
    assert another.reading().state.told == 1
    another.tell(10)
    directions = [(event["revision"], event["direction"]) for event in all_events(another)
                  if event["region"]["code"] == "CN-CY" and event["period"] == 2021]  # fmt: skip
    assert directions == [(4, "up"), (5, "down")]


def test_a_service_in_the_background_tells_by_itself(seeded: Database) -> None:
    service = Service(seeded, background=True)
    send(service, *SC_UP)
    service.aside.shutdown(wait=True)
    assert service.reading().state.told == 4
    service.close()


def test_no_import_fails_for_want_of_events(
    seeded: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: Reading, revision: int) -> list[TierChange]:
        raise RuntimeError(revision)

    service = Service(seeded, background=True)
    with monkeypatch.context() as patched, caplog.at_level(logging.WARNING):
        patched.setattr(Reading, "tier_changes", broken)
        assert send(service, *SC_UP) == 4
        service.aside.shutdown(wait=True)
    assert "events could not be written now" in caplog.text
    assert service.reading().state.told == 0
    service.tell(10)
    assert service.reading().state.told == 4
    service.close()


def test_a_version_published_later_tells_later_revisions_only(service: Service) -> None:
    service.tell(10)
    before = all_events(service)
    document = service.reading().framework_document(OWN, "2021.1")["document"]
    service.publish(put(document, ("version",), "2022.1"))
    service.tell(10)
    assert all_events(service) == before
    send(service, *SC_UP)
    service.tell(10)
    later = [event["framework"]["version"] for event in all_events(service)[len(before) :]
             if event["framework"]["id"] == OWN]  # fmt: skip
    assert set(later) == {"2022.1"}


def test_telling_asks_the_database_as_often_for_one_region_as_for_all(
    service: Service, query_recorder: QueryRecorder
) -> None:
    send(service, *SC_UP)  # with it comes the sender as a source
    service.tell(10)
    regions = [code for code in service.reading().snapshot.regions if code != "CN"]
    counts = []
    for chosen in (regions[:1], regions[1:]):
        send(service, *({"region": code, "value": 60, **LABS} for code in chosen))
        with query_recorder(service.database) as statements:
            service.tell(10)
        counts.append(len(statements))
    assert counts[0] >= counts[1] - 1  # the second has events to insert
    assert max(counts) <= 16


def test_only_years_that_the_data_have_or_the_framework_means_are_looked_at(reading: Reading) -> None:
    document = reading.framework_document(OWN, "2021.1")["document"]
    (place,) = [at for at, item in enumerate(document["indicators"]) if item["code"] == "gdp"]
    wide = parse(put(document, ("indicators", place, "window"), {"back": 9000, "ahead": 1}))
    years = tier_changes.periods_to_look_at(wide, Touched({"gdp": {2019}}, 2017, 2023))
    assert years == list(range(2018, 2024))
    assert tier_changes.periods_to_look_at(wide, Touched({"gdp": {1990}}, 1990, 2000)) == [*range(1990, 2001), 2021]
    assert tier_changes.periods_to_look_at(wide, Touched({"unheard_of": {2019}}, 2017, 2023)) == []


def test_what_cannot_be_computed_has_no_tier_and_says_so(service: Service) -> None:
    """A framework that refuses missing values: nobody has a tier before the last one comes."""
    document = service.reading().framework_document(OWN, "2021.1")["document"]
    strict = put(put(document, ("id",), "strict"), ("missing",), "fail")
    service.publish(strict)
    send(service, *SC_UP)
    assert "strict" not in {change.framework for change in service.reading().tier_changes(4)}
    framework = service.reading().snapshot.framework("strict").framework
    found = tier_changes.standings(None, framework, [])
    assert (set(found.tier.tolist()), set(found.status.tolist())) == ({-1}, {"cannot_score"})
