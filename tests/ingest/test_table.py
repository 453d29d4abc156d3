"""Whole tables: the screen agrees with the rules row by row, and mistakes are the same from CSV and JSON."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import INDICATORS, REGIONS, SOURCES
from tests.ingest.workbooks import workbook
from tierscore.framework.catalogue import Source
from tierscore.ingest.check import COLUMNS, Known, mistakes_of
from tierscore.ingest.raw import FIELDS, RawTable
from tierscore.ingest.read import RawRow, read_table
from tierscore.ingest.rows import from_json
from tierscore.ingest.table import Checked, check_table
from tierscore.ingest.workbook import read_workbook

SENDER = Source("user:office", "Sent by office", None, "as sent")
KNOWN = Known.of(REGIONS, INDICATORS, [*SOURCES, SENDER]).naming_regions()
RIGHT = {"region": "CN-SC", "indicator": "labs", "period": "2021", "value": "5", "source": "S001"}
HEADER = ",".join(FIELDS)


def table(*rows: dict[str, str]) -> RawTable:
    frame = pd.DataFrame([dict.fromkeys(FIELDS, "") | RIGHT | row for row in rows], columns=list(FIELDS), dtype=object)
    return RawTable(frame, np.arange(2, 2 + len(rows)))


def checked(*rows: dict[str, str]) -> Checked:
    return check_table(table(*rows), KNOWN, SENDER.code)


def test_a_right_row_is_typed() -> None:
    row = checked({"unit": "", "status": "", "value": "5.0", "note": "估算"}).frame.to_dict("records")[0]
    assert row == {
        "region": "CN-SC", "indicator": "labs", "period": 2021, "value": 5.0, "unit": "laboratories", "status": "A",
        "source": "S001", "vintage": "", "note": "估算",
    }  # fmt: skip


def test_a_withdrawn_value_is_nan() -> None:
    row = checked({"value": "", "status": "M"}).frame.iloc[0]
    assert np.isnan(row["value"])
    assert row["status"] == "M"


@pytest.mark.parametrize("name", ["CN-SC", "四川省", "四川", "Sichuan", "510000"])
def test_regions_by_any_name(name: str) -> None:
    assert checked({"region": name}).frame["region"].tolist() == ["CN-SC"]


def test_an_unknown_region_names_the_nearest() -> None:
    (violation,) = checked({"region": "四川盛"}).violations
    assert (violation.code, violation.row, violation.field) == ("unknown_code", 2, "region")
    assert violation.allowed[0] in ("四川省", "四川")


def test_a_row_without_source_is_the_senders() -> None:
    assert checked({"source": ""}).frame["source"].tolist() == ["user:office"]


TEXTS = {
    "region": ["CN-SC", "四川", "CN-XX", "", "CN"],
    "indicator": ["labs", "gdp", "rank", "lab", ""],
    "period": ["2021", "1899", "20２1", "2021.0", ""],
    "value": ["5", "0", "-1", "2.5", "31", "32", "1e3", "1,000", "NaN", "", "５", "1e999", "12%", " 5"],
    "unit": ["", "laboratories", "rank", "100 million CNY"],
    "status": ["", "A", "E", "M", "X"],
    "source": ["", "S001", "S9"],
    "vintage": ["", "2024-03", "nul \x00"],
    "note": ["", "two\nlines", "bell \x07", "x" * 1001],
}
ROWS = st.fixed_dictionaries({name: st.sampled_from(texts) for name, texts in TEXTS.items()})


@settings(max_examples=150, deadline=None)
@given(row=ROWS)
def test_the_screen_agrees_with_the_rules(row: dict[str, str]) -> None:
    """A row is stored exactly when it breaks no rule."""
    complete = dict.fromkeys(FIELDS, "") | row | {"source": row["source"] or SENDER.code}
    expected = list(mistakes_of(RawRow(2, complete), KNOWN))
    found = checked(row)
    assert [(item.code, item.field) for item in found.violations] == [(item.code, item.field) for item in expected]
    assert len(found.frame) == (0 if expected else 1)
    assert found.rejected == (1 if expected else 0)


def test_the_same_row_twice_is_accepted_once() -> None:
    found = checked({}, {}, {"period": "2020"})
    assert (len(found.frame), found.repeated, found.rejected, found.violations) == (2, 1, 0, ())


def test_the_same_row_by_another_name_is_the_same() -> None:
    found = checked({}, {"region": "四川省", "unit": "laboratories", "value": "5.0"})
    assert (len(found.frame), found.repeated) == (1, 1)


def test_another_value_for_the_same_cell_is_refused_naming_the_first() -> None:
    found = checked({}, {"period": "2020"}, {"value": "6"}, {"value": "", "status": "M"})
    assert len(found.frame) == 2
    assert [(item.code, item.row, item.params["first"]) for item in found.violations] == [
        ("duplicate", 4, 2), ("duplicate", 5, 2),
    ]  # fmt: skip
    assert found.rejected == 2


def test_a_wrong_row_does_not_make_a_right_one_a_double() -> None:
    found = checked({"value": "x"}, {})
    assert (len(found.frame), found.repeated, found.rejected) == (1, 0, 1)


CELLS = ("", "5", " x ", "四川", "a\u2028b", '"q"', "\r", "a\x0bb")


class TestCsv:
    """Bytes of a CSV file to a raw table."""

    def test_columns_and_lines(self) -> None:
        raw = read_table(
            b'region,indicator,period,value,note\nCN-SC,labs,2021,5,"a\nb"\nCN-CQ, labs ,2021,6,\n', COLUMNS
        )
        assert raw.row.tolist() == [2, 4]
        assert raw.frame["indicator"].tolist() == ["labs", "labs"]
        assert raw.frame["unit"].tolist() == ["", ""]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
    def test_encodings(self, encoding: str) -> None:
        text = f"{HEADER}\n四川,labs,2021,5,,,S001,,估算\n"
        raw = read_table(text.encode(encoding), COLUMNS)
        assert raw.violations == ()
        assert (raw.frame["region"][0], raw.frame["note"][0]) == ("四川", "估算")

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "missing_column"),
            (b"\xff\xfe\x00\xff\xff", "unknown_encoding"),
            (HEADER.encode(), "no_rows"),
            (HEADER.replace(",", ";").encode(), "wrong_separator"),
            (HEADER.replace(",", "\t").encode(), "wrong_separator"),
            (f"{HEADER},value\n".encode(), "doubled_column"),
            (b"region,indicator,period\n", "missing_column"),
            (HEADER.replace("note", "notes").encode(), "unknown_column"),
            (f'{HEADER}\n"CN-SC'.encode(), "unreadable"),
            (f"{HEADER}\nCN-SC,labs\n".encode(), "wrong_width"),
        ],
    )
    def test_what_is_wrong_with_a_file(self, content: bytes, code: str) -> None:
        raw = read_table(content, COLUMNS)
        assert code in {violation.code for violation in raw.violations}
        assert raw.frame.empty

    def test_too_many_rows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tierscore.ingest.read.MOST_ROWS", 2)
        content = f"{HEADER}\n" + "CN-SC,labs,2021,5,,,S001,,\n" * 3
        assert [item.code for item in read_table(content.encode(), COLUMNS).violations] == ["too_many_rows"]

    @settings(max_examples=150, deadline=None)
    @given(
        lines=st.lists(st.lists(st.sampled_from(CELLS), min_size=3, max_size=5), max_size=6),
        ends=st.sampled_from(["\n", "\r\n", "\r"]),
        first=st.sampled_from(["", "\n"]),
        last=st.sampled_from(["", "\n", "\n\n"]),
    )  # fmt: skip
    def test_the_quick_way_reads_what_the_careful_way_reads(
        self, lines: list[list[str]], ends: str, first: str, last: str
    ) -> None:
        text = first + ends.join(["region,indicator,period,value", *map(",".join, lines)]) + last
        quick = read_table(text.encode(), COLUMNS)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tierscore.ingest.read.plain_table", lambda *_: None)
            careful = read_table(text.encode(), COLUMNS)
        assert quick.frame.equals(careful.frame)
        assert (quick.row.tolist(), quick.violations) == (careful.row.tolist(), careful.violations)

    @settings(max_examples=100, deadline=None)
    @given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
    def test_any_bytes_end_in_rows_or_violations(self, content: bytes) -> None:
        raw = read_table(content, COLUMNS)
        assert raw.violations or len(raw.frame)


class TestJson:
    """Lists of a JSON body to a raw table."""

    @pytest.mark.parametrize(
        ("row", "code", "pointer"),
        [
            ("CN-SC", "wrong_type", "/observations/0"),
            ({"region": "CN-SC"}, "missing_key", "/observations/0/indicator"),
            ({**RIGHT, "value": "5"}, "wrong_type", "/observations/0/value"),
            ({**RIGHT, "value": True}, "wrong_type", "/observations/0/value"),
            ({**RIGHT, "value": 5, "period": 2021.5}, "wrong_type", "/observations/0/period"),
            ({**RIGHT, "value": 5, "region": 5}, "wrong_type", "/observations/0/region"),
            ({**RIGHT, "value": 5, "vaule": 5}, "unknown_key", "/observations/0/vaule"),
            ({**RIGHT, "value": 5, "a/b": 5}, "unknown_key", "/observations/0/a~1b"),
        ],
    )
    def test_wrong_shapes_are_named_by_pointer(self, row: Any, code: str, pointer: str) -> None:
        raw = from_json([row])
        assert (raw.violations[0].code, raw.violations[0].pointer, raw.violations[0].row) == (code, pointer, 1)
        assert raw.frame.empty

    def test_numbers_and_null(self) -> None:
        gdp = {**RIGHT, "indicator": "gdp"}
        rows = [{**gdp, "value": 0.1, "period": 2021}, {**gdp, "value": None, "status": "M", "period": "2020"}]
        found = check_table(from_json(rows), KNOWN, SENDER.code)
        assert found.violations == ()
        assert found.frame["value"][0] == 0.1
        assert np.isnan(found.frame["value"][1])

    @pytest.mark.parametrize(("rows", "code"), [([], "no_rows"), ([1] * 200_001, "too_many_rows")])
    def test_none_or_too_many(self, rows: list[Any], code: str) -> None:
        assert [violation.code for violation in from_json(rows).violations] == [code]


def test_the_same_mistakes_from_csv_xlsx_and_json() -> None:
    rows = [{**RIGHT, "period": str(2000 + place % 50), "region": REGIONS[1 + place % 2].code} for place in range(40)]
    mistakes = [
        {"region": "CN-XX"},
        {"value": -1.0},
        {"value": 2.5},
        {"unit": "rank"},
        {"status": "X"},
        {"source": "S9"},
    ]
    rows = [{**row, "value": 5.0} for row in rows]
    for place, mistake in enumerate(mistakes):
        rows[3 * place] = {**rows[3 * place], **mistake}
    csv_text = HEADER + "\n" + "".join(",".join(str(row.get(name, "")) for name in FIELDS) + "\n" for row in rows)
    by_csv = check_table(read_table(csv_text.encode(), COLUMNS), KNOWN, SENDER.code)
    sheet = workbook([FIELDS, *([row.get(name) for name in FIELDS] for row in rows)])
    by_xlsx = check_table(read_workbook(sheet, COLUMNS), KNOWN, SENDER.code)
    by_json = check_table(from_json(json.loads(json.dumps(rows))), KNOWN, SENDER.code)
    said = [
        [
            (item.code, item.field, item.allowed, item.code == "out_of_range" or item.message)
            for item in found.violations
        ]
        for found in (by_csv, by_xlsx, by_json)
    ]
    assert len(said[0]) >= len(mistakes)
    assert said[0] == said[1] == said[2]
    assert [item.row for item in by_csv.violations] == [item.row for item in by_xlsx.violations]
    assert [item.row for item in by_csv.violations] == [(item.row or 0) + 1 for item in by_json.violations]
    assert by_json.violations[0].pointer == "/observations/0/region"
