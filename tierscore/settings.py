"""The settings of the service: read from the environment once, checked all together, then frozen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from tierscore import operation
from tierscore.errors import Invalid, Violation
from tierscore.operation import Operation

DEFAULT_DATABASE = "sqlite:///var/tierscore.db"
DATABASE_SCHEMES = ("postgresql", "postgresql+psycopg", "postgres")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
SHORTEST_SECRET = 32
OPEN, REQUIRED = "open", "required"
AUTO, ALWAYS = "auto", "always"
OFF, IN_MEMORY = "off", "memory://"
LIMITS_STORAGES = ("redis", "rediss")

_PREFIX = "TIERSCORE_"
_DATABASE, _SECRET, _LOG_LEVEL = "DATABASE_URL", "TIERSCORE_SECRET_KEY", "TIERSCORE_LOG_LEVEL"
_DASK, _AUTH, _COOKIE_SECURE = "TIERSCORE_DASK", "TIERSCORE_AUTH", "TIERSCORE_COOKIE_SECURE"
_PER_KEY, _PER_ADDRESS = "TIERSCORE_LIMIT_PER_KEY", "TIERSCORE_LIMIT_PER_ADDRESS"
_LIMITS_STORAGE = "TIERSCORE_LIMITS_STORAGE"
KNOWN = (_AUTH, _COOKIE_SECURE, _DASK, _DATABASE, _LIMITS_STORAGE, _LOG_LEVEL, _PER_ADDRESS, _PER_KEY, _SECRET,
         *operation.NAMES)  # fmt: skip
_LIMIT = re.compile(r"[1-9][0-9]{0,8}/(second|minute|hour|day)")
DASK_SCHEMES = ("tcp", "tls", "ws", "wss")


@dataclass(frozen=True)
class Settings:
    """What the service needs to know before it starts.

    Addresses may hold a password and the key is a secret, so they do not show in `repr`.

    Attributes
    ----------
    auth : str
        ``open``: reading needs no key; ``required``: it does.
    cookie_secure : str
        Whether the cookie of who signed in is for encrypted connections alone: ``auto``, as the request
        is, or ``always``.
    limit_per_key, limit_per_address : str
        Requests in a time, such as ``200/second`` or ``3000/minute``, or ``off``.
    limits_storage : str
        Where they are counted: ``memory://`` of each worker, or the address of a Redis.
    """

    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    log_level: str = "INFO"
    dask: str | None = None
    auth: str = OPEN
    cookie_secure: str = field(default=AUTO, repr=False)
    limit_per_key: str = field(default="12000/minute", repr=False)
    limit_per_address: str = field(default="3000/minute", repr=False)
    limits_storage: str = field(default=IN_MEMORY, repr=False)
    operation: Operation = field(default_factory=Operation, repr=False)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """The settings of an environment.

        Raises
        ------
        Invalid
            Listing every bad setting, each with its name as `parameter`.

        Examples
        --------
        >>> Settings.from_env({"TIERSCORE_SECRET_KEY": "0123456789abcdef" * 2})
        Settings(log_level='INFO', dask=None, auth='open')
        """
        settings = cls(
            database_url=environ.get(_DATABASE, DEFAULT_DATABASE),
            secret_key=environ.get(_SECRET, ""),
            log_level=environ.get(_LOG_LEVEL, "INFO"),
            dask=environ.get(_DASK),
            **_given(environ),
            operation=operation.operation_of(environ),
        )
        _refuse([*_unknown(environ), *settings._violations(), *operation.violations_in(environ)])
        return settings

    def _violations(self) -> list[Violation]:
        return [
            *_bad_database(self.database_url),
            *_bad_secret(self.secret_key),
            *_bad_level(self.log_level),
            *_bad_dask(self.dask),
            *_bad_auth(self.auth),
            *_bad_cookie(self.cookie_secure),
            *_bad_limit(_PER_KEY, self.limit_per_key),
            *_bad_limit(_PER_ADDRESS, self.limit_per_address),
            *_bad_storage(self.limits_storage),
        ]


def database_url(environ: Mapping[str, str]) -> str:
    """The database's address alone, for commands that need no secret; raises Invalid as `Settings.from_env`."""
    url = environ.get(_DATABASE, DEFAULT_DATABASE)
    _refuse(_bad_database(url))
    return url


def dask_address(environ: Mapping[str, str]) -> str | None:
    """The address of a Dask scheduler, for commands that need no secret; None where none is set; raises Invalid."""
    _refuse(_bad_dask(environ.get(_DASK)))
    return environ.get(_DASK)


def _given(environ: Mapping[str, str]) -> dict[str, str]:
    """The settings that have a default in the class, as far as the environment has them."""
    names = {"auth": _AUTH, "cookie_secure": _COOKIE_SECURE, "limit_per_key": _PER_KEY,
             "limit_per_address": _PER_ADDRESS, "limits_storage": _LIMITS_STORAGE}  # fmt: skip
    return {name: environ[variable] for name, variable in names.items() if variable in environ}


def _refuse(violations: list[Violation]) -> None:
    if violations:
        raise Invalid("settings", violations)


def _unknown(environ: Mapping[str, str]) -> list[Violation]:
    """A misspelt name would leave its default in force unnoticed."""
    strangers = sorted(name for name in environ if name.startswith(_PREFIX) and name not in KNOWN)
    return [
        _violation("unknown_setting", "There is no such setting.", name, allowed=_nearest(name)) for name in strangers
    ]


def _nearest(name: str) -> tuple[str, ...]:
    return tuple(get_close_matches(name, KNOWN, n=1)) or KNOWN


def _bad_database(url: str) -> list[Violation]:
    """The address itself is never repeated: it may hold a password."""
    if _names_a_file(url) or _names_a_server(url):
        return []
    allowed = ("sqlite:///path/to/file", "postgresql://user@host/database")
    return [_violation("bad_database_url", "This is no database the service can use.", _DATABASE, allowed=allowed)]


def _names_a_file(url: str) -> bool:
    """A database in memory would be another one, without tables, for every connection."""
    path = url.removeprefix("sqlite:///")
    return path not in (url, "", "/", ":memory:") and not path.startswith("file:")


def _names_a_server(url: str) -> bool:
    try:
        address = urlsplit(url)
        return address.scheme in DATABASE_SCHEMES and address.path != "" and address.port != 0
    except ValueError:
        return False


def _bad_secret(secret: str) -> list[Violation]:
    if len(secret.strip()) >= SHORTEST_SECRET:
        return []
    template = "A secret of at least {shortest} characters is needed; there is no default."
    return [_violation("weak_secret", template, _SECRET, params={"shortest": SHORTEST_SECRET})]


def _bad_level(level: str) -> list[Violation]:
    if level in LOG_LEVELS:
        return []
    return [
        _violation("unknown_word", "{value!r} is no log level.", _LOG_LEVEL, value=level, allowed=LOG_LEVELS,
                   params={"value": level})
    ]  # fmt: skip


def _bad_dask(address: str | None) -> list[Violation]:
    if address is None:
        return []
    try:
        found = urlsplit(address)
        if found.scheme in DASK_SCHEMES and found.hostname and found.port:
            return []
    except ValueError:
        pass
    template = "{value!r} is no address of a Dask scheduler."
    return [_violation("bad_dask_address", template, _DASK, value=address, params={"value": address},
                       allowed=("tcp://host:8786",))]  # fmt: skip


def _bad_auth(auth: str) -> list[Violation]:
    if auth in (OPEN, REQUIRED):
        return []
    return [_violation("unknown_word", "{value!r} is neither open nor required.", _AUTH, value=auth,
                       params={"value": auth}, allowed=(OPEN, REQUIRED))]  # fmt: skip


def _bad_cookie(word: str) -> list[Violation]:
    if word in (AUTO, ALWAYS):
        return []
    return [_violation("unknown_word", "{value!r} is neither auto nor always.", _COOKIE_SECURE, value=word,
                       params={"value": word}, allowed=(AUTO, ALWAYS))]  # fmt: skip


def _bad_limit(name: str, limit: str) -> list[Violation]:
    if limit == OFF or _LIMIT.fullmatch(limit):
        return []
    return [_violation("bad_limit", "{value!r} is no number of requests in a time.", name, value=limit,
                       params={"value": limit}, allowed=("200/second", "3000/minute", "100000/hour", OFF))]  # fmt: skip


def _bad_storage(address: str) -> list[Violation]:
    """The address itself is never repeated: it may hold a password."""
    try:
        found = urlsplit(address)
        if address == IN_MEMORY or (found.scheme in LIMITS_STORAGES and found.hostname and found.port != 0):
            return []
    except ValueError:
        pass
    template = "This is no place where requests can be counted."
    return [_violation("bad_limits_storage", template, _LIMITS_STORAGE, allowed=(IN_MEMORY, "redis://host:6379/0"))]


def _violation(code: str, template: str, name: str, **rest: Any) -> Violation:
    return Violation(code=code, template=template, parameter=name, **rest)
