"""How many requests a key or an address has in a time, by Flask-Limiter.

Counted are calls of the API and pages; health, metrics, contract and docs page are free, and so is what a browser asks
before a call (OPTIONS), as it sends no key with it. In memory each worker counts for itself; with Redis all workers of
all hosts count together, and where Redis is away each counts for itself until it is back.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any

from flask import Flask, Response, request
from flask_limiter import ApplicationLimit, Limiter, RateLimitExceeded, RequestLimit
from limits.errors import StorageError
from limits.storage import MemoryStorage

from tierscore.api import problems
from tierscore.api.languages import fill
from tierscore.api.resources import PREFIX
from tierscore.settings import IN_MEMORY, OFF, Settings
from tierscore.web import site

PATIENCE = 0.5  # seconds that a request waits for Redis before it is counted in memory

_TOLD = "More than {most} requests were made in {window} seconds; the next one is taken in {seconds} seconds."


class SteadyMemory(MemoryStorage):
    """Counts in memory; a clock that is set back does not make their windows any longer."""

    STORAGE_SCHEME = ["steady"]  # noqa: RUF012 - as its base declares it

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Counts; a window that would end later than a new one was begun by another clock, and is over."""
        if self.expirations.get(key, 0) > time.time() + expiry:
            self.clear(key)
        return super().incr(key, expiry, amount)


def init_app(app: Flask, settings: Settings, holder: Callable[[], str | None]) -> None:
    """Counts every call of an application: for the key that `holder` names, or for the address if it names none."""

    def is_keyed() -> bool:
        return holder() is not None

    wanted = ((settings.limit_per_key, lambda: not is_keyed()), (settings.limit_per_address, is_keyed))
    limiter = Limiter(
        lambda: holder() or network(request.remote_addr),
        application_limits=[ApplicationLimit(limit, exempt_when=exempt) for limit, exempt in wanted if limit != OFF],
        strategy="fixed-window",
        headers_enabled=False,  # they would put Retry-After on every answer
        key_prefix="tierscore",
        enabled=any(limit != OFF for limit, _ in wanted),
        **_storage(settings.limits_storage),
    )
    limiter.request_filter(lambda: request.method == "OPTIONS" or not _is_counted())
    limiter.init_app(app)
    app.register_error_handler(RateLimitExceeded, lambda _error: _told(limiter))


def _storage(address: str) -> dict[str, Any]:
    """Where requests are counted, and what happens where that is away.

    Errors are swallowed because of two threads that find Redis gone at once only one falls back by itself.
    """
    if address == IN_MEMORY:
        return {"storage_uri": f"{SteadyMemory.STORAGE_SCHEME[0]}://"}
    options = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE, "wrap_exceptions": True}
    return {
        "storage_uri": address,
        "storage_options": options,
        "in_memory_fallback_enabled": True,
        "swallow_errors": True,
    }


def _is_counted() -> bool:
    return request.path.startswith(f"{PREFIX}/") or site.is_page()


def network(address: str | None) -> str:
    """What is counted as one address: of IPv6 the first half, since whoever has one address has all of those.

    >>> network("192.0.2.7"), network("::ffff:192.0.2.7"), network("2001:db8::7")
    ('192.0.2.7', '192.0.2.7', '2001:db8::/64')
    """
    if address is None or ":" not in address:
        return address or "none"
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or ip_network((found, 64), strict=False))


def _told(limiter: Limiter) -> Response:
    """The problem of one request too many, with the time until the next one."""
    limit = limiter.current_limit
    if limit is None:  # only once a limit is met is there an answer to be told
        raise RuntimeError("no limit was met")
    wait = _wait(limit)
    counted = {"most": limit.limit.amount, "window": limit.limit.get_expiry(), "seconds": wait}
    response = problems.write(problems.BY_STATUS[429], fill(_TOLD, counted))
    response.headers["Retry-After"] = response.headers["RateLimit-Reset"] = str(wait)
    response.headers["RateLimit-Limit"] = str(limit.limit.amount)
    response.headers["RateLimit-Remaining"] = "0"
    return response


def _wait(limit: RequestLimit) -> int:
    """Whole seconds until the next request is taken; the whole window where Redis went away in this moment."""
    try:
        return max(1, math.ceil(limit.window.reset_time - time.time()))
    except StorageError:
        return limit.limit.get_expiry()
