"""Charts drawn: the same Vega-Lite spec as SVG and as PNG, with the reports' own typeface."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache, lru_cache

from tierscore.reports import fonts
from tierscore.reports.document import Figure, Spec

KEPT = 256
SCALE = 2.0  # pixels of a PNG for one of the chart: sharp in print


def svg(spec: Spec) -> str:
    """The chart as SVG; its text is text, in the family of `fonts.FAMILY`."""
    return _svg(json.dumps(spec, ensure_ascii=False, allow_nan=False))


def png(spec: Spec) -> bytes:
    """The chart as PNG, `SCALE` times its size in pixels."""
    return _png(svg(spec))


def text_of(figures: Iterable[Figure]) -> str:
    """All that charts may say, so that a font with their glyphs can be made."""
    return "".join(json.dumps(figure.spec, ensure_ascii=False) for figure in figures)


def forget() -> None:
    """Drops the charts that are kept, so that the next ones are drawn anew: for measurements."""
    _svg.cache_clear()
    _png.cache_clear()


@lru_cache(KEPT)
def _svg(spec: str) -> str:
    _know_fonts()
    import vl_convert  # noqa: PLC0415 - slow to load, and only reports need it

    return vl_convert.vegalite_to_svg(spec)


@lru_cache(KEPT)
def _png(drawn: str) -> bytes:
    _know_fonts()
    import vl_convert  # noqa: PLC0415 - slow to load, and only reports need it

    return vl_convert.svg_to_png(drawn, scale=SCALE)


@cache
def _know_fonts() -> None:
    import vl_convert  # noqa: PLC0415 - slow to load, and only reports need it

    vl_convert.register_font_directory(str(fonts.chart_directory()))
