"""Whether the regions of a file fit into the hierarchy: known kinds, known parents above them, one nation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tierscore.errors import UnknownCode, Violation
from tierscore.framework.catalogue import LEVELS, NATION, Region
from tierscore.ingest.read import RawRow


def misplaced(rows: Sequence[RawRow], known: Mapping[str, Region]) -> list[Violation]:
    """Every mistake of place, with line and column; what a row says counts in the place of what is known.

    Kinds that stand below each other leave no way for a chain of parents to come back to itself.
    """
    kinds = {code: region.kind for code, region in known.items()}
    kinds |= {row.texts["region"]: row.texts["kind"] for row in rows}
    children = _children_left(rows, known)
    nations = [code for code, kind in kinds.items() if kind == NATION]
    found = [_misplaced(row, kinds, children.get(row.texts["region"], []), nations) for row in rows]
    everything = [*(violation for of_row in found for violation in of_row), *_unknown_parents(rows, kinds)]
    return sorted(everything, key=lambda violation: violation.row or 0)


def _unknown_parents(rows: Sequence[RawRow], kinds: Mapping[str, str]) -> Iterator[Violation]:
    """Looking for the nearest code takes its time among thousands, so each mistake is looked at once."""
    told: dict[tuple[str, str], Violation] = {}
    for row in rows:
        parent, kind = row.texts["parent"], row.texts["kind"]
        if parent == "" or parent in kinds or kind not in LEVELS:
            continue
        if (parent, kind) not in told:
            possible = [code for code, upper in kinds.items() if _above(upper, kind)]
            told[parent, kind] = UnknownCode("region", parent, possible).as_violation()
        yield replace(told[parent, kind], row=row.line, field="parent")


def _children_left(rows: Sequence[RawRow], known: Mapping[str, Region]) -> dict[str, list[Region]]:
    """The known children of each region that the file says nothing of."""
    said = {row.texts["region"] for row in rows}
    children: dict[str, list[Region]] = {}
    for code, region in known.items():
        if code not in said and region.parent is not None:
            children.setdefault(region.parent, []).append(region)
    return children


def _misplaced(
    row: RawRow, kinds: Mapping[str, str], children: Sequence[Region], nations: Sequence[str]
) -> Iterator[Violation]:
    kind, parent = row.texts["kind"], row.texts["parent"]
    if kind not in LEVELS:
        if kind != "":
            yield _mistake(row, "kind", "unknown_word", "{value!r} is no kind of region.", tuple(LEVELS))
        return
    if kind == NATION and nations and nations[0] != row.texts["region"]:
        yield _mistake(row, "kind", "duplicate", "There is one nation, {nation}.", nation=nations[0])
    if parent != "" and parent in kinds and not _above(kinds[parent], kind):
        template = "A {kind} is no part of {value!r}, whose kind is {above}."
        yield _mistake(row, "parent", "wrong_order", template, _kinds_above(kind), kind=kind, above=kinds[parent])
    for child in children:
        if not _above(kind, child.kind):
            template = "{child} is a part of it, and its kind, {below}, would not be below."
            yield _mistake(row, "kind", "wrong_order", template, child=child.code, below=child.kind)


def _above(upper: str, lower: str) -> bool:
    return upper in LEVELS and LEVELS[upper] < LEVELS.get(lower, -1)


def _kinds_above(kind: str) -> tuple[str, ...]:
    return tuple(other for other in LEVELS if _above(other, kind))


def _mistake(
    row: RawRow, field: str, code: str, template: str, allowed: tuple[str, ...] = (), **params: object
) -> Violation:
    value = row.texts[field]
    return Violation(
        code, template, {"value": value, **params}, row=row.line, field=field, value=value, allowed=allowed
    )
