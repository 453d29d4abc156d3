"""The report of a scenario says what was edited, and who stands where before and after."""

from __future__ import annotations

from typing import Any

import pytest

from tierscore.reports.content.facts import Facts
from tierscore.reports.content.scenario import scenario
from tierscore.reports.document import Bullets, Paragraph, Report, Table
from tierscore.reports.numbers import signed
from tierscore.reports.words import Words
from tierscore.services.query import AssessmentQuery, CellEdit, FrameworkEdit, GroupAsked, WhatIf
from tierscore.services.reading import Reading

Answer = dict[str, Any]
HEAD = {"id": "7f3c", "title": "三个实验室", "author": "", "revision": 3, "changed_at": "2026-01-01T00:00:00Z"}
EDITED = WhatIf(
    query=AssessmentQuery(),
    edits=(CellEdit("add", "CN-HB", "national_key_labs", -1), CellEdit("set", "CN-SC", "unicorns", 20)),
    framework_edits=(FrameworkEdit("set_cut", 0.5), FrameworkEdit("set_weight", 0.2, indicator="unicorns")),
    groups=(GroupAsked("CN-CY", (), 0.5),),
)


def report_of(reading: Reading, asked: WhatIf, language: str = "en") -> tuple[Answer, Report]:
    answer = {"scenario": HEAD, **reading.what_if(asked)}
    framework = reading.snapshot.framework(None, None).framework
    return answer, scenario(Facts(answer, framework, Words(language)), "name", ("again",))


def table(report: Report, code: str) -> Table:
    return next(found for found in report.tables() if found.code == code)


@pytest.mark.parametrize(("language", "title"), [("zh", "情景：三个实验室"), ("en", "Scenario: 三个实验室")])
def test_changes_are_those_of_the_answer(reading: Reading, language: str, title: str) -> None:
    answer, report = report_of(reading, EDITED, language)
    assert report.title == title
    told = [*answer["changes"], *answer["groups"]]
    rows = table(report, "changes").rows
    assert [row[0].value for row in rows] == [item["region"]["name"][language] for item in told]
    assert [row[3].value for row in rows] == [item["before"]["score"] for item in told]
    assert [row[4].value for row in rows] == [item["after"]["score"] for item in told]
    assert [row[5].value for row in rows] == [item["score_change"] for item in told]
    dots = next(found for found in report.figures() if found.code == "changes").spec["layer"][1]["data"]["values"]
    assert [dot["now"] for dot in dots] == [item["after"]["score"] for item in told]


def test_edits_are_told_with_what_was_there_before(reading: Reading) -> None:
    _, report = report_of(reading, EDITED)
    rows = [[cell.value for cell in row] for row in table(report, "edits").rows]
    assert rows[0] == ["Hubei", "National key laboratories (reorganised system)", 18.0, 17.0, "laboratories", "yes"]
    assert [[cell.value for cell in row] for row in table(report, "framework_edits").rows] == [
        ["set_cut", None, "0.6667", "0.5"],
        ["set_weight", "Unicorn companies", "0.05", "0.2"],
    ]


def test_the_first_sentence_counts_who_moves_and_the_next_ones_say_how(reading: Reading) -> None:
    answer, report = report_of(reading, EDITED)
    lead, _, bullets = report.sections[0].blocks
    moved = sum(item["tier_moved"] for item in [*answer["changes"], *answer["groups"]])
    assert isinstance(lead, Paragraph) and isinstance(bullets, Bullets)
    assert moved > 0 and lead.text == f"With these edits {moved} of those told move to another tier."
    assert any("Integrated to 50%." in item for item in bullets.items)
    assert signed(answer["changes"][0]["score_change"]) in bullets.items[0]


def test_what_is_lacking_afterwards_is_in_native_units(reading: Reading) -> None:
    answer, report = report_of(reading, EDITED)
    sichuan = next(item for item in answer["changes"] if item["region"]["code"] == "CN-SC")
    rows = [[row[place].value for place in (1, 2, 3)] for row in table(report, "deficits-CN-SC").rows]
    assert rows == [
        [lack["value"], lack["required"], lack["shortfall"]] for lack in sichuan["after"]["gap"]["deficits"]
    ]


def test_a_scenario_without_edits_says_that_nothing_is_edited(reading: Reading) -> None:
    _, report = report_of(reading, WhatIf(AssessmentQuery()))
    paragraphs = [block.text for _, block in report.blocks() if isinstance(block, Paragraph)]
    assert "Nothing is edited." in paragraphs and "No region moves." in paragraphs
    assert "With these edits nobody moves to another tier." in paragraphs
