"""Regions that somebody adds to the catalogue, each with its place in the hierarchy."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from tierscore.errors import Invalid, Violation
from tierscore.framework.catalogue import Region
from tierscore.ingest import catalogue as rows_to
from tierscore.ingest.read import RawRow, read_csv
from tierscore.storage import catalogue, freshness, trail
from tierscore.storage import regions as region_rows
from tierscore.storage.database import Database
from tierscore.storage.regions import Put
from tierscore.storage.trail import Deed

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")  # it is part of addresses


def add_regions(database: Database, data: bytes, name: str, by: str) -> Put:
    """Adds the regions of a CSV file, or makes those that are there say this: all of the file or nothing.

    What the file leaves empty of a known region's number, macro region and tags stays as it is.

    Raises
    ------
    Invalid
        With every mistake, its line and column.
    """
    rows, wrong = read_csv(data, rows_to.ADDED_REGION_COLUMNS)
    if wrong:
        raise Invalid(name, wrong)
    with database.write() as session:
        freshness.lock(session)
        known = {region.code: region for region in region_rows.every(session)}
        regions = _checked(rows, known, {group.code for group in catalogue.groups(session)}, name)
        done = region_rows.append(session, regions)
        if done.is_change:
            counts = {"added": done.added, "changed": done.changed}
            trail.note(session, Deed(by, "regions_imported", name, counts), datetime.now(UTC))
    return done


def _checked(rows: Sequence[RawRow], known: Mapping[str, Region], groups: Collection[str], name: str) -> list[Region]:
    regions, wrong = rows_to.regions(rows, known)
    wrong += [violation for row in rows for violation in _wrong_code(row, groups)]
    if wrong:
        raise Invalid(name, wrong)
    return [_completed(region, known.get(region.code, region)) for region in regions]


def _wrong_code(row: RawRow, groups: Collection[str]) -> Iterator[Violation]:
    code = row.texts["region"]
    if code in groups:
        template = "{value!r} is the code of a group."
        yield Violation("taken", template, {"value": code}, row=row.line, field="region", value=code)
    elif code != "" and not _CODE.fullmatch(code):
        template = "{value!r} cannot be a code: it is part of addresses."
        allowed = ("at most 64 letters, digits, '-', '_' and '.', the first one a letter or a digit",)
        yield Violation(
            "wrong_code", template, {"value": code}, row=row.line, field="region", value=code, allowed=allowed
        )


def _completed(region: Region, known: Region) -> Region:
    macro = region.macro_region or known.macro_region
    others = _without_macro(region) or _without_macro(known)
    tags = (macro, *others) if macro else others
    return replace(region, adcode=region.adcode or known.adcode, macro_region=macro, tags=tags)


def _without_macro(region: Region) -> tuple[str, ...]:
    return tuple(tag for tag in region.tags if tag != region.macro_region)
