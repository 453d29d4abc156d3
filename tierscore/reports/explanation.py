"""The way from a tier down to its sources, as indented text: every number with the numbers it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tierscore.reports.comparison import footer, sure, tier_names
from tierscore.reports.numbers import percent, plain, rounded
from tierscore.reports.words import Words

Answer = dict[str, Any]
Lines = Iterator[str]

INDENT = "  "


def explain(answer: Answer, words: Words) -> str:
    """The whole way of a full answer: tier, tests, score, indicators, observations, sources; gap and levers."""
    return "\n".join(
        [
            *_heading(answer, words),
            *_tests(answer, words),
            *_score(answer, words),
            *_gap(answer, words),
            *_levers(answer, words),
            "",
            footer(answer, words),
        ]
    )


def brief(answer: Answer, words: Words) -> str:
    """Tier, gap and levers of a full answer, without the way to the sources."""
    return "\n".join(
        [
            *_heading(answer, words),
            *_tests(answer, words),
            *_gap(answer, words),
            *_levers(answer, words),
            "",
            footer(answer, words),
        ]
    )


def _heading(answer: Answer, words: Words) -> Lines:
    names = tier_names(answer, words)
    region = answer["region"]
    place = f"{words.name(region['name'])} ({region['code']}), {answer['period']}"
    if answer["tier"] is None:
        yield words.say(
            "{place}: no tier, the data cover {coverage} of the weight and {needed} is needed",
            place=place,
            coverage=percent(answer["coverage"]),
            needed=percent(answer["rule"]["min_coverage"]),
        )
    elif answer["rank"] is None:
        yield words.say("{place}: {tier}", place=place, tier=sure(answer, names[answer["tier"]], words))
    else:
        tier = sure(answer, names[answer["tier"]], words)
        yield words.say("{place}: {tier}, rank {rank}", place=place, tier=tier, rank=answer["rank"])
    if answer["tier_by_score"] is not None and answer["tier_bounds"]["lowest"] is None:
        yield INDENT + words.say("by score alone {by_score}", by_score=names[answer["tier_by_score"]])
    elif answer["tier_bounds"]["lowest"] is not None:
        yield from _bounds(answer, names, words)
    designated = answer["designated_tier"]
    if designated is not None:
        yield INDENT + words.say(
            "a plan says {tier} ({kind}): {wording} [{source}]",
            tier=names.get(designated["tier"], designated["tier"]),
            kind=words.phrase(designated["kind"]),
            wording=designated["wording" if words.language == "zh" else "wording_en"],
            source=designated["source"],
        )


def _bounds(answer: Answer, names: Mapping[str | None, str], words: Words) -> Lines:
    yield INDENT + words.say(
        "by score alone {by_score}; with missing data at their lowest {lowest}, at their highest {highest}",
        by_score=names[answer["tier_by_score"]],
        lowest=names[answer["tier_bounds"]["lowest"]],
        highest=names[answer["tier_bounds"]["highest"]],
    )


def _tests(answer: Answer, words: Words) -> Lines:
    titles = _titles(answer, words)
    for tier in answer["tiers"][1:]:
        yield INDENT + f"{words.name(tier['title'])}: {_verdict(tier['attained'], words)}"
        if tier["score_met"] is not None:
            yield 2 * INDENT + words.say(
                "score {score}, needed {needed}: {verdict}",
                score=rounded(answer["score"]),
                needed=rounded(tier["threshold"]),
                verdict=_verdict(tier["score_met"], words),
            )
        if tier["functions_met"] is not None:
            yield 2 * INDENT + words.say(
                "functions supplied {share} of the weight present, needed {needed}: {verdict}",
                share=percent(tier["functions_share"]),
                needed=percent(tier["functions_needed"]),
                verdict=_verdict(tier["functions_met"], words),
            )
        if tier["origination"] is not None:
            yield 2 * INDENT + _origination(tier["origination"], words)
        if tier["missing_functions"]:
            lacking = words.say(", ").join(titles[code] for code in tier["missing_functions"])
            yield 2 * INDENT + words.say("not supplied: {functions}", functions=lacking)


def _origination(quota: Answer, words: Words) -> str:
    return words.say(
        "origination known {coverage} (needed {coverage_needed}), supplied {share} (needed {share_needed}): {verdict}",
        coverage=percent(quota["coverage"]),
        coverage_needed=percent(quota["coverage_needed"]),
        share=percent(quota["share"]),
        share_needed=percent(quota["share_needed"]),
        verdict=_verdict(quota["met"], words),
    )


def _score(answer: Answer, words: Words) -> Lines:
    yield INDENT + _whole(answer, words)
    sources = {source["code"]: source for source in answer["sources"]}
    for indicator in answer["indicators"]:
        yield from _indicator(indicator, sources, words)


def _whole(answer: Answer, words: Words) -> str:
    """What the score is made of, or that there is none."""
    fields = {"score": rounded(answer["score"], 4), "coverage": percent(answer["coverage"])}
    methods = list(dict.fromkeys(node["aggregate"] for node in answer["nodes"]))
    if answer["score"] is None:
        return words.say("no score; {coverage} of the weight is present", coverage=fields["coverage"])
    if methods == ["arithmetic"]:
        return words.say(
            "score {score}: the sum of the contributions below; {coverage} of the weight is present", **fields
        )
    named = ", ".join(methods)
    return words.say("score {score}: by {methods}; {coverage} of the weight is present", methods=named, **fields)


def _indicator(indicator: Answer, sources: dict[str, Answer], words: Words) -> Lines:
    yield 2 * INDENT + _part(indicator, words)
    if indicator["missing_reason"] is not None:
        return
    if indicator["score"] is not None:
        yield 3 * INDENT + _scored(indicator, words)
    yield 3 * INDENT + words.say(
        "observed {value} {unit} in {period}, status {status}",
        value=plain(indicator["value"]),
        unit=words.unit(indicator["unit"]),
        period=indicator["period"],
        status=indicator["status"],
    )
    source = sources.get(indicator["source"], {"title": "", "url": None})
    yield 3 * INDENT + words.say("source {code}: {title}", code=indicator["source"], title=source["title"])
    if source["url"]:
        yield 4 * INDENT + source["url"]
    if indicator["flags"]:
        flags = words.say(", ").join(words.phrase(flag) for flag in indicator["flags"])
        yield 3 * INDENT + words.say("note: {flags}", flags=flags)


def _part(indicator: Answer, words: Words) -> str:
    """An indicator's part in the score, as far as it has one."""
    title = words.name(indicator["title"])
    if indicator["missing_reason"] is not None:
        reason = words.phrase(indicator["missing_reason"])
        return words.say(
            "{title}: missing ({reason}), weight {weight}", title=title, reason=reason, weight=indicator["weight"]
        )
    weight = rounded(indicator["effective_weight"], 4)
    score, contribution = rounded(indicator["score"], 4), rounded(indicator["contribution"], 4)
    if indicator["score"] is None:
        return words.say("{title}: {measured}", title=title, measured=_measured(indicator, words))
    if indicator["contribution"] is None:
        return words.say("{title}: score {score}, weight {effective}", title=title, score=score, effective=weight)
    return words.say(
        "{title}: {contribution} = weight {effective} x score {score}",
        title=title,
        contribution=contribution,
        effective=weight,
        score=score,
    )


def _scored(indicator: Answer, words: Words) -> str:
    measured = _measured(indicator, words)
    if indicator["knots"] is None:
        return words.say("score by {method} from {measured}", method=indicator["normalise"], measured=measured)
    knots = ", ".join(plain(knot) for knot in indicator["knots"])
    return words.say("score by the knots {knots} from {measured}", knots=knots, measured=measured)


def _measured(indicator: Answer, words: Words) -> str:
    total = indicator["total"]
    if total is None:
        return plain(indicator["measured"])
    return words.say(
        "{share} per cent of the nation's {total} ({kind})",
        share=rounded(indicator["measured"], 4),
        total=plain(total["value"]),
        kind=words.phrase(total["kind"]),
    )


def _gap(answer: Answer, words: Words) -> Lines:
    gap, titles = answer["gap"], _titles(answer, words)
    if gap["target"] is None:
        yield INDENT + words.say("no tier is higher")
        return
    yield INDENT + words.say(
        "gap to {tier}: score {score_gap}, functions {functions_gap}",
        tier=tier_names(answer, words)[gap["target"]],
        score_gap=rounded(gap["score_gap"]),
        functions_gap=percent(gap["functions_gap"]),
    )
    for deficit in gap["deficits"]:
        yield 2 * INDENT + _deficit(deficit, titles, words)
    for unknown in gap["unknown"]:
        yield 2 * INDENT + words.say(
            "{title}: unknown ({reason})",
            title=titles[unknown["indicator"]],
            reason=words.phrase(unknown["missing_reason"]),
        )
    if answer["path"] is not None:
        yield INDENT + words.name(answer["path"]["text"])


def _deficit(deficit: Answer, titles: dict[str, str], words: Words) -> str:
    fields = {
        "title": titles[deficit["indicator"]],
        "value": plain(deficit["value"]),
        "unit": words.unit(deficit["unit"]),
    }
    if deficit["required"] is None:
        return words.say("{title}: {value} {unit}; {reason}", reason=words.phrase(deficit["reason"]), **fields)
    return words.say(
        "{title}: {value}, needed {required} {unit} ({shortfall} to go; +{gain} points)",
        required=plain(deficit["required"]),
        shortfall=plain(deficit["shortfall"]),
        gain=rounded(deficit["score_gain"]),
        **fields,
    )


def _levers(answer: Answer, words: Words) -> Lines:
    titles = _titles(answer, words)
    if answer["levers"]:
        yield INDENT + words.say("levers that act on what is missing, by priority")
    for lever in answer["levers"][:10]:
        acts = words.say(", ").join(titles[part["indicator"]] for part in lever["because"])
        yield 2 * INDENT + f"{rounded(lever['priority'])}  {words.name(lever['title'])}"
        yield 3 * INDENT + words.say("acts on {indicators}", indicators=acts)
        yield 3 * INDENT + words.say("section {section}: “{passage}”", **lever["reference"])
    if len(answer["levers"]) > 10:
        yield 2 * INDENT + words.say("and {count} more (--format json lists all)", count=len(answer["levers"]) - 10)


def _titles(answer: Answer, words: Words) -> dict[str, str]:
    return {indicator["code"]: words.name(indicator["title"]) for indicator in answer["indicators"]}


def _verdict(met: bool, words: Words) -> str:
    return words.say("met") if met else words.say("not met")
