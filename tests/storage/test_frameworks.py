"""Published framework versions."""

from __future__ import annotations

import json

import pytest

from tierscore.errors import AlreadyPublished
from tierscore.storage import frameworks, freshness
from tierscore.storage.database import Database
from tierscore.storage.frameworks import PublishedFramework

DOCUMENT = json.dumps({"title": {"zh": "中国", "en": "China"}, "cut": 2 / 3}, ensure_ascii=False, indent=1)


def publish(database: Database, version: str = "1.0", digest: str = "a" * 64, id_: str = "cn") -> bool:
    with database.write() as session:
        return frameworks.publish(session, id_, version, digest, "official", DOCUMENT)


def counter(database: Database) -> int:
    with database.read() as session:
        return freshness.state(session).catalogue


def test_the_document_comes_back_letter_by_letter(empty: Database) -> None:
    assert publish(empty) is True
    with empty.read() as session:
        assert frameworks.document(session, "cn", "1.0") == (DOCUMENT, "a" * 64)
        assert frameworks.listing(session) == [
            PublishedFramework("cn", "1.0", "a" * 64, "official", {"zh": "中国", "en": "China"})
        ]


def test_publishing_again_changes_nothing(empty: Database) -> None:
    publish(empty)
    assert publish(empty) is False
    assert counter(empty) == 1


def test_a_published_version_never_changes(empty: Database) -> None:
    publish(empty)
    with pytest.raises(AlreadyPublished, match=r"cn version 1\.0"):
        publish(empty, digest="b" * 64)
    with empty.read() as session:
        assert frameworks.document(session, "cn", "1.0") == (DOCUMENT, "a" * 64)


def test_versions_are_listed_by_their_numbers(empty: Database) -> None:
    for version in ("2021.10", "2021.9", "2021.1"):
        publish(empty, version)
    publish(empty, "3", id_="a")
    with empty.read() as session:
        found = [(framework.id, framework.version) for framework in frameworks.listing(session)]
        documents = {framework.document for framework in frameworks.listing(session)}
    assert found == [("a", "3"), ("cn", "2021.1"), ("cn", "2021.9"), ("cn", "2021.10")]
    assert documents == {DOCUMENT}
    assert counter(empty) == 4


def test_a_version_is_spelled_one_way(empty: Database) -> None:
    """Of two versions with the same numbers neither would be the newer."""
    publish(empty, "2021.1")
    with pytest.raises(AlreadyPublished, match=r"cn version 2021\.1 "):
        publish(empty, "2021.01")


@pytest.mark.parametrize(("id_", "version"), [("cn", "2.0"), ("other", "1.0")])
def test_what_is_not_published_is_none(empty: Database, id_: str, version: str) -> None:
    publish(empty)
    with empty.read() as session:
        assert frameworks.document(session, id_, version) is None


def test_an_empty_database_lists_none(empty: Database) -> None:
    with empty.read() as session:
        assert frameworks.listing(session) == []
