"""The report of a scenario: what was edited, who stands where before and after, what is lacking then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from tierscore.reports.charts.change import change as chart
from tierscore.reports.comparison import caution, versions
from tierscore.reports.content.facts import Answer, Facts
from tierscore.reports.content.method import method
from tierscore.reports.content.summary import rule
from tierscore.reports.document import (
    Block,
    Bullets,
    Cell,
    Column,
    Figure,
    Format,
    Paragraph,
    Report,
    Section,
    Table,
    numbered,
)
from tierscore.reports.numbers import percent, plain, rounded, signed

MOST_REASONS = 3


def scenario(facts: Facts, name: str, again: tuple[str, ...]) -> Report:
    """A report on one scenario against its baseline; the answer of `facts` is the scenario's result."""
    words, answer = facts.words, facts.comparison
    sections = (_summary(facts), _edits(facts), _changes(facts), *_gaps(facts), method(facts))
    return Report(
        title=words.say("Scenario: {title}", title=answer["scenario"]["title"]),
        subtitle=f"{answer['period']} · {getattr(facts.framework.title, words.language)}",
        language=words.language,
        name=name,
        sections=numbered(sections),
        versions=versions(answer, words),
        again=again,
        moment=datetime.fromisoformat(answer["data"]["as_of"]),
        data=answer,
    )


def _moved(facts: Facts) -> Sequence[Answer]:
    """Regions first, then groups."""
    return [*facts.comparison["changes"], *facts.comparison["groups"]]


def _summary(facts: Facts) -> Section:
    words = facts.words
    climbed = [item for item in _moved(facts) if item["tier_moved"]]
    lead = (
        words.say("With these edits {count} of those told move to another tier.", count=len(climbed))
        if climbed
        else words.say("With these edits nobody moves to another tier.")
    )
    said = tuple(_sentence(facts, item) for item in _moved(facts))
    nothing = (Paragraph(words.say("No region moves.")),) if not said else (Bullets(said),)
    explained = facts.together([rule(facts), *caution(facts.framework.status, words)])
    return Section("summary", words.say("Summary"), (Paragraph(lead, lead=True), Paragraph(explained), *nothing))


def _sentence(facts: Facts, item: Answer) -> str:
    words, before, after = facts.words, item["before"], item["after"]
    said = words.say(
        "{region}: {before} before, {after} after; score {change}, rank {then} to {now}.",
        region=facts.region(item),
        before=facts.tier(before["tier"]),
        after=facts.tier(after["tier"]),
        change=signed(item["score_change"]),
        then=plain(before["rank"]),
        now=plain(after["rank"]),
    )
    if "integration" not in item:
        return said
    return facts.together([said, words.say("Integrated to {degree}.", degree=percent(item["integration"]))])


def _edits(facts: Facts) -> Section:
    words, answer = facts.words, facts.comparison
    blocks: list[Block] = []
    if answer["edits"]:
        blocks.append(_cells(facts))
    if answer["framework_edits"]:
        blocks.append(_rules(facts))
    if not blocks:
        blocks.append(Paragraph(words.say("Nothing is edited.")))
    return Section("edits", words.say("What was edited"), tuple(blocks))


def _cells(facts: Facts) -> Table:
    words = facts.words
    columns = (
        Column(words.say("Region"), width=1.0),
        Column(words.say("Indicator"), width=2.4),
        Column(words.say("Before"), Format.NATIVE),
        Column(words.say("After"), Format.NATIVE),
        Column(words.say("Measured in"), width=1.1),
        Column(words.say("Moves a score"), width=0.8),
    )
    names = {item["region"]["code"]: facts.region(item) for item in _moved(facts)}
    rows = tuple(
        (
            Cell(names.get(edit["region"], edit["region"])),
            Cell(facts.indicators.get(edit["indicator"], edit["indicator"])),
            Cell(edit["old"]),
            Cell(edit["new"]),
            Cell(words.unit(edit["unit"])),
            Cell(words.say("yes") if edit["effect"] else words.say("no")),
        )
        for edit in facts.comparison["edits"]
    )
    return Table("edits", words.say("Edited values"), columns, rows)


def _rules(facts: Facts) -> Table:
    words = facts.words
    columns = (
        Column(words.say("Edit"), width=1.0),
        Column(words.say("Of"), width=2.0),
        Column(words.say("Before")),
        Column(words.say("After")),
    )
    rows = tuple(
        (Cell(edit["op"]), Cell(_subject(facts, edit)), Cell(_said(edit["old"])), Cell(_said(edit["new"])))
        for edit in facts.comparison["framework_edits"]
    )
    return Table("framework_edits", words.say("Edits of the framework"), columns, rows)


def _subject(facts: Facts, edit: Answer) -> str | None:
    code = edit["indicator"] or edit["tier"]
    return None if code is None else facts.indicators.get(code, facts.tier(code))


def _said(value: Any) -> str:
    return "; ".join(map(plain, value)) if isinstance(value, list) else plain(value)


def _changes(facts: Facts) -> Section:
    words = facts.words
    columns = (
        Column(words.say("Region"), width=1.2),
        Column(words.say("Tier before"), width=1.2),
        Column(words.say("Tier after"), width=1.2),
        Column(words.say("Score before"), Format.SCORE, 0.9),
        Column(words.say("Score after"), Format.SCORE, 0.9),
        Column(words.say("Change"), Format.SIGNED, 0.8),
        Column(words.say("Rank"), width=0.8),
        Column(words.say("Moved by"), width=2.2),
    )
    table = Table("changes", words.say("Before and after"), columns, tuple(_row(facts, item) for item in _moved(facts)))
    return Section("changes", words.say("Before and after"), (*_chart(facts), table))


def _row(facts: Facts, item: Answer) -> tuple[Cell, ...]:
    before, after = item["before"], item["after"]
    most = sorted(item["moved_by"], key=lambda part: -abs(part["change"]))[:MOST_REASONS]
    reasons = facts.listed(f"{facts.indicators[part['indicator']]} {signed(part['change'])}" for part in most)
    return (
        Cell(facts.region(item), strong=True),
        Cell(facts.tier(before["tier"])),
        Cell(facts.tier(after["tier"])),
        Cell(before["score"]),
        Cell(after["score"]),
        Cell(item["score_change"]),
        Cell(f"{plain(before['rank'])} → {plain(after['rank'])}"),
        Cell(reasons or None),
    )


def _chart(facts: Facts) -> Iterator[Figure]:
    words = facts.words
    both = [item | {"change": item} for item in _moved(facts) if item["score_change"] is not None]
    if both:
        yield Figure(
            code="changes",
            caption=words.say("Scores before (grey) and after (orange)"),
            alternative=words.say("; ").join(f"{facts.region(item)} {signed(item['score_change'])}" for item in both),
            draw=lambda: chart(both, [tier.score for tier in facts.framework.tiers[1:]], words),
            notes=(words.say("Dashed: score thresholds."),),
        )


def _gaps(facts: Facts) -> Iterator[Section]:
    """What each is lacking after the edits, in native units."""
    words = facts.words
    found = [item for item in _moved(facts) if item["after"].get("gap") and item["after"]["gap"]["target"] is not None]
    if found:
        yield Section(
            "gap", words.say("What is lacking after the edits"), tuple(_deficits(facts, item) for item in found)
        )


def _deficits(facts: Facts, item: Answer) -> Table:
    words, gap = facts.words, item["after"]["gap"]
    columns = (
        Column(words.say("Indicator"), width=2.4),
        Column(words.say("Value"), Format.NATIVE),
        Column(words.say("Required"), Format.NATIVE),
        Column(words.say("Shortfall"), Format.NATIVE),
        Column(words.say("Measured in"), width=1.2),
    )
    rows = tuple(
        (
            Cell(facts.indicators[lack["indicator"]]),
            Cell(lack["value"]),
            Cell(lack["required"]),
            Cell(lack["shortfall"]),
            Cell(words.unit(lack["unit"])),
        )
        for lack in gap["deficits"]
    )
    note = words.say("Score to go: {score}.", score=rounded(gap["score_gap"]))
    caption = words.say(
        "{region}: shortfalls below {target}", region=facts.region(item), target=facts.tier(gap["target"])
    )
    return Table(f"deficits-{item['region']['code']}", caption, columns, rows, (note,))
