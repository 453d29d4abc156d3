"""How far a centre has come: its stages of innovation, its forces, and the role that these make of it."""

from __future__ import annotations

from tierscore.reports.charts.plane import plane
from tierscore.reports.charts.stages import stages
from tierscore.reports.content.facts import Answer, Facts
from tierscore.reports.document import Cell, Column, Figure, Format, Section, Table

SAID = {"growth_pole": "growth pole", "power_source": "power source"}
STAGES = ("origination", "extension", "diffusion")
FORCES = ("cohesion", "radiation")


def views(facts: Facts) -> Section:
    """Both charts with the table behind them."""
    return Section("views", facts.words.say("Stages and forces"), (_stages(facts), _plane(facts), _table(facts)))


def _stages(facts: Facts) -> Figure:
    words = facts.words
    return Figure(
        code="stages",
        caption=words.say("Stage profile: from origination to diffusion"),
        alternative=words.say("; ").join(_said(facts, item, "stage", STAGES) for item in facts.items),
        draw=lambda: stages(facts.items, facts.scale, words),
        notes=(words.say("No bar: too little is known of that stage."),),
    )


def _plane(facts: Facts) -> Figure:
    words = facts.words
    known = {item["region"]["code"] for item in facts.standings}
    everyone = [*facts.standings, *(item for item in facts.items if item["region"]["code"] not in known)]
    return Figure(
        code="forces",
        caption=words.say("Cohesion and radiation: what a centre draws in and what it sends out"),
        alternative=words.say("; ").join(_said(facts, item, "force", FORCES) for item in facts.items),
        draw=lambda: plane(everyone, facts.chosen, facts.scale, words),
        notes=(
            words.say(
                "Above the diagonal radiation is the greater. A role is named once a force reaches the second tier."
            ),
        ),
    )


def _said(facts: Facts, item: Answer, view: str, names: tuple[str, ...]) -> str:
    scores = (Format.SCORE.say(item["views"][view][name]["score"]) for name in names)
    return f"{facts.region(item)}: {facts.listed(scores)}"


def _table(facts: Facts) -> Table:
    words = facts.words
    columns = (
        Column(words.say("Region"), width=1.2),
        Column(words.say("Origination"), Format.SCORE),
        Column(words.say("Extension"), Format.SCORE),
        Column(words.say("Diffusion"), Format.SCORE),
        Column(words.say("Cohesion"), Format.SCORE),
        Column(words.say("Radiation"), Format.SCORE),
        Column(words.say("Role")),
    )
    return Table(
        code="views",
        caption=words.say("Scores by stage and by force"),
        columns=columns,
        rows=tuple(_row(facts, item) for item in facts.items),
    )


def _row(facts: Facts, item: Answer) -> tuple[Cell, ...]:
    found, role = item["views"], item["views"]["role"]
    return (
        Cell(facts.region(item), strong=True),
        *(Cell(found["stage"][name]["score"]) for name in STAGES),
        *(Cell(found["force"][name]["score"]) for name in FORCES),
        Cell(None if role is None else facts.words.say(SAID[role])),
    )
