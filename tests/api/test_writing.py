"""JSON out: every number as it is, every text as it reads, and never a NaN."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tierscore.api.strict_json import StrictJSON

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
