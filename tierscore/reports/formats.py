"""The file formats that a report can have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tierscore.reports.document import Report, on_paper
from tierscore.reports.words import Words


@dataclass(frozen=True)
class FileFormat:
    """How a file of a report is made and named; `paper` ones leave out the columns that only programs use."""

    ending: str
    media_type: str
    render: Callable[[Report, Words], bytes]
    paper: bool


def rendered(report: Report, name: str, words: Words) -> bytes:
    """The report in one of `FORMATS`."""
    chosen = FORMATS[name]
    return chosen.render(on_paper(report) if chosen.paper else report, words)


def _html(report: Report, words: Words) -> bytes:
    from tierscore.reports.renderers import html  # noqa: PLC0415 - each loads libraries of its own

    return html.render(report, words)


def _pdf(report: Report, words: Words) -> bytes:
    from tierscore.reports.renderers import pdf  # noqa: PLC0415 - each loads libraries of its own

    return pdf.render(report, words)


def _docx(report: Report, words: Words) -> bytes:
    from tierscore.reports.renderers import docx  # noqa: PLC0415 - each loads libraries of its own

    return docx.render(report, words)


def _xlsx(report: Report, words: Words) -> bytes:
    from tierscore.reports.renderers import xlsx  # noqa: PLC0415 - each loads libraries of its own

    return xlsx.render(report, words)


def _csv(report: Report, words: Words) -> bytes:
    from tierscore.reports.renderers import csv  # noqa: PLC0415 - each loads libraries of its own

    return csv.render(report, words)


def _csv_with_mark(report: Report, words: Words) -> bytes:
    from tierscore.reports.renderers import csv  # noqa: PLC0415 - each loads libraries of its own

    return csv.render(report, words, bom=True)


def _json(report: Report, words: Words) -> bytes:
    from tierscore.reports.renderers import json  # noqa: PLC0415 - each loads libraries of its own

    return json.render(report, words)


_OFFICE = "application/vnd.openxmlformats-officedocument."
# With ``bom`` a CSV file begins with the mark by which Excel knows that it is UTF-8.
FORMATS = {
    "html": FileFormat("html", "text/html", _html, paper=True),
    "pdf": FileFormat("pdf", "application/pdf", _pdf, paper=True),
    "docx": FileFormat("docx", _OFFICE + "wordprocessingml.document", _docx, paper=True),
    "xlsx": FileFormat("xlsx", _OFFICE + "spreadsheetml.sheet", _xlsx, paper=False),
    "csv": FileFormat("csv", "text/csv", _csv, paper=False),
    "csv-bom": FileFormat("csv", "text/csv", _csv_with_mark, paper=False),
    "json": FileFormat("json", "application/json", _json, paper=False),
}
