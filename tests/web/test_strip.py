"""The strip of functions: by tier from the highest, as wide as the weights, the missing apart."""

from __future__ import annotations

from typing import Any

import pytest

from tierscore.web.strip import BETWEEN, WIDTH, strip

TIERS = [{"code": "low"}, {"code": "mid"}, {"code": "high"}]


def answer(*cells: tuple[str, float, str | None], sort: str = "central_place") -> dict[str, Any]:
    indicators = [{"code": code, "weight": weight, "supplies_tier": tier} for code, weight, tier in cells]
    return {"indicators": indicators, "rule": {"cut": 0.5, "sort": sort}}


def test_cells_stand_by_tier_and_fill_the_strip() -> None:
    found = strip(answer(("a", 0.2, "low"), ("b", 0.4, None), ("c", 0.3, "high"), ("d", 0.1, "mid")), TIERS)
    assert [piece.item["code"] for piece in found.pieces] == ["c", "d", "a", "b"]
    unit = WIDTH - BETWEEN
    assert [piece.width for piece in found.pieces] == pytest.approx([0.3 * unit, 0.1 * unit, 0.2 * unit, 0.4 * unit])
    assert found.pieces[-1].x == pytest.approx(0.6 * unit + BETWEEN)
    assert found.pieces[-1].x + found.pieces[-1].width == pytest.approx(WIDTH)
    assert (found.pieces[0].tier, found.pieces[-1].tier) == (TIERS[2], None)
    assert (found.count("high"), found.count(None)) == (1, 1)


def test_the_line_stands_at_the_needed_part_of_what_is_known() -> None:
    found = strip(answer(("a", 0.2, "low"), ("b", 0.4, None), ("c", 0.4, "high")), TIERS)
    assert found.cut == pytest.approx(0.5 * 0.6 * (WIDTH - BETWEEN))


@pytest.mark.parametrize(
    "asked", [answer(("a", 1.0, None)), answer(("a", 1.0, "low"), sort="score_bands"), answer()], ids=str
)
def test_there_is_no_line_where_no_functions_are_needed_or_known(asked: dict[str, Any]) -> None:
    found = strip(asked, TIERS)
    assert found.cut is None
    assert not found.pieces or found.pieces[-1].x + found.pieces[-1].width == pytest.approx(WIDTH)
