"""A table with a row per unit and a column per indicator, as analysts keep it, into values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tierscore.errors import Violation
from tierscore.ingest.check import plain_number
from tierscore.ingest.columns import Columns, header_violations
from tierscore.ingest.read import records_of

CODE, GROUP = "code", "group"
MISSING = ("", "NA")


@dataclass(frozen=True)
class WideRow:
    """One unit: the line it stands on, its code, its group ("" for none), its values (None: missing)."""

    line: int
    code: str
    group: str
    values: Mapping[str, float | None]


@dataclass(frozen=True)
class WideTable:
    """The units, the columns that nothing asked for, and every mistake."""

    rows: tuple[WideRow, ...]
    unused: tuple[str, ...]
    violations: tuple[Violation, ...]


def read_wide(data: bytes, indicators: Sequence[str], group: str | None = None) -> WideTable:
    """The units of a CSV file in UTF-8 or GBK.

    Their codes are in the column ``code``, or in the first one where there is no such column.

    Parameters
    ----------
    indicators : the columns that hold numbers; all must be there. An empty cell, or NA, is missing.
    group : the column that holds the units' groups; ``group`` where it is not named, if it is there.

    Examples
    --------
    >>> table = read_wide(b"code,name,labs\\nA,Alpha,5\\nB,Beta,NA\\n", ["labs"])
    >>> [(row.code, dict(row.values)) for row in table.rows], table.unused
    ([('A', {'labs': 5.0}), ('B', {'labs': None})], ('name',))
    """
    header, records, found = records_of(data)
    if not header:
        return WideTable((), (), tuple(found))
    code = CODE if CODE in header or header[0] in {*indicators, group} else header[0]
    needed = (code, *indicators, *([group] if group else []))
    unused = tuple(name for name in header if name not in {*needed, GROUP})
    found += header_violations(header, Columns(needed, (GROUP, *unused)))
    if found:
        return WideTable((), unused, tuple(found))
    units = [(line, dict(zip(header, record, strict=True))) for line, record in records]
    mistakes = [
        *_doubles(units, code),
        *(item for line, texts in units for item in _mistakes(line, texts, code, indicators)),
    ]
    if mistakes:
        return WideTable((), unused, tuple(sorted(mistakes, key=lambda item: item.row or 0)))
    rows = [
        WideRow(line, texts[code], texts.get(group or GROUP, ""), {name: _number(texts[name]) for name in indicators})
        for line, texts in units
    ]
    return WideTable(tuple(rows), unused, ())


def _doubles(units: Sequence[tuple[int, Mapping[str, str]]], code: str) -> Iterator[Violation]:
    seen: set[str] = set()
    for line, texts in units:
        if texts[code] in seen and texts[code] != "":
            template = "The unit {value!r} is already there."
            yield Violation("duplicate", template, {"value": texts[code]}, row=line, field=code, value=texts[code])
        seen.add(texts[code])


def _number(text: str) -> float | None:
    return None if text in MISSING else plain_number(text)


def _mistakes(line: int, texts: Mapping[str, str], code: str, indicators: Sequence[str]) -> Iterator[Violation]:
    if texts[code] == "":
        yield Violation("missing_value", "A unit needs a code.", row=line, field=code)
    for name in indicators:
        if texts[name] not in MISSING and plain_number(texts[name]) is None:
            template = "{value!r} is not a number."
            allowed = ("a plain number such as 12.5, NA, or nothing",)
            yield Violation(
                "not_a_number",
                template,
                {"value": texts[name]},
                row=line,
                field=name,
                value=texts[name],
                allowed=allowed,
            )
