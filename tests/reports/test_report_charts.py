"""The charts of reports: valid Vega-Lite, drawn with the reports' own typeface, told apart without colour."""

from __future__ import annotations

from itertools import pairwise

import altair
import pytest

from tests.reports.content.test_comparison import answer_of, report_of
from tierscore.reports import drawing, fonts
from tierscore.reports.charts.theme import CHOSEN, shades
from tierscore.reports.contrast import _linear
from tierscore.reports.document import Figure
from tierscore.services.reading import Reading


@pytest.fixture(scope="module", params=["zh", "en"])
def figures(reading: Reading, request: pytest.FixtureRequest) -> list[Figure]:
    return list(report_of(reading, answer_of(reading, "CN-SC", "CN-BJ", "CN-CY"), request.param).figures())


def test_every_spec_keeps_to_the_schema_of_vega_lite(figures: list[Figure]) -> None:
    for figure in figures:
        assert altair.Chart.from_dict(figure.spec).to_dict()["$schema"].endswith(".json")


def test_every_chart_is_drawn_with_its_names_as_text(figures: list[Figure]) -> None:
    for figure in figures:
        drawn = drawing.svg(figure.spec)
        assert drawn.startswith("<svg") and fonts.FAMILY in drawn
        assert "NaN" not in drawn and "undefined" not in drawn
    assert "四川省" in drawing.svg(figures[0].spec) or "Sichuan" in drawing.svg(figures[0].spec)


def test_a_picture_is_twice_the_chart_s_size(figures: list[Figure]) -> None:
    content = drawing.png(figures[0].spec)
    assert content.startswith(b"\x89PNG")
    width = int.from_bytes(content[16:20], "big")
    assert 2 * 560 < width < 2 * 900


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_tiers_are_told_apart_in_grey(count: int) -> None:
    greys = [grey(colour) for colour in shades(count)]
    assert all(before - after > 0.1 for before, after in pairwise(greys))


def grey(colour: str) -> float:
    """The lightness of a colour printed in grey, from 0 to 1 (CIE L*)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return (1.16 * luminance ** (1 / 3) - 0.16) if luminance > 0.008856 else 9.033 * luminance


def test_what_is_chosen_is_neither_of_the_tiers_colours() -> None:
    assert CHOSEN not in shades(6)
