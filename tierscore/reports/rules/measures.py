"""What is measured of an indicator, and how a measure becomes a score, in words and as a formula."""

from __future__ import annotations

from dataclasses import dataclass

from tierscore.framework.model import Indicator, Knots, Scaling
from tierscore.reports.content.facts import Facts
from tierscore.reports.numbers import plain
from tierscore.reports.words import Words

FORMULAS = {"none": "{x}", "log": "ln({x})", "log10": "log₁₀({x})", "sqrt": "√({x})"}
KINDS = {
    "origination": "Origination",
    "extension": "Extension",
    "diffusion": "Diffusion",
    "cohesion": "Cohesion",
    "radiation": "Radiation",
    "overall": "both forces",
}
# What the methods without a number of their own do.
FACTORS = {
    "rank": "The score is the place from below: the worst has 1, equals share the lowest place.",
    "prank": "The score is the share of the others that are behind: (place from below - 1) ÷ (number - 1).",
    "borda": "The score is the number of those behind.",
    "dist_to_max": "The score is the way from the least to the greatest that is done: 1 is the greatest.",
    "relative_to_mean": "The score is 100 at the mean, and more or less in per cent of it.",
}


@dataclass(frozen=True)
class Measured:
    """An indicator in the reader's words; what it does not have is None."""

    code: str
    title: str
    unit: str
    direction: str
    formula: str
    measured_unit: str
    window: str
    pooling: str
    stage: str | None
    force: str | None
    actionable: bool
    whole: bool
    scale: str | None
    reference: str | None


def measured(facts: Facts, item: Indicator) -> Measured:
    """One indicator."""
    words = facts.words
    return Measured(
        code=item.code,
        title=facts.indicators[item.code],
        unit=words.unit(item.unit),
        direction=words.say("higher is better") if item.direction > 0 else words.say("lower is better"),
        formula=formula(facts, item),
        measured_unit=measured_unit(facts, item),
        window=window(item, words),
        pooling=pooling(facts, item),
        stage=None if item.stage is None else words.say(KINDS[item.stage]),
        force=None if item.force is None else words.say(KINDS[item.force]),
        actionable=item.actionable,
        whole=item.integer,
        scale=scaling(facts, item),
        reference=item.reference,
    )


def formula(facts: Facts, item: Indicator) -> str:
    """What is scored of a value, such as ``100 × value ÷ the nation's total``."""
    words, measure = facts.words, item.measure
    said = words.say("value")
    if measure.kind == "national_share":
        said = words.say("100 × value ÷ the nation's total")
    if measure.kind == "per":
        times = "" if measure.scale == 1 else f"{plain(measure.scale)} × "
        said = f"{times}{said} ÷ {facts.indicators.get(str(measure.denominator), measure.denominator)}"
    return FORMULAS[item.transform].format(x=said)


def measured_unit(facts: Facts, item: Indicator) -> str:
    """The unit of what is scored."""
    words, measure = facts.words, item.measure
    said = words.unit(item.unit)
    if measure.kind == "national_share":
        said = words.say("per cent of the nation")
    if measure.kind == "per":
        said = f"{said} ÷ {facts.indicators.get(str(measure.denominator), measure.denominator)}"
    return FORMULAS[item.transform].format(x=said)


def window(item: Indicator, words: Words) -> str:
    """From which years a value may come."""
    back, ahead = item.window.back, item.window.ahead
    if back and ahead:
        return words.say("from {back} years before to {ahead} years after", back=back, ahead=ahead)
    if back:
        return words.say("up to {back} years before", back=back)
    return words.say("up to {ahead} years after", ahead=ahead) if ahead else words.say("the assessed year alone")


def pooling(facts: Facts, item: Indicator) -> str:
    """How the members of a group are taken together."""
    words = facts.words
    if item.pooling is None:
        return words.say("not taken together")
    if item.pooling.kind == "ratio":
        weight = facts.indicators.get(str(item.pooling.weight), item.pooling.weight)
        return words.say("mean weighted by {weight}", weight=weight)
    return words.say("sum of the members") if item.pooling.kind == "sum" else words.say("the best member's")


def scaling(facts: Facts, item: Indicator) -> str | None:
    """How the measure becomes a score, with the numbers that are declared; None for a helper outside the index."""
    way = item.normalise
    if way is None:
        return None
    if isinstance(way, Knots):
        return facts.words.say("By knots: linear between them, from {low} to {high}.", **_scale(facts))
    return facts.words.say(FACTORS[way.method]) if way.method in FACTORS else _fitted(facts, way)


def _fitted(facts: Facts, way: Scaling) -> str:
    """The methods that have numbers of their own."""
    words, ends = facts.words, _scale(facts, way.range)
    if way.method == "goalposts":
        said = words.say("By goalposts: from {least} ({low}) to {most} ({high}) in a straight line.",
                         least=plain(way.low), most=plain(way.high), **ends)  # fmt: skip
        beyond = words.say("Beyond them the score ends.") if way.clip else words.say("Beyond them it goes on.")
        return facts.together([said, beyond])
    if way.method == "minmax":
        return words.say("Min-max: the worst of those scored has {low}, the best {high}, the rest in a straight line.",
                         **ends)  # fmt: skip
    if way.method == "zscore":
        return words.say("Z-score: the mean has {mean}, a standard deviation is {deviation} points.",
                         mean=plain(way.mean), deviation=plain(way.sd))  # fmt: skip
    return _distance(facts, way)


def _distance(facts: Facts, way: Scaling) -> str:
    goal = plain(way.target) if way.method == "dist_to_target" else str(way.unit)
    said = facts.words.say("The score is the way from the least to {goal} that is done: 1 is there.", goal=goal)
    end = facts.words.say("Beyond it the score ends.") if way.cap else facts.words.say("Beyond it the score goes on.")
    return facts.together([said, end])


def _scale(facts: Facts, given: tuple[float, ...] | None = None) -> dict[str, str]:
    low, high = given or facts.scale
    return {"low": plain(low), "high": plain(high)}
