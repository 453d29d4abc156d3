"""Functions: which tier each indicator supplies in each region, with the values behind it."""

from __future__ import annotations

from collections.abc import Sequence

from tierscore.reports.charts.heat_map import heat_map
from tierscore.reports.charts.theme import shades
from tierscore.reports.content.facts import Answer, Facts
from tierscore.reports.content.marks import marks_of, with_meanings
from tierscore.reports.document import Cell, Column, Figure, Format, Section, Table

# A whole column's matter, told in the data table.
NOT_MARKED = ("sparse_indicator",)
MOST_COLUMNS = 7  # of regions in one table on paper; more are told in further tables


def functions(facts: Facts) -> Section:
    """The heat map, and the same as tables of values."""
    words = facts.words
    parts = [facts.items[start : start + MOST_COLUMNS] for start in range(0, len(facts.items), MOST_COLUMNS)]
    tables = tuple(_values(facts, part, number) for number, part in enumerate(parts))
    return Section("functions", words.say("Functions"), (_map(facts), *tables))


def _map(facts: Facts) -> Figure:
    words = facts.words
    said = [
        words.say(
            "{region} supplies {names}",
            region=facts.region(item),
            names=facts.listed(
                f"{facts.indicators[cell['code']]} {facts.tier(cell['supplies_tier'])}" for cell in item["indicators"]
            ),
        )
        for item in facts.items
    ]
    return Figure(
        code="functions",
        caption=words.say("Which tier each function supplies"),
        alternative=words.say("; ").join(said),
        draw=lambda: heat_map(facts.items, facts.tiers, words),
        notes=(words.say("The darker, the higher the tier. ×: missing, counted neither for nor against."),),
    )


def _values(facts: Facts, items: Sequence[Answer], number: int) -> Table:
    """A row for each indicator: its unit and the value in each region, shaded by the tier that it supplies."""
    words = facts.words
    columns = (
        Column(words.say("Indicator"), width=2.4),
        Column(words.say("Measured in"), width=1.1),
        *(Column(facts.region(item), Format.NATIVE) for item in items),
    )
    found = [list(item["indicators"]) for item in items]
    rows = tuple(_row(facts, cells) for cells in zip(*found, strict=True))
    shown = words.say("Shaded by the tier supplied, from {low} (light) to {high} (dark); –: missing.",
                      low=next(iter(facts.tiers.values())), high=list(facts.tiers.values())[-1])  # fmt: skip
    code = "values" if number == 0 else f"values-{number + 1}"
    return with_meanings(Table(code, words.say("Values by function"), columns, rows, (shown,)), words)


def _row(facts: Facts, cells: tuple[Answer, ...]) -> tuple[Cell, ...]:
    colours = dict(zip(facts.tiers, shades(len(facts.tiers)), strict=True))
    first = cells[0]
    values = (
        Cell(
            cell["value"],
            marks=marks_of(cell["flags"], NOT_MARKED),
            shade=colours[cell["supplies_tier"]] if cell["supplies_tier"] is not None else None,
        )
        for cell in cells
    )
    return (Cell(facts.indicators[first["code"]]), Cell(facts.words.unit(first["unit"])), *values)
