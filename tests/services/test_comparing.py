"""Comparisons: the same answers as asked for one by one, with peers, change and all standings."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import QueryRecorder
from tierscore.errors import CannotScore, Invalid, UnknownCode
from tierscore.services.query import AssessmentQuery, ComparisonAsked
from tierscore.services.reading import Reading
from tierscore.services.reporting import ASKED, FileAsked
from tierscore.services.service import Service
from tierscore.storage.database import Database

Answer = dict[str, Any]


def compared(
    reading: Reading, *subjects: str, since: int | None = None, peers: tuple[str, ...] = (), **query: Any
) -> Answer:
    return reading.comparison(ComparisonAsked(AssessmentQuery(**query), subjects, since, peers))


def test_items_are_the_full_answers_best_first(reading: Reading) -> None:
    found = compared(reading, "CN-CQ", "CN-CY", "CN-BJ", integration=0.5)["items"]
    assert [item["region"]["code"] for item in found] == ["CN-BJ", "CN-CY", "CN-CQ"]
    for item in found:
        code = item["region"]["code"]
        degree = 0.5 if code == "CN-CY" else 0.0
        alone = reading.assessment(code, AssessmentQuery(integration=degree))
        assert {name: value for name, value in item.items() if name not in ("peers", "change", "confidence")} == {
            name: value for name, value in alone.items() if name != "confidence"
        }


def test_changes_are_those_of_the_panel(reading: Reading) -> None:
    found = compared(reading, "CN-SC", "CN-HB", "CN-NM", since=2020, period=2022)["items"]
    panel = reading.panel(AssessmentQuery(period=2022), (2020, 2022), "per_period")
    lines = {line["region"]["code"]: line for line in panel["regions"]}
    for item in found:
        line, change = lines[item["region"]["code"]], item["change"]
        assert [change["before"]["score"], change["after"]["score"]] == line["scores"]
        assert [change["before"]["tier"], change["after"]["tier"]] == line["tiers"]
        assert change["change"] == line["change"]
        assert change["like_for_like"] == line["steps"][0]["like_for_like"]
        assert change["moved_by"] == line["steps"][0]["moved_by"]


def test_a_group_side_by_side_changes_as_its_lead(reading: Reading) -> None:
    found = {item["region"]["code"]: item["change"] for item in compared(reading, "CN-CY", "CN-SC")["items"]}
    assert found["CN-CY"]["like_for_like"] == found["CN-SC"]["like_for_like"] != 0
    together = compared(reading, "CN-CY", integration=1.0)["items"][0]["change"]
    assert together["change"] == pytest.approx(together["after"]["score"] - together["before"]["score"])
    values = {part["indicator"]: part for part in together["indicators"]}
    members = [compared(reading, code)["items"][0]["change"]["indicators"] for code in ("CN-SC", "CN-CQ")]
    patents = [{part["indicator"]: part for part in parts}["invention_patents_in_force"] for parts in members]
    assert values["invention_patents_in_force"]["after"] == sum(part["after"] for part in patents)


def test_strengths_are_those_of_the_audit(reading: Reading) -> None:
    found = compared(reading, "CN-SC")["items"][0]["peers"]
    profile = reading.audit(AssessmentQuery(regions=("CN-SC",)))["profile"]
    assert found == {name: profile[name] for name in ("peers", "strengths", "weaknesses")}
    named = compared(reading, "CN-SC", peers=("CN-CQ", "CN-SC", "CN-HB"))["items"][0]["peers"]
    assert named["peers"] == ["CN-HB", "CN-CQ"]


def test_members_are_no_peers_of_their_group(reading: Reading) -> None:
    peers = compared(reading, "CN-CY")["items"][0]["peers"]["peers"]
    assert len(peers) == 29 and not {"CN-SC", "CN-CQ"} & set(peers)


def test_standings_are_all_regions_in_rank_order(reading: Reading) -> None:
    found = compared(reading, "CN-SC")["standings"]
    assert [item["rank"] for item in found] == list(range(1, 32))
    sichuan = reading.assessment("CN-SC", AssessmentQuery())
    assert found[6]["views"] == sichuan["views"] and found[6]["score"] == sichuan["score"]


def test_how_sure_tiers_are_is_known_even_where_nobody_asked_before(seeded: Database) -> None:
    service = Service(seeded)
    found = compared(service.reading(), "CN-SC", period=2020)["items"][0]["confidence"]
    assert found is not None and found["samples"] == 2000
    assert compared(Service(seeded).reading(), "CN-SC", period=2020)["items"][0]["confidence"] == found


@pytest.mark.parametrize(
    ("subjects", "more", "error", "code"),
    [
        ((), {}, Invalid, "wrong_count"),
        (tuple(f"CN-{place}" for place in range(200)), {}, Invalid, "wrong_count"),
        (("CN-SC", "CN-SC"), {}, Invalid, "named_twice"),
        (("CN-SC", "CN-ZZ"), {}, UnknownCode, "unknown_code"),
        (("CN",), {}, UnknownCode, "unknown_code"),
        (("CN-SC",), {"peers": ("CN-CY",)}, UnknownCode, "unknown_code"),
        (("CN-SC",), {"since": 12}, Invalid, "out_of_range"),
        (("CN-SC",), {"integration": 0.5}, Invalid, "no_group"),
    ],
)
def test_wrong_questions_name_what_is_wrong(
    reading: Reading, subjects: tuple[str, ...], more: Answer, error: type[Exception], code: str
) -> None:
    with pytest.raises(error) as found:
        compared(reading, *subjects, **more)
    problem = found.value
    violations = [problem.as_violation()] if isinstance(problem, UnknownCode) else problem.violations
    assert [item.code for item in violations] == [code]


def test_a_group_needs_a_framework_that_does_not_compare(reading: Reading) -> None:
    with pytest.raises(CannotScore):
        compared(reading, "CN-CY", framework="cn-entropy-topsis")


def test_a_warm_comparison_asks_only_for_the_state(seeded: Database, query_recorder: QueryRecorder) -> None:
    service = Service(seeded)
    asked = ComparisonAsked(AssessmentQuery(), ("CN-SC", "CN-CQ", "CN-HB", "CN-CY", "CN-BJ"))
    service.reading().report(asked, FileAsked("html", "zh"))
    with query_recorder(seeded) as statements:
        reading = service.reading()
        for form in ASKED:
            reading.report(asked, FileAsked(form, "en"))
    assert len(statements) == 1


def test_an_unchanged_report_is_made_once_and_a_changed_one_anew(seeded: Database) -> None:
    service = Service(seeded)
    asked, file = ComparisonAsked(AssessmentQuery(), ("CN-SC",)), FileAsked("json", "en")
    first = service.reading().report(asked, file)
    assert service.reading().report(asked, file) is first
    service.add_group("G1", {"zh": "组", "en": "Group"}, ("CN-SC", "CN-GZ"))
    assert service.reading().report(asked, file) is not first
