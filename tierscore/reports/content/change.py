"""What changed since an earlier year: as published and like for like, and what moved each tier."""

from __future__ import annotations

from collections.abc import Iterator

from tierscore.reports.charts.change import change as chart
from tierscore.reports.content.facts import Answer, Facts
from tierscore.reports.document import Cell, Column, Figure, Format, Section, Table
from tierscore.reports.words import Words

MOST = 4
NEGLIGIBLE = 1e-9


def change(facts: Facts) -> Section:
    """The chart, who moved by how much, and the values that moved most."""
    years = {"start": facts.comparison["since"], "end": facts.comparison["period"]}
    heading = facts.words.say("Change from {start} to {end}", **years)
    return Section("change", heading, (*_chart(facts), _table(facts), _values(facts)))


def _chart(facts: Facts) -> Iterator[Figure]:
    words = facts.words
    both = [item for item in facts.items if item["change"]["change"] is not None]
    if both:
        yield Figure(
            code="change",
            caption=words.say("Scores then (grey) and now (orange)"),
            alternative=words.say("; ").join(
                f"{facts.region(item)} {Format.SIGNED.say(item['change']['change'])}" for item in both
            ),
            draw=lambda: chart(both, [tier.score for tier in facts.framework.tiers[1:]], words),
            notes=(words.say("As published: values that came or went count too. Dashed: score thresholds."),),
        )


def _table(facts: Facts) -> Table:
    words = facts.words
    columns = (
        Column(words.say("Region"), width=1.2),
        Column(words.say("Tier then"), width=1.2),
        Column(words.say("Tier now"), width=1.2),
        Column(words.say("Score then"), Format.SCORE, 0.9),
        Column(words.say("Score now"), Format.SCORE, 0.9),
        Column(words.say("Change"), Format.SIGNED, 0.9),
        Column(words.say("Like for like"), Format.SIGNED, 0.9),
        Column(words.say("Tier moved by"), width=1.2),
    )
    note = words.say("Like for like: over the indicators known in both years, with the same weights.")
    rows = tuple(_row(facts, item) for item in facts.items)
    return Table("change", words.say("Change of score and tier"), columns, rows, (note,))


def _row(facts: Facts, item: Answer) -> tuple[Cell, ...]:
    found = item["change"]
    cause = found["moved_by"]
    return (
        Cell(facts.region(item), strong=True),
        Cell(facts.tier(found["before"]["tier"])),
        Cell(facts.tier(found["after"]["tier"])),
        Cell(found["before"]["score"]),
        Cell(found["after"]["score"]),
        Cell(found["change"]),
        Cell(found["like_for_like"]),
        Cell(None if cause is None else facts.words.phrase(f"moved_by_{cause}")),
    )


def _values(facts: Facts) -> Table:
    words = facts.words
    columns = (
        Column(words.say("Region"), width=1.1),
        Column(words.say("Indicator"), width=2.4),
        Column(words.say("Value then"), Format.NATIVE),
        Column(words.say("Value now"), Format.NATIVE),
        Column(words.say("Measured in"), width=1.1),
        Column(words.say("Change of its score"), Format.SIGNED),
    )
    rows = tuple(row for item in facts.items for row in _moved(facts, item, words))
    return Table("moved", words.say("Indicators whose scores moved most"), columns, rows)


def _moved(facts: Facts, item: Answer, words: Words) -> Iterator[tuple[Cell, ...]]:
    known = [part for part in item["change"]["indicators"] if abs(part["score_change"] or 0.0) > NEGLIGIBLE]
    for part in sorted(known, key=lambda part: -abs(part["score_change"]))[:MOST]:
        yield (
            Cell(facts.region(item)),
            Cell(facts.indicators[part["indicator"]]),
            Cell(part["before"]),
            Cell(part["after"]),
            Cell(words.unit(part["unit"])),
            Cell(part["score_change"]),
        )
