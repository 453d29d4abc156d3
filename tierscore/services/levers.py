"""Which levers act on a gap, how much of its need each answers, and why (methodology, section 9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tierscore.engine import need
from tierscore.engine.matrix import Flags, Floats
from tierscore.engine.portfolio import portfolio
from tierscore.framework.model import Framework, Lever
from tierscore.services.kept import Kept
from tierscore.services.listing import title
from tierscore.services.said import Said
from tierscore.services.sheet import Answer, Sheet


@dataclass(frozen=True)
class _Catalogue:
    """What does not depend on the gap: each lever as answers show it, and (levers, indicators) relevances.

    names are the heads without their passages.
    """

    names: tuple[Answer, ...]
    heads: tuple[Answer, ...]
    acts_on: tuple[list[Answer], ...]
    relevance: Floats


# By the digest of the framework, which says all that a catalogue is made of; and of what may be applied also by the
# target, the region's tags, and whether it is a group.
_catalogues: Kept[_Catalogue] = Kept(64)
_applicable: Kept[Floats] = Kept(1024)


def levers_of(sheet: Sheet, row: int, target: int, needs: Floats) -> tuple[list[Answer], list[Answer]]:
    """The levers that answer a row's deficits, by priority, and those that answer an unknown, by the catalogue.

    None where there is no target, or its tests hold. The same dictionaries stand in several answers: read only.
    """
    if not _wanted(sheet, row, target):
        return [], []
    catalogue = _catalogue_of(sheet)
    relevance = _applied(sheet, row, target, catalogue)
    card = sheet.card
    acts_on_unknown = (relevance > 0) & card.unknown[row]
    return (
        _by_priority(catalogue, relevance, needs, card.parameters.codes),
        [
            catalogue.heads[place] | {"unknown": sheet.codes(acts)}
            for place, acts in enumerate(acts_on_unknown)
            if acts.any()
        ],
    )


def ranking_of(sheet: Sheet, row: int, target: int, needs: Floats) -> list[Answer]:
    """The levers that answer a row's deficits, by priority, with names and reasons and without their passages."""
    if not _wanted(sheet, row, target):
        return []
    catalogue = _catalogue_of(sheet)
    relevance = _applied(sheet, row, target, catalogue)
    priorities, because = relevance @ needs, _because(relevance * needs, sheet.card.parameters.codes)
    return [
        catalogue.names[place] | {"priority": float(priorities[place]), "because": because(place)}
        for place in need.order(priorities)
    ]


def portfolio_of(sheet: Sheet, row: int, target: int, needs: Floats, wanted: Flags) -> Answer:
    """The fewest levers that answer every wanted indicator, and those that none answers, by their codes."""
    catalogue = _catalogue_of(sheet)
    relevance = _applied(sheet, row, target, catalogue)
    found = portfolio(relevance > 0, wanted, relevance @ needs)
    return {
        "levers": [sheet.framework.levers[place].code for place in found.levers],
        "unanswered": [sheet.card.parameters.codes[column] for column in found.unanswered],
    }


def levers_of_plan(sheet: Sheet, row: int, target: int, needs: Floats, parts: Floats) -> list[Answer]:
    """The levers that act on a plan's additions or on the gap: by what they act on of the plan, then of the gap.

    `parts` are the additions' parts of the plan's cost, (indicators,). Each has its `plan_priority`, the sum of
    relevance times part, beside the `priority` that the gap gives it.
    """
    catalogue = _catalogue_of(sheet)
    relevance = _applied(sheet, row, target, catalogue)
    by_gap, by_plan = relevance @ needs, relevance @ parts
    places = [place for place in need.order(by_gap + by_plan) if by_gap[place] > 0 or by_plan[place] > 0]
    places.sort(key=lambda place: (-round(float(by_plan[place]), 12), -round(float(by_gap[place]), 12), place))
    codes = sheet.card.parameters.codes
    because, plan_because = _because(relevance * needs, codes), _because(relevance * parts, codes)
    return [
        catalogue.heads[place]
        | {
            "priority": float(by_gap[place]),
            "plan_priority": float(by_plan[place]),
            "acts_on": catalogue.acts_on[place],
            "because": because(place),
            "plan_because": plan_because(place),
        }
        for place in places
    ]


def _because(parts: Floats, codes: tuple[str, ...]) -> Callable[[int], list[Answer]]:
    """For the place of a lever, the indicators that it answers with their parts, greatest first."""
    columns, amounts = np.argsort(-parts, axis=1, kind="stable").tolist(), parts.tolist()
    counts = (parts > 0).sum(axis=1).tolist()

    def of(place: int) -> list[Answer]:
        own = amounts[place]
        return [{"indicator": codes[column], "part": own[column]} for column in columns[place][: counts[place]]]

    return of


def _wanted(sheet: Sheet, row: int, target: int) -> bool:
    return target >= 0 and not sheet.card.tests.met[row, target] and bool(sheet.framework.levers)


def _catalogue_of(sheet: Sheet) -> _Catalogue:
    framework = sheet.framework
    return _catalogues.get(framework.digest, lambda: _catalogue(framework, sheet.card.parameters.codes))


def _applied(sheet: Sheet, row: int, target: int, catalogue: _Catalogue) -> Floats:
    """The relevances, 0 for levers that are not for this target, this region or this group."""
    framework, tags, is_group = sheet.framework, sheet.subject(row).tags, sheet.pool is not None

    def apply() -> Floats:
        allowed = need.applicable(framework, framework.tiers[target].code, tags, is_group)
        applied: Floats = catalogue.relevance * allowed[:, np.newaxis]
        return applied

    return _applicable.get((framework.digest, target, tags, is_group), apply)


def _catalogue(framework: Framework, codes: tuple[str, ...]) -> _Catalogue:
    return _Catalogue(
        names=tuple(_name(lever) for lever in framework.levers),
        heads=tuple(_head(lever) for lever in framework.levers),
        acts_on=tuple(
            [{"indicator": code, "relevance": relevance} for code, relevance in lever.acts_on]
            for lever in framework.levers
        ),
        relevance=need.relevance(framework.levers, codes),
    )


def _by_priority(catalogue: _Catalogue, relevance: Floats, needs: Floats, codes: tuple[str, ...]) -> list[Answer]:
    priorities, because = relevance @ needs, _because(relevance * needs, codes)
    return [
        catalogue.heads[place]
        | {
            "priority": float(priorities[place]),
            "acts_on": catalogue.acts_on[place],
            "because": because(place),
        }
        for place in need.order(priorities)
    ]


def _name(lever: Lever) -> Answer:
    return {"code": lever.code, "title": Said(title(lever.title)), "category": lever.category}


def _head(lever: Lever) -> Answer:
    reference = lever.reference
    return {
        **_name(lever),
        "reference": {"source": reference.source, "section": reference.section, "passage": reference.passage},
    }
