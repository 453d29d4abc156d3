"""Rows against the catalogue: every rule, and every mistake at once."""

from __future__ import annotations

import pytest

from tests.factories import INDICATORS, REGIONS, SOURCES, observation, withdrawal
from tierscore.errors import Violation
from tierscore.framework.catalogue import Observation
from tierscore.ingest.check import COLUMNS, STATUSES, Known, check
from tierscore.ingest.read import RawRow, read_csv

KNOWN = Known.of(REGIONS, INDICATORS, SOURCES)
RIGHT = {"region": "CN-SC", "indicator": "labs", "period": "2021", "value": "5", "source": "S001"}


def raw(line: int = 2, **changes: str) -> RawRow:
    return RawRow(line, dict.fromkeys(COLUMNS.optional, "") | RIGHT | changes)


def mistakes(**changes: str) -> list[tuple[str, str | None]]:
    observations, violations = check([raw(**changes)], KNOWN)
    assert bool(observations) is not bool(violations)
    return [(violation.field, violation.code) for violation in violations]


def only_mistake(**changes: str) -> Violation:
    (violation,) = check([raw(**changes)], KNOWN)[1]
    return violation


def accepted(**changes: str) -> Observation:
    observations, violations = check([raw(**changes)], KNOWN)
    assert violations == []
    return observations[0]


def test_a_right_row() -> None:
    texts = {"unit": "laboratories", "status": "E", "vintage": "2024-03", "note": "估算"}
    assert accepted(**texts) == observation(status="E", vintage="2024-03", note="估算")


def test_an_empty_unit_is_the_catalogues_and_an_empty_status_is_a() -> None:
    assert accepted(unit="", status="") == observation()


@pytest.mark.parametrize("status", [status for status in STATUSES if status != "M"])
def test_every_status_is_kept(status: str) -> None:
    assert accepted(status=status) == observation(status=status)


def test_m_withdraws_a_value() -> None:
    assert accepted(status="M", value="") == withdrawal()


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("-0", 0), ("+7", 7), ("7.0", 7), ("7.", 7), ("1e3", 1000), ("1E+3", 1000), ("007", 7)],
)
def test_plain_whole_numbers(text: str, value: float) -> None:
    assert accepted(value=text).value == value


@pytest.mark.parametrize("text", ["0.1", "1234.5678", ".5", "1e-3", "0.30000000000000004"])
def test_plain_numbers_are_read_exactly(text: str) -> None:
    assert accepted(indicator="gdp", value=text).value == float(text)


NO_NUMBERS = {
    "not_a_number": ["1_000", "٥", "n/a", "--5", "1.2.3", "e5", "0x10", ".", "1,23"],
    "nan": ["NaN", "nan", "-nan"],
    "infinite": ["inf", "-Infinity", "∞", "1e999"],
    "thousands_separator": ["1,234", "1 234", "1，234", "-1,234,567.5"],
    "full_width_digits": ["５", "１２．５", "1２"],
    "percent_sign": ["12%", "1.5 %", "12％"],
}


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in NO_NUMBERS.items() for text in texts])
def test_what_is_no_plain_number_says_why(code: str, text: str) -> None:
    violation = only_mistake(indicator="gdp", value=text)
    assert (violation.code, violation.row, violation.field, violation.value) == (code, 2, "value", text)


@pytest.mark.parametrize(
    "text", ["", "21", "02021", "1899", "2101", "2021.0", "2021-01", "２０２１", "abcd", "-202", "+2021"]
)
def test_what_is_no_year(text: str) -> None:
    violation = only_mistake(period=text)
    assert (violation.code, violation.field) == ("not_a_year", "period")
    assert violation.allowed == ("a year from 1900 to 2100",)


@pytest.mark.parametrize("year", ["1900", "2100"])
def test_the_first_and_the_last_year(year: str) -> None:
    assert accepted(period=year).period == int(year)


@pytest.mark.parametrize(
    ("column", "code", "nearest"),
    [("region", "CN-SZ", "CN-SC"), ("indicator", "lab", "labs"), ("source", "S01", "S001"), ("status", "a", "A")],
)
def test_an_unknown_code_names_the_nearest(column: str, code: str, nearest: str) -> None:
    violation = only_mistake(**{column: code})
    assert (violation.code, violation.field, violation.row, violation.value) == ("unknown_code", column, 2, code)
    assert nearest in violation.allowed
    assert code in violation.message


@pytest.mark.parametrize("column", ["region", "indicator", "source"])
def test_codes_are_needed(column: str) -> None:
    assert mistakes(**{column: ""}) == [(column, "required")]


def test_m_stands_exactly_where_the_value_is_empty() -> None:
    assert mistakes(status="M") == [("value", "withdrawn_value")]
    assert mistakes(status="M", value="n/a") == [("value", "withdrawn_value")]
    assert mistakes(value="") == [("value", "required")]
    assert mistakes(value="", status="E") == [("value", "required")]


def test_whole_things_are_counted_in_whole_numbers() -> None:
    assert mistakes(value="5.5") == [("value", "not_whole")]
    assert accepted(indicator="gdp", value="5.5").value == 5.5


@pytest.mark.parametrize(
    ("indicator", "value", "allowed"),
    [
        ("labs", "-1", (">= 0",)),
        ("gdp", "-0.1", (">= 0",)),
        ("rank", "0", (">= 1", "<= 31")),
        ("rank", "32", (">= 1", "<= 31")),
    ],
)
def test_values_out_of_range(indicator: str, value: str, allowed: tuple[str, ...]) -> None:
    violation = only_mistake(indicator=indicator, value=value)
    assert (violation.code, violation.allowed) == ("out_of_range", allowed)


@pytest.mark.parametrize(("indicator", "value"), [("labs", "0"), ("rank", "1"), ("rank", "31")])
def test_the_ends_of_the_range_belong_to_it(indicator: str, value: str) -> None:
    assert accepted(indicator=indicator, value=value).value == float(value)


def test_a_value_is_measured_in_the_catalogues_unit() -> None:
    violation = only_mistake(unit="persons")
    assert (violation.code, violation.field, violation.allowed) == ("wrong_unit", "unit", ("laboratories",))


def test_every_mistake_of_every_row_is_found_at_once() -> None:
    wrong = raw(3, region="XX", indicator="rank", period="x", value="31.5", unit="persons", status="Q", source="")
    observations, violations = check([raw(2), wrong, raw(4, value="?", period="2020")], KNOWN)
    assert observations == [observation()]
    assert [(violation.row, violation.field, violation.code) for violation in violations] == [
        (3, "region", "unknown_code"),
        (3, "source", "required"),
        (3, "period", "not_a_year"),
        (3, "status", "unknown_code"),
        (3, "value", "not_whole"),
        (3, "value", "out_of_range"),
        (3, "unit", "wrong_unit"),
        (4, "value", "not_a_number"),
    ]


def test_a_value_of_an_unknown_indicator_must_still_be_a_number() -> None:
    assert mistakes(indicator="unknown", value="many", unit="?") == [
        ("indicator", "unknown_code"),
        ("value", "not_a_number"),
    ]


def test_a_cell_stands_once_in_each_vintage() -> None:
    rows = [raw(2), raw(3, vintage="later", value="6"), raw(4, value="7"), raw(5, vintage="later"), raw(6)]
    observations, violations = check(rows, KNOWN)
    assert observations == [observation(), observation(vintage="later", value=6.0)]
    assert [(violation.row, violation.code) for violation in violations] == [
        (4, "duplicate"), (5, "duplicate"), (6, "duplicate"),
    ]  # fmt: skip
    assert "Line 2" in violations[0].message


def test_from_bytes_to_observations() -> None:
    data = 'region,indicator,period,value,source,note\nCN-SC,labs,2021,5,S001,"两\n行"\nCN-CQ,labs,2021,x,S001,\n'
    rows, unreadable = read_csv(data.encode(), COLUMNS)
    observations, violations = check(rows, KNOWN)
    assert unreadable == []
    assert observations == [observation(note="两\n行")]
    assert [violation.row for violation in violations] == [4]
