"""The valid documents of good/ and ways to vary them; the broken ones of bad/ and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tierscore.errors import Invalid, Violation
from tierscore.framework.document import read_framework, read_yaml
from tierscore.framework.parse import parse

GOOD = Path(__file__).parent / "good"
BAD = Path(__file__).parent / "bad"
BAD_FILES = sorted([*BAD.glob("*.yaml"), *BAD.glob("*.json")])

Keys = tuple[str | int, ...]


def minimal() -> dict[str, Any]:
    return deepcopy(_good("minimal"))


GOOD_NAMES = ("every_key", "every_step", "by_profiles")


def good(name: str) -> dict[str, Any]:
    return deepcopy(_good(name))


def every_key() -> dict[str, Any]:
    return deepcopy(_good("every_key"))


def put(document: Any, keys: Keys, value: Any) -> Any:
    """A copy of the document with another value at a path."""
    changed = deepcopy(document)
    inner = changed
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    return changed


def leaves(value: Any, keys: Keys = ()) -> Iterator[tuple[Keys, Any]]:
    """Every value that is neither a mapping nor a list, with its path."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*keys, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from leaves(item, (*keys, place))
    else:
        yield keys, value


def mappings(value: Any, keys: Keys = ()) -> Iterator[Keys]:
    """The path of every mapping, the document itself first."""
    if isinstance(value, dict):
        yield keys
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from mappings(item, (*keys, key))


def mistakes(path: Path) -> tuple[Violation, ...]:
    """What is wrong with the document in a file."""
    with pytest.raises(Invalid) as caught:
        parse(read_framework(path), path.name)
    return caught.value.violations


@cache
def _good(name: str) -> dict[str, Any]:
    document: dict[str, Any] = read_yaml((GOOD / f"{name}.yaml").read_text(encoding="utf-8"), name)
    return document
