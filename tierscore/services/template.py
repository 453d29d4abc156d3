"""The workbook to be filled in for a framework and a year, in the form that ingest reads back."""

from __future__ import annotations

from tierscore.framework.model import Framework
from tierscore.ingest.check import COLUMNS, STATUSES
from tierscore.ingest.workbook import DATA_SHEET, TEMPLATE_PROPERTY
from tierscore.reports.template import Asked, Form, template
from tierscore.reports.words import Words
from tierscore.services.snapshot import Snapshot

OWN_SOURCE = "user:"

FORM = Form(sheet=DATA_SHEET, columns=COLUMNS.known, mark=TEMPLATE_PROPERTY, statuses=STATUSES)


def template_of(
    snapshot: Snapshot, framework: Framework, period: int, regions: tuple[str, ...], language: str
) -> bytes:
    """An XLSX workbook with a row for each of the regions (none named: the reference regions) and each indicator.

    Indicators that the catalogue does not have are left out, since no value of them would be taken. Raises
    UnknownCode for a region that is not there.
    """
    asked = Asked(
        framework=f"{framework.id}@{framework.version}",
        title=framework.title,
        period=period,
        regions=tuple(snapshot.region(code, "region") for code in regions or framework.regions),
        indicators=tuple(
            snapshot.indicators[item.code] for item in framework.indicators if item.code in snapshot.indicators
        ),
        sources=tuple(
            (code, source.title) for code, source in snapshot.sources.items() if not code.startswith(OWN_SOURCE)
        ),
    )
    return template(asked, FORM, Words(language))
