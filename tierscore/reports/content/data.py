"""Every value that the report rests on, with its year, status and source."""

from __future__ import annotations

from tierscore.reports.content.facts import Answer, Facts
from tierscore.reports.content.marks import marks_of, with_meanings
from tierscore.reports.document import Cell, Column, Format, Section, Table
from tierscore.reports.words import Words

SAID = {"A": "published", "E": "estimated", "P": "provisional", "D": "of another definition"}


def data(facts: Facts) -> Section:
    """One table, a row for each subject and indicator."""
    words = facts.words
    rows = tuple(_row(facts, item, cell) for item in facts.items for cell in item["indicators"])
    table = Table("data", words.say("Every value, its year, status and source"), _columns(words), rows)
    return Section("data", words.say("Data"), (with_meanings(table, words),))


def _columns(words: Words) -> tuple[Column, ...]:
    return (
        Column(words.say("Region code"), spreadsheet=True),
        Column(words.say("Region"), width=1.0),
        Column(words.say("Indicator code"), spreadsheet=True),
        Column(words.say("Indicator"), width=2.2),
        Column(words.say("Value"), Format.NATIVE, 1.0),
        Column(words.say("Measured in"), width=0.9),
        Column(words.say("Period"), Format.YEAR, 0.6),
        Column(words.say("Status"), width=0.8),
        Column(words.say("Source"), width=0.7),
        Column(words.say("Measured"), Format.NATIVE, 0.9, spreadsheet=True),
        Column(words.say("Score"), Format.SCORE, 0.7),
        Column(words.say("Weight"), Format.NATIVE, spreadsheet=True),
        Column(words.say("Effective weight"), Format.NATIVE, spreadsheet=True),
        Column(words.say("Contribution"), Format.SCORE, spreadsheet=True),
        Column(words.say("Supplies tier"), width=1.1, spreadsheet=True),
        Column(words.say("Why missing"), spreadsheet=True),
    )


def _row(facts: Facts, item: Answer, cell: Answer) -> tuple[Cell, ...]:
    words, reason = facts.words, cell["missing_reason"]
    missing = None if reason is None else words.phrase(reason)
    return (
        Cell(item["region"]["code"]),
        Cell(facts.region(item)),
        Cell(cell["code"]),
        Cell(facts.indicators[cell["code"]]),
        Cell(cell["value"], marks=marks_of(cell["flags"]) if cell["value"] is not None else ()),
        Cell(words.unit(cell["unit"])),
        Cell(cell["period"]),
        Cell(_status(cell, words) or missing),
        Cell(cell["source"]),
        Cell(cell["measured"]),
        Cell(cell["score"]),
        Cell(cell["weight"]),
        Cell(cell["effective_weight"]),
        Cell(cell["contribution"]),
        Cell(facts.tier(cell["supplies_tier"]) if cell["supplies_tier"] else None),
        Cell(missing),
    )


def _status(cell: Answer, words: Words) -> str | None:
    return words.say(SAID[cell["status"]]) if cell["status"] in SAID else None


def sources(facts: Facts) -> Section:
    """The sources that the data name by code, each once."""
    words = facts.words
    columns = (
        Column(words.say("Source"), width=0.6),
        Column(words.say("Title"), width=4.0),
        Column(words.say("Copy"), width=1.6),
    )
    found = {source["code"]: source for item in facts.items for source in item["sources"]}
    rows = tuple(
        (Cell(code), Cell(found[code]["title"], link=found[code]["url"]), Cell(found[code]["copy"]))
        for code in sorted(found)
    )
    table = Table("sources", words.say("Sources of the values and of the nation's totals"), columns, rows)
    return Section("sources", words.say("Sources"), (table,))
