"""SDMX-CSV 2.0: what its columns say, and everything that is wrong with them."""

from __future__ import annotations

import pytest

from tierscore.ingest.check import COLUMNS
from tierscore.ingest.raw import RawTable
from tierscore.ingest.read import read_table

FLOW = "DATAFLOW,TIERSCORE:OBSERVATIONS(1.0)"
HEADER = "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE"


def read(*lines: str) -> RawTable:
    return read_table("\n".join(lines).encode(), COLUMNS)


def cells(raw: RawTable, *names: str) -> list[tuple[str, ...]]:
    return list(raw.frame[list(names)].itertuples(index=False, name=None))


def test_every_component_has_its_column() -> None:
    raw = read(
        "STRUCTURE,STRUCTURE_ID,ACTION,SERIES_KEY,FREQ,TIME_PERIOD,REF_AREA,INDICATOR,UNIT_MEASURE,OBS_VALUE,OBS_STATUS,"
        "SOURCE,VINTAGE,COMMENT_OBS",
        f'{FLOW},I,A.CN-SC.labs,A,2021,CN-SC,labs,laboratories,5,P,S001,first,"a, b"',
    )
    assert raw.violations == () and raw.cells == {}
    assert cells(raw, *COLUMNS.known) == [("CN-SC", "labs", "2021", "5", "laboratories", "P", "first", "S001", "a, b")]
    assert raw.row.tolist() == [2]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("STRUCTURE,STRUCTURE_ID", FLOW),
        ("STRUCTURE[;],STRUCTURE_ID", FLOW),
        ("STRUCTURE[;]=DATAFLOW,STRUCTURE_ID=TIERSCORE:OBSERVATIONS(1.0),ACTION=R", ",,"),
        ("STRUCTURE,STRUCTURE_ID,ACTION", "DATASTRUCTURE,CN.NBS:REGIONS(1.0+),M"),
    ],
)
def test_a_header_may_say_what_all_rows_would(header: str, row: str) -> None:
    raw = read(f"{header},REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE", f"{row},CN-SC,labs,2021,5")
    assert (raw.violations, raw.cells) == ((), {})
    assert cells(raw, "region", "indicator", "period", "value", "status") == [("CN-SC", "labs", "2021", "5", "")]


def test_what_is_deleted_is_withdrawn() -> None:
    rows = (f"{FLOW},{action},CN-SC,labs,2021,{value}" for action, value in (("D", "-"), ("D", ""), ("A", "-")))
    assert cells(read(HEADER, *rows), "value", "status") == [("", "M"), ("", "M"), ("-", "")]


@pytest.mark.parametrize(
    ("header", "code", "field"),
    [
        (HEADER.replace("REF_AREA", "AREA"), "missing_column", "REF_AREA"),
        (HEADER + ",UPDATED", "unknown_column", "UPDATED"),
        (HEADER + ",OBS_VALUE", "doubled_column", "OBS_VALUE"),
        (HEADER + ",FREQ=A", "unknown_column", "FREQ=A"),
        ("STRUCTURE,ACTION,STRUCTURE_ID,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE", "misplaced_column", "STRUCTURE_ID"),
        (HEADER.replace(",", ";"), "wrong_separator", None),
    ],
)
def test_a_header_is_strict(header: str, code: str, field: str | None) -> None:
    raw = read(header, f"{FLOW},I,CN-SC,labs,2021,5")
    assert (code, field, 1) in {(item.code, item.field, item.row) for item in raw.violations}
    assert raw.frame.empty


def test_every_cell_that_says_something_else_is_told() -> None:
    raw = read(HEADER, f"{FLOW},I,CN-SC,labs,2021,5", "FLOW,labs,Z,CN-SC,labs,2021,5")
    assert {place: [(item.row, item.field, item.value) for item in found] for place, found in raw.cells.items()} == {
        1: [(3, "STRUCTURE", "FLOW"), (3, "STRUCTURE_ID", "labs"), (3, "ACTION", "Z")]
    }
