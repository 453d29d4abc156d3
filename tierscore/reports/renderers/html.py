"""A report as one HTML file: charts as SVG, the typeface's needed glyphs inside, no script, nothing loaded."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from tierscore.reports import drawing, fonts
from tierscore.reports.contrast import ink_on
from tierscore.reports.document import Cell, Figure, Format, Report, Section, Table
from tierscore.reports.links import followed
from tierscore.reports.renderers.captions import caption
from tierscore.reports.words import Words

TYPEFACE = "/* the typeface */"  # where its style rules go


def render(report: Report, words: Words) -> bytes:
    """The page in UTF-8; the same report has the same bytes."""
    page = _template().render(
        report=report,
        words=words,
        chapters=list(_chapters(report)),
        typeface=TYPEFACE,
        family=", ".join(f'"{name}"' for name in (fonts.FAMILY, *fonts.FALLBACKS)),
        caption=lambda block: caption(block, words),
        kind=lambda block: type(block).__name__,
        svg=_svg,
        style=_style,
        followed=followed,
        aligned=_aligned,
    )
    return page.replace(TYPEFACE, _typeface(page), 1).encode()


def _chapters(report: Report) -> Iterator[tuple[Section, list[Section]]]:
    """Each section of the first level with those below it."""
    sections = list(report.sections)
    starts = [place for place, section in enumerate(sections) if section.level == 1]
    for start, end in zip(starts, [*starts[1:], len(sections)], strict=True):
        yield sections[start], sections[start + 1 : end]


def _typeface(page: str) -> str:
    """The style rules that put the typeface into a page, with the glyphs of every character that stands in it."""
    needed = "".join(sorted(set(page)))
    return "\n".join(_face(weight, b64encode(fonts.web_subset(needed, weight)).decode()) for weight in fonts.WEIGHTS)


def _face(weight: int, content: str) -> str:
    address = f"url(data:font/ttf;base64,{content}) format('truetype')"
    return f"@font-face {{ font-family: '{fonts.FAMILY}'; font-weight: {weight}; src: {address}; }}"


def _svg(figure: Figure) -> Markup:
    """The chart inside the page; Vega escapes the texts that it draws."""
    return Markup(drawing.svg(figure.spec))  # noqa: S704 - see above


def _style(cell: Cell) -> str:
    """The background of a shaded cell, and an ink that is read on it."""
    return "" if cell.shade is None else f"background:{cell.shade};color:{ink_on(cell.shade)}"


def _aligned(table: Table, column: int) -> bool:
    """Whether a column holds numbers, and is set to the right."""
    return table.columns[column].format is not Format.TEXT


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("report.html")
