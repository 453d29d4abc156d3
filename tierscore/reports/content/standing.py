"""Who stands where: the ranking table, how often each tier, and the map."""

from __future__ import annotations

from collections.abc import Iterator

from tierscore.reports.charts.tile_map import TILES, tile_map
from tierscore.reports.charts.uncertainty import probability_bars
from tierscore.reports.content.facts import Answer, Facts
from tierscore.reports.document import Block, Cell, Column, Figure, Format, Section, Table
from tierscore.reports.words import Words


def standing(facts: Facts) -> Section:
    """The table, the probabilities where they are known, and the map where the regions have tiles."""
    return Section(
        "standing", facts.words.say("Standing"), (ranking(facts), *_probabilities(facts), footing(facts), *_map(facts))
    )


def ranking(facts: Facts) -> Table:
    """A row for each subject, best first."""
    words = facts.words
    return Table(
        code="ranking",
        caption=words.say("Tiers, scores and the way to the next tier"),
        columns=_columns(words),
        rows=tuple(_row(facts, item) for item in facts.items),
        notes=(
            words.say(
                "Probability: part of the draws of weights, knots, cut, errors and missing values in which the tier is "
                "the same. Functions: weight supplied at the next tier, of the weight known."
            ),
        ),
    )


def _columns(words: Words) -> tuple[Column, ...]:
    return (
        Column(words.say("Code"), width=0.8, spreadsheet=True),
        Column(words.say("Rank"), Format.WHOLE, 0.6),
        Column(words.say("Region"), width=1.4),
        Column(words.say("Tier"), width=1.3),
        Column(words.say("Probability"), Format.TENTHS, 1.0),
        Column(words.say("Score"), Format.SCORE, 0.8),
        Column(words.say("Next tier"), width=1.3),
        Column(words.say("Score to go"), Format.SCORE, 0.9),
        Column(words.say("Functions"), Format.TENTHS, 0.9),
        Column(words.say("Functions needed"), Format.TENTHS, 0.9, spreadsheet=True),
    )


def _row(facts: Facts, item: Answer) -> tuple[Cell, ...]:
    goal = facts.goal(item) or {}
    confidence = item["confidence"]
    return (
        Cell(item["region"]["code"]),
        Cell(item["rank"]),
        Cell(facts.region(item), strong=True),
        Cell(facts.tier(item["tier"]) if item["tier"] else facts.words.say("insufficient data")),
        Cell(None if confidence is None else confidence["present_probability"]),
        Cell(item["score"]),
        Cell(facts.tier(item["gap"]["target"])),
        Cell(item["gap"]["score_gap"]),
        Cell(goal.get("functions_share")),
        Cell(goal.get("functions_needed")),
    )


def footing(facts: Facts) -> Table:
    """How far the data carry each tier, and what a plan says beside it."""
    words = facts.words
    columns = (
        Column(words.say("Region"), width=1.2),
        Column(words.say("Coverage"), Format.PERCENT, 0.7),
        Column(words.say("With all missing at its lowest"), width=1.3),
        Column(words.say("With all missing at its highest"), width=1.3),
        Column(words.say("Unknown"), width=2.2),
        Column(words.say("A plan says"), width=2.0),
    )
    return Table(
        code="footing",
        caption=words.say("How far the data carry the tiers"),
        columns=columns,
        rows=tuple(_footing(facts, item) for item in facts.items),
        notes=(words.say("Coverage: the part of the weight for which there are data."),),
    )


def _footing(facts: Facts, item: Answer) -> tuple[Cell, ...]:
    unknown = [facts.indicators[cell["code"]] for cell in item["indicators"] if cell["score"] is None]
    return (
        Cell(facts.region(item), strong=True),
        Cell(item["coverage"]),
        Cell(facts.tier(item["tier_bounds"]["lowest"])),
        Cell(facts.tier(item["tier_bounds"]["highest"])),
        Cell(facts.listed(unknown) or None),
        Cell(_designation(facts, item["designated_tier"])),
    )


def _designation(facts: Facts, designated: Answer | None) -> str | None:
    """What a plan or a government calls the centre, word for word in Chinese, with its source."""
    if designated is None:
        return None
    return facts.words.say(
        "{tier} ({kind}): {wording} [{source}]",
        tier=facts.tier(designated["tier"]),
        kind=facts.words.phrase(designated["kind"]),
        wording=designated["wording" if facts.words.language == "zh" else "wording_en"],
        source=designated["source"],
    )


def _probabilities(facts: Facts) -> Iterator[Block]:
    words = facts.words
    known = [
        {"region": item["region"], "tier_probability": item["confidence"]["tier_probability"]}
        for item in facts.items
        if item["confidence"] is not None
    ]
    if known:
        samples = next(item["confidence"]["samples"] for item in facts.items if item["confidence"] is not None)
        yield Figure(
            code="probabilities",
            caption=words.say(
                "How sure the tiers are: in how many of {samples} draws each tier", samples=f"{samples:,}"
            ),
            alternative=words.say("; ").join(_said(facts, item) for item in known),
            draw=lambda: probability_bars(
                known, words, {tier["code"]: tier["title"] for tier in facts.items[0]["tiers"]}
            ),
        )


def _said(facts: Facts, item: Answer) -> str:
    parts = [
        f"{facts.tier(code)} {Format.TENTHS.say(part)}" for code, part in item["tier_probability"].items() if part > 0
    ]
    return f"{facts.region(item)}: {facts.listed(parts)}"


def _map(facts: Facts) -> Iterator[Block]:
    words = facts.words
    placed = [item for item in facts.standings if item["region"]["code"] in TILES]
    if placed:
        yield Figure(
            code="map",
            caption=words.say("The tiers of all regions in {period}", period=facts.comparison["period"]),
            alternative=words.say("; ").join(f"{facts.region(item)} {facts.tier(item['tier'])}" for item in placed),
            draw=lambda: tile_map(facts.standings, facts.chosen, facts.tiers, words),
            notes=(words.say("A tile for each region, roughly where it lies; outlined: those compared."),),
        )
