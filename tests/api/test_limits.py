"""How often: by key, else by address; what is free; and what is left of it without Redis."""

from __future__ import annotations

from dataclasses import replace

import pytest
import redis
from fakeredis import FakeRedis, FakeServer
from flask.testing import FlaskClient
from limits.errors import StorageError
from werkzeug.test import TestResponse

from tests.api.conftest import SETTINGS
from tests.keys import bearing, grant
from tierscore.api import create_app
from tierscore.api.limits import SteadyMemory, network
from tierscore.services.service import Service
from tierscore.settings import OFF
from tierscore.storage.database import Database

REGIONS = "/api/v1/regions"
REDIS = "redis://127.0.0.1:9/0"  # nobody listens there


def client_of(seeded: Database, per_key: str = "3/day", per_address: str = "2/day", storage: str = "") -> FlaskClient:
    """A day begins with its first request, so no test sees the next one."""
    limits = {"limit_per_key": per_key, "limit_per_address": per_address}
    settings = replace(SETTINGS, **limits, **({"limits_storage": storage} if storage else {}))
    return create_app(settings, Service(seeded)).test_client()


def get(client: FlaskClient, address: str = "192.0.2.1", key: str | None = None, path: str = REGIONS) -> TestResponse:
    headers = {} if key is None else bearing(key)
    return client.get(path, headers=headers, environ_overrides={"REMOTE_ADDR": address})


def statuses(client: FlaskClient, times: int, address: str = "192.0.2.1", key: str | None = None) -> list[int]:
    return [get(client, address, key).status_code for _ in range(times)]


def test_one_too_many_is_429_and_says_when_to_come_again(seeded: Database) -> None:
    client = client_of(seeded)
    assert statuses(client, 2) == [200, 200]
    answer = get(client)
    assert (answer.status_code, answer.mimetype) == (429, "application/problem+json")
    assert answer.json["type"] == "/problems/too-many-requests"
    wait = int(answer.headers["Retry-After"])
    assert 0 < wait <= 24 * 60 * 60
    assert answer.headers["RateLimit-Reset"] == str(wait)
    assert (answer.headers["RateLimit-Limit"], answer.headers["RateLimit-Remaining"]) == ("2", "0")
    assert answer.json["detail"].startswith("More than 2 requests were made in 86400 seconds")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_each_address_has_its_own_number_over_all_calls(seeded: Database) -> None:
    client = client_of(seeded)
    assert get(client, path=f"{REGIONS}/CN-SC").status_code == 200
    assert client.post("/api/v1/what-if", json={}, environ_overrides={"REMOTE_ADDR": "192.0.2.1"}).status_code == 200
    assert statuses(client, 1) == [429]
    assert statuses(client, 3, "192.0.2.2") == [200, 200, 429]


def test_each_key_has_its_own_number_wherever_it_is_used(seeded: Database) -> None:
    client = client_of(seeded)
    one, other = grant(seeded, "read", name="one"), grant(seeded, "read", name="other")
    assert statuses(client, 3) == [200, 200, 429]
    assert statuses(client, 2, key=one) == [200, 200]
    assert statuses(client, 2, "192.0.2.2", one) == [200, 429]
    assert statuses(client, 3, "192.0.2.2", other) == [200, 200, 200]


def test_wrong_keys_are_counted_by_address(seeded: Database) -> None:
    client = client_of(seeded)
    assert [get(client, key=f"wrong{number}").status_code for number in range(3)] == [401, 401, 429]


def test_what_is_refused_for_want_of_a_key_is_counted(seeded: Database) -> None:
    client = client_of(seeded)
    assert [client.post("/api/v1/groups").status_code for _ in range(3)] == [401, 401, 429]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"])
def test_what_is_no_call_of_the_api_is_free(seeded: Database, path: str) -> None:
    client = client_of(seeded)
    assert [get(client, path=path).status_code for _ in range(5)] == [200] * 5
    assert statuses(client, 2) == [200, 200]


def test_either_limit_can_be_off(seeded: Database) -> None:
    key = grant(seeded)
    free = client_of(seeded, OFF, OFF)
    assert statuses(free, 10) + statuses(free, 10, key=key) == [200] * 20
    keyed = client_of(seeded, "1/day", OFF)
    assert statuses(keyed, 10) == [200] * 10
    assert statuses(keyed, 2, key=key) == [200, 429]
    addressed = client_of(seeded, OFF, "1/day")
    assert statuses(addressed, 10, key=key) == [200] * 10
    assert statuses(addressed, 2) == [200, 429]


def test_answers_that_are_not_refused_carry_no_retry_after(seeded: Database) -> None:
    assert "Retry-After" not in get(client_of(seeded)).headers


def test_two_applications_count_for_themselves(seeded: Database) -> None:
    one, other = client_of(seeded), client_of(seeded)
    assert statuses(one, 3) == statuses(other, 3) == [200, 200, 429]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("some:thing else", "some:thing else"),
        ("", "none"),
        (None, "none"),
    ],
)
def test_what_is_one_address(address: str | None, counted: str) -> None:
    assert network(address) == counted


# --- Redis --------------------------------------------------------------------------------------------------------


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> FakeServer:
    """A Redis in this process; `connected` says whether it answers."""
    server = FakeServer()
    monkeypatch.setattr(redis, "from_url", lambda _address, **_options: FakeRedis(server=server))
    return server


def test_with_redis_all_workers_count_together(seeded: Database, server: FakeServer) -> None:
    one, other = (client_of(seeded, storage=REDIS) for _ in range(2))
    assert statuses(one, 1) + statuses(other, 2) == [200, 200, 429]
    assert int(get(other).headers["Retry-After"]) > 0


def test_without_its_redis_a_worker_counts_for_itself(seeded: Database) -> None:
    """And connects to nothing before its first request."""
    client = client_of(seeded, storage=REDIS)
    assert statuses(client, 3) == [200, 200, 429]


def test_a_redis_that_goes_away_takes_no_request_with_it(seeded: Database, server: FakeServer) -> None:
    """Counting begins again in memory: some more are let through, none fails."""
    client = client_of(seeded, storage=REDIS)
    assert statuses(client, 2) == [200, 200]
    server.connected = False
    assert statuses(client, 3) == [200, 200, 429]


def test_an_answer_of_429_needs_no_redis(seeded: Database, server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """It went away just when the time until the next request was to be asked."""
    client = client_of(seeded, storage=REDIS)
    assert statuses(client, 2) == [200, 200]

    def gone(*_args: object) -> None:
        raise StorageError(ConnectionError())

    (limiter,) = client.application.extensions["limiter"]
    monkeypatch.setattr(limiter.limiter, "get_window_stats", gone)
    answer = get(client)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "86400")


def test_a_clock_that_is_set_back_keeps_nobody_out() -> None:
    """Else a window that a minute was left of would take the minute and all the time that the clock went back."""
    counts = SteadyMemory()
    assert [counts.incr("office", 60) for _ in range(2)] == [1, 2]
    counts.expirations["office"] += 3600
    assert [counts.incr("office", 60) for _ in range(2)] == [1, 2]
