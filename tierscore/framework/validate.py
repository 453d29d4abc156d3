"""What must fit together in a framework, beyond the shape that `parse` checks. Returns all mistakes, raises none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

from tierscore.errors import Violation
from tierscore.framework.model import Framework, Indicator
from tierscore.framework.tree import leaves, nodes


def validate(framework: Framework) -> list[Violation]:
    """Every broken rule of a framework. NaN, the stand-in for a number that is wrong in itself, breaks none."""
    return [violation for rule in RULES for violation in rule(framework)]


def _unique_codes(framework: Framework) -> Iterator[Violation]:
    lists: dict[str, Iterable[str]] = {
        "/reference/regions": framework.regions,
        "/tiers": (tier.code for tier in framework.tiers),
        "/indicators": (indicator.code for indicator in framework.indicators),
        "/levers": (lever.code for lever in framework.levers),
    }
    for pointer, codes in lists.items():
        for code, count in Counter(codes).items():
            if code and count > 1:
                yield _broken(
                    pointer, "duplicate", "The code {value!r} stands here {count} times.", value=code, count=count
                )


def _scale_is_a_range(framework: Framework) -> Iterator[Violation]:
    if framework.scale.low >= framework.scale.high:
        yield _broken("/scale", "wrong_order", "The scale's min must be below its max.")


def _tiers_rise(framework: Framework) -> Iterator[Violation]:
    """The first tier's threshold is the scale's minimum, the others rise and stay below its maximum."""
    tiers = framework.tiers
    if len(tiers) < 2:
        yield _broken("/tiers", "too_few", "At least two tiers are needed.")
        return
    if abs(tiers[0].score - framework.scale.low) > 0:
        yield _broken(
            "/tiers/0/score",
            "wrong_order",
            "The first tier begins at the scale's min, {low:g}.",
            value=tiers[0].score,
            low=framework.scale.low,
        )
    for place, (below, above) in enumerate(pairwise(tiers), start=1):
        if above.score <= below.score or above.score >= framework.scale.high:
            yield _broken(
                f"/tiers/{place}/score",
                "wrong_order",
                "Thresholds must rise from tier to tier and stay below the scale's max, {high:g}.",
                value=above.score,
                high=framework.scale.high,
            )


def _index_names_indicators(framework: Framework) -> Iterator[Violation]:
    known = {indicator.code: indicator for indicator in framework.indicators}
    seen: set[str] = set()
    for pointer, leaf in leaves(framework.index):
        if leaf.indicator not in known:
            yield _unknown(f"{pointer}/indicator", "indicator", leaf.indicator, known)
        elif leaf.indicator in seen:
            yield _broken(
                f"{pointer}/indicator",
                "duplicate",
                "The indicator {value!r} is already in the index.",
                value=leaf.indicator,
            )
        elif known[leaf.indicator].normalise is None:
            yield _broken(
                f"{pointer}/indicator",
                "missing_key",
                "The indicator {value!r} is in the index and needs `normalise`.",
                value=leaf.indicator,
            )
        seen.add(leaf.indicator)


def _nodes_have_weight(framework: Framework) -> Iterator[Violation]:
    for pointer, node in nodes(framework.index):
        if not node.children:
            yield _broken(f"{pointer}/children", "too_few", "A node needs at least one child.")
        elif sum(child.weight for child in node.children) <= 0:
            yield _broken(f"{pointer}/children", "no_weight", "The weights in a node must not all be 0.")


def _knots_fit(framework: Framework) -> Iterator[Violation]:
    for place, indicator in enumerate(framework.indicators):
        if indicator.normalise is not None:
            yield from _knots_of(indicator, f"/indicators/{place}/normalise/at", len(framework.tiers) + 1)


def _knots_of(indicator: Indicator, pointer: str, needed: int) -> Iterator[Violation]:
    at = indicator.normalise.at if indicator.normalise else ()
    if len(at) != needed:
        yield _broken(
            pointer,
            "wrong_length",
            "{indicator}: {needed} knots are needed, one more than there are tiers; {count} are given.",
            indicator=indicator.code,
            needed=needed,
            count=len(at),
            value=list(at),
        )
    if any((after - before) * indicator.direction <= 0 for before, after in pairwise(at)):
        way = "rise" if indicator.direction > 0 else "fall"
        yield _broken(
            pointer,
            "wrong_order",
            "{indicator}: knots must {way} strictly, as its direction says.",
            indicator=indicator.code,
            way=way,
            value=list(at),
        )


def _helpers_exist(framework: Framework) -> Iterator[Violation]:
    known = {indicator.code for indicator in framework.indicators}
    for place, indicator in enumerate(framework.indicators):
        named = {"measure/denominator": indicator.measure.denominator}
        named["pooling/weight"] = indicator.pooling.weight if indicator.pooling else None
        for key, code in named.items():
            if code is not None and code not in known:
                yield _unknown(f"/indicators/{place}/{key}", "indicator", code, known)


def _origination_fits(framework: Framework) -> Iterator[Violation]:
    quota = framework.sort.origination
    if quota is None:
        return
    codes = [tier.code for tier in framework.tiers]
    if quota.start not in codes:
        yield _unknown("/sort/origination/from", "tier", quota.start, codes)
    in_index = {leaf.indicator for _, leaf in leaves(framework.index)}
    if not any(item.stage == "origination" for item in framework.indicators if item.code in in_index):
        yield _broken("/sort/origination", "no_weight", "No indicator of the index has the stage origination.")


def _levers_fit(framework: Framework) -> Iterator[Violation]:
    in_index = [leaf.indicator for _, leaf in leaves(framework.index)]
    tiers = [tier.code for tier in framework.tiers]
    for place, lever in enumerate(framework.levers):
        pointer = f"/levers/{place}"
        if not lever.acts_on:
            yield _broken(f"{pointer}/acts_on", "too_few", "A lever acts on at least one indicator.")
        for code, relevance in lever.acts_on:
            if code not in in_index:
                yield _unknown(f"{pointer}/acts_on/{code}", "indicator", code, in_index)
            if relevance == 0:
                yield _broken(f"{pointer}/acts_on/{code}", "wrong_number", "A relevance is above 0.", value=0)
        for number, code in enumerate(lever.tiers):
            if code not in tiers:
                yield _unknown(f"{pointer}/tiers/{number}", "tier", code, tiers)


def _references_resolve(framework: Framework) -> Iterator[Violation]:
    known = [reference.code for reference in framework.references]
    for pointer, code in _cited(framework):
        if code is not None and code not in known:
            yield _unknown(pointer, "reference", code, known)


def _cited(framework: Framework) -> Iterator[tuple[str, str | None]]:
    yield "/sort/reference", framework.sort.reference
    if framework.sort.origination:
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


RULES: tuple[Callable[[Framework], Iterator[Violation]], ...] = (
    _unique_codes,
    _scale_is_a_range,
    _tiers_rise,
    _index_names_indicators,
    _nodes_have_weight,
    _knots_fit,
    _helpers_exist,
    _origination_fits,
    _levers_fit,
    _references_resolve,
)


def _broken(pointer: str, code: str, template: str, value: Any = None, **params: Any) -> Violation:
    return Violation(code, template, {"value": value, **params}, pointer=pointer, value=value)


def _unknown(pointer: str, kind: str, value: str, known: Iterable[str]) -> Violation:
    return Violation(
        "unknown_code",
        "There is no {kind} {value!r} in this document.",
        {"kind": kind, "value": value},
        pointer=pointer,
        value=value,
        allowed=tuple(known),
    )
