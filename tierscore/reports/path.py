"""A path as text: one sentence for assessments, and the whole answer with its plans, what blocks them, and levers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tabulate import tabulate

from tierscore.reports.comparison import caution, versions
from tierscore.reports.numbers import MISSING, outward, plain, rounded, tenths
from tierscore.reports.what_if import Names
from tierscore.reports.words import Words

Answer = dict[str, Any]
Lines = Iterator[str]

INDENT = "  "
MOST_LEVERS = 8
HALF_A_TENTH = 0.0005  # of a per cent: what bounds is rounded up
HEADERS = ("Indicator", "Now", "Add", "Then", "Unit", "Cost", "Score", "Still lacking")
LACKING = {
    "coverage": "the data cover {most} of the weight, {needed} is needed",
    "score": "the score comes to {most} at most, {needed} is needed",
    "functions_share": "functions of {most} of the weight are supplied at most, {needed} is needed",
    "origination_coverage": "{most} of origination is known, {needed} is needed",
    "origination_share": "{most} of origination is supplied at most, {needed} is needed",
}
KINDS = {
    "not_actionable": "not actionable",
    "upper_bound": "bounded",
    "fixed": "fixed",
    "missing": "unknown",
}
ENDS = {"side_by_side": "Side by side", "added_up": "Added up"}


def sentence(found: Answer, lacking: Sequence[Answer], steps: int, titles: Mapping[str, Any], words: Words) -> str:
    """What a tier takes, in one sentence.

    Parameters
    ----------
    found : with ``target``, ``feasible`` and ``additions``.  lacking : the tests at their most, where it is not.
    steps : how many tiers away the target is.  titles : what tiers and indicators are called, by code.
    """
    names = Names(titles, words)
    tier = names.of(found["target"])
    if found["feasible"] is None:
        return words.say("No least effort is computed under this framework.")
    if not found["feasible"]:
        return words.say("{tier} is out of reach by additions: {why}.", tier=tier, why=_why(lacking, words))
    template = "{tier} is one step away: {additions}." if steps == 1 else "{tier} takes {additions}."
    return words.say(template, tier=tier, additions=amounts(found["additions"], names))


def amounts(additions: Sequence[Answer], names: Names) -> str:
    """Additions in a row of words, rounded so that they are enough."""
    words = names.words
    said = [_amount(item, names) for item in additions]
    return words.say(", ").join(said) if said else words.say("nothing")


def _amount(item: Answer, names: Names) -> str:
    unit = "" if item["unit"] == "rank" else f" {names.words.unit(item['unit'])}"
    return f"{names.of(item['indicator'])} {outward(item['add'])}{unit}"


def _why(tests: Sequence[Answer], words: Words) -> str:
    failed = [test for test in tests if not test["met"]]
    return words.say("; ").join(_lacking(test, words) for test in failed)


def _lacking(test: Answer, words: Words) -> str:
    how = rounded if test["test"] == "score" else tenths
    return words.say(LACKING[test["test"]], most=how(test["most"]), needed=how(test["needed"]))


def path(answer: Answer, words: Words, titles: Mapping[str, Mapping[str, str]]) -> str:
    """The whole answer; `titles` are by code."""
    names = Names(titles, words)
    return "\n".join(
        [
            *_heading(answer, names),
            *_plans(answer, names),
            *_alternatives(answer, names),
            *_blocked(answer, names),
            *_merging(answer, names),
            *_levers(answer["relaxation"] or answer, names),
            *_losses(answer, names),
            "",
            versions(answer, words),
            *caution(answer["framework_status"], words),
        ]
    )


def _heading(answer: Answer, names: Names) -> Lines:
    words, region = names.words, answer["region"]
    yield words.say(
        "{region} ({code}), {period}: from {tier} to {target}",
        region=words.name(region["name"]),
        code=region["code"],
        period=answer["period"],
        tier=names.of(answer["tier"]),
        target=names.of(answer["target"]),
    )
    if answer["lead"] is not None:
        said = {"integration": plain(answer["integration"]), "lead": answer["lead"]}
        yield words.say("Integrated to {integration}; what is added goes to {lead}.", **said)
    if answer["reason"] is not None:
        yield words.name(answer["reason"]["text"])
    if answer["confidence"] is not None:
        yield from _confidence(answer["confidence"], words)


def _confidence(found: Answer, words: Words) -> Lines:
    """What is asked of the plans in the draws, beside the least effort that is not asked so."""
    asked = {name: found[name] for name in ("draws", "needed")}
    now, most = tenths(found["holds_now"]), tenths(found["holds_at_most"])
    yield words.say(
        "To hold in {needed} of {draws} draws: as things are in {now}, with everything added in {most}.",
        now=now,
        most=most,
        **asked,
    )
    if found["without"] is not None:
        without = {"cost": rounded(found["without"]["cost"]), "part": tenths(found["without"]["holds_in"])}
        yield words.say("The least effort without this costs {cost} and holds in {part}.", **without)


def _plans(found: Answer, names: Names, told: int = 0) -> Lines:
    """The steps but for those that are told already, and the leap where it is something else."""
    words, leap = names.words, found["one_leap"]
    for step in found["steps"][told:]:
        head = words.say("From {first} to {last}", first=names.of(step["from"]), last=names.of(step["to"]))
        yield from _plan(head, step, names)
    if leap is not None and len(found["steps"]) > 1:
        yield from _plan(words.say("In one leap to {last}", last=names.of(leap["to"])), leap, names)
        yield words.say("The steps cost {cost} together.", cost=rounded(found["cost"]))


def _plan(head: str, plan: Answer, names: Names) -> Lines:
    words = names.words
    yield ""
    shares = words.say("functions {share}", share=tenths(plan["functions_share"]))
    score = words.say("score {score}", score=rounded(plan["score"]))
    yield words.say("{head}: cost {cost}; then {score}, {shares}", head=head, cost=rounded(plan["cost"]), score=score,
                    shares=shares)  # fmt: skip
    if plan["holds_in"] is not None:
        yield words.say("Holds in {part} of the draws.", part=tenths(plan["holds_in"]))
    if plan["proven_gap"] > 0:
        yield words.say("A plan may be cheaper by {gap} at most.", gap=tenths(plan["proven_gap"] + HALF_A_TENTH))
    rows = [_row(item, names) for item in plan["additions"]]
    yield tabulate(rows, headers=[words.say(name) for name in HEADERS], tablefmt="simple", disable_numparse=True)


def _row(item: Answer, names: Names) -> list[str]:
    return [
        names.of(item["indicator"]),
        plain(item["current"]),
        outward(item["add"]),
        plain(item["value"]),
        names.words.unit(item["unit"]),
        rounded(item["cost"]),
        f"{rounded(item['score_before'], 1)} → {rounded(item['score_after'], 1)}",
        _left(item["leaves"], names.words),
    ]


def _left(leaves: Answer, words: Words) -> str:
    """What the tests still lack after an addition and those before it."""
    said = []
    if leaves["score"] > 0:
        said.append(words.say("{points} points", points=rounded(leaves["score"])))
    if leaves["functions_share"] > 0:
        said.append(words.say("functions {share}", share=tenths(leaves["functions_share"])))
    if leaves["origination_share"]:
        said.append(words.say("origination {share}", share=tenths(leaves["origination_share"])))
    return words.say(", ").join(said) or words.say("nothing")


def _alternatives(answer: Answer, names: Names) -> Lines:
    words = names.words
    if answer["alternatives"]:
        yield ""
        yield words.say("Other plans that cost little more:")
    for plan in answer["alternatives"]:
        said = {"dearer": rounded(plan["dearer_by"], 3), "additions": amounts(plan["additions"], names)}
        yield INDENT + words.say("dearer by {dearer}: {additions}", **said)


def _blocked(answer: Answer, names: Names) -> Lines:
    words, reason = names.words, answer["reason"]
    if reason is None or reason["code"] != "not_reachable":
        return
    yield ""
    yield words.say("With everything added that may be: {why}.", why=_why(reason["tests"], words))
    for item in reason["held"]:
        said = {"indicator": names.of(item["indicator"]), "kind": words.say(KINDS[item["kind"]])}
        yield INDENT + words.say("{indicator}: {kind}, weight {weight}", weight=tenths(item["weight"]), **said)
    if answer["relaxation"] is None:
        yield words.say("Nothing that is held or unknown would be enough by itself.")
        return
    allows = [_allowed(item, names) for item in answer["relaxation"]["allows"]]
    yield words.say("The least that would have to be otherwise: {allows}.", allows=words.say(", ").join(allows))
    yield from _plans(answer["relaxation"], names, len(answer["steps"]))


def _allowed(item: Answer, names: Names) -> str:
    words = names.words
    if item["kind"] != "missing":
        return _amount(item, names)
    percent = "%" if item["measure"] == "national_share" else ""
    said = {"indicator": names.of(item["indicator"]), "needed": plain(item["measure_needed"]) + percent}
    return words.say("{indicator} known, and at {needed} or better", **said)


def _merging(answer: Answer, names: Names) -> Lines:
    """What both ends of integration need at the same prices."""
    words, merging = names.words, answer["merging"]
    if merging is None:
        return
    yield ""
    for name, head in ENDS.items():
        steps = [
            f"{names.of(step['to'])} {rounded(step['cost'])} ({amounts(step['additions'], names)})"
            for step in merging[name]["steps"]
        ]
        said = {"end": words.say(head), "steps": words.say("; ").join(steps) or MISSING}
        yield words.say("{end}: {steps}", **said)
    if merging["saved"] is not None:
        yield words.say("Merging alone saves {cost} of the cost.", cost=rounded(merging["saved"]["cost"]))


def _levers(found: Answer, names: Names) -> Lines:
    words, levers = names.words, {lever["code"]: lever for lever in found["levers"]}
    if not levers:
        return
    yield ""
    planned = any(lever["plan_because"] for lever in levers.values())
    if planned:
        yield words.say("Levers, by what they act on of the plan (no effect is claimed):")
    else:
        yield words.say("Levers, by what they act on of the gap (no effect is claimed):")
    for lever in list(levers.values())[:MOST_LEVERS]:
        parts = lever["plan_because"] or lever["because"]
        because = words.say(", ").join(names.of(part["indicator"]) for part in parts)
        yield INDENT + words.say("{title} [{section}]: {because}", title=words.name(lever["title"]),
                                 section=lever["reference"]["section"], because=because)  # fmt: skip
        yield from (INDENT * 2 + _expected(item, names) for item in lever["expected_effects"])
    if planned and found["portfolio"] is not None:
        titles = [words.name(levers[code]["title"]) for code in found["portfolio"]["levers"] if code in levers]
        yield words.say("The fewest that act on every addition: {levers}", levers=words.say("; ").join(titles))


def _expected(item: Answer, names: Names) -> str:
    return names.words.say(
        "you expect {effect} of {indicator} for {cost}; {times} such effects make up the plan",
        effect=outward(item["effect"]),
        indicator=names.of(item["indicator"]),
        cost=plain(item["cost"]),
        times=rounded(item["times_needed"], 1),
    )


def _losses(answer: Answer, names: Names) -> Lines:
    words, losses = names.words, answer["losses"]
    if losses is None:
        return
    yield ""
    yield words.say("{tier} is lost with any one of:", tier=names.of(losses["tier"]))
    for item in losses["alone"]:
        unit = "" if item["unit"] == "rank" else f" {words.unit(item['unit'])}"
        yield f"{INDENT}{names.of(item['indicator'])} {outward(item['change'])}{unit}"
    if not losses["alone"]:
        yield INDENT + words.say("no loss of a single indicator")
