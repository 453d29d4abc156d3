"""The texts that a person reads say what the answer says, in both languages, and line up."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from wcwidth import wcswidth

from tierscore.engine.matrix import Absence
from tierscore.reports.comparison import footer, table
from tierscore.reports.explanation import brief, explain
from tierscore.reports.rows import to_csv
from tierscore.reports.words import PHRASES, Words
from tierscore.services.answer import FLAG_OF_STATUS
from tierscore.services.query import AssessmentQuery
from tierscore.services.service import Reading, Service
from tierscore.storage.database import Database

Answer = dict[str, Any]


@pytest.fixture
def reading(seeded: Database) -> Reading:
    return Service(seeded).reading()


@pytest.fixture
def sichuan(reading: Reading) -> Answer:
    return reading.assessment("CN-SC", AssessmentQuery())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_columns_line_up(reading: Reading, language: str) -> None:
    answers = [reading.assessment(code, AssessmentQuery()) for code in ("CN-BJ", "CN-SC", "CN-NM")]
    lines = table(answers, Words(language)).splitlines()
    starts = [place for place in range(1, len(lines[1])) if lines[1][place] == "-" and lines[1][place - 1] == " "]
    for line in lines:
        columns = "".join(character + "\0" * (wcswidth(character) - 1) for character in line)
        assert all(columns[start - 1] == " " for start in starts), line


def test_the_table_says_what_the_answers_say(sichuan: Answer) -> None:
    row = table([sichuan], Words("en")).splitlines()[-1].split("  ")
    cells = [cell.strip() for cell in row if cell.strip()]
    assert cells == ["7", "Sichuan", "Provincial", "42.51", "Regional", "Regional", "0.00", "25% (67%)", "89%",
                     "Provincial"]  # fmt: skip


def test_insufficient_data_is_said(reading: Reading) -> None:
    answer = reading.assessment("CN-XZ", AssessmentQuery(period=2022))
    assert "insufficient data" in table([answer], Words("en"))
    assert "数据不足" in table([answer], Words("zh"))
    assert "no tier, the data cover 50% of the weight and 60% is needed" in explain(answer, Words("en"))


def test_the_footer_names_all_versions(sichuan: Answer) -> None:
    text = footer(sichuan, Words("en"))
    assert "cn-innovation-centre 2021.1" in text
    assert sichuan["framework"]["digest"][:12] in text
    assert "revision 3" in text
    assert "assumptions" in text


def test_explanation_leads_from_the_tier_to_every_source(sichuan: Answer) -> None:
    text = explain(sichuan, Words("en"))
    for source in sichuan["sources"]:
        if source["code"] in {item["source"] for item in sichuan["indicators"]}:
            assert f"source {source['code']}: {source['title']}" in text
    assert "Large science facilities: 11.8116 = weight 0.1348 x score 87.6023" in text
    assert "12.2807 per cent of the nation's 57 (published)" in text
    assert "National S&T awards (led): missing (observed only in years outside the window), weight 0.11" in text


def test_depth_of_the_explanation_is_shown_by_indents(sichuan: Answer) -> None:
    depths = {len(line) - len(line.lstrip()) for line in explain(sichuan, Words("en")).splitlines()}
    assert depths == {0, 2, 4, 6, 8}


def test_brief_leaves_the_sources_out(sichuan: Answer) -> None:
    text = brief(sichuan, Words("en"))
    assert "gap to Regional: score 0.00, functions 42%" in text
    assert "3 to go" in text
    assert "source S" not in text


def test_chinese_text_has_no_english_left_over(sichuan: Answer) -> None:
    for word in ("score", "needed", "missing", "levers", "section", "source", "weight", "Framework"):
        assert word not in explain(sichuan, Words("zh")).replace("quasi_national", ""), word


def test_every_program_word_has_a_phrase() -> None:
    reasons = {absence.name.lower() for absence in Absence} - {"present"}
    assert reasons | set(FLAG_OF_STATUS.values()) <= set(PHRASES)


def test_csv_holds_full_precision_and_empty_cells(sichuan: Answer) -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv([sichuan]))))
    assert len(rows) == 12
    assert float(rows[0]["score"]) == sichuan["score"]
    assert [float(row["contribution"]) for row in rows if row["contribution"]] == [
        item["contribution"] for item in sichuan["indicators"] if item["contribution"] is not None
    ]
    assert [row["indicator"] for row in rows if row["measured"] == ""] == ["national_st_awards_led"]
