"""Weights that a document derives from data, written into it as declared ones: only such a framework is published."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from tierscore.engine.scorecard import Scorecard
from tierscore.errors import Invalid, Violation
from tierscore.framework.model import Node
from tierscore.framework.tree import nodes

Document = dict[str, Any]


def frozen(document: Document, card: Scorecard) -> Document:
    """The document with the weights that a scorecard's framework derived; everything else is kept.

    Raises
    ------
    Invalid
        Where there is nothing to freeze, or a node gives each unit its own weights.
    """
    declared = dict(nodes(card.framework.index))
    derived = {pointer for pointer, node in declared.items() if node.weights is not None}
    if not derived:
        template = "Every weight of this framework is declared; there is nothing to freeze."
        raise Invalid("framework", [Violation("nothing_derived", template, pointer="/index")])
    new = deepcopy(document)
    for pointer, node in nodes(card.parameters.index):
        if pointer in derived:
            _freeze(_at(new, pointer), node, pointer)
    return new


def _freeze(raw: Document, node: Node, pointer: str) -> None:
    if node.weights is not None:
        template = "Under the benefit of the doubt each unit has its own weights; they cannot be frozen."
        raise Invalid("framework", [Violation("cannot_freeze", template, pointer=f"{pointer}/weights")])
    del raw["weights"]
    for child, weighed in zip(raw["children"], node.children, strict=True):
        child["weight"] = weighed.weight


def _at(document: Document, pointer: str) -> Document:
    """The mapping at a pointer made of keys of mappings and places of lists."""
    found: Any = document
    for step in pointer.split("/")[1:]:
        found = found[int(step)] if isinstance(found, list) else found[step]
    inner: Document = found
    return inner
