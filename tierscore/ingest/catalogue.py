"""Raw rows of the catalogue's files to regions, groups, indicators, sources and designations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import TypeVar

from tierscore.errors import UnknownCode, Violation
from tierscore.framework.catalogue import CatalogueIndicator, Designation, Group, Region, Source, Title
from tierscore.ingest.check import plain_number
from tierscore.ingest.columns import Columns
from tierscore.ingest.hierarchy import misplaced
from tierscore.ingest.read import RawRow

REGION_COLUMNS = Columns(("region", "adcode", "name_zh", "name_en", "kind", "macro_region"), ("tags", "parent"))
ADDED_REGION_COLUMNS = Columns(("region", "kind", "parent", "name_zh", "name_en"), ("adcode", "macro_region", "tags"))
GROUP_COLUMNS = Columns(("code", "name_zh", "name_en", "members"))
INDICATOR_COLUMNS = Columns(("code", "title_zh", "title_en", "unit", "kind", "integer", "min", "max"))
SOURCE_COLUMNS = Columns(("source", "title", "url", "copy"))
DESIGNATION_COLUMNS = Columns(("region", "tier", "kind", "wording_zh", "wording_en", "source"))

Entry = TypeVar("Entry", Region, Group, CatalogueIndicator, Source, Designation)
Found = tuple[tuple[Entry, ...], list[Violation]]

_YES_OR_NO = {"true": True, "false": False}
_DESIGNATION_KINDS = ("designated", "claimed")


def regions(rows: Sequence[RawRow], known: Mapping[str, Region] | None = None) -> Found[Region]:
    """The regions; the macro region, where there is one, is the first tag.

    Parents are regions of the same file or of those `known`, and their kinds stand above; there is one nation.
    """
    needed = ("region", "name_zh", "name_en", "kind")
    found, violations = _entries(rows, ("region",), lambda row: _blanks(row, needed), _region)
    wrong = [*violations, *misplaced(rows, known or {})]
    return (() if wrong else found), wrong


def groups(rows: Sequence[RawRow], region_codes: Set[str]) -> Found[Group]:
    """The groups; every member must be a region."""
    return _entries(rows, ("code",), lambda row: _group_mistakes(row, region_codes), _group)


def indicators(rows: Sequence[RawRow]) -> Found[CatalogueIndicator]:
    """The indicators, with the range that a value must be in."""
    return _entries(rows, ("code",), _indicator_mistakes, _indicator)


def sources(rows: Sequence[RawRow]) -> Found[Source]:
    """The sources."""
    return _entries(rows, ("source",), lambda row: _blanks(row, ("source", "title")), _source)


def designations(rows: Sequence[RawRow], subject_codes: Set[str]) -> Found[Designation]:
    """The designations; each is of a region or a group, which has at most one."""
    return _entries(rows, ("region",), lambda row: _designation_mistakes(row, subject_codes), _designation)


def _entries(
    rows: Sequence[RawRow],
    key: tuple[str, ...],
    mistakes: Callable[[RawRow], Iterator[Violation]],
    build: Callable[[RawRow], Entry],
) -> Found[Entry]:
    violations = [violation for row in rows for violation in mistakes(row)]
    violations.extend(_doubles(rows, key))
    return (() if violations else tuple(build(row) for row in rows)), violations


def _region(row: RawRow) -> Region:
    texts = row.texts
    tags = dict.fromkeys(tag for tag in (texts["macro_region"], *_listed(texts["tags"])) if tag != "")
    return Region(
        texts["region"], texts["adcode"], _title(row, "name"), texts["kind"], texts["macro_region"], tuple(tags),
        texts["parent"] or None,
    )  # fmt: skip


def _group(row: RawRow) -> Group:
    return Group(row.texts["code"], _title(row, "name"), _listed(row.texts["members"]))


def _indicator(row: RawRow) -> CatalogueIndicator:
    texts = row.texts
    return CatalogueIndicator(
        texts["code"], _title(row, "title"), texts["unit"], texts["kind"], _YES_OR_NO[texts["integer"]],
        plain_number(texts["min"]), plain_number(texts["max"]),
    )  # fmt: skip


def _source(row: RawRow) -> Source:
    return Source(row.texts["source"], row.texts["title"], row.texts["url"] or None, row.texts["copy"])


def _designation(row: RawRow) -> Designation:
    texts = row.texts
    return Designation(texts["region"], texts["tier"], texts["kind"], _title(row, "wording"), texts["source"])


def _title(row: RawRow, name: str) -> Title:
    return Title(row.texts[f"{name}_zh"], row.texts[f"{name}_en"])


def _listed(text: str) -> tuple[str, ...]:
    """The words of a list whose separator is the semicolon."""
    return tuple(word.strip() for word in text.split(";") if word.strip() != "")


def _group_mistakes(row: RawRow, region_codes: Set[str]) -> Iterator[Violation]:
    yield from _blanks(row, GROUP_COLUMNS.required)
    members = _listed(row.texts["members"])
    for member in members:
        if member not in region_codes:
            yield _unknown(row, "members", "region", member, region_codes)
    if len(set(members)) < len(members):
        yield _mistake(row, "members", "duplicate", "A member stands once.")


def _indicator_mistakes(row: RawRow) -> Iterator[Violation]:
    yield from _blanks(row, ("code", "title_zh", "title_en", "unit", "kind"))
    if row.texts["integer"] not in _YES_OR_NO:
        yield _mistake(row, "integer", "unknown_word", "{value!r} is neither true nor false.", tuple(_YES_OR_NO))
    for name in ("min", "max"):
        if row.texts[name] != "" and plain_number(row.texts[name]) is None:
            yield _mistake(row, name, "not_a_number", "{value!r} is no plain number.", ("a number", "empty"))
    low, high = plain_number(row.texts["min"]), plain_number(row.texts["max"])
    if low is not None and high is not None and low > high:
        yield _mistake(row, "max", "out_of_range", "The largest value is below the smallest.", (f">= {low:.15g}",))


def _designation_mistakes(row: RawRow, subject_codes: Set[str]) -> Iterator[Violation]:
    yield from _blanks(row, ("region", "tier", "source"))
    if row.texts["kind"] not in _DESIGNATION_KINDS:
        yield _mistake(row, "kind", "unknown_word", "{value!r} is no kind.", _DESIGNATION_KINDS)
    if row.texts["region"] not in {"", *subject_codes}:
        yield _unknown(row, "region", "region or group", row.texts["region"], subject_codes)


def _blanks(row: RawRow, names: Sequence[str]) -> Iterator[Violation]:
    for name in names:
        if row.texts[name] == "":
            yield _mistake(row, name, "required", "This must not be empty.")


def _doubles(rows: Sequence[RawRow], key: tuple[str, ...]) -> Iterator[Violation]:
    first_lines: dict[tuple[str, ...], int] = {}
    for row in rows:
        first = first_lines.setdefault(tuple(row.texts[name] for name in key), row.line)
        if first != row.line:
            yield _mistake(row, key[0], "duplicate", "Line {line} says this already.", line=first)


def _unknown(row: RawRow, field: str, kind: str, code: str, known: Set[str]) -> Violation:
    return replace(UnknownCode(kind, code, sorted(known)).as_violation(), row=row.line, field=field)


def _mistake(
    row: RawRow, field: str, code: str, template: str, allowed: tuple[str, ...] = (), **params: object
) -> Violation:
    value = row.texts[field]
    return Violation(
        code=code, template=template, params={"value": value, **params}, row=row.line, field=field, value=value,
        allowed=allowed,
    )  # fmt: skip
