"""What was known of many regions in a span of years, as columns: for scorecards of thousands of regions.

An object for each row would cost more than everything that is computed from it. So texts become numbers where the rows
are, or at once when they come, and only arrays are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from tierscore.storage.tables import SourceRow

Ints: TypeAlias = npt.NDArray[np.int32]
Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Part: TypeAlias = Mapping[str, npt.NDArray[Any]]
Tables: TypeAlias = Mapping[str, Sequence[str]]

STATUSES = "AEPDM"
FIRST_YEAR, LAST_YEAR = 1900, 2100  # of the table's own constraint

# Few rows at a time: SQLite's module makes objects of them, which then stay in the processor's cache.
_ROWS = 500
_BYTES = 1 << 22
_YEARS = 1 << 12

_TYPES = {
    "region": "i4", "indicator": "i4", "period": "i4", "revision": "i4", "value": "f8", "status": "i4", "source": "i4",
}  # fmt: skip
# A row of PostgreSQL's binary COPY: the number of fields, and each of them behind its length; no field is ever null.
_SIZED = [((f"#{name}", ">i4"), (name, f">{kind}")) for name, kind in _TYPES.items()]
_WIRE = np.dtype([("fields", ">i2"), *chain.from_iterable(_SIZED)])
_WIRE_HEAD, _WIRE_END = 19, 2
# Series by series from the key, in which SQLite keeps the rows themselves: one search for each, then neighbours.
SQLITE = f"""
SELECT r.key, i.key, o.period, o.revision, o.value, instr('{STATUSES}', o.status) - 1, o.source
FROM json_each(?) AS r CROSS JOIN json_each(?) AS i CROSS JOIN observations AS o
    ON o.region = r.value AND o.indicator = i.value AND o.period BETWEEN ? AND ?
WHERE o.revision <= ?
"""  # noqa: S608

# The planner chooses: for many series the index that begins with the year and holds all of this, for few the key.
POSTGRESQL = f"""
SELECT (r.place - 1)::int4, (i.place - 1)::int4, o.period, o.revision, coalesce(o.value, 'NaN'),
    strpos('{STATUSES}', o.status) - 1, (s.place - 1)::int4
FROM observations AS o
JOIN unnest(%(regions)s::text[]) WITH ORDINALITY AS r (code, place) ON r.code = o.region COLLATE "C"
JOIN unnest(%(indicators)s::text[]) WITH ORDINALITY AS i (code, place) ON i.code = o.indicator COLLATE "C"
JOIN unnest(%(sources)s::text[]) WITH ORDINALITY AS s (code, place) ON s.code = o.source COLLATE "C"
WHERE o.period BETWEEN %(first)s AND %(last)s AND o.revision <= %(revision)s
"""  # noqa: S608

SQLITE_SEEN = """
SELECT c.key FROM json_each(?) AS c WHERE EXISTS (
    SELECT 1 FROM observations AS o
    WHERE o.region = c.value ->> 0 AND o.indicator = c.value ->> 1 AND o.revision <= ?
)
"""
POSTGRESQL_SEEN = """
SELECT c.place - 1
FROM unnest(%(regions)s::text[], %(indicators)s::text[]) WITH ORDINALITY AS c (region, indicator, place)
CROSS JOIN LATERAL (
    SELECT 1 FROM observations
    WHERE region = c.region COLLATE "C" AND indicator = c.indicator COLLATE "C" AND revision <= %(revision)s
    LIMIT 1
) AS o
"""


@dataclass(frozen=True)
class Window:
    """The newest rows of cells as arrays of one length, in no particular order; texts are places in tables.

    regions, indicators : the codes that were asked for.  sources : every one that there is.
    region, indicator, source : places in these; status : in `STATUSES`.  period : the year.
    value : NaN where withdrawn (status M).
    """

    regions: tuple[str, ...]
    indicators: tuple[str, ...]
    sources: tuple[str, ...]
    region: Ints
    indicator: Ints
    period: Ints
    value: Floats
    status: Ints
    source: Ints


@dataclass(frozen=True)
class Span:
    """The years from the first to the last one; without any, all."""

    first: int = FIRST_YEAR
    last: int = LAST_YEAR


ALL_YEARS = Span()


def read(
    session: Session, revision: int, regions: Sequence[str], indicators: Sequence[str], years: Span = ALL_YEARS
) -> Window:
    """What was known at a revision of some regions and indicators within some years.

    The rows are those of `observations.newest` within these limits: of each cell the one with the highest revision up
    to the given one, whatever its status, withdrawn ones too. Memory is some 36 bytes for each row, replaced ones
    included. No code may stand twice.
    """
    sources = session.scalars(select(SourceRow.code).order_by(SourceRow.position, SourceRow.code)).all()
    connection = session.connection()
    fetch = _copied if connection.dialect.name == "postgresql" else _fetched
    tables = {"regions": regions, "indicators": indicators, "sources": sources}
    columns = _joined(fetch(connection, revision, tables, years))
    newest = _newest(columns, len(indicators))
    del columns["revision"]
    arrays = {name: column[newest] for name, column in columns.items()}
    return Window(tuple(regions), tuple(indicators), tuple(sources), **arrays)


def seen(session: Session, revision: int, regions: Sequence[str], indicators: Sequence[str]) -> Flags:
    """Of pairs of a region and an indicator, whether anything had been said of them up to a revision, of any year.

    Where a pair has no row within some years, this tells whether there are rows outside of them: each is one search in
    the key, nothing is scanned.
    """
    found = np.zeros(len(regions), dtype=np.bool_)
    if len(regions) > 0:
        connection = session.connection()
        postgresql = connection.dialect.name == "postgresql"
        places = (_seen_in_postgresql if postgresql else _seen_in_sqlite)(connection, revision, regions, indicators)
        found[places] = True
    return found


def _fetched(connection: Connection, revision: int, tables: Tables, years: Span) -> Iterator[Part]:
    lists = (json.dumps(list(tables[name]), ensure_ascii=False) for name in ("regions", "indicators"))
    result = connection.exec_driver_sql(SQLITE, (*lists, years.first, years.last, revision))
    places = {code: place for place, code in enumerate(tables["sources"])}
    # Straight from the module: a row object of SQLAlchemy's for each would be the larger half of the time.
    while rows := result.cursor.fetchmany(_ROWS):
        part = dict(zip(_TYPES, zip(*rows, strict=True), strict=True))
        part["source"] = tuple(map(places.__getitem__, part["source"]))
        yield {name: np.array(part[name], dtype=kind) for name, kind in _TYPES.items()}


def _copied(connection: Connection, revision: int, tables: Tables, years: Span) -> Iterator[Part]:
    given: dict[str, Any] = {name: list(codes) for name, codes in tables.items()}
    given |= {"first": years.first, "last": years.last, "revision": revision}
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection is closed")
    with driver.cursor() as cursor, cursor.copy(f"COPY ({POSTGRESQL}) TO STDOUT (FORMAT binary)", given) as copy:
        for rows in _rows_of(copy):
            yield {name: rows[name].astype(kind) for name, kind in _TYPES.items()}


def _rows_of(messages: Iterable[Any]) -> Iterator[npt.NDArray[Any]]:
    """The rows of a binary COPY, some at a time; there is a head before the first and a mark behind the last one."""
    buffer = bytearray()
    begins = _WIRE_HEAD
    for message in messages:
        buffer += message
        if len(buffer) > _BYTES:
            whole = (len(buffer) - begins) // _WIRE.itemsize
            yield np.frombuffer(bytes(buffer), _WIRE, whole, begins)
            del buffer[: begins + whole * _WIRE.itemsize]
            begins = 0
    yield np.frombuffer(bytes(buffer), _WIRE, (len(buffer) - begins - _WIRE_END) // _WIRE.itemsize, begins)


def _joined(parts: Iterator[Part]) -> dict[str, npt.NDArray[Any]]:
    """Parts behind each other, column by column, so that only one of them is there twice at any time."""
    columns: dict[str, list[npt.NDArray[Any]]] = {name: [np.empty(0, kind)] for name, kind in _TYPES.items()}
    for part in parts:
        for name, column in part.items():
            columns[name].append(column)
    return {name: np.concatenate(columns.pop(name)) for name in _TYPES}


def _newest(columns: Part, indicators: int) -> slice | npt.NDArray[np.intp]:
    """The places of the rows with the highest revision of their cell, or all at once where no cell has two."""
    cell = (columns["region"].astype(np.int64) * indicators + columns["indicator"]) * _YEARS + columns["period"]
    ordered = np.sort(cell)
    if (ordered[1:] != ordered[:-1]).all():
        return slice(None)
    order: npt.NDArray[np.intp] = np.lexsort((columns["revision"], cell))
    last = np.append(cell[order[1:]] != cell[order[:-1]], True)
    newest: npt.NDArray[np.intp] = order[last]
    return newest


def _seen_in_sqlite(
    connection: Connection, revision: int, regions: Sequence[str], indicators: Sequence[str]
) -> list[int]:
    pairs = json.dumps(list(zip(regions, indicators, strict=True)), ensure_ascii=False)
    return list(connection.exec_driver_sql(SQLITE_SEEN, (pairs, revision)).scalars())


def _seen_in_postgresql(
    connection: Connection, revision: int, regions: Sequence[str], indicators: Sequence[str]
) -> list[int]:
    given = {"regions": list(regions), "indicators": list(indicators), "revision": revision}
    return list(connection.exec_driver_sql(POSTGRESQL_SEEN, given).scalars())
