"""What a framework rests on: references with what each is claimed for, assumptions, and how far these may be off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from tierscore.framework.model import CentralPlace, ElectreTriB, Lever, Node, Reference, Spread
from tierscore.reports.content.facts import Facts
from tierscore.reports.numbers import percent, plain, tenths
from tierscore.reports.rules.steps import SAID

ASSUMPTION = "assumption"
KINDS = {
    "article": "article",
    "book": "book",
    "report": "report",
    "plan": "plan",
    "web": "web page",
    "assumption": "assumption",
}
HEADERS = {
    "institutional_guarantee": "Institutional guarantees",
    "entities": "Gaining entities",
    "collaboration": "Collaboration outward",
    "focus": "Focus",
    "coordination": "Coordination",
    "relation": "Relations",
    "lead": "Taking the lead",
    "basin_governance": "Basin governance",
    "finance": "Finance",
}
FACTORS = {
    "weights": "weights",
    "knots": "knots",
    "cut": "cut",
    "missing": "missing values",
    "observation_error": "errors of values",
    "imputation": "imputation",
    "treatment": "treatment",
    "normalisation": "normalisation",
    "aggregation": "aggregation",
}


@dataclass(frozen=True)
class Source:
    """An entry of the bibliography, what kind it is, and what the framework claims by it."""

    entry: Reference
    kind: str
    claims: tuple[str, ...]


@dataclass(frozen=True)
class Uncertain:
    """How far one assumption may be off; `reference` None: an assumption of the service's own."""

    title: str
    said: str
    reference: str | None


def sources(facts: Facts) -> list[Source]:
    """All entries, those that are assumptions first, then those that most rests on."""
    claimed = list(_claims(facts))
    found = [
        Source(entry, facts.words.say(KINDS[entry.kind]), tuple(said for code, said in claimed if code == entry.code))
        for entry in facts.framework.references
    ]
    return sorted(found, key=lambda source: (source.entry.kind != ASSUMPTION, not source.claims))


def assumed(facts: Facts) -> set[str]:
    """The keys of the references that are no sources but assumptions."""
    return {entry.code for entry in facts.framework.references if entry.kind == ASSUMPTION}


def levers(facts: Facts) -> dict[str, list[Lever]]:
    """The levers by the name of their category, both in the order of the catalogue."""
    found: dict[str, list[Lever]] = {}
    for lever in facts.framework.levers:
        found.setdefault(facts.words.say(HEADERS[lever.category]), []).append(lever)
    return found


def uncertain(facts: Facts) -> list[Uncertain]:
    """What the uncertainty analysis varies in this framework, and how far; nothing where profiles decide."""
    if isinstance(facts.framework.sort, ElectreTriB):
        return []
    spreads = facts.framework.spreads
    named = ((field.name, getattr(spreads, field.name)) for field in fields(spreads))
    said = ((name, spread, _spread(facts, name, spread)) for name, spread in named)
    return [Uncertain(facts.words.say(FACTORS[name]), text, spread.reference) for name, spread, text in said if text]


def _claims(facts: Facts) -> Iterator[tuple[str | None, str]]:
    """Each key that is cited, with what it is cited for."""
    words, framework = facts.words, facts.framework
    yield from ((tier.reference, words.say("tier {name}", name=facts.tier(tier.code))) for tier in framework.tiers)
    yield from ((item.reference, facts.indicators[item.code]) for item in framework.indicators)
    yield from _of_nodes(facts, framework.index)
    yield framework.sort.reference, words.say("tier rule")
    if isinstance(framework.sort, CentralPlace) and framework.sort.origination is not None:
        yield framework.sort.origination.reference, words.say("quota of origination")
    for field in fields(framework.spreads):
        spread: Spread = getattr(framework.spreads, field.name)
        yield spread.reference, words.say("spread of {what}", what=words.say(FACTORS[field.name]))
    yield from _of_levers(facts)


def _of_nodes(facts: Facts, node: Node) -> Iterator[tuple[str | None, str]]:
    yield node.reference, facts.words.say("weights in {node}", node=node.code)
    for child in node.children:
        if isinstance(child, Node):
            yield from _of_nodes(facts, child)
        elif child.reference is not None:
            yield child.reference, facts.words.say("weight of {name}", name=facts.indicators[child.indicator])


def _of_levers(facts: Facts) -> Iterator[tuple[str, str]]:
    cited = [lever.reference.source for lever in facts.framework.levers]
    for code in dict.fromkeys(cited):
        yield code, facts.words.say("{count} levers", count=cited.count(code))


def _spread(facts: Facts, name: str, spread: Spread) -> str | None:
    words, sort = facts.words, facts.framework.sort
    if name in ("weights", "knots") and spread.distribution == "uniform":
        return words.say("each times a number from {low} to {high}", low=plain(1 - spread.relative),
                         high=plain(1 + spread.relative)) if _has(facts, name) else None  # fmt: skip
    if name == "weights":
        return words.say("Dirichlet with concentration {number}", number=plain(spread.concentration))
    if name == "cut" and isinstance(sort, CentralPlace):
        low, high = _ends(spread, sort.cut)
        return words.say("from {low} to {high}", low=tenths(low), high=tenths(high))
    if name == "missing":
        return (
            words.say("drawn from the region's own scores")
            if spread.source == "own"
            else words.say("drawn from the scale")
        )
    if name == "observation_error":
        return _errors(facts, spread)
    return facts.listed(spread.options) or None


def _ends(spread: Spread, cut: float) -> tuple[float, float]:
    """The declared ends of the cut, or a tenth below and above it."""
    low = min(0.9 * cut, cut if spread.high is None else spread.high) if spread.low is None else spread.low
    return low, max(min(1.1 * cut, 1.0), low) if spread.high is None else spread.high


def _has(facts: Facts, name: str) -> bool:
    return name == "weights" or any(getattr(item.normalise, "at", ()) for item in facts.framework.indicators)


def _errors(facts: Facts, spread: Spread) -> str | None:
    parts = (facts.words.say("{status}: {part} of the value", status=facts.words.say(SAID[status]), part=percent(part))
             for status, part in spread.errors if part and status in facts.framework.statuses)  # fmt: skip
    return facts.listed(parts) or None
