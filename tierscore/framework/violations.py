"""What is wrong with a framework, as the rules say it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, TypeGuard

from tierscore.errors import Violation


def unknown(code: str | None, known: Collection[str]) -> TypeGuard[str]:
    """Whether a code that is given names nothing, as far as the others could be read."""
    return code is not None and code != "" and code not in known and "" not in known


def no_indicator(pointer: str, code: str, known: Iterable[str]) -> Violation:
    """A code that is no indicator of the document."""
    return unknown_code(pointer, "There is no indicator {value!r} in this document.", code, known)


def no_tier(pointer: str, code: str, known: Iterable[str]) -> Violation:
    """A code that is no tier of the document."""
    return unknown_code(pointer, "There is no tier {value!r} in this document.", code, known)


def unknown_code(pointer: str, template: str, code: str, known: Iterable[str]) -> Violation:
    """A code that names nothing, with those that are known."""
    return Violation("unknown_code", template, {"value": code}, pointer=pointer, value=code, allowed=tuple(known))


def broken(pointer: str, code: str, template: str, value: Any = None, **params: Any) -> Violation:
    """A rule that is broken at a place, with the value there."""
    return Violation(code, template, {"value": value, **params}, pointer=pointer, value=value)
