"""JSON: everything at full precision, null where missing."""

from __future__ import annotations

import json

from tests.reports.sample_report import report
from tierscore.reports.renderers.json import render
from tierscore.reports.words import Words


def test_values_have_full_precision_and_missing_ones_are_null() -> None:
    found = json.loads(render(report("en"), Words("en")))
    ranking = found["sections"][1]["blocks"][0]
    assert [row[2] for row in ranking["rows"]][:2] == [42.51308162286175, 43.51308162286175]
    assert ranking["rows"][4][5] is None
    assert ranking["rows"][0][5] == {"value": 27956.4, "marks": ["a", "b"], "link": None}
    assert ranking["columns"][2] == {"title": "得分 Score", "number_format": "#,##0.00"}


def test_all_blocks_are_there_with_the_answer_and_the_versions() -> None:
    sample = report("zh")
    found = json.loads(render(sample, Words("zh")))
    kinds = [[block["kind"] for block in section["blocks"]] for section in found["sections"]]
    assert kinds == [["paragraph", "paragraph", "bullets", "figure"], ["table"], ["paragraph"], ["table"]]
    assert found["answer"] == sample.data and found["versions"] == sample.versions
    assert found["again"] == list(sample.again) and found["language"] == "zh"
    assert found["sections"][0]["blocks"][3]["spec"]["mark"] == "bar"
