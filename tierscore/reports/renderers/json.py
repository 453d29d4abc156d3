"""A report as JSON: the answer that it was made of, and its sections with values at full precision."""

from __future__ import annotations

import json
from typing import Any

from tierscore.reports.document import Block, Bullets, Cell, Figure, Paragraph, Report, Section, Table
from tierscore.reports.words import Words


def render(report: Report, words: Words) -> bytes:
    """``{title, subtitle, language, versions, again, answer, sections}`` in UTF-8; missing values are null."""
    content = {
        "title": report.title,
        "subtitle": report.subtitle,
        "language": words.language,
        "versions": report.versions,
        "again": list(report.again),
        "answer": report.data,
        "sections": [_section(section) for section in report.sections],
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False).encode()


def _section(section: Section) -> dict[str, Any]:
    blocks = [_block(block) for block in section.blocks]
    return {"code": section.code, "level": section.level, "heading": section.heading, "blocks": blocks}


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": block.text, "lead": block.lead}
    if isinstance(block, Bullets):
        return {"kind": "bullets", "items": list(block.items)}
    head = {"code": block.code, "number": block.number, "caption": block.caption, "notes": list(block.notes)}
    return head | (_figure(block) if isinstance(block, Figure) else _table(block))


def _figure(figure: Figure) -> dict[str, Any]:
    return {"kind": "figure", "alternative": figure.alternative, "spec": figure.spec}


def _table(table: Table) -> dict[str, Any]:
    columns = [{"title": column.title, "number_format": column.format.value} for column in table.columns]
    return {"kind": "table", "columns": columns, "rows": [[_cell(cell) for cell in row] for row in table.rows]}


def _cell(cell: Cell) -> Any:
    """The value alone, unless more is to be said of it."""
    if not cell.marks and cell.link is None:
        return cell.value
    return {"value": cell.value, "marks": list(cell.marks), "link": cell.link}
