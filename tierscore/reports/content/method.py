"""The method: rule, thresholds, weights and knots, what is assumed, and what the framework rests on."""

from __future__ import annotations

from collections.abc import Iterator

from tierscore.framework.model import CentralPlace, Framework, Indicator, Knots, Leaf, Node, Reference
from tierscore.reports.comparison import caution
from tierscore.reports.content.facts import Facts
from tierscore.reports.content.summary import rule
from tierscore.reports.document import Bullets, Cell, Column, Format, Paragraph, Section, Table
from tierscore.reports.numbers import percent, plain, tenths
from tierscore.reports.words import Words

ASSUMPTION = "assumption"
SAID = ("higher is better", "lower is better", "level", "share of the nation", "divided by another indicator")
_MEASURES = {"level": "level", "national_share": "share of the nation", "per": "divided by another indicator"}


def method(facts: Facts) -> Section:
    """What a reader needs to follow every number, and to know what no source gives."""
    words = facts.words
    blocks = (Paragraph(rule(facts)), Bullets(tuple(assumptions(facts))), thresholds(facts), weights(facts),
              references(facts))  # fmt: skip
    return Section("method", words.say("Method and assumptions"), blocks)


def assumptions(facts: Facts) -> Iterator[str]:
    """Everything that was decided and not observed."""
    words, framework = facts.words, facts.framework
    yield from caution(framework.status, words)
    sort = framework.sort
    if isinstance(sort, CentralPlace):
        yield words.say("Functions needed: {cut} of the weight known (assumption).", cut=tenths(sort.cut))
        if sort.origination is not None:
            yield words.say(
                "From {tier} on, origination functions must be known for {coverage} of their weight and supplied for "
                "{share} (assumption).",
                tier=facts.tier(sort.origination.start),
                coverage=tenths(sort.origination.coverage),
                share=tenths(sort.origination.share),
            )
    yield words.say(
        "A missing value stays missing: the weights of the others are scaled up, and below {least} of the weight no "
        "tier is given.",
        least=percent(framework.min_coverage),
    )
    yield words.say(
        "A value of another year counts within the indicator's window and is marked; so are estimates and provisional "
        "values."
    )


def thresholds(facts: Facts) -> Table:
    """The score at which each tier begins."""
    words = facts.words
    columns = (Column(words.say("Tier"), width=2.0), Column(words.say("Score from"), Format.NATIVE),
               Column(words.say("Code"), spreadsheet=True))  # fmt: skip
    rows = tuple((Cell(facts.tier(tier.code)), Cell(tier.score), Cell(tier.code)) for tier in facts.framework.tiers)
    return Table("thresholds", words.say("Score thresholds"), columns, rows)


def weights(facts: Facts) -> Table:
    """A row for each scored indicator: its weight, its measure, and its entry into each tier."""
    words, framework = facts.words, facts.framework
    found = {leaf.indicator: leaf.weight for leaf in _leaves(framework.index)}
    scored = [item for item in framework.indicators if item.code in found]
    columns = (
        Column(words.say("Code"), spreadsheet=True),
        Column(words.say("Indicator"), width=2.4),
        Column(words.say("Weight"), Format.NATIVE, 0.7),
        Column(words.say("Measure"), width=1.1),
        Column(words.say("Direction"), width=1.0),
        Column(words.say("Knots"), width=1.6),
        Column(words.say("Rests on"), width=1.0),
    )
    rows = tuple(_weight(facts, item, found[item.code]) for item in scored)
    note = words.say(
        "Knots: the measure at score {low}, at the entry of each tier, and at score {high}; between them the score is "
        "linear. Shares are per cent of the nation.",
        low=plain(framework.scale.low),
        high=plain(framework.scale.high),
    )
    return Table("weights", words.say("Weights and knots"), columns, rows, (note,))


def _leaves(node: Node) -> Iterator[Leaf]:
    for child in node.children:
        if isinstance(child, Node):
            yield from _leaves(child)
        else:
            yield child


def _weight(facts: Facts, item: Indicator, weight: float) -> tuple[Cell, ...]:
    words, way = facts.words, item.normalise
    knots = "; ".join(map(plain, way.at)) if isinstance(way, Knots) else way.method if way is not None else None
    direction = words.say("higher is better") if item.direction > 0 else words.say("lower is better")
    return (
        Cell(item.code),
        Cell(facts.indicators[item.code]),
        Cell(weight),
        Cell(words.say(_MEASURES[item.measure.kind])),
        Cell(direction),
        Cell(knots),
        Cell(_basis(item.reference, words)),
    )


def _basis(reference: str | None, words: Words) -> str | None:
    return words.say("assumption") if reference == ASSUMPTION else reference


def references(facts: Facts) -> Table:
    """The bibliography of what the framework cites."""
    words = facts.words
    columns = (
        Column(words.say("Key"), width=0.9),
        Column(words.say("Authors"), width=1.6),
        Column(words.say("Year"), Format.YEAR, 0.5),
        Column(words.say("Title"), width=2.6),
    )
    cited = _cited(facts.framework)
    rows = tuple(
        _reference(item) for item in facts.framework.references if item.code in cited and item.code != ASSUMPTION
    )
    return Table("references", words.say("References"), columns, rows)


def _reference(item: Reference) -> tuple[Cell, ...]:
    return Cell(item.code), Cell(item.authors), Cell(item.year), Cell(item.title, link=item.url)


def _cited(framework: Framework) -> set[str | None]:
    """The keys that tiers, indicators, rule and levers name."""
    sort = framework.sort
    quota = sort.origination.reference if isinstance(sort, CentralPlace) and sort.origination else None
    return {
        *(tier.reference for tier in framework.tiers),
        *(item.reference for item in framework.indicators),
        *(lever.reference.source for lever in framework.levers),
        sort.reference,
        quota,
    }
