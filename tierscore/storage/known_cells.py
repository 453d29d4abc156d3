"""What is known of given cells, whatever else is stored: each is looked up in the key, nothing is scanned."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

CONTENT = ("value", "unit", "status", "source", "vintage", "note")

_WANTED = ", ".join(f"o.{name}" for name in CONTENT)

# LATERAL with LIMIT is a look-up for each cell: a join might be planned as a scan of the whole table.
POSTGRESQL = text(f"""
SELECT c.place - 1, {_WANTED}
FROM unnest(CAST(:regions AS text[]), CAST(:indicators AS text[]), CAST(:periods AS int[]))
    WITH ORDINALITY AS c (region, indicator, period, place)
CROSS JOIN LATERAL (
    SELECT {", ".join(CONTENT)} FROM observations
    WHERE region = c.region COLLATE "C" AND indicator = c.indicator COLLATE "C" AND period = c.period
        AND revision <= :revision
    ORDER BY revision DESC LIMIT 1
) AS o
""")  # noqa: S608

# CROSS JOIN keeps SQLite to the order written: for each cell the key.
SQLITE = text(f"""
SELECT c.key, {_WANTED}
FROM json_each(:cells) AS c CROSS JOIN observations AS o
    ON o.region = c.value ->> 0 AND o.indicator = c.value ->> 1 AND o.period = c.value ->> 2
WHERE o.revision = (
    SELECT max(n.revision) FROM observations AS n
    WHERE n.region = o.region AND n.indicator = o.indicator AND n.period = o.period AND n.revision <= :revision
)
""")  # noqa: S608


def known_of(session: Session, revision: int, cells: pd.DataFrame) -> pd.DataFrame:
    """What the newest revision up to `revision` says of each cell; cells of which nothing was ever said are left out.

    Returns
    -------
    DataFrame
        Columns `CONTENT`; its index is the position of the cell in `cells`.
    """
    regions, indicators, periods = (cells[name].tolist() for name in ("region", "indicator", "period"))
    if session.get_bind().dialect.name == "postgresql":
        given: dict[str, Any] = {"regions": regions, "indicators": indicators, "periods": periods}
        found = session.execute(POSTGRESQL, {**given, "revision": revision}).all()
    else:
        listed = json.dumps(list(zip(regions, indicators, periods, strict=True)), ensure_ascii=False)
        found = session.execute(SQLITE, {"cells": listed, "revision": revision}).all()
    frame = pd.DataFrame(found, columns=["place", *CONTENT]).set_index("place")
    return frame.astype({"value": "float64"})
