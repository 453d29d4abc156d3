"""Between two revisions, and how good the data of a year are."""

from __future__ import annotations

from typing import Any

import pytest

from tierscore.errors import UnknownCode
from tierscore.services.query import AssessmentQuery
from tierscore.services.reading import Reading
from tierscore.services.service import Service
from tierscore.storage.database import Database


@pytest.fixture
def reading(seeded: Database) -> Reading:
    return Service(seeded).reading()


def test_revisions_newest_first(reading: Reading) -> None:
    listed = reading.revisions(1, 10)
    assert listed["total"] == 3
    assert [(item["revision"], item["rows"], item["recorded_by"]) for item in listed["items"]] == [
        (3, 115, "seed"), (2, 329, "seed"), (1, 1032, "seed"),
    ]  # fmt: skip
    assert reading.revision(2)["recorded_at"] == "2024-03-31T00:00:00Z"


@pytest.mark.parametrize("number", [0, 4, -1])
def test_an_unknown_revision(reading: Reading, number: int) -> None:
    with pytest.raises(UnknownCode):
        reading.revision(number)
    with pytest.raises(UnknownCode):
        reading.compare_revisions(1, number, AssessmentQuery())


def test_2021_as_known_in_2022_beside_today(reading: Reading) -> None:
    found = reading.compare_revisions(1, 3, AssessmentQuery(period=2021))
    assert (found["from"]["revision"], found["to"]["revision"], found["period"]) == (1, 3, 2021)
    gdp = [item for item in found["changes"] if (item["region"], item["indicator"]) == ("CN-SC", "gdp")]
    assert [(item["period"], item["before"]["value"], item["after"]["value"]) for item in gdp] == [
        (2020, 48598.8, 49445.1), (2021, 53850.79, 55131.3),
    ]  # fmt: skip
    labs = next(
        item for item in found["changes"] if (item["region"], item["indicator"]) == ("CN-SC", "national_key_labs")
    )
    assert (labs["before"], labs["after"]["value"]) == (None, 15.0)
    assert found["changes_total"] == len(found["changes"])


def test_moved_tiers_equal_the_two_assessments(reading: Reading) -> None:
    found = reading.compare_revisions(1, 3, AssessmentQuery(period=2021))
    moved = {item["region"]["code"]: item for item in found["tiers"]}
    then, now = (_standings(reading, as_of) for as_of in ("1", "3"))
    differing = {code for code in then if then[code] != now[code]}
    assert set(moved) == differing
    for code, item in moved.items():
        assert (item["before"]["tier"], item["before"]["score"]) == then[code][:2]
        assert (item["after"]["tier"], item["after"]["score"]) == now[code][:2]
        assert item["tier_moved"] == (then[code][0] != now[code][0])
    assert any(item["tier_moved"] for item in moved.values())


def _standings(reading: Reading, as_of: str) -> dict[str, Any]:
    items = reading.assessments(AssessmentQuery(as_of=as_of))["items"]
    return {item["region"]["code"]: (item["tier"], item["score"], item["rank"]) for item in items}


def test_a_revision_beside_itself_changes_nothing(reading: Reading) -> None:
    found = reading.compare_revisions(2, 2, AssessmentQuery())
    assert (found["changes"], found["tiers"]) == ([], [])


def test_coverage_counts_what_the_answers_say(reading: Reading) -> None:
    found = reading.coverage(AssessmentQuery())
    answers = {code: reading.assessment(code, AssessmentQuery()) for code in reading.snapshot.regions if code != "CN"}
    for place, item in enumerate(found["indicators"]):
        own = [answer["indicators"][place] for answer in answers.values()]
        assert item["missing"] == sum(one["missing_reason"] is not None for one in own)
        assert item["observed"] == sum(one["value"] is not None for one in own)
        assert item["estimated"] == sum("estimated" in one["flags"] for one in own)
        assert item["stale"] == sum("other_period" in one["flags"] and one["score"] is not None for one in own)
        assert item["sparse"] == ("sparse_indicator" in own[0]["flags"])


def test_every_cell_that_is_not_simply_known_has_a_line(reading: Reading) -> None:
    found = reading.coverage(AssessmentQuery())
    counted = dict.fromkeys(("missing", "estimated", "other_definition", "stale"), 0)
    for cell in found["cells"]:
        for state in cell["states"]:
            counted[state] += 1
        assert (cell["missing_reason"] is not None) == ("missing" in cell["states"])
    assert counted == {state: sum(item[state] for item in found["indicators"]) for state in counted}


def test_missing_values_that_could_move_a_tier(reading: Reading) -> None:
    widens = {item["indicator"]: item["regions"] for item in reading.coverage(AssessmentQuery())["widens"]}
    # Hubei's awards alone: at the scale's minimum they would cost it the regional tier, which its bounds say, too.
    (hubei,) = (item for item in widens["national_st_awards_led"] if item["region"] == "CN-HB")
    assert hubei["alone"] == {"lowest": "provincial", "highest": "regional"}
    assert (hubei["tier_bounds"]["lowest"], hubei["lowest_if_best"]) == ("provincial", "regional")
    # Zhejiang's facilities, laboratories and awards are unknown: none alone moves it, together they span three tiers.
    zhejiang = [item for regions in widens.values() for item in regions if item["region"] == "CN-ZJ"]
    assert zhejiang
    assert {item["tier"] for item in zhejiang} == {"regional"}


def test_what_is_known_widens_nothing(reading: Reading) -> None:
    found = reading.coverage(AssessmentQuery())
    missing = {(cell["region"], cell["indicator"]) for cell in found["cells"] if "missing" in cell["states"]}
    assert {(item["region"], entry["indicator"]) for entry in found["widens"] for item in entry["regions"]} <= missing
