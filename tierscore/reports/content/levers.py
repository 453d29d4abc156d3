"""Institutional levers that act on what is lacking: the fewest that answer all of it, then by priority."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tierscore.reports.content.facts import Answer, Facts
from tierscore.reports.document import Block, Cell, Column, Format, Paragraph, Section, Table

MOST, MOST_OF_ONE = 5, 12


def levers(facts: Facts) -> Iterator[Section]:
    """What levers are, then a part for each subject that has some."""
    words = facts.words
    explained = words.say(
        "Each lever is a passage of the paper that the framework rests on. Which indicators it acts on, and how "
        "closely, is an assumption of the framework; no size of an effect is claimed. Priority: how much of the gap it "
        "bears on."
    )
    yield Section("levers", words.say("Institutional levers"), (Paragraph(explained),))
    for item in facts.items:
        if item["levers"] or item["levers_for_unknown"]:
            yield _of(facts, item)


def _of(facts: Facts, item: Answer) -> Section:
    blocks: list[Block] = [Paragraph(text) for text in _portfolio(facts, item)]
    most = MOST_OF_ONE if len(facts.items) == 1 else MOST
    if item["levers"]:
        blocks.append(_table(facts, item, item["levers"][:most]))
    heading = facts.words.say("{region}: levers", region=facts.region(item))
    return Section(f"levers-{item['region']['code']}", heading, tuple(blocks), level=2)


def _portfolio(facts: Facts, item: Answer) -> Iterator[str]:
    """The smallest set, what it leaves open, and what would help with the unknown."""
    words, found = facts.words, item["portfolio"]
    if found["levers"]:
        yield words.say(
            "The fewest that together act on every shortfall: {levers}.",
            levers=facts.listed(_name(facts, code) for code in found["levers"]),
        )
    if found["unanswered"]:
        yield words.say(
            "No lever acts on: {indicators}.",
            indicators=facts.listed(facts.indicators[code] for code in found["unanswered"]),
        )
    if item["levers_for_unknown"]:
        yield words.say(
            "On what is unknown would act: {levers}.",
            levers=facts.listed(words.name(lever["title"]) for lever in item["levers_for_unknown"][:MOST]),
        )


def _name(facts: Facts, code: str) -> str:
    return str(getattr(facts.levers[code].title, facts.words.language))


def _table(facts: Facts, item: Answer, found: Sequence[Answer]) -> Table:
    words = facts.words
    columns = (
        Column(words.say("Code"), spreadsheet=True),
        Column(words.say("Lever"), width=1.5),
        Column(words.say("Priority"), Format.SCORE, 0.7),
        Column(words.say("Acts on"), width=2.2),
        Column(words.say("Section"), width=0.6),
        Column(words.say("Passage of the paper"), width=3.0),
    )
    caption = words.say(
        "{region}: levers by priority, the first {count} of {total}",
        region=facts.region(item),
        count=len(found),
        total=len(item["levers"]),
    )
    return Table(f"levers-{item['region']['code']}", caption, columns, tuple(_row(facts, lever) for lever in found))


def _row(facts: Facts, lever: Answer) -> tuple[Cell, ...]:
    because = facts.listed(facts.indicators[part["indicator"]] for part in lever["because"])
    return (
        Cell(lever["code"]),
        Cell(facts.words.name(lever["title"]), strong=True),
        Cell(lever["priority"]),
        Cell(because),
        Cell(lever["reference"]["section"]),
        Cell("“" + lever["reference"]["passage"] + "”"),
    )
