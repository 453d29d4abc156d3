"""JSON out: every number as it is, every text as it reads, and never a NaN."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tierscore.api.strict_json import StrictJSON, pieced
from tierscore.services.said import Said

WRITER = StrictJSON(Flask("writer"))
TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
SIMPLE = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | FLOATS | TEXTS
VALUES = st.recursive(SIMPLE, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5))


@given(VALUES)
def test_what_is_written_reads_back_as_itself(value: object) -> None:
    assert json.loads(WRITER.dumps(value)) == value


@given(FLOATS)
def test_a_float_keeps_every_bit(value: float) -> None:
    """Also the sign of zero, which equality does not see."""
    back = json.loads(WRITER.dumps([value, np.float64(value)]))
    assert [float(item).hex() for item in back] == [value.hex()] * 2


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float64("nan")])
def test_what_is_no_number_is_an_error(value: float) -> None:
    with pytest.raises(OverflowError):
        WRITER.dumps({"score": [1.0, value]})


def test_texts_stay_readable_and_nothing_is_padded() -> None:
    assert WRITER.dumps({"name": "四川/重庆", "rank": 1, "gap": None}) == '{"name":"四川/重庆","rank":1,"gap":null}'


def test_what_has_no_form_in_json_is_an_error() -> None:
    with pytest.raises(TypeError):
        WRITER.dumps({"count": np.int64(3)})


# No text of an answer holds a NUL; one that did would be taken for a hole, and that is an error (below).
KEPT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))
PLAIN = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | FLOATS | KEPT
NESTED = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEPT, inner, max_size=5))


@given(st.dictionaries(KEPT, PLAIN, max_size=3), NESTED)
def test_what_is_put_together_is_what_would_be_written_at_once(part: dict[str, object], other: object) -> None:
    said, whole = Said(part), WRITER.dumps({"a": part, "b": [other, {"c": part}], "d": other})
    for _ in range(2):
        within: dict[str, object] = {"c": said}
        value = {"a": said, "b": [other, within], "d": other}
        assert pieced(WRITER.dumps, value, [(value, "a"), (within, "c")]).decode() == whole
    assert said == part


def test_what_is_said_is_written_once() -> None:
    said = Said(name="四川")
    written: list[object] = []

    def write(value: object) -> str:
        written.append(value)
        return WRITER.dumps(value)

    answers = [pieced(write, value, [(value, "region")]) for value in ({"region": said}, {"region": said, "rank": 1})]
    assert answers[1].decode() == '{"region":{"name":"四川"},"rank":1}'
    assert [value for value in written if value is said] == [said]


def test_a_text_that_looks_like_a_hole_is_an_error() -> None:
    value = {"a": Said(code="R"), "b": "\0"}
    with pytest.raises(ValueError, match="zip"):
        pieced(WRITER.dumps, value, [(value, "a")])
