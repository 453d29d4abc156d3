"""The settings of operation: defaults, what is read, what is refused."""

from __future__ import annotations

import pytest

from tierscore.errors import Invalid
from tierscore.operation import Operation, operation_of
from tierscore.settings import Settings

RIGHT = {"TIERSCORE_SECRET_KEY": "0123456789abcdef" * 2}


def test_defaults() -> None:
    assert Settings.from_env(RIGHT).operation == Operation()
    assert Operation() == Operation("json", 2, 0, (), 5, 30, 24, 30, "", 1024)


def test_everything_given() -> None:
    environ = {
        "TIERSCORE_LOG_FORMAT": "text",
        "TIERSCORE_HEAVY_PLACES": "3",
        "TIERSCORE_PROXY_COUNT": "1",
        "TIERSCORE_CORS_ORIGINS": "https://a.example, http://localhost:5173",
        "TIERSCORE_POOL_SIZE": "10",
        "TIERSCORE_STATEMENT_SECONDS": "5",
        "TIERSCORE_IDEMPOTENCY_HOURS": "48",
        "TIERSCORE_REQUEST_SECONDS": "60",
        "TIERSCORE_CACHE": "/var/cache/tierscore",
        "TIERSCORE_CACHE_MEGABYTES": "64",
    }
    origins = ("https://a.example", "http://localhost:5173")
    expected = Operation("text", 3, 1, origins, 10, 5, 48, 60, "/var/cache/tierscore", 64)
    assert Settings.from_env(RIGHT | environ).operation == expected


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("TIERSCORE_LOG_FORMAT", "xml", "unknown_word"),
        ("TIERSCORE_HEAVY_PLACES", "0", "out_of_range"),
        ("TIERSCORE_HEAVY_PLACES", "two", "out_of_range"),
        ("TIERSCORE_HEAVY_PLACES", "1e1", "out_of_range"),
        ("TIERSCORE_PROXY_COUNT", "-1", "out_of_range"),
        ("TIERSCORE_PROXY_COUNT", "9", "out_of_range"),
        ("TIERSCORE_PROXY_COUNT", "", "out_of_range"),
        ("TIERSCORE_POOL_SIZE", "101", "out_of_range"),
        ("TIERSCORE_STATEMENT_SECONDS", "\u0663", "out_of_range"),
        ("TIERSCORE_IDEMPOTENCY_HOURS", "0", "out_of_range"),
        ("TIERSCORE_IDEMPOTENCY_HOURS", "721", "out_of_range"),
        ("TIERSCORE_CACHE", "var/cache", "bad_cache"),
        ("TIERSCORE_CACHE_MEGABYTES", "15", "out_of_range"),
    ],
)
def test_what_is_refused(name: str, value: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        Settings.from_env(RIGHT | {name: value})
    assert [(item.parameter, item.code) for item in caught.value.violations] == [(name, code)]


@pytest.mark.parametrize(
    "origin",
    [
        "*", "null", "portal.example", "https://", "ftp://a.example", "https://a.example/", "https://a.example/x",
        "https://u@a.example", "https://*.example", "HTTPS://a.example", "https://A.example", "https://a.example:443",
        "http://a.example:80", "https://a.example:0", "https://a.example:x", "https://a.example?x", "https://[::1",
    ],
)  # fmt: skip
def test_what_is_no_origin(origin: str) -> None:
    with pytest.raises(Invalid) as caught:
        Settings.from_env(RIGHT | {"TIERSCORE_CORS_ORIGINS": f"https://ok.example {origin}"})
    assert [(item.code, item.value) for item in caught.value.violations] == [("bad_origin", origin)]


@pytest.mark.parametrize("origin", ["https://a.example", "http://127.0.0.1:8080", "https://[2001:db8::1]:8443"])
def test_what_is_one(origin: str) -> None:
    assert operation_of({"TIERSCORE_CORS_ORIGINS": f" {origin} ,"}).cors_origins == (origin,)
    assert Settings.from_env(RIGHT | {"TIERSCORE_CORS_ORIGINS": origin}).operation.cors_origins == (origin,)
