"""How far the next tier is: its tests, the shortfalls in native units, the least effort, those who are there."""

from __future__ import annotations

from collections.abc import Iterator

from tierscore.framework.model import CentralPlace
from tierscore.reports.charts.distance import distance
from tierscore.reports.content.facts import Answer, Facts
from tierscore.reports.document import Block, Bullets, Cell, Column, Figure, Format, Paragraph, Section, Table
from tierscore.reports.numbers import rounded, tenths


def gap(facts: Facts) -> Iterator[Section]:
    """The tests of all, then a part for each subject that has a tier above."""
    words = facts.words
    yield Section("gap", words.say("Gap to the next tier"), (*_distance(facts), tests(facts)))
    for item in facts.items:
        if facts.goal(item) is not None:
            yield _of(facts, item)


def _distance(facts: Facts) -> Iterator[Figure]:
    words = facts.words
    goals = [(item, facts.goal(item)) for item in facts.items if item["tier"] is not None]
    said = [
        words.say("{region}: score {score}, needed {needed}", region=facts.region(item), score=rounded(item["score"]),
                  needed=rounded(goal["threshold"]))
        for item, goal in goals
        if goal is not None
    ]  # fmt: skip
    if said:
        yield Figure(
            code="distance",
            caption=words.say("The tests of the next tier, as parts of what is needed"),
            alternative=words.say("; ").join(said),
            draw=lambda: distance([item for item, _ in goals], words),
        )


def tests(facts: Facts) -> Table:
    """A row for each subject and tier above the lowest: every test, what is there and what is needed."""
    words = facts.words
    columns = (
        Column(words.say("Region"), width=1.2),
        Column(words.say("Tier"), width=1.3),
        Column(words.say("Score"), Format.SCORE, 0.8),
        Column(words.say("Score needed"), Format.SCORE, 0.9),
        Column(words.say("Functions"), Format.TENTHS, 0.9),
        Column(words.say("Functions needed"), Format.TENTHS, spreadsheet=True),
        Column(words.say("Origination"), Format.TENTHS, 0.9),
        Column(words.say("Origination needed"), Format.TENTHS, spreadsheet=True),
        Column(words.say("Attained"), width=0.8),
    )
    rows = [_test(facts, item, tier) for item in facts.items for tier in item["tiers"][1:]]
    return Table("tests", words.say("Every test of every tier"), columns, tuple(rows), tuple(_needed(facts)))


def _needed(facts: Facts) -> Iterator[str]:
    """What the tests of functions need, which is the same for all."""
    words, sort = facts.words, facts.framework.sort
    if isinstance(sort, CentralPlace):
        yield words.say("Functions needed: {cut} of the weight known.", cut=tenths(sort.cut))
        if sort.origination is not None:
            yield words.say(
                "Origination needed from {tier} on: {share} of the weight of its functions.",
                tier=facts.tier(sort.origination.start),
                share=tenths(sort.origination.share),
            )


def _test(facts: Facts, item: Answer, tier: Answer) -> tuple[Cell, ...]:
    words, quota = facts.words, tier["origination"] or {"share": None, "share_needed": None}
    return (
        Cell(facts.region(item)),
        Cell(facts.tier(tier["code"])),
        Cell(item["score"]),
        Cell(tier["threshold"]),
        Cell(tier["functions_share"]),
        Cell(tier["functions_needed"]),
        Cell(quota["share"]),
        Cell(quota["share_needed"]),
        Cell(words.say("yes") if tier["attained"] else words.say("no"), strong=tier["attained"]),
    )


def _of(facts: Facts, item: Answer) -> Section:
    """One subject's way: the least effort in a sentence, every shortfall, and who stands there already."""
    words = facts.words
    blocks: list[Block] = []
    if item["path"] is not None:
        blocks.append(Paragraph(item["path"]["text"][words.language]))
    if item["gap"]["deficits"]:
        blocks.append(_deficits(facts, item))
    said = [*_unknown(facts, item), *_exemplars(facts, item)]
    if said:
        blocks.append(Bullets(tuple(said)))
    heading = words.say("{region}: what is lacking", region=facts.region(item))
    return Section(f"gap-{item['region']['code']}", heading, tuple(blocks), level=2)


def _deficits(facts: Facts, item: Answer) -> Table:
    words = facts.words
    columns = (
        Column(words.say("Code"), spreadsheet=True),
        Column(words.say("Indicator"), width=2.4),
        Column(words.say("Value"), Format.NATIVE),
        Column(words.say("Required"), Format.NATIVE),
        Column(words.say("Shortfall"), Format.NATIVE),
        Column(words.say("Measured in"), width=1.2),
        Column(words.say("Points gained"), Format.SCORE, 0.9),
    )
    caption = words.say(
        "{region}: shortfalls below {target}", region=facts.region(item), target=facts.tier(item["gap"]["target"])
    )
    rows = tuple(_deficit(facts, deficit) for deficit in item["gap"]["deficits"])
    note = words.say("Not all are needed: the sentence above names the least effort. Points: if met alone.")
    return Table(f"deficits-{item['region']['code']}", caption, columns, rows, (note,))


def _deficit(facts: Facts, deficit: Answer) -> tuple[Cell, ...]:
    words, why = facts.words, deficit["reason"]
    return (
        Cell(deficit["indicator"]),
        Cell(facts.indicators[deficit["indicator"]]),
        Cell(deficit["value"]),
        Cell(deficit["required"] if why is None else words.phrase(why)),
        Cell(deficit["shortfall"]),
        Cell(words.unit(deficit["unit"])),
        Cell(deficit["score_gain"]),
    )


def _unknown(facts: Facts, item: Answer) -> Iterator[str]:
    words = facts.words
    for lack in item["gap"]["unknown"]:
        yield words.say(
            "Unknown: {indicator} ({reason}); neither met nor lacking.",
            indicator=facts.indicators[lack["indicator"]],
            reason=words.phrase(lack["missing_reason"]),
        )


def _exemplars(facts: Facts, item: Answer) -> Iterator[str]:
    """The nearest regions that are on that tier already."""
    names = {other["region"]["code"]: facts.region(other) for other in facts.standings}
    found = [
        facts.words.say(
            "{region} ({tier}, score {score})",
            region=names[other["region"]],
            tier=facts.tier(other["tier"]),
            score=rounded(other["score"], 1),
        )
        for other in item["gap"]["exemplars"]
    ]
    if found:
        yield facts.words.say("Nearest examples on that tier: {regions}.", regions=facts.listed(found))
