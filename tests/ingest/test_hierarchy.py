"""Where regions of a file may stand in the hierarchy."""

from __future__ import annotations

import pytest

from tierscore.framework.catalogue import Region, Title
from tierscore.ingest import catalogue
from tierscore.ingest.read import read_csv

KNOWN = {
    code: Region(code, "", Title(code, code), kind, "", (), parent)
    for code, kind, parent in [
        ("CN", "nation", None),
        ("P", "province", "CN"),
        ("C", "city", "P"),
        ("K", "county", "C"),
    ]
}


def mistakes(*lines: str) -> list[str]:
    rows = [f"{line},甲,A" for line in lines]
    found, wrong = read_csv("\n".join(["region,kind,parent,name_zh,name_en", *rows]).encode(), COLUMNS)
    assert wrong == []
    return [f"{item.row} {item.field} {item.code}" for item in catalogue.regions(found, KNOWN)[1]]


COLUMNS = catalogue.ADDED_REGION_COLUMNS


@pytest.mark.parametrize(
    "lines",
    [
        ["D,county,C"],
        ["D,county,P"],  # a level may be left out
        ["E,county,D", "D,city,P"],  # a parent may come after its children
        ["C,province,CN"],  # its county stands below it all the same
        ["K,city,P", "C,county,K"],  # two that change places
        ["CN,province,X", "X,nation,", "P,city,CN", "C,county,P", "K,county,P"],
    ],
)
def test_what_fits(lines: list[str]) -> None:
    assert mistakes(*lines) == []


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        (["D,village,C"], ["2 kind unknown_word"]),
        (["D,county,Z"], ["2 parent unknown_code"]),
        (["D,county,K"], ["2 parent wrong_order"]),
        (["D,city,D"], ["2 parent wrong_order"]),
        (["D,city,E", "E,city,D"], ["2 parent wrong_order", "3 parent wrong_order"]),
        (["CN,nation,P"], ["2 parent wrong_order"]),
        (["C,county,P"], ["2 kind wrong_order"]),
        (["X,nation,"], ["2 kind duplicate"]),
        (["D,county,Z", ",county,", "E,county,"], ["3 region required", "2 parent unknown_code"]),
        (["D,village,Z", "D,county,"], ["3 region duplicate", "2 kind unknown_word"]),
    ],
)
def test_what_does_not(lines: list[str], wrong: list[str]) -> None:
    assert mistakes(*lines) == wrong


def test_the_allowed_parents_are_told() -> None:
    rows, _ = read_csv("region,kind,parent,name_zh,name_en\nD,city,K,甲,A".encode(), COLUMNS)
    (violation,) = catalogue.regions(rows, KNOWN)[1]
    assert violation.message == "A city is no part of 'K', whose kind is county."
    assert violation.allowed == (
        "nation", "province", "municipality", "autonomous_region", "special_administrative_region"
    )  # fmt: skip
