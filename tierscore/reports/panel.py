"""Several years side by side, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tabulate import tabulate

from tierscore.reports.comparison import caution, versions
from tierscore.reports.numbers import MISSING, rounded, signed
from tierscore.reports.words import Words

Answer = dict[str, Any]

SAID = ("Region", "Change", "Like for like", "A year")


def panel(answer: Answer, words: Words, titles: Mapping[str, Answer]) -> str:
    """A line for each region: score and tier of each year, the change, its rate; then who moved."""
    names = [words.say(name) for name in SAID]
    headers = [names[0], *(str(year) for year in answer["periods"]), *names[1:]]
    rows = [_row(item, words, titles) for item in answer["regions"]]
    body = tabulate(rows, headers=headers, tablefmt="simple", disable_numparse=True)
    return "\n".join([body, "", *_moves(answer, words, titles), *_end(answer, words)])


def _end(answer: Answer, words: Words) -> list[str]:
    return [versions(answer, words), *caution(answer["framework_status"], words)]


def _row(item: Answer, words: Words, titles: Mapping[str, Answer]) -> list[str]:
    years = [
        f"{rounded(score)} {_tier(tier, words, titles)}"
        for score, tier in zip(item["scores"], item["tiers"], strict=True)
    ]
    alike = [step["like_for_like"] for step in item["steps"]]
    whole = None if None in alike or not alike else sum(alike)
    rate = MISSING if item["annual_growth"] is None else f"{100 * item['annual_growth']:+.1f}%"
    return [words.name(item["region"]["name"]), *years, signed(item["change"]), signed(whole), rate]


def _tier(code: str | None, words: Words, titles: Mapping[str, Answer]) -> str:
    return MISSING if code is None else words.name(titles[code])


def _moves(answer: Answer, words: Words, titles: Mapping[str, Answer]) -> Iterator[str]:
    """Every step at which a tier moved, and whether values or only the data moved it."""
    for item in answer["regions"]:
        for step in item["steps"]:
            if step["moved_by"] is not None:
                yield words.say(
                    "{region}, {start} to {end}: {before} to {after}, moved by {cause}",
                    region=words.name(item["region"]["name"]),
                    start=step["from"],
                    end=step["to"],
                    before=_tier(step["before"], words, titles),
                    after=_tier(step["after"], words, titles),
                    cause=words.phrase(f"moved_by_{step['moved_by']}"),
                )
