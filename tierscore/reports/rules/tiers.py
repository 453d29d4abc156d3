"""The tier rule in words, test by test."""

from __future__ import annotations

from collections.abc import Iterator

from tierscore.framework.model import CentralPlace, ElectreTriB, ScoreBands
from tierscore.reports.content.facts import Facts
from tierscore.reports.numbers import percent, tenths


def rule(facts: Facts) -> Iterator[tuple[str, str | None]]:
    """Each test that a tier needs, with the key of the reference that it rests on."""
    sort = facts.framework.sort
    if isinstance(sort, CentralPlace):
        yield from _central_place(facts, sort)
    elif isinstance(sort, ScoreBands):
        yield from _bands(facts, sort)
    else:
        yield from _profiles(facts, sort)


def _central_place(facts: Facts, sort: CentralPlace) -> Iterator[tuple[str, str | None]]:
    words = facts.words
    yield words.say("Score: it reaches the tier's threshold."), None
    yield (
        words.say(
            "Functions (the cut): indicators that reach the tier weigh at least {cut} of those known. Where one "
            "reaches a tier, it reaches all below.",
            cut=tenths(sort.cut),
        ),
        sort.reference,
    )
    quota = sort.origination
    if quota is not None:
        yield (
            words.say(
                "Origination, from {tier} on: of the weight of the origination indicators at least {coverage} is "
                "known, and of what is known at least {share} reaches the tier.",
                tier=facts.tier(quota.start),
                coverage=tenths(quota.coverage),
                share=tenths(quota.share),
            ),
            quota.reference,
        )
    yield words.say("A tier counts only if all tiers below it are attained."), None


def _bands(facts: Facts, sort: ScoreBands) -> Iterator[tuple[str, str | None]]:
    words = facts.words
    yield words.say("A tier is attained when the score reaches its threshold."), sort.reference
    if sort.decimals is not None:
        said = words.say("Before that the score is rounded to {decimals} decimals, and so it is for ranks.",
                         decimals=sort.decimals)  # fmt: skip
        yield said, sort.reference


def _profiles(facts: Facts, sort: ElectreTriB) -> Iterator[tuple[str, str | None]]:
    yield (
        facts.words.say(
            "ELECTRE TRI-B: a tier is attained when at least {cut} of the weight says that the region is as good as "
            "the profile between it and the tier below, and no indicator vetoes.",
            cut=percent(sort.cut),
        ),
        sort.reference,
    )
