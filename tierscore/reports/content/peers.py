"""Strengths and weaknesses: each subject's scores against the median of its peers."""

from __future__ import annotations

from collections.abc import Iterator

from tierscore.reports.content.facts import Answer, Facts
from tierscore.reports.document import Cell, Column, Format, Section, Table

MOST = 3


def peers(facts: Facts) -> Section:
    """The greatest differences on either side, the same for each subject."""
    words = facts.words
    columns = (
        Column(words.say("Region"), width=1.1),
        Column(words.say("Against its peers"), width=0.9),
        Column(words.say("Indicator"), width=2.4),
        Column(words.say("Score"), Format.SCORE, 0.8),
        Column(words.say("Median of peers"), Format.SCORE, 0.9),
        Column(words.say("Difference"), Format.SIGNED, 0.9),
        Column(words.say("Better than"), Format.PERCENT, 0.8),
    )
    rows = tuple(row for item in facts.items for row in _rows(facts, item))
    table = Table("peers", words.say("Greatest strengths and weaknesses"), columns, rows, (_who(facts),))
    return Section("peers", words.say("Strengths and weaknesses"), (table,))


def _rows(facts: Facts, item: Answer) -> Iterator[tuple[Cell, ...]]:
    words = facts.words
    for side, said in (("strengths", words.say("strength")), ("weaknesses", words.say("weakness"))):
        for found in item["peers"][side][:MOST]:
            yield (
                Cell(facts.region(item)),
                Cell(said),
                Cell(facts.indicators[found["indicator"]]),
                Cell(found["score"]),
                Cell(found["peers_median"]),
                Cell(found["difference"]),
                Cell(found["better_than"]),
            )


def _who(facts: Facts) -> str:
    """Who the peers are: all others, or those named."""
    names = {item["region"]["code"]: facts.region(item) for item in facts.standings}
    everyone, asked = facts.words.say("all other regions"), facts.items[0]["peers"]["peers"]
    several = len(asked) >= len(names) - len(facts.items[0].get("members", [None]))
    who = everyone if several else facts.listed(names[code] for code in asked)
    return facts.words.say("Peers: {who}. Better than: part of the peers with a lower score.", who=who)
