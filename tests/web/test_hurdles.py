"""The tests of a tier as bars."""

from __future__ import annotations

from typing import Any

import pytest

from tierscore.web.hurdles import hurdles


def asked(**changed: Any) -> dict[str, Any]:
    return {
        "threshold": 40.0, "score_met": True, "functions_share": 0.25, "functions_needed": 2 / 3,
        "functions_met": False, "origination": None, **changed,
    }  # fmt: skip


def quota(**changed: Any) -> dict[str, Any]:
    return {"coverage": 0.75, "coverage_needed": 0.5, "share": 0.5, "share_needed": 1 / 3, "met": True, **changed}


def test_each_test_has_its_bar_on_the_scale_of_the_framework() -> None:
    found = hurdles({"score": 0.3}, asked(threshold=0.25), (0.0, 0.5))
    assert [(item.kind, item.there, item.needed, item.met) for item in found] == [
        ("score", "0.30", "0.25", True),
        ("functions", "25.0%", "66.7%", False),
    ]
    assert (found[0].filled, found[0].mark) == pytest.approx((60.0, 50.0))


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (quota(), "origination"),
        (quota(share=None, coverage=0.0, met=False), "origination_coverage"),
        (quota(coverage=0.4, met=False), "origination_coverage"),
    ],
)
def test_origination_shows_the_test_that_decides(found: dict[str, Any], kind: str) -> None:
    assert hurdles({"score": 50.0}, asked(origination=found), (0.0, 100.0))[-1].kind == kind


def test_what_is_unknown_or_not_asked_has_no_bar() -> None:
    assert hurdles({"score": None}, asked(functions_share=None), (0.0, 100.0)) == []
    assert hurdles({"score": 50.0}, asked(threshold=None, functions_share=None), (0.0, 100.0)) == []
