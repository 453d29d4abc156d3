"""A reader notes every mistake where it is, and none twice."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tierscore.errors import Violation
from tierscore.framework.pointer import below, covers
from tierscore.framework.reader import Reader

KEYS = st.lists(st.text(st.sampled_from("a~/01é"), min_size=1), min_size=1, max_size=5)


def resolved(document: Any, pointer: str) -> Any:
    """The value at a JSON Pointer, as RFC 6901 section 4 has it: first ~1 becomes /, then ~0 becomes ~."""
    value = document
    for token in pointer.split("/")[1:]:
        value = value[token.replace("~1", "/").replace("~0", "~")]
    return value


def nested(keys: list[str], value: Any) -> Any:
    for key in reversed(keys):
        value = {key: value}
    return value


@given(KEYS)
def test_a_pointer_leads_to_the_value_whatever_its_keys(keys: list[str]) -> None:
    assert resolved(nested(keys, "here"), below("", *keys)) == "here"


@given(KEYS)
def test_a_reader_points_at_the_value_that_it_refuses(keys: list[str]) -> None:
    document, found = nested(keys, "no number"), list[Violation]()
    reader = Reader(document, "", found)
    for key in keys[:-1]:
        reader = reader.mapping(key)
    reader.number(keys[-1])
    assert [violation.code for violation in found] == ["wrong_number"]
    assert resolved(document, found[0].pointer or "") == found[0].value == "no number"


@given(KEYS, KEYS)
def test_a_pointer_covers_what_lies_below_it(keys: list[str], more: list[str]) -> None:
    assert covers(below("", *keys), below("", *keys, *more))
    assert not covers(below("", *keys, *more), below("", *keys))
    assert covers("", below("", *keys))


def test_what_is_no_mapping_is_noted_once() -> None:
    found = list[Violation]()
    reader = Reader(["not", "a", "mapping"], "/scale", found)
    reader.number("min")
    reader.title("title")
    reader.finish()
    assert [str(violation) for violation in found] == ["/scale: A mapping of keys is needed here."]


def test_keys_that_are_asked_for_are_no_surprise() -> None:
    found = list[Violation]()
    reader = Reader({"a": None, "b": 0, "c": False, "d": [], "e": {}, "f": "0/1"}, "", found)
    assert reader.text("a", None) is None
    assert reader.whole("b") == 0
    assert reader.flag("c", True) is False
    assert reader.texts("d") == ()
    assert list(reader.entries("e")) == []
    assert reader.number("f") == 0.0
    reader.finish()
    assert found == []
