"""JSON as the standard has it, both ways: no NaN, no duplicate keys, no half characters, no bottomless nests."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any, NoReturn

import ujson
from flask.json.provider import DefaultJSONProvider

from tierscore.errors import TierscoreError
from tierscore.services.said import Said

DEEPEST = 32
WRITING: dict[str, Any] = {
    "allow_nan": False,
    "ensure_ascii": False,
    "escape_forward_slashes": False,
    "separators": (",", ":"),
}

# Brackets that open or close a level, and strings as a whole, since the brackets inside them do not count.
_LEVELS = re.compile(rb'[\[{]|[\]}]|"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_STEP = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}
_NOT_STRUCTURE = bytes(byte for byte in range(256) if byte not in b'[]{}"\\')
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


# What stands in the place of a part that is put in later. No text of an answer holds a NUL: no
# database of ours can keep one, and whoever sends one is refused.
_HOLE, _HOLE_WRITTEN = "\0", rb'"\u0000"'


class MalformedBody(TierscoreError):
    """A body that is no JSON, or JSON that no honest client sends."""

    code = "malformed_body"
    template = "The body is not JSON: {problem}."


class TooDeep(MalformedBody):
    """A body whose nesting would exhaust the parser."""

    code = "too_deep"
    template = "The body nests deeper than {deepest} levels."


class StrictJSON(DefaultJSONProvider):
    """Writes UTF-8 unescaped, compact, in the order given; a NaN is an error, not a token that nobody can read.

    ujson writes a long answer in a third of the standard library's time, and every float so that it reads back as
    itself. (orjson is faster still, but turns a NaN into null without a word.)
    """

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """JSON text; raises OverflowError for NaN and infinities."""
        return ujson.dumps(obj, **{"default": self.default, **WRITING, **kwargs})


def pieced(write: Callable[[Any], str], value: Any, places: Iterable[tuple[dict[str, Any], str]]) -> bytes:
    """The JSON of a value whose parts at some places stand in many values: those were written once.

    Parameters
    ----------
    write : how everything is written.
    places : dictionaries within the value and the names under which a `Said` stands in each, in the order in which they
        are written. These dictionaries are changed, the parts are not.
    """

    def write_part(part: Said) -> bytes:
        return write(part).encode()

    parts: list[bytes] = []
    for holder, name in places:
        part: Said = holder[name]
        parts.append(part.written(write_part))
        holder[name] = _HOLE
    between = write(value).encode().split(_HOLE_WRITTEN)
    return b"".join(chain.from_iterable(zip(between, [*parts, b""], strict=True)))


def parse(raw: bytes) -> Any:
    """The values in a body.

    Raises
    ------
    TooDeep
        When it nests deeper than `DEEPEST` levels.
    MalformedBody
        When it is not UTF-8, not JSON, says NaN, repeats a key, or has half of a surrogate pair.
    """
    refuse_depth(raw)
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_unique)
    except UnicodeDecodeError:
        raise MalformedBody(problem="it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise MalformedBody(problem=f"line {error.lineno}, column {error.colno}") from None
    except ValueError:  # Python converts no whole number of more than some thousand digits
        raise MalformedBody(problem="a number is too long") from None
    _refuse_half_characters(raw, value)
    return value


def refuse_depth(raw: bytes) -> None:
    """Raises TooDeep for a text that the parser would have to follow too far down."""
    if _vanishes(raw):
        return
    depth = 0
    for found in _LEVELS.finditer(raw):
        depth += _STEP.get(found.group(), 0)
        if depth > DEEPEST:
            raise TooDeep(deepest=DEEPEST)


def _vanishes(raw: bytes) -> bool:
    """Whether peeling empty brackets off leaves nothing within as many rounds as the limit allows.

    Most bodies do: what is not a bracket or a quote is dropped, then the empty strings. A round takes off two levels
    at most. Strings that hold brackets or quotes may keep a harmless body from it; that is then counted level by level.
    """
    skeleton = raw.translate(None, _NOT_STRUCTURE).replace(b'""', b"")
    for _ in range(DEEPEST // 2):
        skeleton = skeleton.replace(b"{}", b"").replace(b"[]", b"")
    return skeleton == b""


def _refuse_constant(word: str) -> NoReturn:
    raise MalformedBody(problem=f"{word} is no number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        doubled = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise MalformedBody(problem=f"duplicate key {doubled!a}")
    return values


def _refuse_half_characters(raw: bytes, value: Any) -> None:
    """An escaped half of a surrogate pair passes the parser, but nothing that holds it can be sent or stored."""
    if _SURROGATE.search(raw) is None:
        return
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise MalformedBody(problem="half of a surrogate pair") from None
