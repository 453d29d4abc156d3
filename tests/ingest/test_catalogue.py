"""Rows of the catalogue's files to the catalogue."""

from __future__ import annotations

import pytest

from tierscore.errors import Violation
from tierscore.framework.catalogue import CatalogueIndicator, Designation, Group, Region, Source, Title
from tierscore.ingest import catalogue
from tierscore.ingest.columns import Columns
from tierscore.ingest.read import RawRow, read_csv

SUBJECTS = {"CN-SC", "CN-CQ"}


def rows(columns: Columns, *lines: str) -> list[RawRow]:
    text = "\n".join([",".join(columns.known), *lines])
    found, violations = read_csv(text.encode(), columns)
    assert violations == []
    return found


def test_regions_are_tagged_with_their_macro_region() -> None:
    lines = ("CN,100000,全国,China,nation,,,", "CN-SC,51,四川,Sichuan,province,west,yangtze_belt; west ;;new,")
    assert catalogue.regions(rows(catalogue.REGION_COLUMNS, *lines)) == (
        (
            Region("CN", "100000", Title("全国", "China"), "nation", "", ()),
            Region("CN-SC", "51", Title("四川", "Sichuan"), "province", "west", ("west", "yangtze_belt", "new")),
        ),
        [],
    )


def test_groups() -> None:
    found = catalogue.groups(rows(catalogue.GROUP_COLUMNS, "CN-CY,成渝,C-C,CN-SC;CN-CQ"), SUBJECTS)
    assert found == ((Group("CN-CY", Title("成渝", "C-C"), ("CN-SC", "CN-CQ")),), [])


def test_indicators() -> None:
    found = catalogue.indicators(
        rows(catalogue.INDICATOR_COLUMNS, "rank,排名,Rank,rank,rank,true,1,31", "gdp,值,GDP,CNY,amount,false,0,")
    )
    assert found == (
        (
            CatalogueIndicator("rank", Title("排名", "Rank"), "rank", "rank", True, 1.0, 31.0),
            CatalogueIndicator("gdp", Title("值", "GDP"), "CNY", "amount", False, 0.0, None),
        ),
        [],
    )


def test_sources_without_an_address() -> None:
    found = catalogue.sources(rows(catalogue.SOURCE_COLUMNS, "S1,Yearbook,,copy", "S2,Page,https://example.org,"))
    assert found == ((Source("S1", "Yearbook", None, "copy"), Source("S2", "Page", "https://example.org", "")), [])


def test_designations() -> None:
    found = catalogue.designations(
        rows(catalogue.DESIGNATION_COLUMNS, "CN-SC,regional,claimed,区域,reg,plan"), SUBJECTS
    )
    assert found == ((Designation("CN-SC", "regional", "claimed", Title("区域", "reg"), "plan"),), [])


def parse(name: str, found: list[RawRow]) -> tuple[tuple[object, ...], list[Violation]]:
    if name in {"groups", "designations"}:
        return getattr(catalogue, name)(found, SUBJECTS)
    return getattr(catalogue, name)(found)


COLUMNS = {
    "regions": catalogue.REGION_COLUMNS,
    "groups": catalogue.GROUP_COLUMNS,
    "indicators": catalogue.INDICATOR_COLUMNS,
    "sources": catalogue.SOURCE_COLUMNS,
    "designations": catalogue.DESIGNATION_COLUMNS,
}


@pytest.mark.parametrize(
    ("name", "lines", "expected"),
    [
        ("regions", [",1,,Sichuan,,west,,"], "region required, name_zh required, kind required"),
        ("regions", ["A,1,甲,A,city,,,", "A,2,乙,B,city,,,"], "region duplicate"),
        ("groups", ["G,甲,A,CN-SC;CN-XX;CN-SC"], "members unknown_code, members duplicate"),
        ("groups", ["G,甲,A,"], "members required"),
        ("indicators", ["x,甲,X,u,k,yes,zero,1e999"], "integer unknown_word, min not_a_number, max not_a_number"),
        ("indicators", ["x,甲,X,,k,true,5,1"], "unit required, max out_of_range"),
        ("sources", ["S1,,,", "S1,Title,,"], "title required, source duplicate"),
        ("designations", ["CN-XX,,wished,,,p"], "tier required, kind unknown_word, region unknown_code"),
        ("designations", ["CN-SC,t,claimed,,,p", "CN-SC,u,designated,,,p"], "region duplicate"),
    ],
)
def test_every_mistake_is_found(name: str, lines: list[str], expected: str) -> None:
    content, violations = parse(name, rows(COLUMNS[name], *lines))
    assert content == ()
    assert ", ".join(f"{violation.field} {violation.code}" for violation in violations) == expected
    assert {violation.row for violation in violations} <= {2, 3}
