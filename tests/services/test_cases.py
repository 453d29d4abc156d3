"""Runs tests/cases/*.yaml: verdicts that a reader of the paper can check without reading code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tierscore.services.query import AssessmentQuery
from tierscore.services.service import Service
from tierscore.storage.database import Database

CASES = [
    case
    for path in sorted((Path(__file__).resolve().parents[1] / "cases").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def share(answer: dict[str, Any], tier: str) -> float:
    return float(next(item["functions_share"] for item in answer["tiers"] if item["code"] == tier))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any], seeded: Database) -> None:
    reading = Service(seeded).reading()
    query = AssessmentQuery(period=case.get("period"), target=case.get("target"))
    answer = reading.assessment(case["region"], query)
    assert {name: answer[name] for name in case.get("expect", {})} == case.get("expect", {})
    assert {name: answer["gap"][name] for name in case.get("gap", {})} == case.get("gap", {})
    tiers = {tier["code"]: tier for tier in answer["tiers"]}
    for code, expected in case.get("tests", {}).items():
        assert {name: tiers[code][name] for name in expected} == expected
    if "supplies_more_than" in case:
        tier = case["supplies_more_than"]["tier"]
        other = reading.assessment(case["supplies_more_than"]["region"], query)
        assert share(answer, tier) > share(other, tier)
