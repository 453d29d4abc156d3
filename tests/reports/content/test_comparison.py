"""The comparison report says what the comparison's answer says, in both languages, and what is missing where it is."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from tierscore.framework.model import Framework
from tierscore.reports.content.comparison import comparison
from tierscore.reports.content.facts import Facts
from tierscore.reports.document import Bullets, Figure, Paragraph, Report, Table, on_paper
from tierscore.reports.numbers import rounded, tenths
from tierscore.reports.words import Words
from tierscore.services.query import AssessmentQuery, ComparisonAsked
from tierscore.services.reading import Reading

Answer = dict[str, Any]

FIVE = ("CN-SC", "CN-CQ", "CN-HB", "CN-SN", "CN-BJ")
SECTIONS = [
    "summary",
    "standing",
    "gap",
    "functions",
    "peers",
    "views",
    "change",
    "levers",
    "method",
    "data",
    "sources",
]


def answer_of(reading: Reading, *subjects: str, period: int = 2021, **more: Any) -> Answer:
    query = AssessmentQuery(period=period, integration=more.pop("integration", 0.0))
    return reading.comparison(ComparisonAsked(query, subjects, **more))


def framework_of(reading: Reading) -> Framework:
    return reading.snapshot.framework(None, None).framework


def report_of(reading: Reading, answer: Answer, language: str) -> Report:
    return comparison(Facts(answer, framework_of(reading), Words(language)), "name", ("again",))


@pytest.fixture(scope="module")
def five(reading: Reading) -> Answer:
    return answer_of(reading, *FIVE)


@pytest.fixture(scope="module", params=["zh", "en"])
def report(reading: Reading, five: Answer, request: pytest.FixtureRequest) -> Report:
    return report_of(reading, five, request.param)


def table(report: Report, code: str) -> Table:
    return next(found for found in report.tables() if found.code == code)


def figure(report: Report, code: str) -> Figure:
    return next(found for found in report.figures() if found.code == code)


def column(found: Table, place: int) -> list[Any]:
    return [row[place].value for row in found.rows]


def texts(report: Report) -> str:
    said = [report.title, report.subtitle, report.versions]
    for section, block in report.blocks():
        said.append(section.heading)
        match block:
            case Paragraph():
                said.append(block.text)
            case Bullets():
                said.extend(block.items)
            case Table():
                said += [block.caption, *block.notes, *(item.title for item in block.columns)]
                said += [block.said(cell, place) for row in block.rows for place, cell in enumerate(row)]
            case Figure():
                said += [block.caption, block.alternative, *block.notes]
    return "\n".join(said)


def test_sections_stand_in_the_order_of_a_reader_s_questions(report: Report) -> None:
    assert [section.code for section in report.sections if section.level == 1] == SECTIONS
    assert [found.number for found in report.tables()] == list(range(1, len(list(report.tables())) + 1))
    assert [found.number for found in report.figures()] == list(range(1, 9))


def test_the_ranking_has_the_answer_s_numbers_best_first(report: Report, five: Answer) -> None:
    found, items = table(report, "ranking"), five["items"]
    assert column(found, 0) == ["CN-BJ", "CN-SC", "CN-HB", "CN-SN", "CN-CQ"]
    assert column(found, 1) == [item["rank"] for item in items]
    assert column(found, 4) == [item["confidence"]["present_probability"] for item in items]
    assert column(found, 5) == [item["score"] for item in items]
    assert column(found, 7) == [item["gap"]["score_gap"] for item in items]
    goals = [{tier["code"]: tier for tier in item["tiers"]}.get(item["gap"]["target"], {}) for item in items]
    assert column(found, 8) == [goal.get("functions_share") for goal in goals]


def test_the_data_have_every_value_with_year_status_and_source(report: Report, five: Answer) -> None:
    found = table(report, "data")
    cells = [(item, cell) for item in five["items"] for cell in item["indicators"]]
    assert len(found.rows) == len(cells) == 60
    for row, (item, cell) in zip(found.rows, cells, strict=True):
        assert [row[place].value for place in (0, 2, 4, 6, 8, 9, 10, 11, 12, 13)] == [
            item["region"]["code"], cell["code"], cell["value"], cell["period"], cell["source"], cell["measured"],
            cell["score"], cell["weight"], cell["effective_weight"], cell["contribution"],
        ]  # fmt: skip
        assert (row[15].value is None) == (cell["missing_reason"] is None)
    assert set(column(table(report, "sources"), 0)) >= {cell["source"] for _, cell in cells if cell["source"]}


def test_gaps_are_in_native_units(report: Report, five: Answer) -> None:
    for item in five["items"][1:]:
        found = table(report, f"deficits-{item['region']['code']}")
        rows = [[row[place].value for place in (0, 2, 3, 4, 6)] for row in found.rows]
        assert rows == [
            [lack["indicator"], lack["value"], lack["required"], lack["shortfall"], lack["score_gain"]]
            for lack in item["gap"]["deficits"]
        ]
    assert "deficits-CN-BJ" not in {found.code for found in report.tables()}


def test_a_first_page_names_tier_certainty_gap_and_path(reading: Reading, five: Answer) -> None:
    report = report_of(reading, five, "en")
    lead, _, rule, bullets = report.sections[0].blocks
    assert isinstance(lead, Paragraph) and isinstance(rule, Paragraph) and isinstance(bullets, Bullets)
    assert lead.text == (
        "Tiers of the 5 compared in 2021: International: 1 (Beijing); Regional: 1 (Hubei); "
        "Provincial: 3 (Sichuan, Shaanxi, Chongqing)."
    )
    sichuan = five["items"][1]
    assert bullets.items[1] == (
        f"Sichuan: Provincial, rank 7 of 31, score {rounded(sichuan['score'], 1)} of 100. "
        f"The tier holds in {tenths(sichuan['confidence']['present_probability'])} of 2,000 draws of the assumptions. "
        "What separates it from Regional: functions supplied weigh 24.7%, needed 66.7%. "
        + sichuan["path"]["text"]["en"]
    )
    assert "Not robust" in bullets.items[2] and "There is no tier above." in bullets.items[0]
    assert "at least 67% of those known" in rule.text and "Illustrative" in rule.text


def test_nothing_english_is_said_in_a_chinese_report_but_names(reading: Reading, five: Answer) -> None:
    words = re.findall(r"[A-Za-z]{4,}(?: [a-z]{3,})+", texts(on_paper(report_of(reading, five, "zh"))))
    named = json.dumps([five, [item.title for item in framework_of(reading).references]], ensure_ascii=False)
    assert [phrase for phrase in words if phrase not in named] == []


def test_the_heat_map_and_the_values_show_what_is_missing_as_missing(report: Report, five: Answer) -> None:
    spec = figure(report, "functions").spec
    known, missing = (layer["data"]["values"] for layer in spec["layer"])
    cells = [cell for item in five["items"] for cell in item["indicators"]]
    assert len(known) == sum(cell["supplies_tier"] is not None for cell in cells)
    assert len(missing) == sum(cell["score"] is None for cell in cells) > 0
    for place, item in enumerate(five["items"]):
        assert column(table(report, "values"), 2 + place) == [cell["value"] for cell in item["indicators"]]
    marks = {mark for row in table(report, "values").rows for cell in row for mark in cell.marks}
    assert {letter for letter, _ in table(report, "values").meanings} == marks == {"e", "y", "t"}


def test_all_regions_stand_on_the_ladder_and_on_the_map(report: Report, five: Answer) -> None:
    spec = figure(report, "ladder").spec
    others, chosen = (spec["layer"][place]["data"]["values"] for place in (2, 3))
    assert sorted(dot["score"] for dot in (*others, *chosen)) == sorted(item["score"] for item in five["standings"])
    assert [dot["score"] for dot in chosen] == [item["score"] for item in five["items"]]
    thresholds = [rule["score"] for rule in spec["layer"][0]["data"]["values"]]
    assert thresholds == [40.0, 60.0, 80.0]
    tiles = [layer["data"]["values"] for layer in figure(report, "map").spec["layer"]]
    assert list(map(len, tiles)) == [31, 0, 5, 27, 4]


def test_changes_are_told_as_published_and_like_for_like(report: Report, five: Answer) -> None:
    found = table(report, "change")
    assert column(found, 5) == [item["change"]["change"] for item in five["items"]]
    assert column(found, 6) == [item["change"]["like_for_like"] for item in five["items"]]
    sichuan = five["items"][1]["change"]
    assert sichuan["change"] == pytest.approx(7.769, abs=1e-3) and sichuan["like_for_like"] < 1


def test_levers_have_reasons_and_passages_and_the_fewest_that_answer_all(report: Report, five: Answer) -> None:
    found = table(report, "levers-CN-SC")
    levers = five["items"][1]["levers"][:5]
    assert column(found, 0) == [lever["code"] for lever in levers]
    assert column(found, 5) == [f"“{lever['reference']['passage']}”" for lever in levers]
    named = next(section for section in report.sections if section.code == "levers-CN-SC").blocks[0]
    assert isinstance(named, Paragraph)
    catalogue = {lever["code"]: lever["title"][report.language] for lever in five["items"][1]["levers"]}
    assert all(catalogue[code] in named.text for code in five["items"][1]["portfolio"]["levers"])


def test_the_method_page_has_weights_knots_and_versions(report: Report, five: Answer) -> None:
    found = table(report, "weights")
    assert column(found, 2) == [cell["weight"] for cell in five["items"][0]["indicators"]]
    assert found.rows[1][5].value == "0; 18; 28; 40; 70"
    for part in (five["framework"]["version"], five["framework"]["digest"][:12], five["data"]["as_of"], "0.1.0"):
        assert part in report.versions


def test_a_region_without_enough_data_is_told_so_in_its_place(reading: Reading) -> None:
    answer = answer_of(reading, "CN-NM", "CN-SC", period=2022)
    report = report_of(reading, answer, "en")
    assert [item["status"] for item in answer["items"]] == ["assessed", "insufficient_data"]
    assert "insufficient data: Inner Mongolia" in texts(report)
    assert re.search(r"Inner Mongolia: no tier, the data cover \d+% of the weight and 60% is needed\.", texts(report))
    assert column(table(report, "ranking"), 3) == ["Provincial", "insufficient data"]
    lacking = next(section for section in report.sections if section.code == "gap-CN-NM").blocks[-1]
    assert isinstance(lacking, Bullets) and lacking.items[0].startswith("Unknown: ")


def test_a_group_is_told_with_members_degree_and_break_even(reading: Reading) -> None:
    answer = answer_of(reading, "CN-CY", "CN-SC", integration=1.0)
    told = texts(report_of(reading, answer, "en"))
    group = next(item for item in answer["items"] if item["region"]["code"] == "CN-CY")
    assert group["integration"] == 1.0 and group["score"] > 50
    assert "A group of Chongqing, Sichuan, integrated to 100%: side by side Provincial, added up Provincial." in told


def test_one_region_alone_is_a_profile(reading: Reading) -> None:
    report = report_of(reading, answer_of(reading, "CN-SC"), "zh")
    assert report.title == "区域创新中心层级：四川省"
    assert len(table(report, "levers-CN-SC").rows) == 12
    assert [section.code for section in report.sections if section.level == 1] == SECTIONS


def test_of_all_regions_none_is_left_out(reading: Reading) -> None:
    answer = answer_of(reading, *framework_of(reading).regions)
    report = report_of(reading, answer, "en")
    assert report.title == "Innovation centres compared: 31 regions"
    assert len(table(report, "data").rows) == 31 * 12
    assert [found.code for found in report.tables() if found.code.startswith("values")] == [
        "values", "values-2", "values-3", "values-4", "values-5",
    ]  # fmt: skip


def test_a_framework_of_score_bands_has_no_functions_to_speak_of(reading: Reading) -> None:
    query = AssessmentQuery(framework="cn-entropy-topsis")
    answer = reading.comparison(ComparisonAsked(query, ("CN-SC", "CN-GD")))
    framework = reading.snapshot.framework("cn-entropy-topsis", None).framework
    report = comparison(Facts(answer, framework, Words("en")), "name", ())
    assert "A tier is attained when the score reaches its threshold." in texts(report)
    assert column(table(report, "tests"), 4) == [None] * len(table(report, "tests").rows)


def test_columns_for_programs_are_left_out_on_paper(report: Report) -> None:
    kept = table(on_paper(report), "ranking")
    assert len(kept.columns) == len(table(report, "ranking").columns) - 2
    assert all(len(row) == len(kept.columns) for row in kept.rows)
    assert replace(report, sections=()) == replace(on_paper(report), sections=())
