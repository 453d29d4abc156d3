"""Keys as they are stored: digests, unique names, revoked once and for all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from tierscore.errors import AlreadyThere, UnknownCode
from tierscore.storage import freshness, keys
from tierscore.storage.database import Database
from tierscore.storage.keys import Key
from tierscore.storage.tables import ApiKeyRow

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def key(name: str = "office", number: int = 1, days: int = 0) -> Key:
    return Key(
        f"{number:016}", name, f"{number:064}", ("read", "write"), NOW + timedelta(days), NOW + timedelta(days=90)
    )


def add(store: Database, *wanted: Key) -> None:
    for item in wanted:
        with store.write() as session:
            keys.add(session, item)


def counter(store: Database) -> int:
    with store.read() as session:
        return freshness.state(session).catalogue


def test_keys_come_back_as_they_were_stored_oldest_first(store: Database) -> None:
    later, sooner = key("later", 1, 1), key("sooner", 2)
    add(store, later, sooner)
    with store.read() as session:
        assert keys.every(session) == (sooner, later)


def test_a_name_is_given_once_even_when_its_key_is_revoked(store: Database) -> None:
    add(store, key())
    with store.write() as session:
        keys.revoke(session, "office", NOW)
    with pytest.raises(AlreadyThere, match="There is a key 'office' already"):
        add(store, key(number=2))


@pytest.mark.parametrize("same", ["name", "id"])
def test_the_database_itself_refuses_a_second_one(store: Database, same: str) -> None:
    add(store, key())
    columns = {"id": "2", "name": "other", same: {"id": key().id, "name": "office"}[same]}
    with pytest.raises(IntegrityError), store.write() as session:
        session.add(ApiKeyRow(**columns, digest="0" * 64, scopes="read", created_at=NOW))
        session.flush()


def test_a_key_is_revoked_once(store: Database) -> None:
    add(store, key())
    for moment, changed in ((NOW, True), (NOW + timedelta(days=1), False)):
        with store.write() as session:
            assert keys.revoke(session, "office", moment) is changed
    with store.read() as session:
        assert keys.every(session)[0].revoked_at == NOW


def test_an_unknown_name_comes_with_the_nearest(store: Database) -> None:
    add(store, key())
    with pytest.raises(UnknownCode) as caught, store.write() as session:
        keys.revoke(session, "ofice", NOW)
    assert caught.value.nearest == ("office",)


def test_every_change_moves_the_counter_that_workers_read(store: Database) -> None:
    seen = [counter(store)]
    add(store, key())
    seen.append(counter(store))
    with store.write() as session:
        keys.revoke(session, "office", NOW)
    seen.append(counter(store))
    assert len(set(seen)) == 3
