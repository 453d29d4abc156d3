"""Keys: how they are made, which are recognised, and that every change is noted under who made it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import QueryRecorder
from tierscore.errors import AlreadyThere, Invalid, WrongKey
from tierscore.ingest.raw import RawTable
from tierscore.services import keys
from tierscore.services.ingesting import table_of_rows
from tierscore.services.publishing import publications
from tierscore.services.query import AssessmentQuery, CellEdit, Saving, WhatIf
from tierscore.services.seeding import seed
from tierscore.services.service import Service
from tierscore.storage.database import Database
from tierscore.storage.keys import Key

NOW = datetime(2026, 11, 25, tzinfo=UTC)
SEEDS = Path(__file__).resolve().parents[2] / "seeds"


def made(**changes: Any) -> tuple[str, Key]:
    return keys.make(**{"name": "office", "scopes": ("read",), "expires_in": None, "now": NOW, **changes})


@pytest.fixture
def service(seeded: Database) -> Service:
    return Service(seeded)


def recognised(known: Key, given: str, now: datetime = NOW) -> Key:
    return keys.holder({known.id: known}, given, now)


def test_a_key_is_random_and_only_its_digest_is_kept() -> None:
    told, key = made()
    again, _ = made()
    assert re.fullmatch(r"tierscore_[0-9a-f]{16}_[0-9a-f]{64}", told)
    assert told != again
    assert key.digest == keys.digest(told)
    assert told.rsplit("_", 1)[1] not in repr(key)


def test_scopes_are_kept_in_one_order_and_imply_none_of_the_others() -> None:
    assert made(scopes=["admin", "read", "admin"])[1].scopes == ("read", "admin")


@pytest.mark.parametrize(
    ("text", "length"),
    [("12h", timedelta(hours=12)), ("90d", timedelta(days=90)), ("8w", timedelta(weeks=8)), (None, None)],
)
def test_periods(text: str | None, length: timedelta | None) -> None:
    ends = made(expires_in=text)[1].expires_at
    assert ends == (None if length is None else NOW + length)


@pytest.mark.parametrize(
    ("changes", "mistakes"),
    [
        ({"name": ""}, [("name", "wrong_name")]),
        ({"name": "a b"}, [("name", "wrong_name")]),
        ({"name": "shell:root"}, [("name", "wrong_name")]),
        ({"name": "x" * 65}, [("name", "wrong_name")]),
        ({"name": "seed"}, [("name", "reserved_name")]),
        ({"name": "anonymous"}, [("name", "reserved_name")]),
        ({"scopes": []}, [("scopes", "unknown_word")]),
        ({"scopes": ["read", "rite", ""]}, [("scopes", "unknown_word"), ("scopes", "unknown_word")]),
        ({"expires_in": "0d"}, [("expires-in", "wrong_period")]),
        ({"expires_in": "90"}, [("expires-in", "wrong_period")]),
        ({"expires_in": "-1d"}, [("expires-in", "wrong_period")]),
        ({"expires_in": "999999d"}, [("expires-in", "wrong_period")]),
        (
            {"name": "/", "scopes": ["all"], "expires_in": "soon"},
            [("name", "wrong_name"), ("scopes", "unknown_word"), ("expires-in", "wrong_period")],
        ),
    ],
)
def test_every_mistake_is_told_at_once(changes: dict[str, Any], mistakes: list[tuple[str, str]]) -> None:
    with pytest.raises(Invalid) as caught:
        made(**changes)
    assert [(item.parameter, item.code) for item in caught.value.violations] == mistakes


def test_names_may_be_chinese() -> None:
    assert made(name="四川省统计局")[1].name == "四川省统计局"


def test_the_longest_period_is_still_a_date() -> None:
    assert made(expires_in="99999w")[1].expires_at is not None


def test_a_key_is_recognised() -> None:
    told, key = made()
    assert recognised(key, told) is key


@pytest.mark.parametrize("change", [lambda told: told[:-1], lambda told: f"{told}0", str.upper, lambda _: ""])
def test_what_is_not_the_key_to_the_last_letter_is_unknown(change: Any) -> None:
    told, key = made()
    with pytest.raises(WrongKey) as caught:
        recognised(key, change(told))
    assert caught.value.reason == "unknown"


@pytest.mark.parametrize("given", ["", "_", "__", "a_b_c", "tierscore_é_你好", "x" * 100_000, "\x00"])
def test_nonsense_is_unknown_too(given: str) -> None:
    with pytest.raises(WrongKey):
        recognised(made()[1], given)


def test_the_name_of_a_key_is_not_enough() -> None:
    """Its id is no secret: another secret beside it opens nothing."""
    told, key = made()
    other, _ = made()
    with pytest.raises(WrongKey):
        recognised(key, told.rsplit("_", 1)[0] + "_" + other.rsplit("_", 1)[1])


def test_a_key_is_compared_in_constant_time_whether_it_is_known_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    told, key = made()
    compared: list[tuple[int, int]] = []

    def compare(one: str, other: str) -> bool:
        compared.append((len(one), len(other)))
        return one == other

    monkeypatch.setattr(keys, "compare_digest", compare)
    recognised(key, told)
    for wrong in ("nonsense", told[:-1] + "x"):
        with pytest.raises(WrongKey):
            recognised(key, wrong)
    assert compared == [(64, 64)] * 3


def test_a_key_expires_on_the_instant() -> None:
    told, key = made(expires_in="12h")
    assert recognised(key, told, NOW + timedelta(hours=12) - timedelta(microseconds=1)) is key
    with pytest.raises(WrongKey) as caught:
        recognised(key, told, NOW + timedelta(hours=12))
    assert caught.value.reason == "expired"


def test_a_revoked_key_says_so_even_if_it_has_expired() -> None:
    told, key = made(expires_in="12h")
    with pytest.raises(WrongKey) as caught:
        recognised(replace(key, revoked_at=NOW), told, NOW + timedelta(days=1))
    assert caught.value.reason == "revoked"


def test_a_key_that_was_shown_before_is_known_by_its_id_while_it_is_good() -> None:
    _, known = made(expires_in="1h")
    assert keys.holder_of({known.id: known}, known.id, NOW) == known
    revoked = replace(known, revoked_at=NOW)
    for key, identifier, now, reason in ((known, "0" * 16, NOW, "unknown"), (revoked, known.id, NOW, "revoked"),
                                         (known, known.id, NOW + timedelta(hours=1), "expired")):  # fmt: skip
        with pytest.raises(WrongKey) as refused:
            keys.holder_of({key.id: key}, identifier, now)
        assert refused.value.reason == reason


def test_a_list_says_what_each_key_still_is(service: Service) -> None:
    for name, period in (("lasting", None), ("short", "12h"), ("gone", None)):
        service.create_key(name, ["read", "write"], period)
    service.revoke_key("gone")
    listed = service.reading().known_keys()
    assert [(item["name"], item["state"]) for item in listed] == [
        ("lasting", "valid"), ("short", "valid"), ("gone", "revoked"),
    ]  # fmt: skip
    assert keys.answer(made(expires_in="12h")[1], NOW + timedelta(days=1))["state"] == "expired"
    assert "digest" not in listed[0]


def test_another_worker_knows_a_key_at_once_and_refuses_it_at_once(seeded: Database, service: Service) -> None:
    other = Service(seeded)
    other.reading().snapshot  # noqa: B018 - it holds one from before the key
    told = service.create_key("office", ["write"])
    assert other.reading().holder(told).name == "office"
    service.revoke_key("office")
    with pytest.raises(WrongKey):
        other.reading().holder(told)


def test_recognising_a_key_costs_no_query(seeded: Database, service: Service, query_recorder: QueryRecorder) -> None:
    told = service.create_key("office", ["read"])
    service.reading().holder(told)
    with query_recorder(seeded) as statements:
        service.reading().holder(told)
    assert len(statements) == 1
    assert "state" in statements[0]


def test_keys_are_in_no_tag(service: Service) -> None:
    before = service.reading().fingerprint
    service.create_key("office", ["read"])
    assert service.reading().fingerprint == before


# --- who changed what ---------------------------------------------------------------------------------------------


def noted(service: Service, since: int) -> list[tuple[str, str, str]]:
    items = service.reading().trail(since, 1, 1000)["items"]
    return [(item["actor"], item["action"], item["subject"]) for item in items]


def last(service: Service) -> int:
    return int(service.reading().trail(0, 1, 1000)["total"])


def labs(value: float) -> RawTable:
    return table_of_rows([{"region": "CN-SC", "indicator": "national_key_labs", "period": 2023, "value": value}])


def test_the_seeds_are_noted_once(seeded: Database, service: Service) -> None:
    assert noted(service, 0)[:4] == [
        ("seed", "catalogue_changed", "seeds"),
        ("seed", "revision_stored", "1"),
        ("seed", "revision_stored", "2"),
        ("seed", "revision_stored", "3"),
    ]
    assert ("seed", "framework_published", "cn-innovation-centre@2021.1") in noted(service, 0)
    before = last(service)
    seed(seeded, SEEDS, publications(SEEDS / "frameworks"))
    assert last(service) == before


def test_keys_are_noted_without_what_they_are(service: Service) -> None:
    since = last(service)
    told = service.create_key("office", ["write", "read"], "90d", by="shell:root")
    service.revoke_key("office", by="shell:root")
    service.revoke_key("office", by="shell:root")
    items = service.reading().trail(since, 1, 10)["items"]
    assert noted(service, since) == [
        ("shell:root", "key_created", "office"),
        ("shell:root", "key_revoked", "office"),
    ]
    assert items[0]["details"]["scopes"] == ["read", "write"]
    assert told.rsplit("_", 1)[1] not in str(items)


def test_a_key_that_is_not_made_is_not_noted(service: Service) -> None:
    service.create_key("office", ["read"])
    since = last(service)
    with pytest.raises(AlreadyThere):
        service.create_key("office", ["read"])
    assert noted(service, since) == []


def test_a_batch_is_noted_if_it_is_stored(service: Service) -> None:
    since = last(service)
    service.ingest(labs(70), recorded_by="office")
    service.ingest(labs(70), recorded_by="office")
    service.ingest(labs(71), recorded_by="office", dry_run=True)
    with pytest.raises(Invalid):
        service.ingest(labs(-1), recorded_by="office")
    service.ingest(labs(72), recorded_by="Statistics Office", by="shell:root", note="corrected")
    assert noted(service, since) == [("office", "revision_stored", "4"), ("shell:root", "revision_stored", "5")]
    details = service.reading().trail(since + 1, 1, 10)["items"][0]["details"]
    assert details == {"rows": 1, "recorded_by": "Statistics Office", "note": "corrected"}


def test_groups_and_scenarios_are_noted(service: Service) -> None:
    since = last(service)
    service.add_group("HN-AH", {"zh": "湘皖", "en": "Hunan and Anhui"}, ("CN-HN", "CN-AH"), by="planner")
    service.delete_group("HN-AH", by="planner")
    edit = CellEdit("set", "CN-SC", "national_key_labs", 18)
    draft = Saving("Plan", "planner", WhatIf(query=AssessmentQuery(), edits=(edit,)))
    saved = service.save_scenario(draft, by="planner")
    changed = service.save_scenario(draft, saved, by="other")
    rebased, _ = service.rebase_scenario(changed, by="planner")
    service.delete_scenario(rebased, by="planner")
    assert noted(service, since) == [
        ("planner", "group_added", "HN-AH"),
        ("planner", "group_removed", "HN-AH"),
        ("planner", "scenario_created", saved.id),
        ("other", "scenario_changed", saved.id),
        ("planner", "scenario_rebased", saved.id),
        ("planner", "scenario_removed", saved.id),
    ]
