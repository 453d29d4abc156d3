"""The digest names the content of a framework: nothing else changes it, and every change of the content does."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.framework.documents import GOOD, Keys, every_key, leaves, minimal, put
from tierscore.errors import Invalid
from tierscore.framework.document import read_framework
from tierscore.framework.interval import as_number
from tierscore.framework.parse import parse

# Of published versions, which never change: a failure here means that every digest ever given out would be wrong.
MINIMAL_DIGEST = "bc6534c72542b1c853b2641fbacda6e45b02c466e2b9e292358f26fdded84d44"
EVERY_KEY_DIGEST = "8a852c58f9d8d532066eacf54b8b00972bde1e46c69d9de041c39b30309754d9"
WITHOUT_UNCERTAINTY_DIGEST = "4abd9426c8857116d6a8e816322126ce14814d5eb18fb0af9716f50648626d88"
DEFAULT_FRAMEWORK_DIGEST = "1f816f8ad512abd52170d23aed6acd230df5f9a5b6126709eb4781daf352111f"

DEFAULT_FRAMEWORK = Path(__file__).parents[2] / "seeds/frameworks/cn-innovation-centre/2021.1/framework.yaml"

# Numbers of good/every_key.yaml, each with a range in which the document stays valid.
NUMBERS: dict[Keys, tuple[float, float]] = {
    ("scale", "max"): (6, 1e9),
    ("tiers", 1, "score"): (1e-3, 9.999),
    ("indicators", 0, "measure", "scale"): (1e-6, 1e9),
    ("indicators", 0, "normalise", "at", 1): (1e-9, 2.999),
    ("indicators", 1, "normalise", "at", 0): (8.001, 1e9),
    ("index", "min_coverage"): (0, 1),
    ("index", "children", 0, "weight"): (1e-3, 1e9),
    ("index", "children", 0, "children", 0, "weight"): (1e-3, 1e9),
    ("min_coverage",): (0, 1),
    ("sort", "cut"): (0, 1),
    ("sort", "origination", "share"): (0, 1),
    ("uncertainty", "weights", "relative"): (0, 0.99),
    ("uncertainty", "knots", "relative"): (0, 0.99),
    ("uncertainty", "cut", "low"): (0, 0.75),
    ("uncertainty", "cut", "high"): (0.6, 1),
    ("uncertainty", "observation_error", "A"): (1e-9, 0.33),
    ("uncertainty", "observation_error", "P"): (1e-9, 0.33),
    ("levers", 0, "acts_on", "rank"): (1e-9, 1),
}


def digest(document: Any) -> str:
    return parse(document).digest


def shuffled(value: Any, random: Random) -> Any:
    """The same document with the keys of every mapping in another order."""
    if isinstance(value, list):
        return [shuffled(item, random) for item in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    random.shuffle(keys)
    return {key: shuffled(value[key], random) for key in keys}


def test_the_digests_of_published_documents_never_change() -> None:
    assert digest(minimal()) == MINIMAL_DIGEST
    assert digest(every_key()) == EVERY_KEY_DIGEST
    assert digest(read_framework(DEFAULT_FRAMEWORK)) == DEFAULT_FRAMEWORK_DIGEST


def test_a_document_that_declares_no_spreads_keeps_the_digest_from_before_there_were_any() -> None:
    document = every_key()
    del document["uncertainty"]
    assert digest(document) == WITHOUT_UNCERTAINTY_DIGEST


def test_yaml_and_json_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "framework.json"
    path.write_text(json.dumps(every_key()), encoding="utf-8")
    assert digest(read_framework(path)) == digest(read_framework(GOOD / "every_key.yaml"))


@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(random: Random) -> None:
    assert digest(shuffled(every_key(), random)) == digest(every_key())


@pytest.mark.parametrize(
    ("keys", "value"), [(("sort", "cut"), 2 / 3), (("scale", "max"), 10.0), (("sort", "cut"), "4/6")]
)
def test_how_a_number_is_written_does_not_matter(keys: Keys, value: Any) -> None:
    assert digest(put(every_key(), keys, value)) == digest(every_key())


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("status",), "illustrative"),
        (("min_coverage",), 0.6),
        (("statuses",), ["A", "E", "P"]),
        (("levers",), []),
        (("references",), {}),
        (("impute",), {"method": "none"}),
        (("indicators", 0, "transform"), "none"),
        (("indicators", 0, "measure"), {"kind": "level"}),
        (("indicators", 0, "window"), {"back": 0}),
        (("indicators", 0, "reference"), None),
        (("index", "aggregate"), "arithmetic"),
        (("uncertainty",), {}),
        (("uncertainty",), {"weights": {"distribution": "uniform", "relative": "1/4"}, "knots": {"relative": 0.1}}),
        (("uncertainty",), {"observation_error": {"P": 0.02, "A": 0, "E": 0.05}, "missing": {"from": "own"}}),
        (("uncertainty",), {"cut": {"low": None}, "normalisation": {}}),
    ],
)
def test_a_default_may_be_written_out(keys: Keys, value: Any) -> None:
    assert digest(put(minimal(), keys, value)) == digest(minimal())


@given(st.sampled_from(sorted(NUMBERS, key=str)), st.floats(0, 1))
def test_any_changed_number_changes_it(keys: Keys, part: float) -> None:
    low, high = NUMBERS[keys]
    number = low + part * (high - low)
    assume(number != as_number(dict(leaves(every_key()))[keys]))
    assert digest(put(every_key(), keys, number)) != digest(every_key())


@pytest.mark.parametrize("keys", [("reference", "period"), ("indicators", 0, "window", "back")], ids=str)
def test_any_changed_whole_number_changes_it(keys: Keys) -> None:
    number = dict(leaves(every_key()))[keys]
    assert digest(put(every_key(), keys, number + 1)) != digest(every_key())


@pytest.mark.parametrize("keys", [keys for keys, value in leaves(every_key()) if isinstance(value, str)], ids=str)
def test_any_changed_text_changes_it_or_breaks_a_rule(keys: Keys) -> None:
    text = dict(leaves(every_key()))[keys]
    try:
        changed = digest(put(every_key(), keys, f"{text}1"))
    except Invalid:
        return
    assert changed != digest(every_key())


def test_the_order_of_levers_matters_as_it_breaks_ties() -> None:
    document = every_key()
    first = document["levers"][0]
    document["levers"] = [first, {**first, "code": "second"}]
    turned = {**document, "levers": document["levers"][::-1]}
    assert digest(document) != digest(turned)
