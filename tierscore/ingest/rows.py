"""Observations from a JSON body: a list of mappings, each value of the type that the contract says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from tierscore.errors import Violation
from tierscore.ingest.raw import FIELDS, MOST_ROWS, RawTable

REQUIRED = ("region", "indicator", "period", "value")
TEXTS = ("a text",)


def from_json(observations: Sequence[Any]) -> RawTable:
    """A raw table of what a body lists; rows with a wrong type or an unknown key become violations.

    A value is a number or null, a period a whole number or its text, everything else a text.

    >>> from_json([{"region": "CN-SC", "indicator": "gdp", "period": 2021, "value": 5}]).frame["value"].tolist()
    ['5']
    """
    if len(observations) > MOST_ROWS:
        return _table(
            [], [], [_violation(None, None, "too_many_rows", "A batch has at most {most} rows.", most=MOST_ROWS)]
        )
    if not observations:
        return _table([], [], [_violation(None, None, "no_rows", "There is no observation in the list.")])
    if _plainly_right(observations):
        return _table(observations, range(len(observations)), [])
    violations = [mistake for place, row in enumerate(observations) for mistake in _shape(place, row)]
    wrong = {violation.row for violation in violations}
    places = [place for place in range(len(observations)) if place + 1 not in wrong]
    return _table([observations[place] for place in places], places, violations)


def _plainly_right(rows: Sequence[Any]) -> bool:
    """Whether all rows have known keys and right types, told from the few shapes and types there are."""
    if {type(row) for row in rows} != {dict}:
        return False
    shapes = {frozenset(shape) for shape in {tuple(row) for row in rows}}
    if not all(_NEEDED <= shape <= _KNOWN for shape in shapes):
        return False
    return all(set(map(type, _column(rows, name))) <= _RIGHT_TYPES[name] for name in FIELDS)


def _column(rows: Sequence[dict[str, Any]], name: str) -> list[Any]:
    return [row.get(name) for row in rows]


def _table(rows: Sequence[dict[str, Any]], places: Sequence[int], violations: Sequence[Violation]) -> RawTable:
    frame = pd.DataFrame({name: _texts(_column(rows, name)) for name in FIELDS}, dtype=object)
    return RawTable(frame, np.array(places, dtype=np.int64) + 1, pointers=True, violations=tuple(violations))


def _texts(column: list[Any]) -> list[str]:
    """A column of JSON values as a file would have it."""
    kinds = set(map(type, column))
    if kinds == {type(None)}:
        return [""] * len(column)
    if kinds == {str}:
        return [text.strip() for text in column]
    return [_text(value) for value in column]


def _text(value: Any) -> str:
    """A JSON value as a file would have it; floats by their shortest exact text."""
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else repr(value)


def _shape(place: int, row: Any) -> list[Violation]:
    """The mistakes in the types and keys of one row; a right row costs two comparisons of sets."""
    if not isinstance(row, dict):
        return [_violation(place, None, "wrong_type", "An observation is a mapping of keys.", value=row)]
    if row.keys() <= _KNOWN and all(_FITS[name](value) for name, value in row.items()) and row.keys() >= _NEEDED:
        return []
    return [*_keys(place, row), *_types(place, row)]


def _keys(place: int, row: dict[Any, Any]) -> list[Violation]:
    unknown = [name for name in row if name not in _KNOWN]
    missing = [name for name in REQUIRED if name not in row]
    return [
        *(
            _violation(
                place,
                str(name),
                "unknown_key",
                "There is no key {name!r} here.",
                allowed=tuple(get_close_matches(str(name), FIELDS, n=1)) or FIELDS,
                name=name,
            )
            for name in unknown
        ),
        *(_violation(place, name, "missing_key", "The key {name!r} is needed here.", name=name) for name in missing),
    ]


def _types(place: int, row: dict[Any, Any]) -> list[Violation]:
    return [
        _violation(
            place,
            name,
            "wrong_type",
            "{name} is not of the right type.",
            value=row[name],
            allowed=_TYPES.get(name, TEXTS),
            name=name,
        )
        for name in FIELDS
        if name in row and not _FITS[name](row[name])
    ]


def _is_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _is_period(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


_KNOWN = frozenset(FIELDS)
_NEEDED = frozenset(REQUIRED)
_FITS: dict[str, Callable[[Any], bool]] = dict.fromkeys(FIELDS, _is_text) | {"value": _is_number, "period": _is_period}
_TEXT_TYPES = frozenset({str, type(None)})
_RIGHT_TYPES = dict.fromkeys(FIELDS, _TEXT_TYPES) | {
    "value": frozenset({int, float, type(None)}),
    "period": frozenset({int, str}),
}
_TYPES = {"value": ("a number", "null, with status M"), "period": ("a year, such as 2021",)}


def _violation(
    place: int | None,
    key: str | None,
    code: str,
    template: str,
    *,
    value: Any = None,
    allowed: tuple[str, ...] = (),
    **params: Any,
) -> Violation:
    parts = ["observations", *([] if place is None else [str(place)]), *([] if key is None else [key])]
    pointer = "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in parts)
    row = None if place is None else place + 1
    return Violation(code, template, params, pointer=pointer, row=row, field=key, value=value, allowed=allowed)
