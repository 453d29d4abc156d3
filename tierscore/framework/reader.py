"""Takes values out of a raw document one key at a time and notes every mistake with its JSON Pointer.

A reader never stops at a mistake: it notes it and hands back a stand-in, so that one pass finds them all. Stand-ins
are an empty text, NaN, or an entry made of these; they never leave `parse`, which raises when anything was noted.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Any

from tierscore.errors import Violation
from tierscore.framework.catalogue import Title
from tierscore.framework.interval import Interval, as_number
from tierscore.framework.pointer import below

A_TEXT = "a text; a number goes in quotes"
ANY_NUMBER = Interval()
LARGEST_WHOLE = 9999

_REQUIRED: Any = object()
_ABSENT: Any = object()


class Reader:
    """Reads one mapping of a document.

    Parameters
    ----------
    raw : object
        What stands there; anything but a mapping is a mistake.
    pointer : str
        Its JSON Pointer.
    found : list of Violation
        Where mistakes are noted, shared by all readers of one document.
    """

    def __init__(self, raw: Any, pointer: str, found: list[Violation]) -> None:
        self.pointer = pointer
        self.found = found
        self.raw: dict[str, Any] = {}
        self._asked: list[str] = []
        if isinstance(raw, dict):
            self.raw = {key: value for key, value in raw.items() if self._is_key(key)}
        else:
            self.note("wrong_type", "A mapping of keys is needed here.", value=raw)
            self.silence()

    def note(
        self,
        code: str,
        template: str,
        *keys: str | int,
        value: Any = None,
        allowed: Collection[str] = (),
        **params: Any,
    ) -> None:
        """Notes a mistake at the path `keys` below this mapping, or at the mapping itself."""
        self.found.append(
            Violation(
                code,
                template,
                {"value": value, **params},
                pointer=self.at(*keys),
                value=value,
                allowed=tuple(allowed),
            )
        )

    def silence(self) -> None:
        """Notes nothing more: what else is wrong here only follows from the mistake noted just now."""
        self.found = []

    def at(self, *keys: str | int) -> str:
        """The JSON Pointer of a path below this mapping."""
        return below(self.pointer, *keys)

    def has(self, key: str) -> bool:
        """Whether the key is given and not null."""
        return self.raw.get(key) is not None

    def text(self, key: str, default: Any = _REQUIRED, allowed: str = A_TEXT) -> Any:
        """A text of at least one character; `allowed` says what kind of text."""
        value = self._take(key, default)
        if value is _ABSENT or value is default:
            return "" if value is _ABSENT else value
        return self._as_text((key,), value, allowed)

    def word(self, key: str, allowed: Collection[str], default: Any = _REQUIRED) -> Any:
        """One of the allowed words."""
        value = self._take(key, default, allowed)
        if value is _ABSENT or value is default:
            return "" if value is _ABSENT else value
        return self._as_word((key,), value, allowed)

    def variant(self, key: str, allowed: Collection[str]) -> str:
        """One of the allowed words, on which it depends what else stands here."""
        word: str = self.word(key, allowed)
        if word == "":
            self.silence()
        return word

    def number(self, key: str, default: Any = _REQUIRED, within: Interval = ANY_NUMBER) -> Any:
        """A finite number within an interval; a text such as "2/3" counts. NaN after a mistake."""
        value = self._take(key, default)
        if value is _ABSENT or value is default:
            return math.nan if value is _ABSENT else value
        return self._as_number((key,), value, within)

    def numbers(self, key: str) -> tuple[float, ...]:
        """A list of at least one finite number; empty after a mistake."""
        values = self._list(key, _REQUIRED) or []
        return tuple(self._as_number((key, place), value, ANY_NUMBER) for place, value in enumerate(values))

    def table(self, key: str, within: Interval) -> tuple[tuple[float, ...], ...]:
        """A list of lists of numbers within an interval; empty after a mistake."""
        rows: list[tuple[float, ...]] = []
        for place, row in enumerate(self._list(key, _REQUIRED) or []):
            if not isinstance(row, list):
                self.note("wrong_type", "A list is needed here.", key, place, value=row)
                return ()
            rows.append(tuple(self._as_number((key, place, at), value, within) for at, value in enumerate(row)))
        return tuple(rows)

    def whole(self, key: str, default: Any = _REQUIRED, low: int = 0, high: int = LARGEST_WHOLE) -> Any:
        """A whole number from `low` to `high`."""
        value = self._take(key, default)
        if value is _ABSENT or value is default:
            return low if value is _ABSENT else value
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.note(
                "wrong_number",
                "A whole number from {low} to {high} is needed here.",
                key,
                value=value,
                allowed=[f"a whole number from {low} to {high}"],
                low=low,
                high=high,
            )
            return low
        return value

    def constant(self, key: str, known: int) -> None:
        """The one whole number that is known."""
        value = self._take(key, _REQUIRED, (str(known),))
        if value is not _ABSENT and (isinstance(value, bool) or value != known):
            self.note(
                "unknown_word", "Only {known} is known here.", key, value=value, allowed=[str(known)], known=known
            )

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            self.note("wrong_type", "True or false is needed here.", key, value=value, allowed=["true", "false"])
            return default
        return value

    def title(self, key: str) -> Title:
        """A name in zh and en."""
        inner = self.mapping(key)
        title = Title(inner.text("zh"), inner.text("en"))
        inner.finish()
        return title

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty when the key is missing."""
        values = self._list(key, ()) or ()
        return tuple(self._as_text((key, place), value, A_TEXT) for place, value in enumerate(values))

    def words(self, key: str, allowed: Collection[str], default: tuple[str, ...]) -> tuple[str, ...]:
        """A list of at least one of the allowed words; the default when the key is missing."""
        if not self.has(key):
            self._take(key, default)
            return default
        values = self._list(key, _REQUIRED) or []
        return tuple(self._as_word((key, place), value, allowed) for place, value in enumerate(values))

    def mapping(self, key: str, default: Any = _REQUIRED) -> Reader:
        """A reader of the mapping at `key`; of an empty one where a default is given and the key is not."""
        raw = self._take(key, default)
        return self._stand_in(key) if raw is _ABSENT else Reader(raw, self.at(key), self.found)

    def items(self, key: str, default: Any = _REQUIRED) -> list[Reader]:
        """A reader for each mapping of a list, which has at least one where no default is given."""
        values = self._list(key, default)
        if values is None:
            return [self._stand_in(key)]
        return [Reader(raw, self.at(key, place), self.found) for place, raw in enumerate(values)]

    def entries(self, key: str) -> Iterator[tuple[str, Reader]]:
        """The keys of the mapping at `key`, each with a reader of its value."""
        inner = self.mapping(key, {})
        if self.has(key) and not isinstance(self.raw[key], dict):
            yield "", self._stand_in(key)
        for name, raw in inner.raw.items():
            yield name, Reader(raw, inner.at(name), self.found)

    def finish(self) -> None:
        """Notes every key that nothing asked for."""
        for key in self.raw:
            if key not in self._asked:
                near = get_close_matches(key, self._asked, n=1)
                self.note(
                    "unknown_key",
                    "There is no key {key_name!r} here.",
                    key,
                    value=self.raw[key],
                    allowed=near or self._asked,
                    key_name=key,
                )

    def _is_key(self, key: Any) -> bool:
        if not isinstance(key, str):
            self.note("wrong_type", "A key is a text: put {value} in quotes.", str(key), value=key)
        return isinstance(key, str)

    def _take(self, key: str, default: Any, allowed: Collection[str] = ()) -> Any:
        self._asked.append(key)
        if self.raw.get(key) is not None:
            return self.raw[key]
        if default is _REQUIRED:
            self.note("missing_key", "The key {key_name!r} is needed here.", key, allowed=allowed, key_name=key)
            return _ABSENT
        return default

    def _list(self, key: str, default: Any) -> Any:
        """The list at `key`, the default, or None after a mistake."""
        value = self._take(key, default)
        if value is _ABSENT or value is default:
            return None if value is _ABSENT else value
        if not isinstance(value, list):
            self.note("wrong_type", "A list is needed here.", key, value=value)
            return None
        if default is _REQUIRED and not value:
            self.note("too_few", "At least one entry is needed here.", key, value=value)
            return None
        return value

    def _stand_in(self, key: str) -> Reader:
        return Reader({}, self.at(key), [])

    def _as_text(self, keys: tuple[str | int, ...], value: Any, allowed: str) -> str:
        if not isinstance(value, str) or not value.strip():
            self.note("wrong_type", "A text is needed here.", *keys, value=value, allowed=[allowed])
            return ""
        return value

    def _as_word(self, keys: tuple[str | int, ...], value: Any, allowed: Collection[str]) -> str:
        if not isinstance(value, str):
            self.note("wrong_type", "One of the allowed words is needed here.", *keys, value=value, allowed=allowed)
            return ""
        if value not in allowed:
            self.note("unknown_word", "{value!r} is not one of the allowed words.", *keys, value=value, allowed=allowed)
            return ""
        return value

    def _as_number(self, keys: tuple[str | int, ...], value: Any, within: Interval) -> float:
        number = as_number(value)
        if number is None or number not in within:
            self.note(
                "wrong_number",
                within.sentence,
                *keys,
                value=value,
                allowed=[within.allowed],
                low=within.low,
                high=within.high,
            )
            return math.nan
        return number
