"""A ministry's own framework on the stored data: nested nodes, each by its own method, ends taken from the regions."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import pytest

from tests.evaluations import TITLE, document
from tierscore.framework.parse import parse
from tierscore.reports.comparison import table
from tierscore.reports.explanation import explain
from tierscore.reports.words import LANGUAGES, Words
from tierscore.services.query import AssessmentQuery, CellEdit, WhatIf
from tierscore.services.reading import Reading
from tierscore.services.service import Service
from tierscore.storage import frameworks
from tierscore.storage.database import Database

SHARE = {"measure": {"kind": "national_share"}}
MADE = [
    {"code": "rd_expenditure", "normalise": {"method": "goalposts", "low": -1, "high": 16}, **SHARE},
    {"code": "rd_intensity", "transform": "log", "normalise": {"method": "minmax", "range": [0.1, 1]}},
    {"code": "unicorns", "normalise": {"method": "prank"}},
    {"code": "regional_innovation_rank", "direction": "lower_is_better", "window": {"back": 1},
     "normalise": {"method": "zscore", "mean": 0.5, "sd": 0.1}},
]  # fmt: skip
INDEX = {
    "children": [
        {"code": "effort", "weight": 3, "aggregate": "geometric",
         "children": [{"indicator": "rd_expenditure", "weight": 2}, {"indicator": "rd_intensity", "weight": 1}]},
        {"code": "outcome", "weight": 1, "aggregate": "median",
         "children": [{"indicator": "unicorns", "weight": 1}, {"indicator": "regional_innovation_rank", "weight": 1}]},
    ]
}  # fmt: skip
OWN = AssessmentQuery(framework="own")


@pytest.fixture
def reading(seeded: Database) -> Iterator[Reading]:
    common = {"title": TITLE, "unit": "u", "direction": "higher_is_better"}
    made: list[dict[str, Any]] = [common | item for item in MADE]
    whole = document(made, INDEX, id="own", reference={"period": 2021}, treat={"method": "winsorise"})
    with seeded.write() as session:
        frameworks.publish(session, "own", "1", parse(whole).digest, "illustrative", json.dumps(whole))
    yield Service(seeded).reading()


def parts(answer: dict[str, Any]) -> dict[str, Any]:
    return {item["code"]: item for item in answer["indicators"]}


def test_every_score_can_be_computed_again_from_the_answer(reading: Reading) -> None:
    for region in ("CN-SC", "CN-BJ", "CN-XZ"):
        answer = reading.assessment(region, OWN)
        own = parts(answer)
        for item in own.values():
            line = item["fitted"]
            if item["normalise"] == "prank":
                assert line["units"] == 31
                continue
            score = line["low"] + line["rise"] * (line["direction"] * item["treated"] - line["origin"]) / line["width"]
            assert item["score"] == pytest.approx(
                min(score, 1.0) if item["normalise"] == "goalposts" else score, rel=1e-12
            )
        nodes = {item["code"]: item for item in answer["nodes"]}
        effort = math.exp((2 * math.log(own["rd_expenditure"]["score"]) + math.log(own["rd_intensity"]["score"])) / 3)
        outcome = (own["unicorns"]["score"] + own["regional_innovation_rank"]["score"]) / 2
        assert nodes["effort"]["score"] == pytest.approx(effort, rel=1e-12)
        assert nodes["outcome"]["score"] == pytest.approx(outcome, rel=1e-12)
        assert answer["score"] == pytest.approx(0.75 * effort + 0.25 * outcome, rel=1e-12)
        assert [nodes[name]["weight"] for name in ("all", "effort", "outcome")] == [1.0, 0.75, 0.25]


def test_what_cannot_be_said_is_null_with_a_reason(reading: Reading) -> None:
    answer = reading.assessment("CN-SC", OWN)
    assert answer["tier_bounds"] == {"lowest": None, "highest": None}
    assert answer["rests_on_missing"] is None
    assert all(item["contribution"] is None for item in answer["indicators"])
    for deficit in answer["gap"]["deficits"]:
        assert (deficit["required"], deficit["reason"], deficit["score_gain"]) == (None, "not_invertible", None)
    assert answer["tiers"][1]["functions_needed"] is None


def test_every_use_answers_for_it(reading: Reading) -> None:
    """In a year where half of the values are missing, and on bounds of both years."""
    for period in (2021, 2022):
        query = AssessmentQuery(framework="own", period=period)
        assert reading.coverage(query)["widens"] == []
        assert len(reading.assessments(query)["items"]) == 31
        assert reading.template(query, "zh").content
    assert len(reading.audit(OWN)["leave_one_out"]) == 4
    assert len(reading.panel(OWN, (2020, 2021), "common")["regions"]) == 31


def test_the_trace_goes_through_the_nodes(reading: Reading) -> None:
    trace = reading.trace("CN-SC", OWN)["trace"]
    score = trace["children"][-1]
    assert [(child["step"], child["code"]) for child in score["children"]] == [("node", "effort"), ("node", "outcome")]
    effort = score["children"][0]
    assert effort["parameters"]["aggregate"] == "geometric"
    assert [child["code"] for child in effort["children"]] == ["rd_expenditure", "rd_intensity"]
    intensity = effort["children"][1]
    assert intensity["parameters"]["fitted"]["width"] > 0
    assert intensity["children"][0]["children"][0]["step"] == "observation"


def test_a_what_if_scores_all_regions_again(reading: Reading) -> None:
    """Tibet with Beijing's intensity: its own score rises, and nobody is compared with the old ends."""
    edit = CellEdit("set", "CN-XZ", "rd_intensity", 6.5)
    answer = reading.what_if(WhatIf(OWN, (edit,), (), (), ()))
    (tibet,) = [change for change in answer["changes"] if change["region"]["code"] == "CN-XZ"]
    assert tibet["score_change"] > 0
    others = [change for change in answer["changes"] if change["region"]["code"] != "CN-XZ"]
    assert others
    unchanged = reading.what_if(WhatIf(OWN, (), (), (), ()))
    assert unchanged["changes"] == []


def test_a_framework_by_profiles_answers_everywhere(seeded: Database) -> None:
    """Tiers by outranking on stored data: classes without scores, and nothing that needs scores."""
    common = {"title": TITLE, "unit": "u", "direction": "higher_is_better"}
    made = [common | {"code": "rd_intensity"}, common | {"code": "unicorns"}]
    tiers = [{"code": code, "title": TITLE} for code in ("low", "middle", "high")]
    profiles = [{"rd_intensity": 2.0, "unicorns": 3}, {"rd_intensity": 3.0, "unicorns": 20}]
    sort = {"method": "electre_tri_b", "cut": 0.6, "profiles": profiles, "thresholds": {"unicorns": {"q": 1, "p": 2}}}
    whole = document(made, id="profiles", reference={"period": 2021}, tiers=tiers, sort=sort)
    with seeded.write() as session:
        frameworks.publish(session, "profiles", "1", parse(whole).digest, "illustrative", json.dumps(whole))
    reading, query = Service(seeded).reading(), AssessmentQuery(framework="profiles")
    answer = reading.assessment("CN-BJ", query)
    assert (answer["tier"], answer["score"], answer["rank"], answer["tier_by_score"]) == ("high", None, None, None)
    assert [tier["attained"] for tier in answer["tiers"]] == [True, True, True]
    assert [tier["score_met"] for tier in answer["tiers"]] == [None, None, None]
    sichuan = reading.assessment("CN-SC", query)
    assert (sichuan["tier"], sichuan["gap"]["target"], sichuan["gap"]["deficits"]) == ("middle", "high", [])
    assert reading.trace("CN-SC", query)["trace"]["parameters"]["sort"] == "electre_tri_b"
    edit = CellEdit("set", "CN-SC", "unicorns", 30)
    (change,) = reading.what_if(WhatIf(query, (edit, CellEdit("set", "CN-SC", "rd_intensity", 4)), (), (), ()))[
        "changes"
    ]
    assert (change["before"]["tier"], change["after"]["tier"], change["score_change"]) == ("middle", "high", None)
    assert reading.audit(query)["natural_breaks"] == []
    assert reading.panel(query, (), "common")["regions"][0]["tiers"]
    for language in LANGUAGES:
        words = Words(language)
        assert table([answer, sichuan], words)
        told = explain(sichuan, words)
        assert "None" not in told
        assert any(line.endswith(("Example: 4", "例：4")) for line in told.splitlines())
