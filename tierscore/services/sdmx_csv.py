"""Observations as SDMX-CSV 2.0: what `ingest.sdmx` reads, so that a file comes back without any change."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import Any

from tierscore.ingest import sdmx
from tierscore.ingest.sdmx import ACTION, COMPONENTS, STRUCTURE, STRUCTURE_ID

MEDIA_TYPE = sdmx.MEDIA_TYPE

# Where our components are defined: nowhere else than in docs/api.md.
_STRUCTURE = ("DATASTRUCTURE", "TIERSCORE:OBSERVATIONS(1.0.0)", "I")
_WHOLE = 2.0**53  # up to here every whole number has its own float
_ROWS = 1000


def sdmx_csv(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The header and a line for each row, some at a time; rows have the fields of observations.

    Numbers are written with as many digits as tell them from every other; a withdrawn value is empty, with status M.

    >>> row = dict(region="CN", indicator="gdp", period=2021, value=5.0, unit="", status="A", source="", vintage="")
    >>> print("".join(sdmx_csv([{**row, "note": "a, b"}])).splitlines()[1])
    DATASTRUCTURE,TIERSCORE:OBSERVATIONS(1.0.0),I,CN,gdp,2021,5,,A,,,"a, b"
    """
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow([STRUCTURE, STRUCTURE_ID, ACTION, *COMPONENTS])
    for number, row in enumerate(rows, 1):
        writer.writerow([*_STRUCTURE, *(_said(row[field]) for field in COMPONENTS.values())])
        if number % _ROWS == 0:
            yield _taken(text)
    yield _taken(text)


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) <= _WHOLE:
        return str(int(value))
    return str(value)


def _taken(text: StringIO) -> str:
    """What was written so far, out of the buffer."""
    written = text.getvalue()
    text.seek(0)
    text.truncate()
    return written
