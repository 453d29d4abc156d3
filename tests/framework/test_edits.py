"""Edits of a framework: what each does, and how a wrong one is named."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.frameworks import small_document
from tierscore.errors import Invalid
from tierscore.framework.edits import Change, edited
from tierscore.framework.parse import parse

AT = "/framework_edits"
LEVER = {
    "code": "fund",
    "title": {"zh": "资金", "en": "Fund"},
    "description": {"zh": "资金", "en": "Fund"},
    "category": "finance",
    "acts_on": {"labs": 1.0, "rank": 0.5},
    "reference": {"source": "book", "section": "4", "passage": "资金"},
}


def weights_of(changes: list[Change], document: dict[str, Any] | None = None) -> dict[str, float]:
    framework, _ = edited(document or small_document(), changes, AT)
    return {leaf.indicator: leaf.weight for leaf in framework.index.children}


def test_each_edit_does_what_it_says_and_tells_what_was_there() -> None:
    changes = [
        Change("set_weight", 0.4, indicator="labs"),
        Change("set_knots", (0.0, 11.0, 22.0, 44.0), indicator="labs"),
        Change("set_cut", 0.5),
        Change("set_threshold", 45.0, tier="middle"),
    ]
    framework, done = edited(small_document(), changes, AT)
    assert [(item.old, item.new) for item in done] == [
        (0.5, 0.4), ([0, 10, 20, 40], [0.0, 11.0, 22.0, 44.0]), (2 / 3, 0.5), (40, 45.0),
    ]  # fmt: skip
    assert framework.sort.cut == 0.5
    assert [tier.score for tier in framework.tiers] == [0, 45, 60]
    assert framework.indicators[0].normalise.at == (0, 11, 22, 44)


def test_an_edited_framework_has_a_digest_of_its_own_and_the_document_stays() -> None:
    document = small_document()
    kept, published = deepcopy(document), parse(document)
    framework, _ = edited(document, [Change("set_cut", 0.5)], AT)
    assert framework.digest != published.digest
    assert (framework.id, framework.version) == (published.id, published.version)
    assert document == kept


def test_setting_what_is_there_gives_the_published_digest() -> None:
    published = parse(small_document())
    framework, done = edited(small_document(), [Change("set_weight", 0.5, indicator="labs")], AT)
    assert (framework.digest, done[0].old) == (published.digest, done[0].new)


def test_a_dropped_indicator_leaves_the_index_and_stays_known() -> None:
    framework, done = edited(small_document(), [Change("drop", indicator="labs")], AT)
    assert [leaf.indicator for leaf in framework.index.children] == ["share", "rank"]
    assert "labs" in [indicator.code for indicator in framework.indicators]
    assert (done[0].old, done[0].new) == (0.5, None)


def test_levers_no_longer_act_on_what_is_dropped() -> None:
    only_labs = {**LEVER, "code": "build", "acts_on": {"labs": 1.0}}
    document = small_document(levers=[LEVER, only_labs], references={"book": {"kind": "book", "title": "A book"}})
    framework, _ = edited(document, [Change("drop", indicator="labs")], AT)
    assert [(lever.code, dict(lever.acts_on)) for lever in framework.levers] == [("fund", {"rank": 0.5})]


def test_edits_follow_each_other() -> None:
    changes = [Change("set_weight", 0.1, indicator="labs"), Change("set_weight", 0.2, indicator="labs")]
    _, done = edited(small_document(), changes, AT)
    assert [(item.old, item.new) for item in done] == [(0.5, 0.1), (0.1, 0.2)]
    assert weights_of(changes)["labs"] == 0.2


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ([Change("set_weight", 0.1, indicator="luck")], "/0/indicator", "unknown_code"),
        ([Change("set_cut", 0.5), Change("drop", indicator="luck")], "/1/indicator", "unknown_code"),
        ([Change("set_threshold", 50.0, tier="heaven")], "/0/tier", "unknown_code"),
        ([Change("set_threshold", 70.0, tier="middle")], "/0", "wrong_order"),
        ([Change("set_weight", -0.1, indicator="labs")], "/0", "wrong_number"),
        ([Change("set_cut", 1.5)], "/0", "wrong_number"),
        ([Change("set_knots", (0.0, 1.0), indicator="labs")], "/0", "wrong_length"),
        ([Change("drop", indicator="labs"), Change("drop", indicator="labs")], "/1/indicator", "unknown_code"),
    ],
)
def test_a_wrong_edit_is_named(changes: list[Change], pointer: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        edited(small_document(), changes, AT)
    assert (AT + pointer, code) in [(item.pointer, item.code) for item in caught.value.violations]


def test_what_is_not_scored_has_no_knots() -> None:
    document = small_document()
    document["indicators"].append(
        {"code": "gdp", "title": {"zh": "g", "en": "g"}, "unit": "u", "direction": "higher_is_better"}
    )
    with pytest.raises(Invalid) as caught:
        edited(document, [Change("set_knots", (0.0, 1.0, 2.0, 3.0), indicator="gdp")], AT)
    assert [(item.pointer, item.code) for item in caught.value.violations] == [(f"{AT}/0/indicator", "not_scored")]
