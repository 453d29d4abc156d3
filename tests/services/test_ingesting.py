"""Metrics in, end to end below HTTP: modes, dry runs, re-sends, withdrawals, and what the next answer shows."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from tierscore.errors import Invalid
from tierscore.ingest.raw import RawTable
from tierscore.ingest.rows import from_json
from tierscore.services.query import AssessmentQuery, ObservationQuery
from tierscore.services.service import Service
from tierscore.storage.database import Database

LABS = {"region": "CN-SC", "indicator": "national_key_labs", "period": 2023, "value": 70}


@pytest.fixture
def service(seeded: Database) -> Service:
    return Service(seeded)


def rows(*changes: dict[str, Any]) -> RawTable:
    return from_json([LABS | change for change in changes])


def test_a_batch_is_a_revision_and_the_next_answer_shows_it(service: Service) -> None:
    report = service.ingest(rows({}), recorded_by="office")
    assert (report.revision, report.accepted, report.unchanged, report.rejected, report.stored) == (4, 1, 0, 0, True)
    answer = service.reading().assessment("CN-SC", AssessmentQuery())
    assert (answer["indicators"][1]["value"], answer["indicators"][1]["source"]) == (70, "user:office")
    assert "user:office" in {source["code"] for source in answer["sources"]}
    assert service.reading().revision(4)["recorded_by"] == "office"


def test_sending_again_changes_nothing(service: Service) -> None:
    service.ingest(rows({}))
    before = service.reading().state
    report = service.ingest(rows({}))
    assert (report.revision, report.accepted, report.unchanged, report.stored) == (4, 0, 1, False)
    assert service.reading().state == before


def test_what_comes_after_storing_makes_it_no_failure(seeded: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sender who is told that a batch failed takes it for not stored."""

    def away(_service: Service) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(Service, "settle_confidence", away)
    service = Service(seeded, background=True)
    assert service.ingest(rows({})).stored
    service.close()


def test_one_bad_row_and_nothing_is_stored(service: Service) -> None:
    with pytest.raises(Invalid) as caught:
        service.ingest(rows({}, {"region": "CN-XX", "value": -1}))
    assert [(item.pointer, item.code) for item in caught.value.violations] == [
        ("/observations/1/region", "unknown_code"), ("/observations/1/value", "out_of_range"),
    ]  # fmt: skip
    assert service.reading().state.revision == 3
    assert "user:anonymous" not in service.reading().snapshot.sources


def test_partial_stores_the_good_rows(service: Service) -> None:
    report = service.ingest(rows({}, {"region": "CN-XX"}), mode="partial")
    assert (report.revision, report.accepted, report.rejected, report.stored) == (4, 1, 1, True)
    assert [item.pointer for item in report.violations] == ["/observations/1/region"]


def test_partial_with_nothing_good_is_refused(service: Service) -> None:
    with pytest.raises(Invalid):
        service.ingest(rows({"region": "CN-XX"}), mode="partial")


@pytest.mark.parametrize(("mode", "accepted"), [("atomic", 0), ("partial", 1)])
def test_a_dry_run_reports_and_stores_nothing(service: Service, mode: str, accepted: int) -> None:
    report = service.ingest(rows({}, {"region": "CN-XX"}), mode=mode, dry_run=True)
    assert (report.revision, report.accepted, report.rejected, report.stored) == (3, accepted, 1, False)
    assert service.reading().state.revision == 3
    assert service.ingest(rows({}), dry_run=True).accepted == 1


def test_a_withdrawal_makes_the_value_missing(service: Service) -> None:
    service.ingest(rows({"value": None, "status": "M"}))
    answer = service.reading().assessment("CN-SC", AssessmentQuery())
    assert answer["indicators"][1]["missing_reason"] == "withdrawn"
    listed = service.reading().observations(
        ObservationQuery(regions=("CN-SC",), indicators=("national_key_labs",), periods=(2023,), history=True)
    )
    assert [(item["revision"], item["value"], item["status"]) for item in listed["items"]] == [
        (4, None, "M"), (3, 15.0, "E"),
    ] or [(item["value"], item["status"]) for item in listed["items"]] == [(None, "M"), (15.0, "E")]  # fmt: skip


def test_one_bad_row_in_ten_thousand_is_found(service: Service) -> None:
    many = [
        {"region": region, "indicator": "gdp", "period": 1900 + place, "value": 1.5}
        for region in service.reading().snapshot.regions
        for place in range(200)
    ] + [
        {"region": region, "indicator": "population", "period": 1900 + place, "value": 1.5}
        for region in service.reading().snapshot.regions
        for place in range(120)
    ]  # fmt: skip
    batch = many[:10_000]
    batch[7_777] = {**batch[7_777], "value": -1}
    with pytest.raises(Invalid) as caught:
        service.ingest(from_json(batch))
    assert [item.pointer for item in caught.value.violations] == ["/observations/7777/value"]
    assert service.reading().state.revision == 3
