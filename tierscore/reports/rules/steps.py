"""How an answer comes about, step by step in plain words: only what this framework does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tierscore.framework.model import CentralPlace, ElectreTriB, Framework, Indicator, Knots, Leaf, Node
from tierscore.reports.content.facts import Facts
from tierscore.reports.numbers import percent, plain
from tierscore.reports.rules.tiers import rule
from tierscore.reports.rules.weights import KINDS as AGGREGATIONS

KINDS = {
    "level": "{count} as they are",
    "national_share": "{count} as their share of the nation's total in per cent",
    "per": "{count} divided by another indicator",
}
SAID = {"A": "as published", "E": "estimated", "P": "provisional", "D": "of another definition"}
PHRASES = {
    "knots": "by knots",
    "goalposts": "by goalposts",
    "minmax": "by min-max over those scored",
    "zscore": "by z-scores over those scored",
    "rank": "by rank",
    "prank": "by rank in per cent",
    "borda": "by Borda counts",
    "dist_to_max": "by distance to the best",
    "dist_to_reference": "by distance to a reference",
    "dist_to_target": "by distance to a target",
    "relative_to_mean": "relative to the mean",
}


@dataclass(frozen=True)
class Step:
    """One step: its name, and what happens in it, sentence by sentence."""

    code: str
    title: str
    said: tuple[str, ...]


def steps(facts: Facts) -> tuple[Step, ...]:
    """The steps in the order in which they are taken; those that change nothing here are left out."""
    words = facts.words
    found = (
        Step("measure", words.say("Measure"), tuple(_measure(facts))),
        Step("transform", words.say("Transform"), tuple(_transform(facts))),
        Step("impute", words.say("Fill in"), tuple(_impute(facts))),
        Step("treat", words.say("Treat outliers"), tuple(_treat(facts))),
        Step("normalise", words.say("Normalise"), tuple(_normalise(facts))),
        Step("aggregate", words.say("Aggregate"), tuple(_aggregate(facts))),
        Step("tier", words.say("Tier"), tuple(_tier(facts))),
        Step("gap", words.say("Gap"), tuple(_gap(facts))),
        Step("path", words.say("Path"), tuple(_path(facts))),
        Step("levers", words.say("Levers"), tuple(_levers(facts))),
    )
    return tuple(step for step in found if step.said)


def scored(framework: Framework) -> list[Indicator]:
    """The indicators that the index names."""
    named = set(_named(framework.index))
    return [item for item in framework.indicators if item.code in named]


def _named(node: Node) -> Iterator[str]:
    for child in node.children:
        yield from (child.indicator,) if isinstance(child, Leaf) else _named(child)


def _measure(facts: Facts) -> Iterator[str]:
    words, framework = facts.words, facts.framework
    kinds = Counter(item.measure.kind for item in scored(framework))
    parts = facts.listed(words.say(KINDS[kind], count=count) for kind, count in kinds.items())
    yield words.say("{count} indicators are scored: {parts}.", count=kinds.total(), parts=parts)
    statuses = facts.listed(words.say(SAID[word]) for word in framework.statuses)
    yield words.say("Values are taken that are {statuses}.", statuses=statuses)
    if any(item.window.back or item.window.ahead for item in framework.indicators):
        yield words.say(
            "Of the years in an indicator's window the one nearest to the assessed year is taken, the earlier of two "
            "equally near."
        )


def _transform(facts: Facts) -> Iterator[str]:
    words = facts.words
    changed = [item for item in scored(facts.framework) if item.transform != "none"]
    for kind, sentence in _TRANSFORMS.items():
        names = [facts.indicators[item.code] for item in changed if item.transform == kind]
        if names:
            yield words.say(sentence, names=facts.listed(names))


_TRANSFORMS = {
    "log": "The natural logarithm is taken of: {names}.",
    "log10": "The decimal logarithm is taken of: {names}.",
    "sqrt": "The square root is taken of: {names}.",
}


def _impute(facts: Facts) -> Iterator[str]:
    words, how = facts.words, facts.framework.impute
    if how.method == "knn":
        yield words.say("What is missing is filled in from the {count} most similar.", count=how.neighbours)
    elif how.method != "none":
        yield words.say(_FILLED[how.method], group=how.group)
        if how.by == "unit":
            yield words.say("That is taken over the unit's own other indicators, not over other units.")


_FILLED = {
    "mean": "What is missing is filled in with the mean.",
    "median": "What is missing is filled in with the median.",
    "group_mean": "What is missing is filled in with the mean of the unit's group ({group}).",
    "group_median": "What is missing is filled in with the median of the unit's group ({group}).",
}


def _treat(facts: Facts) -> Iterator[str]:
    words, how = facts.words, facts.framework.treat
    if how.method == "none":
        return
    yield words.say(
        "Where an indicator's skewness is above {skew} and its kurtosis above {kurtosis}, its extreme values are taken "
        "back to the next one, {count} at most.",
        skew=plain(how.skew), kurtosis=plain(how.kurtosis), count=how.max_points,
    )  # fmt: skip
    if how.then == "log":
        yield words.say("Where that does not suffice, its logarithms are taken instead.")
    if how.exempt:
        names = facts.listed(facts.indicators.get(code, code) for code in how.exempt)
        yield words.say("Left alone are: {names}.", names=names)


def _normalise(facts: Facts) -> Iterator[str]:
    words, framework = facts.words, facts.framework
    ways = Counter(item.normalise.method for item in scored(framework) if item.normalise is not None)
    if ways:
        parts = facts.listed(
            words.say("{count} {way}", count=count, way=words.say(PHRASES[way])) for way, count in ways.items()
        )
        ends = dict(zip(("low", "high"), map(plain, facts.scale), strict=True))
        yield words.say(
            "Each measure becomes a score: {parts}. The scale is from {low} to {high}.", parts=parts, **ends
        )
    if any(isinstance(item.normalise, Knots) for item in framework.indicators):
        yield words.say(
            "Knots are declared, not fitted: one region's new values change no other region's scores, but for shares "
            "of the nation."
        )


def _aggregate(facts: Facts) -> Iterator[str]:
    words, framework = facts.words, facts.framework
    if isinstance(framework.sort, ElectreTriB):
        return
    ways = dict.fromkeys(node.aggregate for node in _nodes(framework.index))
    said = facts.listed(words.say(AGGREGATIONS[way]) for way in ways)
    yield words.say("The scores become one: {ways}, with the weights below.", ways=said)
    yield _missing(facts)


def _missing(facts: Facts) -> str:
    words, framework = facts.words, facts.framework
    if framework.missing != "reweight":
        return words.say("With a missing value nothing is scored.")
    least = percent(framework.min_coverage)
    if framework.impute.method != "none":
        return words.say(
            "For what is missing still, the weights of the others are scaled up; what was filled in counts as known. "
            "Below {least} of the weight no tier is given.",
            least=least,
        )
    return words.say(
        "A missing value stays missing: the weights of the others are scaled up, and below {least} of the weight no "
        "tier is given.",
        least=least,
    )


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        if isinstance(child, Node):
            yield from _nodes(child)


def _tier(facts: Facts) -> Iterator[str]:
    words, sort = facts.words, facts.framework.sort
    if not isinstance(sort, CentralPlace):
        yield from (said for said, _ in rule(facts))
    elif sort.origination is None:
        yield words.say("The highest tier of which both tests hold: the score's and the functions'.")
    else:
        yield words.say(
            "The highest tier of which all tests hold: the score's, the functions' and the origination quota's."
        )


def _gap(facts: Facts) -> Iterator[str]:
    words, sort = facts.words, facts.framework.sort
    if isinstance(sort, ElectreTriB):
        return
    yield words.say(
        "What lacks to the next tier: the score up to its threshold, and for each indicator the value in its own unit "
        "with which it would reach the tier."
    )
    if isinstance(sort, CentralPlace):
        yield words.say("And the weight of the functions that are short of the cut.")


def _path(facts: Facts) -> Iterator[str]:
    framework = facts.framework
    count = sum(item.actionable for item in scored(framework))
    if count and not isinstance(framework.sort, ElectreTriB):
        yield facts.words.say(
            "The least that has to be added to the {count} indicators that can be acted on; a cost of 1 is one tier's "
            "way in one indicator.",
            count=count,
        )


def _levers(facts: Facts) -> Iterator[str]:
    if facts.framework.levers:
        yield facts.words.say(
            "{count} measures, each quoted from its source, in the order of how much of the gap they act on. No size "
            "of an effect is claimed.",
            count=len(facts.framework.levers),
        )
