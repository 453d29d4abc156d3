"""What must fit together in a sort by profiles."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tierscore.errors import Violation
from tierscore.framework.model import ElectreTriB, Framework, Thresholds
from tierscore.framework.pointer import below
from tierscore.framework.tree import leaves
from tierscore.framework.violations import broken, unknown, unknown_code


def profiles_fit(framework: Framework) -> Iterator[Violation]:
    """One profile between two tiers, each with a value of every indicator of the index, none below the one before."""
    rule = framework.sort
    if not isinstance(rule, ElectreTriB):
        return
    count = len(framework.tiers) - 1
    if rule.profiles and count and len(rule.profiles) != count:
        template = "{needed} profiles are needed, one between each two tiers; {count} are given."
        yield broken("/sort/profiles", "wrong_length", template, needed=count, count=len(rule.profiles))
    in_index = [leaf.indicator for _, leaf in leaves(framework.index)]
    for place, profile in enumerate(rule.profiles):
        yield from _profile_is_whole(f"/sort/profiles/{place}", dict(profile), in_index)
    yield from _profiles_rise(framework, rule)
    for thresholds in rule.thresholds:
        yield from _thresholds_fit(thresholds, in_index)


def _profile_is_whole(pointer: str, profile: dict[str, float], in_index: list[str]) -> Iterator[Violation]:
    for code in profile:
        if unknown(code, in_index):
            template = "There is no indicator {value!r} in the index."
            yield unknown_code(below(pointer, code), template, code, in_index)
    for code in in_index:
        if code not in profile and code != "":
            yield broken(pointer, "missing_key", "The profile has no value of the indicator {value!r}.", code)


def _profiles_rise(framework: Framework, rule: ElectreTriB) -> Iterator[Violation]:
    directions = {indicator.code: indicator.direction for indicator in framework.indicators}
    for place, (lower, upper) in enumerate(pairwise(rule.profiles), start=1):
        before = dict(lower)
        for code, value in upper:
            if code in before and (value - before[code]) * directions.get(code, 0) < 0:
                template = "A profile is at least as good as the one before it."
                yield broken(below(f"/sort/profiles/{place}", code), "wrong_order", template, value)


def _thresholds_fit(thresholds: Thresholds, in_index: list[str]) -> Iterator[Violation]:
    pointer = below("/sort/thresholds", thresholds.indicator)
    if unknown(thresholds.indicator, in_index):
        template = "There is no indicator {value!r} in the index."
        yield unknown_code(pointer, template, thresholds.indicator, in_index)
    veto = thresholds.v if thresholds.v is not None else thresholds.p
    if thresholds.q > thresholds.p or thresholds.p > veto:
        yield broken(pointer, "wrong_order", "Thresholds rise: q up to p, p up to v.")
