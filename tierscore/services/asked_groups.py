"""The groups that somebody asks for or wants to keep, and why some are refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tierscore.errors import Violation
from tierscore.framework.catalogue import Group, Title
from tierscore.services.editing import no, refuse
from tierscore.services.query import GroupAsked
from tierscore.services.sheet import Sheet
from tierscore.services.snapshot import Snapshot

GROUPS = "/groups"
AD_HOC = "members"  # the code of a group that nobody has named


def asked_groups(sheet: Sheet, asked: Sequence[GroupAsked]) -> list[tuple[Group, float]]:
    """The groups that a what-if names, each with its degree of integration."""
    refuse(violation for place, item in enumerate(asked) for violation in _wrong_group(sheet, place, item))
    return [(_group(sheet, item), item.integration) for item in asked]


def _wrong_group(sheet: Sheet, place: int, item: GroupAsked) -> Iterator[Violation]:
    here = f"{GROUPS}/{place}"
    if item.pinned is not None:
        return
    if (item.code is None) == (not item.members):
        template = "Either a group's code or its members are needed."
        yield Violation("code_or_members", template, pointer=here)
    elif item.code is not None and item.code not in sheet.snapshot.groups:
        yield no("group", item.code, sheet.snapshot.groups, f"{here}/code")
    for at, code in enumerate(item.members):
        if code not in sheet.card.matrix.regions:
            yield no("reference region", code, sheet.card.matrix.regions, f"{here}/members/{at}")
        elif code in item.members[:at]:
            yield Violation("duplicate", "A member stands once.", pointer=f"{here}/members/{at}", value=code)
    if not 0 <= item.integration <= 1:
        template = "A degree of integration is a number from 0 to 1."
        yield Violation("out_of_range", template, pointer=f"{here}/integration", value=item.integration)


def _group(sheet: Sheet, item: GroupAsked) -> Group:
    if item.pinned is not None:
        return item.pinned
    if item.code is not None:
        return sheet.snapshot.groups[item.code]
    names = [sheet.snapshot.regions[code].name for code in item.members]
    return Group(
        AD_HOC, Title("、".join(name.zh for name in names), ", ".join(name.en for name in names)), item.members
    )


def checked_group(snapshot: Snapshot, group: Group) -> Group:
    """A user's group whose members are regions, each once; raises Invalid naming every mistake."""
    refuse(_wrong_members(snapshot, group.members))
    return replace(group, own=True)


def _wrong_members(snapshot: Snapshot, members: Sequence[str]) -> Iterator[Violation]:
    """A member is a region: neither the nation, which is no part of itself, nor a group."""
    known = [code for code in snapshot.regions if code != snapshot.nation]
    for place, code in enumerate(members):
        pointer = f"/members/{place}"
        if code not in known:
            yield no("region", code, known, pointer)
        elif code in members[:place]:
            yield Violation("duplicate", "A member stands once.", pointer=pointer, value=code)
