"""How sure the tiers are, as text: probabilities, ranges, who cannot be told apart, which factor matters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tabulate import tabulate

from tierscore.reports.comparison import caution, versions
from tierscore.reports.numbers import MISSING, percent, plain, rounded
from tierscore.reports.what_if import Names
from tierscore.reports.words import Words

Answer = dict[str, Any]
Lines = Iterator[str]

INDENT = "  "
HEADERS = ("Region", "Tier", "Sure", "This or better", "Score, 5 to 95 %", "Rank, 5 to 95 %", "Other tiers")
FACTORS = {
    "weights": "weights",
    "knots": "knots",
    "cut": "cut of the functions",
    "missing": "missing values",
    "observation_error": "errors of values",
    "imputation": "imputation",
    "treatment": "treatment",
    "normalisation": "normalisation",
    "aggregation": "aggregation",
}


def uncertainty(answer: Answer, words: Words, titles: Mapping[str, Mapping[str, str]]) -> str:
    """The whole answer; `titles` are by code."""
    names = Names(titles, words)
    rows = [_row(item, names) for item in answer["regions"]]
    return "\n".join(
        [
            words.say("{draws} draws, seed {seed}, of:", draws=f"{answer['draws']:,}", seed=answer["seed"]),
            *_factors(answer, words),
            "",
            tabulate(rows, headers=[words.say(name) for name in HEADERS], tablefmt="simple", disable_numparse=True),
            *_ties(answer, words),
            *_indices(answer, words),
            "",
            versions(answer, words),
            *caution(answer["framework_status"], words),
        ]
    )


def _factors(answer: Answer, words: Words) -> Lines:
    for factor in answer["factors"]:
        numbers = words.say(", ").join(f"{name} {_said(value)}" for name, value in factor["parameters"].items())
        yield f"{INDENT}{words.say(FACTORS[factor['name']])}: {numbers} [{factor['reference']}]"


def _said(value: Any) -> str:
    if isinstance(value, list):
        return " | ".join(value)
    return plain(value) if isinstance(value, int | float) else str(value)


def _row(item: Answer, names: Names) -> list[str]:
    words = names.words
    return [
        words.name(item["region"]["name"]),
        names.of(item["tier"]) if item["tier"] else words.say("insufficient data"),
        percent(item["present_probability"]),
        percent(item["at_least_present"]),
        _range(item["score"], 1),
        _range(item["rank"], 0),
        _others(item, names),
    ]


def _range(quantiles: Answer | None, decimals: int) -> str:
    if quantiles is None:
        return MISSING
    low, high = rounded(quantiles["p5"], decimals), rounded(quantiles["p95"], decimals)
    return low if low == high else f"{low} … {high}"


def _others(item: Answer, names: Names) -> str:
    """The other tiers that a draw in two hundred or more has."""
    others = [
        f"{names.of(tier)} {percent(part)}"
        for tier, part in (item["tier_probability"] or {}).items()
        if tier != item["tier"] and part >= 0.005
    ]
    return names.words.say(", ").join(others) or MISSING


def _ties(answer: Answer, words: Words) -> Lines:
    yield ""
    yield words.say(
        "Cannot be told apart ({part} of the draws would be needed):", part=percent(answer["told_apart_from"])
    )
    for group in answer["tie_groups"]:
        if len(group) > 1:
            yield INDENT + words.say(", ").join(group)


def _indices(answer: Answer, words: Words) -> Lines:
    """Which factor moves the ranks, and each region's score, most."""
    sobol = answer["sobol"]
    if sobol is None:
        return
    names = [words.say(FACTORS[name]) for name in sobol["factors"]]
    rows = [[words.say("ranks"), *_totals(sobol["rank_shift"])]]
    rows += [[item["region"], *_totals(item)] for item in sobol["score"]]
    yield ""
    yield words.say("Part of the variance that goes with each factor (total index, interval of 95 %):")
    yield tabulate(rows, headers=["", *names], tablefmt="simple", disable_numparse=True)


def _totals(output: Answer) -> list[str]:
    return [
        MISSING
        if index["value"] is None
        else f"{index['value']:.2f} ({rounded(index['low'])} … {rounded(index['high'])})"
        for index in output["total"]
    ]
