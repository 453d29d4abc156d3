"""Regions as parts of each other: who is below whom, and which of them a rule means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tierscore.framework.catalogue import NATION, Region
from tierscore.framework.model import RegionRule

Children = Mapping[str, tuple[str, ...]]


def children_of(regions: Iterable[Region]) -> dict[str, tuple[str, ...]]:
    """The codes directly below each region, in the order given; a region without any is not there."""
    found: dict[str, list[str]] = {}
    for region in regions:
        if region.parent is not None:
            found.setdefault(region.parent, []).append(region.code)
    return {code: tuple(children) for code, children in found.items()}


def below(children: Children, code: str) -> list[str]:
    """The codes of all regions that are a part of one, the nearer levels first."""
    found = list(children.get(code, ()))
    for above in found:  # it grows meanwhile, by the children of what is in it
        found.extend(children.get(above, ()))
    return found


def meant(regions: Mapping[str, Region], rule: RegionRule) -> tuple[str, ...]:
    """The codes that a rule means, in the order of `regions`; the nation is never among them.

    An empty rule means the level below the nation, so that nothing is counted twice: who is a part of the nation alone,
    and who is a part of nothing.
    """
    within = None if rule.within is None else set(below(children_of(regions.values()), rule.within))
    top = {None, *(code for code, region in regions.items() if region.kind == NATION)}
    parents = top if rule == RegionRule() else {rule.parent}
    anywhere = rule.parent is None and rule != RegionRule()
    return tuple(
        code
        for code, region in regions.items()
        if region.kind != NATION
        and (not rule.kinds or region.kind in rule.kinds)
        and (anywhere or region.parent in parents)
        and (within is None or code in within)
    )
