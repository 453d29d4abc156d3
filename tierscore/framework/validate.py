"""What must fit together in a framework, beyond the shape that `parse` checks. Returns all mistakes, raises none."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from itertools import pairwise

from tierscore.errors import Violation
from tierscore.framework.model import CentralPlace, ElectreTriB, Framework, Indicator, Knots
from tierscore.framework.pointer import below
from tierscore.framework.tree import leaves, nodes
from tierscore.framework.validate_sort import profiles_fit
from tierscore.framework.validate_steps import scalings_fit, treatment_fits, weightings_fit
from tierscore.framework.violations import broken as _broken
from tierscore.framework.violations import no_indicator as _no_indicator
from tierscore.framework.violations import no_tier as _no_tier
from tierscore.framework.violations import unknown as _unknown
from tierscore.framework.violations import unknown_code as _unknown_code


def validate(framework: Framework) -> list[Violation]:
    """Every broken rule of a framework.

    The stand-ins for what could not be read break none: NaN, an empty text, a direction of 0, no knots. While one
    stands among the codes, nothing is called unknown: it may be the very one that is named.
    """
    return [violation for rule in RULES for violation in rule(framework)]


def _codes_are_unique(framework: Framework) -> Iterator[Violation]:
    lists: dict[str, Iterable[str]] = {
        "/reference/regions/{}": framework.regions,
        "/reference/regions/kind/{}": framework.region_rule.kinds,
        "/statuses/{}": framework.statuses,
        "/tiers/{}/code": (tier.code for tier in framework.tiers),
        "/indicators/{}/code": (indicator.code for indicator in framework.indicators),
        "/levers/{}/code": (lever.code for lever in framework.levers),
    }
    for pointer, codes in lists.items():
        yield from _doubles((pointer.format(place), code) for place, code in enumerate(codes))
    yield from _doubles((f"{pointer}/code", node.code) for pointer, node in nodes(framework.index))
    yield from _doubles((f"{pointer}/indicator", leaf.indicator) for pointer, leaf in leaves(framework.index))


def _doubles(codes: Iterable[tuple[str, str]]) -> Iterator[Violation]:
    seen: set[str] = set()
    for pointer, code in codes:
        if code != "" and code in seen:
            yield _broken(pointer, "duplicate", "{value!r} is already there.", value=code)
        seen.add(code)


def _scale_is_a_range(framework: Framework) -> Iterator[Violation]:
    if framework.scale.low >= framework.scale.high:
        yield _broken("/scale", "wrong_order", "The scale's min must be below its max.")


def _first_tier_holds_everyone(framework: Framework) -> Iterator[Violation]:
    if isinstance(framework.sort, ElectreTriB):
        return
    first, low = framework.tiers[0], framework.scale.low
    if first.score < low or first.score > low:
        yield _broken(
            "/tiers/0/score", "wrong_order", "The first tier begins at the scale's min, {low:g}.",
            value=first.score, low=low,
        )  # fmt: skip


def _tiers_rise(framework: Framework) -> Iterator[Violation]:
    if len(framework.tiers) == 1:
        yield _broken("/tiers", "too_few", "At least two tiers are needed.")
    if isinstance(framework.sort, ElectreTriB):
        return
    low, high = framework.scale.low, framework.scale.high
    for place, (before, tier) in enumerate(pairwise(framework.tiers), start=1):
        pointer = f"/tiers/{place}/score"
        if tier.score <= before.score:
            yield _broken(pointer, "wrong_order", "Thresholds must rise from tier to tier.", value=tier.score)
        elif tier.score >= high > low:
            yield _broken(
                pointer, "wrong_order", "A tier begins below the scale's max, {high:g}.", value=tier.score, high=high
            )


def _index_names_scored_indicators(framework: Framework) -> Iterator[Violation]:
    known: dict[str, Indicator] = {}
    for indicator in framework.indicators:
        known.setdefault(indicator.code, indicator)
    for pointer, leaf in leaves(framework.index):
        if _unknown(leaf.indicator, known):
            yield _no_indicator(f"{pointer}/indicator", leaf.indicator, known)
        elif leaf.indicator in known and known[leaf.indicator].normalise is None and _scores(framework):
            yield _broken(
                f"{pointer}/indicator", "missing_key", "The indicator {value!r} is in the index and needs `normalise`.",
                value=leaf.indicator,
            )  # fmt: skip


def _scores(framework: Framework) -> bool:
    """Whether indicators must have scores: always but where profiles decide and no indicator has any."""
    in_index = {leaf.indicator for _, leaf in leaves(framework.index)}
    given = any(item.normalise is not None for item in framework.indicators if item.code in in_index)
    return given or not isinstance(framework.sort, ElectreTriB)


def _nodes_have_weight(framework: Framework) -> Iterator[Violation]:
    for pointer, node in nodes(framework.index):
        weight = sum(child.weight for child in node.children)
        if weight == 0 or math.isinf(weight):
            yield _broken(
                f"{pointer}/children", "no_weight", "Weights in a node need a finite sum above 0.", value=weight
            )


def _knots_fit(framework: Framework) -> Iterator[Violation]:
    for place, indicator in enumerate(framework.indicators):
        at = indicator.normalise.at if isinstance(indicator.normalise, Knots) else ()
        pointer = f"/indicators/{place}/normalise/at"
        if at and isinstance(framework.sort, ElectreTriB):
            yield _broken(pointer, "no_thresholds", "Knots go by the tiers' thresholds, and profiles have none.")
        elif at:
            yield from _knots_are_as_many(pointer, at, len(framework.tiers))
            yield from _knots_are_in_order(pointer, at, indicator.direction)


def _knots_are_as_many(pointer: str, at: tuple[float, ...], tiers: int) -> Iterator[Violation]:
    if tiers > 1 and len(at) != tiers + 1:
        yield _broken(
            pointer, "wrong_length", "{needed} knots are needed, one more than there are tiers; {count} are given.",
            value=list(at), needed=tiers + 1, count=len(at),
        )  # fmt: skip


def _knots_are_in_order(pointer: str, at: tuple[float, ...], direction: int) -> Iterator[Violation]:
    steps = [(after - before) * direction for before, after in pairwise(at)]
    if direction > 0 and any(step <= 0 for step in steps):
        yield _broken(pointer, "wrong_order", "Knots must rise strictly where higher is better.", value=list(at))
    if direction < 0 and any(step <= 0 for step in steps):
        yield _broken(pointer, "wrong_order", "Knots must fall strictly where lower is better.", value=list(at))


def _helpers_exist(framework: Framework) -> Iterator[Violation]:
    known = [indicator.code for indicator in framework.indicators]
    for place, indicator in enumerate(framework.indicators):
        named = {"measure/denominator": indicator.measure.denominator}
        named["pooling/weight"] = indicator.pooling.weight if indicator.pooling is not None else None
        for key, code in named.items():
            if _unknown(code, known):
                yield _no_indicator(f"/indicators/{place}/{key}", code, known)


def _origination_fits(framework: Framework) -> Iterator[Violation]:
    quota = framework.sort.origination if isinstance(framework.sort, CentralPlace) else None
    if quota is None:
        return
    codes = [tier.code for tier in framework.tiers]
    if _unknown(quota.start, codes):
        yield _no_tier("/sort/origination/from", quota.start, codes)
    stages = {indicator.code: indicator.stage for indicator in framework.indicators}
    weighing = {stages.get(leaf.indicator, "") for _, leaf in leaves(framework.index) if leaf.weight != 0}
    if "origination" not in weighing and "" not in weighing:
        yield _broken(
            "/sort/origination", "no_weight", "No indicator of the stage origination has a weight in the index."
        )


def _levers_fit(framework: Framework) -> Iterator[Violation]:
    in_index = [leaf.indicator for _, leaf in leaves(framework.index)]
    tiers = [tier.code for tier in framework.tiers]
    for place, lever in enumerate(framework.levers):
        pointer = f"/levers/{place}"
        if not lever.acts_on:
            yield _broken(f"{pointer}/acts_on", "too_few", "A lever acts on at least one indicator.")
        for code, _ in lever.acts_on:
            if _unknown(code, in_index):
                yield _unknown_code(
                    below(pointer, "acts_on", code), "There is no indicator {value!r} in the index.", code, in_index
                )
        for number, code in enumerate(lever.tiers):
            if _unknown(code, tiers):
                yield _no_tier(f"{pointer}/tiers/{number}", code, tiers)


def _references_resolve(framework: Framework) -> Iterator[Violation]:
    known = [reference.code for reference in framework.references]
    for pointer, code in _cited(framework):
        if _unknown(code, known):
            yield _unknown_code(pointer, "There is no reference {value!r} in this document.", code, known)


def _cited(framework: Framework) -> Iterator[tuple[str, str | None]]:
    yield "/sort/reference", framework.sort.reference
    if isinstance(framework.sort, CentralPlace) and framework.sort.origination is not None:
        yield "/sort/origination/reference", framework.sort.origination.reference
    for place, tier in enumerate(framework.tiers):
        yield f"/tiers/{place}/reference", tier.reference
    for place, indicator in enumerate(framework.indicators):
        yield f"/indicators/{place}/reference", indicator.reference
    for place, lever in enumerate(framework.levers):
        yield f"/levers/{place}/reference/source", lever.reference.source
    for pointer, node in nodes(framework.index):
        yield f"{pointer}/reference", node.reference
    for pointer, leaf in leaves(framework.index):
        yield f"{pointer}/reference", leaf.reference
    for factor in fields(framework.spreads):
        yield f"/uncertainty/{factor.name}/reference", getattr(framework.spreads, factor.name).reference


RULES: tuple[Callable[[Framework], Iterator[Violation]], ...] = (
    _codes_are_unique,
    _scale_is_a_range,
    _first_tier_holds_everyone,
    _tiers_rise,
    _index_names_scored_indicators,
    _nodes_have_weight,
    _knots_fit,
    scalings_fit,
    treatment_fits,
    weightings_fit,
    profiles_fit,
    _helpers_exist,
    _origination_fits,
    _levers_fit,
    _references_resolve,
)
