"""The catalogue in and out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from tests.factories import DESIGNATIONS, GROUPS, INDICATORS, REGIONS, SOURCES, small_catalogue
from tierscore.framework.catalogue import Designation, Group, Source, Title
from tierscore.storage import catalogue, freshness
from tierscore.storage.catalogue import Catalogue, replace_catalogue
from tierscore.storage.database import Database


def put(database: Database, content: Catalogue) -> bool:
    with database.write() as session:
        return replace_catalogue(session, content)


def stored(database: Database) -> Catalogue:
    with database.read() as session:
        return Catalogue(
            regions=catalogue.regions(session),
            groups=catalogue.groups(session),
            indicators=catalogue.indicators(session),
            sources=catalogue.sources(session),
            designations=catalogue.designations(session),
        )


def counter(database: Database) -> int:
    with database.read() as session:
        return freshness.state(session).catalogue


def test_an_empty_database_has_none(empty: Database) -> None:
    assert stored(empty) == Catalogue()
    assert counter(empty) == 0


def test_everything_comes_back_in_order(store: Database) -> None:
    assert stored(store) == small_catalogue()
    assert counter(store) == 1


def test_the_same_again_changes_nothing(store: Database) -> None:
    assert put(store, small_catalogue()) is False
    assert counter(store) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"regions": (replace(REGIONS[0], name=Title("中国", "China")), *REGIONS[1:])},
        {"regions": (*REGIONS[:2], replace(REGIONS[2], tags=("west", "new")))},
        {"regions": (REGIONS[0], replace(REGIONS[1], tags=("yangtze_belt", "west")), REGIONS[2])},
        {"regions": (REGIONS[0], replace(REGIONS[1], tags=()), REGIONS[2])},
        {"regions": REGIONS[::-1]},
        {"groups": (replace(GROUPS[0], members=("CN-CQ", "CN-SC")),)},
        {"groups": (*GROUPS, Group("CN-X", Title("另", "Other"), ("CN-SC",)))},
        {"indicators": (replace(INDICATORS[0], low=None, high=0.0), *INDICATORS[1:])},
        {"indicators": (replace(INDICATORS[0], integer=False), *INDICATORS[1:])},
        {"sources": (replace(SOURCES[0], url="https://example.org/1"), SOURCES[1])},
        {"designations": DESIGNATIONS[:1]},
        {"designations": (replace(DESIGNATIONS[0], tier="international"), DESIGNATIONS[1])},
        {"designations": ()},
    ],
)
def test_every_change_is_noticed(store: Database, change: dict[str, object]) -> None:
    changed = small_catalogue(**change)
    assert put(store, changed) is True
    assert stored(store) == changed
    assert counter(store) == 2
    assert put(store, changed) is False


def test_coded_entries_are_never_removed(store: Database) -> None:
    """Observations may refer to them, and a group may be a user's own."""
    assert put(store, small_catalogue(regions=REGIONS[:2], groups=(), sources=SOURCES[:1])) is False
    assert stored(store) == small_catalogue()


def test_groups_of_unknown_regions_are_refused(store: Database) -> None:
    with pytest.raises(IntegrityError):
        put(store, small_catalogue(groups=(Group("CN-X", Title("另", "Other"), ("CN-XX",)),)))
    assert counter(store) == 1


@pytest.mark.parametrize(
    "designation",
    [
        Designation("CN-XX", "regional", "claimed", Title("", ""), "plan"),
        Designation("CN-CQ", "regional", "dreamt", Title("", ""), "plan"),
        Designation("CN-SC", "international", "designated", Title("", ""), "a second one"),
    ],
    ids=["unknown region", "unknown kind", "twice"],
)
def test_designations_that_make_no_sense_are_refused(store: Database, designation: Designation) -> None:
    with pytest.raises(IntegrityError):
        put(store, small_catalogue(designations=(*DESIGNATIONS, designation)))
    assert stored(store) == small_catalogue()


def test_listing_regions_takes_two_queries_whatever_their_number(seeded: Database, query_recorder) -> None:
    with query_recorder(seeded) as statements, seeded.read() as session:
        assert len(catalogue.regions(session)) == 32
    assert len(statements) == 2


def test_an_address_that_is_not_known_stays_none(store: Database) -> None:
    put(store, small_catalogue(sources=(*SOURCES, Source("S003", "Paper", None, ""))))
    assert [source.url for source in stored(store).sources] == [None, "https://example.org", None]
