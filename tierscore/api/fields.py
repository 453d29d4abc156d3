"""Input fields that take nothing for something else: no text for a number, no true for 1, no NaN."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError, fields

from tierscore.errors import Violation

LONGEST_WORD = 200
MOST_AMOUNTS = 200
_DIGITS = re.compile(r"-?[0-9]{1,18}")
_DEGREE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,30})?([eE]-?[0-9]{1,2})?")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
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


class Values(fields.Field[dict[str, float | None]]):
    """An object of a JSON body whose values are finite numbers or null."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, float | None]:
        if not isinstance(value, dict):
            raise refusal("wrong_type", "An object is needed here.", value)
        number, wrong, found = StrictNumber(), {}, {}
        for name, item in value.items():
            try:
                found[name] = None if item is None else number.deserialize(item)
            except ValidationError as error:
                wrong[name] = error.messages
        if wrong:
            raise ValidationError(wrong)
        return found


class Amounts(Values):
    """An object of a JSON body whose values are finite numbers."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, float | None]:
        found = super()._deserialize(value, attr, data, **kwargs)
        wrong = {name: refusal("null", "A value is needed here, not null.", None).messages
                 for name, item in found.items() if item is None}  # fmt: skip
        if wrong:
            raise ValidationError(wrong)
        if len(found) > MOST_AMOUNTS:
            raise refusal("too_many", "At most {most} are taken here.", None, most=MOST_AMOUNTS)
        return found


class Document(fields.Field[dict[str, Any]]):
    """An object of a JSON body that somebody else looks at."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise refusal("wrong_type", "An object is needed here.", value)
        return value


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


class Degree(fields.Float):
    """A number from 0 to 1 of a query string, written in plain digits."""

    def __init__(self, *, metadata: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(metadata={"minimum": 0, "maximum": 1, **(metadata or {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        if _DEGREE.fullmatch(value) is None or float(value) > 1:
            raise refusal("not_a_degree", "{value!r} is no number from 0 to 1.", value, ("a number from 0 to 1",))
        return float(value)


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
    """A code, a title or a moment: printable, not empty, not endless."""

    def __init__(self, *, metadata: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        limits = {"minLength": 1, "maxLength": LONGEST_WORD}
        super().__init__(metadata={**limits, **(metadata or {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise refusal("wrong_type", "A text is needed here.", value)
        if value == "":
            raise refusal("empty", "The value is empty; leave the parameter out instead.", value)
        if len(value) > LONGEST_WORD:
            raise refusal("too_long", "At most {longest} characters are taken.", value, longest=LONGEST_WORD)
        if not value.isprintable():
            raise refusal("unprintable", "The value holds a character that cannot be printed.", value)
        return str(value)


class NewCode(Word):
    """A code to be given: part of addresses, so it is made of plain characters."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        code = super()._deserialize(value, attr, data, **kwargs)
        if _CODE.fullmatch(code) is None:
            allowed = ("1 to 64 letters A-Z, digits, '-', '_' and '.', the first one a letter or a digit",)
            raise refusal("wrong_code", "{value!r} cannot be a code.", value, allowed)
        return code


class WholeInBody(fields.Integer):
    """A whole number of a JSON body; no text, no 3.0, no true."""

    allowed = "a whole number"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise refusal("not_a_whole_number", "A whole number is needed here.", value, (self.allowed,))
        return value


class Year(WholeInBody):
    """A year of a JSON body."""

    allowed = "a year"


class NumberOrNumbers(StrictNumber):
    """A finite number, or a list of them."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        one = super()._deserialize
        return tuple(one(item, attr, data) for item in value) if isinstance(value, list) else one(value, attr, data)


def within(low: float, high: float) -> Callable[[float], None]:
    """A validator of a number."""

    def check(value: float) -> None:
        if not low <= value <= high:
            allowed = (f"a number from {low:g} to {high:g}",)
            raise refusal("out_of_range", "A number from {low} to {high} is needed.", value, allowed,
                          low=f"{low:g}", high=f"{high:g}")  # fmt: skip

    return check


def at_most(count: int) -> Callable[[list[Any]], None]:
    """A validator of a list's length."""

    def check(values: list[Any]) -> None:
        if len(values) > count:
            raise refusal("too_many", "At most {most} are taken here.", None, most=count)

    return check


def at_least_one(values: list[Any]) -> None:
    """A validator of a list that must not be empty."""
    if not values:
        raise refusal("too_few", "At least one is needed here.", None)
