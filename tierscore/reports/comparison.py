"""Several regions in one table: who stands on which tier, how far the next one is, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tabulate import tabulate

from tierscore.reports.numbers import MISSING, percent, rounded
from tierscore.reports.words import Words

Answer = dict[str, Any]

# Marked for the translators: Words.say translates them when the table is made.
HEADERS = (
    "Rank", "Region", "Tier", "Score", "Tier by score", "Next tier", "Score to go", "Functions (need)",
    "Coverage", "Bounds",
)  # fmt: skip

LEGEND = (
    "Functions: their weight supplied at the next tier, of the weight present. "
    "Bounds: the tiers with all that is missing at its lowest, and at its highest."
)


def table(answers: Sequence[Answer], words: Words) -> str:
    """A text table of full answers, in the order given; columns line up with Chinese text too."""
    rows = [_row(answer, words) for answer in answers]
    headers = [words.say(header) for header in HEADERS]
    aligned = ("right", "left", "left", "right", "left", "left", "right", "right", "right", "left")
    return tabulate(rows, headers=headers, tablefmt="simple", colalign=aligned, disable_numparse=True)


def legend(words: Words) -> str:
    """What the columns mean whose names are too short to say it."""
    return words.say(LEGEND)


def tier_names(answer: Answer, words: Words) -> dict[str | None, str]:
    """The names of the tiers by their codes; a dash for none."""
    return {None: MISSING} | {tier["code"]: words.name(tier["title"]) for tier in answer["tiers"]}


def sure(answer: Answer, tier: str, words: Words) -> str:
    """A tier's name with its probability, once that is known; a tier that is not robust is called so.

    >>> confidence = {"present_probability": 0.929, "robust": True}
    >>> sure({"confidence": confidence}, "Provincial", Words("en"))
    'Provincial (93%)'
    """
    confidence = answer.get("confidence")
    if confidence is None:
        return tier
    part = percent(confidence["present_probability"])
    if confidence["robust"]:
        return words.say("{tier} ({part})", tier=tier, part=part)
    return words.say("{tier} ({part}, not robust)", tier=tier, part=part)


def footer(answer: Answer, words: Words) -> str:
    """Which framework, data and engine the numbers come from, and what they are not."""
    return "\n".join([versions(answer, words), *caution(answer["rule"]["status"], words)])


def versions(answer: Answer, words: Words) -> str:
    """Which framework, data and engine the numbers come from."""
    framework, data = answer["framework"], answer["data"]
    return words.say(
        "Framework {id} {version} ({digest}), data revision {revision} as of {as_of}, engine {engine}.",
        id=framework["id"],
        version=framework["version"],
        digest=framework["digest"][:12],
        revision=data["revision"],
        as_of=data["as_of"],
        engine=answer["engine"]["version"],
    )


def caution(status: str, words: Words) -> list[str]:
    """What the numbers are not, where the framework is no official one."""
    sentence = "Illustrative: weights, knots, cut and quota are declared assumptions; provinces stand in for centres."
    return [words.say(sentence)] if status == "illustrative" else []


def _row(answer: Answer, words: Words) -> list[str]:
    names, gap = tier_names(answer, words), answer["gap"]
    goal = next((tier for tier in answer["tiers"] if tier["code"] == gap["target"]), None)
    return [
        MISSING if answer["rank"] is None else str(answer["rank"]),
        words.name(answer["region"]["name"]),
        sure(answer, names[answer["tier"]], words) if answer["tier"] else words.say("insufficient data"),
        rounded(answer["score"]),
        names[answer["tier_by_score"]],
        names[gap["target"]],
        rounded(gap["score_gap"]),
        _functions(goal),
        percent(answer["coverage"]),
        _bounds(answer["tier_bounds"], names),
    ]


def _functions(goal: Answer | None) -> str:
    """The functions supplied at the next tier, and how many it needs; none where the rule has no such test."""
    if goal is None or goal["functions_needed"] is None:
        return MISSING
    return f"{percent(goal['functions_share'])} ({percent(goal['functions_needed'])})"


def _bounds(bounds: Answer, names: dict[str | None, str]) -> str:
    lowest, highest = names[bounds["lowest"]], names[bounds["highest"]]
    return lowest if lowest == highest else f"{lowest} … {highest}"
