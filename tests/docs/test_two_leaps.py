"""The page of the two leaps shows what the service says, to the letter."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tierscore.reports.path import path
from tierscore.reports.words import Words
from tierscore.services.query import AssessmentQuery, PathAsked
from tierscore.services.reading import Reading
from tierscore.services.service import Service
from tierscore.storage.database import Database

PAGE = Path(__file__).resolve().parents[2] / "docs" / "two-leaps.md"
ENDS = {"side by side": 0.0, "added up": 1.0}


def block_of(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name}:begin -->\n```text\n)(.*?)(```\n<!-- {name}:end -->)", re.DOTALL)


def told(reading: Reading, integration: float) -> str:
    query = AssessmentQuery(target="quasi_national", integration=integration)
    answer = reading.path(PathAsked("CN-CY", query, alternatives=0))
    return path(answer, Words("en"), reading.titles(query))


@pytest.mark.parametrize("name", ENDS)
def test_the_page_shows_what_the_service_says(seeded: Database, name: str) -> None:
    shown = block_of(name).search(PAGE.read_text(encoding="utf-8"))
    assert shown is not None
    assert shown[2].splitlines() == [line.rstrip() for line in told(Service(seeded).reading(), ENDS[name]).splitlines()]


def test_the_numbers_of_its_words_are_the_answers(seeded: Database) -> None:
    query = AssessmentQuery(target="quasi_national")
    answer = Service(seeded).reading().path(PathAsked("CN-CY", query, alternatives=0))
    words = PAGE.read_text(encoding="utf-8").split("## Side by side")[0]
    saved, cost = answer["merging"]["saved"]["cost"], answer["merging"]["side_by_side"]["cost"]
    assert f"saves {saved:.2f} of a cost of {cost:.2f}" in words
