"""The tree of the index: what each part weighs in the whole, and how its children become one score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tierscore.framework.model import Leaf, Node
from tierscore.reports.content.facts import Facts
from tierscore.reports.numbers import percent, plain

KINDS = {
    "arithmetic": "weighted arithmetic mean",
    "geometric": "weighted geometric mean",
    "harmonic": "weighted harmonic mean",
    "power": "weighted power mean",
    "median": "weighted median",
    "topsis": "closeness to the best (TOPSIS)",
    "copeland": "rivals outranked minus rivals that outrank (Copeland)",
}


@dataclass(frozen=True)
class Branch:
    """A node or an indicator of the index.

    whole : its part of all weight, in [0, 1].  within : its part among its siblings.  aggregate : how its children
    become one score, None for an indicator.  least : the part of the weight in it that must be there.
    """

    code: str
    title: str
    whole: float
    within: float
    aggregate: str | None
    least: str | None
    reference: str | None
    children: tuple[Branch, ...] = ()


def tree(facts: Facts) -> Branch:
    """The whole index, the root on top."""
    return _branch(facts, facts.framework.index, 1.0, 1.0)


def leaves(branch: Branch) -> Iterator[Branch]:
    """The indicators below a branch, from the first on."""
    for child in branch.children:
        yield from leaves(child) if child.children else iter((child,))


def aggregate(facts: Facts, node: Node) -> str:
    """How the children of a node become one score."""
    said = facts.words.say(KINDS[node.aggregate])
    if node.power is not None:
        return facts.words.say("{mean} with exponent {power}", mean=said, power=plain(node.power))
    return said


def _branch(facts: Facts, part: Node | Leaf, whole: float, within: float) -> Branch:
    if isinstance(part, Leaf):
        return Branch(part.indicator, facts.indicators[part.indicator], whole, within, None, None, part.reference)
    total = sum(child.weight for child in part.children)
    shares = [child.weight / total for child in part.children]
    children = tuple(
        _branch(facts, child, whole * share, share) for child, share in zip(part.children, shares, strict=True)
    )
    least = percent(part.min_coverage) if part.min_coverage else None
    title = facts.words.say("The whole index ({code})", code=part.code) if part is facts.framework.index else part.code
    return Branch(part.code, title, whole, within, aggregate(facts, part), least, part.reference, children)
