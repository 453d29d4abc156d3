"""What the script that explains numbers needs: where the trace is, how things are called, and its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from string import Formatter
from typing import Any

from tierscore.reports.content.facts import Facts
from tierscore.reports.words import UNITS, Words

Answer = dict[str, Any]

# The sentences of static/explain.js, by the name under which it says them.
SAID = {
    "tier": "Tier",
    "test": "Test of the tier {tier}",
    "score": "Score",
    "node": "Part of the index",
    "indicator": "Score of {indicator}",
    "measure": "What is scored",
    "observation": "Observation",
    "sum": "The nation's total",
    "source": "Source",
    "central_place": "It is the highest tier whose tests are met, together with those of every tier below it.",
    "score_bands": "It is the tier in whose band the score lies.",
    "electre_tri_b": "It is the highest tier whose profile the region outranks.",
    "least_coverage": "A tier is given where the data cover at least {needed} of the weight.",
    "score_test": "score: {there}, needed at least {needed}",
    "functions_test": "weight of the functions supplied at this tier, of the weight known: {there}, needed {needed}",
    "origination_test": "the same of the origination functions alone: {there}, needed {needed}",
    "origination_coverage": "weight of the origination functions that are known: {there}, needed {needed}",
    "met": "met",
    "not_met": "not met",
    "at_this_tier": "Supplied at this tier",
    "unknown": "Unknown, counted neither for nor against: {names}.",
    "arithmetic_said": "Each part's score times its weight among all that is known, added up.",
    "aggregate_said": "The parts' scores are put together by the method {method}.",
    "part": "Part",
    "weight": "Weight",
    "effective_weight": "Weight among what is known",
    "contribution": "Contribution to the score",
    "sum_of_parts": "Together",
    "coverage": "Coverage",
    "contributes": "{weight} × {score} = {contribution} points of the region's score",
    "knots_said": "Between two of these values the score rises in a straight line, outside it stays at the end.",
    "normalise_said": "The measure becomes a score by the method {method}.",
    "line_said": "It lies on a straight line: {low} + {rise} × ({measured} − {origin}) ÷ {width} = {score}",
    "rank_said": "It is its rank among {units} regions that counts.",
    "treated": "After transformation, imputation and treatment of outliers",
    "value": "Value",
    "entry": "Entry of the tier",
    "supplies": "Supplies tier",
    "flags": "To be known",
    "missing": "Why it is missing",
    "level": "The value as it is.",
    "national_share": "The value divided by the nation's total, in per cent: {value} ÷ {total} = {measured}",
    "per": "The value divided by {denominator}, times {scale}.",
    "sum_said": "Nobody publishes it: it is the sum over {regions} regions.",
    "region": "Region",
    "period": "Year",
    "status": "Status",
    "vintage": "Vintage",
    "note": "Note",
    "revision": "Revision of the data",
    "recorded_at": "Recorded",
    "recorded_by": "Recorded by",
    "copy": "Copy",
    "references": "What this rests on",
    "waiting": "The trace is being fetched …",
    "failed": "The trace cannot be fetched: {problem}",
    "A": "published",
    "E": "estimated",
    "P": "provisional",
    "D": "of another definition",
    "M": "withdrawn",
}
FLAGS = (
    "estimated", "provisional", "other_definition", "other_period", "total_of_other_period", "sparse_indicator",
    "imputed", "winsorised", "log_scale", "mixed_periods", "member_missing", "not_pooled",
)  # fmt: skip
REASONS = (
    "no_observation", "outside_window", "withdrawn", "status_not_accepted", "no_national_total", "zero_total",
    "no_denominator",
)  # fmt: skip


def explaining(facts: Facts, answer: Answer, regions: Sequence[Answer], address: str | None) -> Answer:
    """All that, ready for JSON; `address` is where the trace is, None where there is none."""
    words = facts.words
    return {
        "address": address,
        "language": words.language,
        "says": {name: unfilled(words, text) for name, text in SAID.items()},
        "phrases": {code: words.phrase(code) for code in (*FLAGS, *REASONS)},
        "tiers": facts.tiers,
        "indicators": facts.indicators,
        "regions": {item["code"]: words.name(item["name"]) for item in regions},
        "units": {unit: words.unit(unit) for unit in _units(answer)},
        "entries": _entries(facts, answer),
        "separator": words.say(", "),
    }


def unfilled(words: Words, template: str) -> str:
    """A sentence in the reader's language with its fields left open, for a script to fill in.

    >>> unfilled(Words("en"), "Test of the tier {tier}")
    'Test of the tier {tier}'
    """
    names = [name for _, name, _, _ in Formatter().parse(template) if name]
    return words.say(template, **{name: "{" + name + "}" for name in names})


def _units(answer: Answer) -> set[str]:
    return {*UNITS, *(item["unit"] for item in answer["indicators"])}


def _entries(facts: Facts, answer: Answer) -> Sequence[Answer]:
    """What each knot stands for: a score, and the tier that begins there."""
    scale, tiers = answer["rule"]["scale"], answer["tiers"]
    first: Answer = {"score": scale["min"], "tier": tiers[0]["code"]}
    return [first, *({"score": tier["threshold"], "tier": tier["code"]} for tier in tiers[1:]),
            {"score": scale["max"], "tier": None}]  # fmt: skip
