"""The typeface: static, both weights, with the glyphs that are needed."""

from __future__ import annotations

from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from tierscore.reports import fonts

WEIGHTS = [(fonts.REGULAR, "Regular"), (fonts.BOLD, "Bold")]


@pytest.mark.parametrize(("weight", "style"), WEIGHTS)
def test_static_fonts_are_found_by_family_and_weight(weight: int, style: str) -> None:
    font = TTFont(fonts.directory() / fonts.file_name(weight))
    assert (font["name"].getDebugName(1), font["name"].getDebugName(2)) == ("Noto Sans SC", style)
    assert font["OS/2"].usWeightClass == weight and "fvar" not in font
    assert set(map(ord, "四川省域级×≥–Aa1")) <= set(font.getBestCmap())


@pytest.mark.parametrize(("weight", "style"), WEIGHTS)
def test_a_subset_has_the_glyphs_of_a_text_and_no_others(weight: int, style: str) -> None:
    content = fonts.subset("四川 12", weight)
    assert set(TTFont(BytesIO(content)).getBestCmap()) == set(map(ord, "四川 12"))
    assert fonts.subset("四川 12", weight) == content and len(content) < 20_000


def test_bold_is_not_regular() -> None:
    assert fonts.subset("川", fonts.REGULAR) != fonts.subset("川", fonts.BOLD)
