"""Settings from the environment."""

from __future__ import annotations

import dataclasses

import pytest

from tierscore.errors import Invalid
from tierscore.settings import DEFAULT_DATABASE, Settings, database_url

SECRET = "0123456789abcdef" * 2
RIGHT = {"TIERSCORE_SECRET_KEY": SECRET}


def mistakes(environ: dict[str, str]) -> list[tuple[str | None, str]]:
    with pytest.raises(Invalid, match="settings is not valid") as caught:
        Settings.from_env(environ)
    return [(violation.parameter, violation.code) for violation in caught.value.violations]


def test_defaults() -> None:
    assert Settings.from_env(RIGHT) == Settings(DEFAULT_DATABASE, SECRET, "INFO")


def test_everything_given() -> None:
    environ = RIGHT | {"DATABASE_URL": "postgresql://u@h/d", "TIERSCORE_LOG_LEVEL": "DEBUG", "PATH": "/bin"}
    assert Settings.from_env(environ) == Settings("postgresql://u@h/d", SECRET, "DEBUG")


def test_settings_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings.from_env(RIGHT).log_level = "DEBUG"


def test_every_bad_setting_is_listed_at_once() -> None:
    environ = {
        "DATABASE_URL": "mysql://h/d",
        "TIERSCORE_SECRET_KEY": "short",
        "TIERSCORE_LOG_LEVEL": "info",
        "TIERSCORE_SECRET": SECRET,
        "TIERSCORE_LOGLEVEL": "INFO",
    }
    assert mistakes(environ) == [
        ("TIERSCORE_LOGLEVEL", "unknown_setting"),
        ("TIERSCORE_SECRET", "unknown_setting"),
        ("DATABASE_URL", "bad_database_url"),
        ("TIERSCORE_SECRET_KEY", "weak_secret"),
        ("TIERSCORE_LOG_LEVEL", "unknown_word"),
    ]


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("TIERSCORE_SECRET", ("TIERSCORE_SECRET_KEY",)), ("TIERSCORE_LOGLEVEL", ("TIERSCORE_LOG_LEVEL",))],
)
def test_an_unknown_name_gets_the_nearest(name: str, allowed: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as caught:
        Settings.from_env(RIGHT | {name: "x"})
    assert caught.value.violations[0].allowed == allowed


@pytest.mark.parametrize("environ", [{}, {"TIERSCORE_SECRET_KEY": ""}, {"TIERSCORE_SECRET_KEY": "x" * 31 + " "}])
def test_the_secret_has_no_default(environ: dict[str, str]) -> None:
    assert mistakes(environ) == [("TIERSCORE_SECRET_KEY", "weak_secret")]


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"])
def test_log_levels(level: str) -> None:
    assert Settings.from_env(RIGHT | {"TIERSCORE_LOG_LEVEL": level}).log_level == level


def test_reading_is_open_and_requests_are_limited_unless_said_otherwise() -> None:
    settings = Settings.from_env(RIGHT)
    assert (settings.auth, settings.limits_storage) == ("open", "memory://")
    assert (settings.limit_per_key, settings.limit_per_address) == ("12000/minute", "3000/minute")


def test_keys_and_limits_as_given() -> None:
    environ = RIGHT | {
        "TIERSCORE_AUTH": "required", "TIERSCORE_LIMIT_PER_KEY": "200/second", "TIERSCORE_LIMIT_PER_ADDRESS": "off",
        "TIERSCORE_LIMITS_STORAGE": "redis://:hunter2@cache:6379/1",
    }  # fmt: skip
    settings = Settings.from_env(environ)
    assert (settings.auth, settings.limit_per_key, settings.limit_per_address) == ("required", "200/second", "off")
    assert settings.limits_storage == "redis://:hunter2@cache:6379/1"
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("TIERSCORE_AUTH", "", "unknown_word"),
        ("TIERSCORE_AUTH", "Required", "unknown_word"),
        ("TIERSCORE_AUTH", "none", "unknown_word"),
        *(
            (name, value, "bad_limit")
            for name in ("TIERSCORE_LIMIT_PER_KEY", "TIERSCORE_LIMIT_PER_ADDRESS")
            for value in ("", "0/minute", "-1/minute", "100", "100 per minute", "1/week", "1/minute;2/day", "no")
        ),
        *(
            ("TIERSCORE_LIMITS_STORAGE", value, "bad_limits_storage")
            for value in (
                "",
                "redis",
                "redis://",
                "redis://cache:port/0",
                "memcached://cache:1",
                "memory",
                "http://cache",
            )
        ),
    ],
)
def test_bad_words_about_keys_and_limits(name: str, value: str, code: str) -> None:
    assert mistakes(RIGHT | {name: value}) == [(name, code)]


def test_a_wrong_place_for_counts_does_not_show_its_password() -> None:
    with pytest.raises(Invalid) as caught:
        Settings.from_env(RIGHT | {"TIERSCORE_LIMITS_STORAGE": "memcached://:hunter2@cache:1"})
    assert "hunter2" not in repr(caught.value.violations)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///var/tierscore.db", "sqlite:////srv/tierscore.db", "postgresql://u:p@h:5432/d", "postgres://h/d",
        "postgresql+psycopg://u@/d?host=/run/postgresql",
    ],
)  # fmt: skip
def test_databases_that_can_be_used(url: str) -> None:
    assert database_url({"DATABASE_URL": url}) == url


@pytest.mark.parametrize(
    "url",
    [
        "", "tierscore.db", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://tierscore.db", "mysql://h/d",
        "postgresql://", "postgresql+asyncpg://h/d", "postgresql://u:hunter2@h:port/d", "postgresql://u@[h/d",
        "sqlite:///file:tierscore?mode=memory&uri=true",
    ],
)  # fmt: skip
def test_databases_that_cannot(url: str) -> None:
    assert mistakes(RIGHT | {"DATABASE_URL": url}) == [("DATABASE_URL", "bad_database_url")]
    with pytest.raises(Invalid):
        database_url({"DATABASE_URL": url})


def test_the_database_alone_needs_no_secret() -> None:
    assert database_url({"TIERSCORE_LOG_LEVEL": "wrong"}) == DEFAULT_DATABASE


def test_secrets_show_nowhere() -> None:
    settings = Settings.from_env(RIGHT | {"DATABASE_URL": "postgresql://u:hunter2@h/d"})
    assert SECRET not in repr(settings)
    assert "hunter2" not in repr(settings)
    with pytest.raises(Invalid) as caught:
        Settings.from_env({"TIERSCORE_SECRET_KEY": "short-secret", "DATABASE_URL": "mysql://u:hunter2@h/d"})
    told = " ".join(map(repr, caught.value.violations)) + str(caught.value)
    assert "short-secret" not in told
    assert "hunter2" not in told
