"""Input fields that take nothing for something else: no text for a number, no true for 1, no NaN."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from tierscore.errors import Violation

LONGEST_WORD = 200
_DIGITS = re.compile(r"-?[0-9]{1,18}")
_FLAGS = {"true": True, "false": False}


def refusal(code: str, template: str, value: Any, allowed: tuple[str, ...] = (), **params: Any) -> ValidationError:
    """A marshmallow error that carries one mistake; the request parser adds its place."""
    violation = Violation(code, template, {"value": value, **params}, value=value, allowed=allowed)
    return ValidationError([violation])


class StrictNumber(fields.Float):
    """A finite number of a JSON body; a text, true or false, NaN and infinities are refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise refusal("not_a_number", "A number is needed here.", value, ("a finite number",))
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise refusal("not_finite", "A finite number is needed here.", number, ("a finite number",))
        return number


class WholeNumber(fields.Integer):
    """A whole number of a query string within [low, high], written in plain digits."""

    def __init__(self, low: int, high: int, *, metadata: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        self.low = low
        self.high = high
        limits = {"minimum": low, "maximum": high}
        super().__init__(metadata={**limits, **(metadata or {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        allowed = (f"a whole number from {self.low} to {self.high}",)
        if _DIGITS.fullmatch(value) is None:
            raise refusal("not_a_whole_number", "{value!r} is not a whole number.", value, allowed)
        if not self.low <= int(value) <= self.high:
            raise refusal(
                "out_of_range", "A number from {low} to {high} is needed.", value, allowed,
                low=self.low, high=self.high,
            )  # fmt: skip
        return int(value)


class Flag(fields.Boolean):
    """``true`` or ``false`` in a query string, and no other spelling."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if value not in _FLAGS:
            raise refusal("not_a_flag", "{value!r} is neither true nor false.", value, tuple(_FLAGS))
        return _FLAGS[value]


class Rows(fields.Field[list[Any]]):
    """A list in a JSON body whose items are looked at by somebody else, all at once."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list):
            raise refusal("wrong_type", "A list is needed here.", value)
        return value


class Truth(fields.Boolean):
    """True or false in a JSON body, and nothing that merely looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise refusal("not_a_flag", "{value!r} is neither true nor false.", value, tuple(_FLAGS))
        return value


class Choice(fields.String):
    """One of some words."""

    def __init__(self, *words: str, metadata: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        self.words = words
        super().__init__(metadata={"enum": list(words), **(metadata or {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if value not in self.words:
            raise refusal("unknown_word", "{value!r} is not one of the allowed words.", value, self.words)
        return str(value)


class Word(fields.String):
    """A code or a moment in a query string: printable, not empty, not endless."""

    def __init__(self, *, metadata: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        limits = {"minLength": 1, "maxLength": LONGEST_WORD}
        super().__init__(metadata={**limits, **(metadata or {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if value == "":
            raise refusal("empty", "The value is empty; leave the parameter out instead.", value)
        if len(value) > LONGEST_WORD:
            raise refusal("too_long", "At most {longest} characters are taken.", value, longest=LONGEST_WORD)
        if not value.isprintable():
            raise refusal("unprintable", "The value holds a character that cannot be printed.", value)
        return str(value)
