"""Which scope a call needs, as its view says or else as its method does; and how the contract says so.

What is not said fails safe: a new POST, PUT or DELETE needs the scope write unless its view is marked as reading.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from tierscore.services.keys import READ, WRITE
from tierscore.settings import OPEN

READING_METHODS = ("get", "head", "options")
SCHEMES = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "a key made by `tierscore keys create`; the word beside it is the scope that it must have",
    }
}
View = TypeVar("View", bound=Callable[..., Any])


def needs(scope: str) -> Callable[[View], View]:
    """Marks a view whose method does not say which scope it needs."""

    def mark(view: View) -> View:
        view.scope = scope  # type: ignore[attr-defined]
        view._apidoc = {**getattr(view, "_apidoc", {}), "scope": scope}  # type: ignore[attr-defined]
        return view

    return mark


def needed(marked: str | None, method: str) -> str:
    """The scope of a call by its view's mark and its method."""
    return marked or (READ if method.lower() in READING_METHODS else WRITE)


def is_open(scope: str, auth: str) -> bool:
    """Whether a call needs no key at all."""
    return scope == READ and auth == OPEN


def describe(operation: dict[str, Any], scope: str, auth: str) -> None:
    """Adds to an operation of the contract which key it needs, and how it may be refused."""
    open_to_all = is_open(scope, auth)
    operation["security"] = [*([{}] if open_to_all else []), {"key": [scope]}]
    responses = operation.setdefault("responses", {})
    responses[401], responses[429] = "UNAUTHORIZED", "TOO_MANY_REQUESTS"
    if not open_to_all:
        responses[403] = "FORBIDDEN"
