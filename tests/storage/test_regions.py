"""Regions and what they are a part of, and what the tables refuse whoever writes them; on both engines."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.synthetic import Synthetic
from tierscore.framework.catalogue import Region, Title
from tierscore.storage import freshness, regions
from tierscore.storage.database import Database
from tierscore.storage.regions import Put


def region(code: str, kind: str, parent: str | None) -> Region:
    return Region(code, "", Title(code, code), kind, "", (), parent)


CITY, COUNTY = region("CN-SC-1", "city", "CN-SC"), region("CN-SC-1-1", "county", "CN-SC-1")


def append(database: Database, *wanted: Region) -> Put:
    with database.write() as session:
        return regions.append(session, wanted)


def stored(database: Database) -> dict[str, Region]:
    with database.read() as session:
        return {item.code: item for item in regions.every(session)}


def counter(database: Database) -> int:
    with database.read() as session:
        return freshness.state(session).catalogue


def test_new_ones_come_last_and_stay_where_they_are(store: Database) -> None:
    assert append(store, COUNTY, CITY) == Put(2, 0, 0)  # a part may come before what it is a part of
    renamed = replace(COUNTY, name=Title("县", "County"))
    assert append(store, renamed, CITY, region("CN-SC-2", "city", "CN-SC")) == Put(1, 1, 1)
    assert list(stored(store))[-3:] == ["CN-SC-1-1", "CN-SC-1", "CN-SC-2"]
    assert stored(store)["CN-SC-1-1"] == renamed


def test_the_counter_moves_with_a_change_only(store: Database) -> None:
    before = counter(store)
    append(store, CITY)
    append(store, CITY)
    assert counter(store) == before + 1


def test_two_kinds_may_change_places(store: Database) -> None:
    append(store, CITY, COUNTY)
    append(store, replace(CITY, kind="county", parent=COUNTY.code), replace(COUNTY, kind="city", parent="CN-SC"))
    assert [stored(store)[code].parent for code in (CITY.code, COUNTY.code)] == [COUNTY.code, "CN-SC"]


def test_a_parent_can_be_taken_back(store: Database) -> None:
    append(store, CITY)
    append(store, replace(CITY, parent=None))
    assert stored(store)[CITY.code].parent is None


@pytest.mark.parametrize(
    "wrong",
    [
        region("X", "county", "nowhere"),
        region("X", "county", "X"),
        region("X", "province", "CN-SC"),
        region("X", "village", "CN-SC"),
        region("CN", "nation", "CN-SC"),
        region("CN-SC", "county", "CN"),
    ],
    ids=["no such parent", "itself", "same level", "no such kind", "above", "not above its city any more"],
)
def test_the_tables_refuse_what_does_not_fit(store: Database, wrong: Region) -> None:
    append(store, CITY)
    before = stored(store)
    with pytest.raises(IntegrityError):
        append(store, wrong)
    assert stored(store) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE regions SET kind = 'county' WHERE code = 'CN-SC'",
        "UPDATE region_parents SET parent = 'CN-SC-1-1', parent_kind = 'county' WHERE region = 'CN-SC-1'",
        "UPDATE region_parents SET parent_kind = 'nation' WHERE region = 'CN-SC-1'",
        "DELETE FROM regions WHERE code = 'CN-SC-1'",
    ],
    ids=["a kind not above", "a ring", "a kind that it does not have", "a parent gone"],
)
def test_not_even_by_hand(store: Database, statement: str) -> None:
    append(store, CITY, COUNTY)
    with pytest.raises(IntegrityError), store.write() as session:
        session.execute(text(statement))


def test_statements_do_not_grow_with_the_regions(store: Database, query_recorder) -> None:
    counts = []
    for shape in (Synthetic(1, 1, 2), Synthetic(4, 5, 6)):
        wanted = [replace(item, code=f"{shape.provinces}{item.code}", parent=None) for item in shape.regions()[1:]]
        tied = [replace(item, kind="county", parent="CN") for item in wanted]
        with query_recorder(store) as statements:
            append(store, *tied)
        counts.append(len(statements))
        with query_recorder(store) as statements:
            stored(store)
        counts.append(len(statements))
    assert counts[:2] == counts[2:]
    assert counts[1] == 2
