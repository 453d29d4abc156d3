"""How the service is run: log, places for heavy requests, proxies, origins, pool, time-outs. All have defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tierscore.errors import Violation

LOG_FORMATS = ("json", "text")
LOG_FORMAT, ORIGINS = "TIERSCORE_LOG_FORMAT", "TIERSCORE_CORS_ORIGINS"
HEAVY_PLACES, PROXY_COUNT = "TIERSCORE_HEAVY_PLACES", "TIERSCORE_PROXY_COUNT"
POOL_SIZE, STATEMENT_SECONDS = "TIERSCORE_POOL_SIZE", "TIERSCORE_STATEMENT_SECONDS"
IDEMPOTENCY_HOURS = "TIERSCORE_IDEMPOTENCY_HOURS"
REQUEST_SECONDS = "TIERSCORE_REQUEST_SECONDS"
IMPORT_MEGABYTES = "TIERSCORE_IMPORT_MEGABYTES"
CACHE, CACHE_MEGABYTES = "TIERSCORE_CACHE", "TIERSCORE_CACHE_MEGABYTES"


@dataclass(frozen=True)
class Whole:
    """A whole number that a setting may be, and what it is when it is not set."""

    least: int
    most: int
    default: int


NUMBERS = {
    HEAVY_PLACES: Whole(1, 64, 2),
    PROXY_COUNT: Whole(0, 8, 0),
    POOL_SIZE: Whole(1, 100, 5),
    STATEMENT_SECONDS: Whole(1, 3600, 30),
    IDEMPOTENCY_HOURS: Whole(1, 720, 24),
    REQUEST_SECONDS: Whole(1, 3600, 30),
    IMPORT_MEGABYTES: Whole(1, 65_536, 1024),
    CACHE_MEGABYTES: Whole(16, 999_999, 1024),
}
NAMES = (LOG_FORMAT, ORIGINS, CACHE, *NUMBERS)


@dataclass(frozen=True)
class Operation:
    """How one worker runs.

    Attributes
    ----------
    log_format : str
        ``json`` or ``text``, one line each.
    heavy_places : int
        How many heavy requests a worker computes at once; less than it has threads.
    proxy_count : int
        How many proxies in front of the service set X-Forwarded-For and -Proto; 0: nobody's are believed.
    cors_origins : tuple of str
        Origins whose pages may read the answers; none by default.
    pool_size : int
        Connections to the database that a worker keeps; in a rush it opens as many again.
    statement_seconds : int
        After which PostgreSQL gives a statement up.
    idempotency_hours : int
        For how long the first answer to an Idempotency-Key is kept.
    request_seconds : int
        In which a client has to send a request; a body that comes steadily has longer.
    cache : str
        The folder in which the workers of a machine share what they read of many regions; empty: each reads its own.
    cache_megabytes : int
        How much that folder may hold.
    import_megabytes : int
        Of 1024 x 1024 bytes, that a file may have which is imported as a job.
    """

    log_format: str = "json"
    heavy_places: int = NUMBERS[HEAVY_PLACES].default
    proxy_count: int = NUMBERS[PROXY_COUNT].default
    cors_origins: tuple[str, ...] = ()
    pool_size: int = NUMBERS[POOL_SIZE].default
    statement_seconds: int = NUMBERS[STATEMENT_SECONDS].default
    idempotency_hours: int = NUMBERS[IDEMPOTENCY_HOURS].default
    request_seconds: int = NUMBERS[REQUEST_SECONDS].default
    cache: str = ""
    cache_megabytes: int = NUMBERS[CACHE_MEGABYTES].default
    import_megabytes: int = NUMBERS[IMPORT_MEGABYTES].default


def operation_of(environ: Mapping[str, str]) -> Operation:
    """The settings of an environment that has been checked; what is wrong there has its default here."""
    return Operation(
        log_format=environ.get(LOG_FORMAT, "json"),
        heavy_places=_number(environ, HEAVY_PLACES),
        proxy_count=_number(environ, PROXY_COUNT),
        cors_origins=origins_in(environ.get(ORIGINS, "")),
        pool_size=_number(environ, POOL_SIZE),
        statement_seconds=_number(environ, STATEMENT_SECONDS),
        idempotency_hours=_number(environ, IDEMPOTENCY_HOURS),
        request_seconds=_number(environ, REQUEST_SECONDS),
        import_megabytes=_number(environ, IMPORT_MEGABYTES),
        cache=environ.get(CACHE, ""),
        cache_megabytes=_number(environ, CACHE_MEGABYTES),
    )


def violations_in(environ: Mapping[str, str]) -> list[Violation]:
    """Everything wrong with an environment's settings of operation."""
    return [*_bad_format(environ), *_bad_numbers(environ), *_bad_origins(environ), *_bad_cache(environ)]


def origins_in(text: str) -> tuple[str, ...]:
    """The origins of a list, which commas or spaces part.

    >>> origins_in("https://a.example, http://b.example:8080")
    ('https://a.example', 'http://b.example:8080')
    """
    return tuple(re.split(r"[\s,]+", text.strip(" ,"))) if text.strip(" ,") else ()


def _number(environ: Mapping[str, str], name: str) -> int:
    text, known = environ.get(name), NUMBERS[name]
    return int(text) if text is not None and _is_within(text, known) else known.default


def _is_within(text: str, known: Whole) -> bool:
    return re.fullmatch(r"[0-9]{1,6}", text) is not None and known.least <= int(text) <= known.most


def _bad_format(environ: Mapping[str, str]) -> Iterator[Violation]:
    found = environ.get(LOG_FORMAT, "json")
    if found not in LOG_FORMATS:
        template, params = "{value!r} is no format of the log.", {"value": found}
        yield Violation("unknown_word", template, params, parameter=LOG_FORMAT, value=found, allowed=LOG_FORMATS)


def _bad_numbers(environ: Mapping[str, str]) -> Iterator[Violation]:
    for name, known in NUMBERS.items():
        if name in environ and not _is_within(environ[name], known):
            template = "A whole number from {least} to {most} is needed."
            params = {"least": known.least, "most": known.most}
            yield Violation("out_of_range", template, params, parameter=name, value=environ[name])


def _bad_origins(environ: Mapping[str, str]) -> Iterator[Violation]:
    for origin in origins_in(environ.get(ORIGINS, "")):
        if not _is_origin(origin):
            template, params = "{value!r} is no origin: scheme, host and port, nothing else.", {"value": origin}
            allowed = ("https://host", "https://host:8443")
            yield Violation("bad_origin", template, params, parameter=ORIGINS, value=origin, allowed=allowed)


def _bad_cache(environ: Mapping[str, str]) -> Iterator[Violation]:
    """Workers may be started anywhere, so a path that begins there would be another folder for each."""
    folder = environ.get(CACHE, "")
    if folder and not Path(folder).is_absolute():
        template, params = "{value!r} is no path that begins at the root.", {"value": folder}
        yield Violation("bad_cache", template, params, parameter=CACHE, value=folder, allowed=("/var/cache/tierscore",))


def _is_origin(text: str) -> bool:
    """Written as a browser sends it: lower case, without a slash at the end and without the scheme's own port."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host or port in (0, {"http": 80, "https": 443}[parts.scheme]):
        return False
    named = f"[{host}]" if ":" in host else host
    written = f"{parts.scheme}://{named}" + (f":{port}" if port else "")
    return text == written and re.fullmatch(r"[a-z0-9.:-]+", host) is not None
