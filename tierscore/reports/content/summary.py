"""The first page: who stands where, how sure that is, what separates each from the next tier; the ladder."""

from __future__ import annotations

from collections.abc import Iterator

from tierscore.framework.model import CentralPlace, ScoreBands
from tierscore.reports.charts.ladder import ladder
from tierscore.reports.comparison import caution
from tierscore.reports.content.facts import Answer, Facts
from tierscore.reports.document import Bullets, Figure, Paragraph, Section
from tierscore.reports.numbers import percent, plain, rounded, tenths


def summary(facts: Facts) -> Section:
    """The lead sentence, all regions on the ladder, how tiers are decided, and what is to be said of each subject."""
    words = facts.words
    blocks = (
        Paragraph(lead(facts), lead=True),
        ladder_of(facts),
        Paragraph(facts.together([rule(facts), *caution(facts.framework.status, words)])),
        Bullets(tuple(sentence(facts, item) for item in facts.items)),
    )
    return Section("summary", words.say("Summary"), blocks)


def lead(facts: Facts) -> str:
    """How many of those compared stand on which tier, highest first."""
    words = facts.words
    if len(facts.items) == 1:
        return headline(facts, facts.items[0])
    on = [(code, [facts.region(item) for item in facts.items if item["tier"] == code]) for code in facts.tiers]
    parts = [
        words.say("{tier}: {count} ({names})", tier=facts.tier(code), count=len(names), names=facts.listed(names))
        for code, names in reversed(on)
        if names
    ]
    without = [facts.region(item) for item in facts.items if item["tier"] is None]
    if without:
        parts.append(words.say("insufficient data: {names}", names=facts.listed(without)))
    return words.say(
        "Tiers of the {count} compared in {period}: {parts}.",
        count=len(facts.items),
        period=facts.comparison["period"],
        parts=words.say("; ").join(parts),
    )


def rule(facts: Facts) -> str:
    """How a tier is decided, for a reader who knows nothing of it."""
    words, sort = facts.words, facts.framework.sort
    if isinstance(sort, CentralPlace):
        return words.say(
            "A tier is attained when the score reaches its threshold and the functions supplied at its level weigh at "
            "least {cut} of those known; a function is an indicator, such as {example}, and supplies a tier when its "
            "value reaches that tier's entry.",
            cut=percent(sort.cut),
            example=next(iter(facts.indicators.values())),
        )
    if isinstance(sort, ScoreBands):
        return words.say("A tier is attained when the score reaches its threshold.")
    return words.say("A tier is attained when enough of the weight says that the region is as good as its profile.")


def sentence(facts: Facts, item: Answer) -> str:
    """Where a subject stands, how sure that is, and what separates it from the next tier."""
    return facts.together([headline(facts, item), *_sure(facts, item), *_separates(facts, item), *_group(facts, item)])


def headline(facts: Facts, item: Answer) -> str:
    """Its tier, rank and score, or why it has none."""
    words, region = facts.words, facts.region(item)
    if item["tier"] is None:
        return words.say(
            "{region}: no tier, the data cover {coverage} of the weight and {needed} is needed.",
            region=region,
            coverage=percent(item["coverage"]),
            needed=percent(item["rule"]["min_coverage"]),
        )
    if item["rank"] is None or item["score"] is None:
        return words.say("{region}: {tier}.", region=region, tier=facts.tier(item["tier"]))
    return words.say(
        "{region}: {tier}, rank {rank} of {count}, score {score} of {best}.",
        region=region,
        tier=facts.tier(item["tier"]),
        rank=item["rank"],
        count=len(facts.standings),
        score=rounded(item["score"], 1),
        best=plain(facts.scale[1]),
    )


def _sure(facts: Facts, item: Answer) -> Iterator[str]:
    words, confidence = facts.words, item["confidence"]
    if confidence is not None and item["tier"] is not None:
        said = {"part": tenths(confidence["present_probability"]), "samples": f"{confidence['samples']:,}"}
        if confidence["robust"]:
            yield words.say("The tier holds in {part} of {samples} draws of the assumptions.", **said)
        else:
            yield words.say("Not robust: it holds in {part} of {samples} draws of the assumptions.", **said)
    if item["rests_on_missing"]:
        yield words.say(
            "With all that is missing at its lowest it would be {lowest}, at its highest {highest}.",
            lowest=facts.tier(item["tier_bounds"]["lowest"]),
            highest=facts.tier(item["tier_bounds"]["highest"]),
        )


def _separates(facts: Facts, item: Answer) -> Iterator[str]:
    words, goal = facts.words, facts.goal(item)
    if item["tier"] is None:
        return
    if goal is None:
        yield words.say("There is no tier above.")
        return
    failed = list(_failed(facts, item, goal))
    if failed:
        yield words.say(
            "What separates it from {target}: {tests}.",
            target=facts.tier(goal["code"]),
            tests=words.say("; ").join(failed),
        )
    if item["path"] is not None:
        yield item["path"]["text"][words.language]


def _failed(facts: Facts, item: Answer, goal: Answer) -> Iterator[str]:
    """The tests of the target that are not met, with what is there and what is needed."""
    words, quota = facts.words, goal["origination"]
    if goal["score_met"] is False:
        yield words.say(
            "score {score}, needed {needed}", score=rounded(item["score"], 1), needed=plain(goal["threshold"])
        )
    if goal["functions_met"] is False:
        yield words.say(
            "functions supplied weigh {share}, needed {needed}",
            share=tenths(goal["functions_share"]),
            needed=tenths(goal["functions_needed"]),
        )
    if quota is not None and not quota["met"]:
        yield words.say(
            "origination functions weigh {share}, needed {needed} (known for {coverage}, needed {coverage_needed})",
            share=tenths(quota["share"]),
            needed=tenths(quota["share_needed"]),
            coverage=tenths(quota["coverage"]),
            coverage_needed=tenths(quota["coverage_needed"]),
        )


def _group(facts: Facts, item: Answer) -> Iterator[str]:
    """Of a group: whose values were pooled, and how far."""
    words = facts.words
    if "members" not in item:
        return
    yield words.say(
        "A group of {members}, integrated to {degree}: side by side {alone}, added up {together}.",
        members=facts.listed(facts.region(member) for member in item["members"]),
        degree=percent(item["integration"]),
        alone=facts.tier(item["side_by_side"]["tier"]),
        together=facts.tier(item["added_up"]["tier"]),
    )
    found = item["break_even"]
    if found["integration"] is not None:
        yield words.say(
            "From a degree of {degree} on it reaches {target}.",
            degree=tenths(found["integration"]),
            target=facts.tier(found["target"]),
        )


def ladder_of(facts: Facts) -> Figure:
    """All reference regions on the ladder, and groups beside them."""
    words = facts.words
    known = {item["region"]["code"] for item in facts.standings}
    everyone = [*facts.standings, *(item for item in facts.items if item["region"]["code"] not in known)]
    tiers = [
        {"code": tier.code, "title": {"zh": tier.title.zh, "en": tier.title.en}, "threshold": tier.score}
        for tier in facts.framework.tiers
    ]
    said = words.say("; ").join(
        f"{facts.region(item)} {facts.tier(item['tier'])} {rounded(item['score'], 1)}" for item in facts.items
    )
    return Figure(
        code="ladder",
        caption=words.say("The tier ladder: each region on the tier it attains, at its score"),
        alternative=said,
        draw=lambda: ladder(everyone, facts.chosen, tiers, words),
        notes=(
            words.say(
                "Orange: those compared; grey: the other regions. Dashed: score thresholds. A dot right of a threshold "
                "but below its tier lacks functions."
            ),
        ),
    )
