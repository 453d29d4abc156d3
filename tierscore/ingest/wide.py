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
    needed = (CODE, *indicators, *([group] if group else []))
    unused = tuple(name for name in header if name not in {*needed, GROUP})
    found += header_violations(header, Columns(needed, (GROUP, *unused)))
    if found:
        return WideTable((), unused, tuple(found))
    rows, mistakes = [], []
    for line, record in records:
        texts = dict(zip(header, record, strict=True))
        wrong = list(_mistakes(line, texts, indicators))
        mistakes += wrong
        if not wrong:
            values = {name: _number(texts[name]) for name in indicators}
            rows.append(WideRow(line, texts[CODE], texts.get(group or GROUP, ""), values))
    return WideTable(tuple(rows), unused, tuple(mistakes))


def _number(text: str) -> float | None:
    return None if text in MISSING else plain_number(text)


def _mistakes(line: int, texts: Mapping[str, str], indicators: Sequence[str]) -> Iterator[Violation]:
    if texts[CODE] == "":
        yield Violation("missing_value", "A unit needs a code.", row=line, field=CODE)
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
