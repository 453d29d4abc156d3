"""The index tree under many sets of weights at once (methodology, sections 4 and 10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from tierscore.engine import means
from tierscore.engine.matrix import Floats
from tierscore.engine.nodes import METHODS, UNDEFINED, name_of
from tierscore.engine.refused import Refused, first
from tierscore.engine.threshold import EPS
from tierscore.framework.model import Leaf, Node

COPELAND = "copeland"  # takes the weights from the node, and not of each unit
PARTLY_DEFINED = ("geometric", "harmonic", "power")


def leaf_weights(node: Node, weights: Floats, columns: Mapping[str, int]) -> Floats:
    """Each indicator's weight in the whole index, (draws, indicators), a draw sums to 1.

    `weights` are those of all children, node by node, the root first: (draws, children).
    """
    found = np.zeros((len(weights), len(columns)))
    own, below = _own(node, weights)
    relative = own / own.sum(axis=1, keepdims=True)
    for place, child in enumerate(node.children):
        if isinstance(child, Leaf):
            found[:, columns[child.indicator]] = relative[:, place]
        else:
            found += relative[:, place, np.newaxis] * leaf_weights(child, next(below), columns)
    return found


def score_trees(node: Node, scores: Floats, weights: Floats, columns: Mapping[str, int]) -> Floats:
    """The root's scores, (draws, units), NaN where it is missing.

    Parameters
    ----------
    scores : (draws or 1, units, indicators)
        NaN where missing.
    weights : (draws, children)
        Of all children, node by node, the root first.

    Raises
    ------
    Refused
        Where a mean is not defined of a score.
    """
    own, below = _own(node, weights)
    table = np.stack(
        [_child(child, scores, below, columns, len(weights)) for child in node.children],
        axis=-1,
    )
    present = np.where(np.isnan(table), 0.0, own[:, np.newaxis, :])
    weight_present = present.sum(axis=-1, keepdims=True)
    needed = node.min_coverage * own.sum(axis=1)[:, np.newaxis, np.newaxis] - EPS
    counted = np.where((weight_present > 0) & (weight_present >= needed), present, 0.0)
    _refuse_undefined(node, table, counted)
    if node.aggregate == COPELAND:
        each = zip(own.tolist(), table, counted, strict=True)
        return np.stack([METHODS[COPELAND](_weighed(node, weights), scores, part) for weights, scores, part in each])
    return METHODS[node.aggregate](node, table, counted)


def _refuse_undefined(node: Node, table: Floats, counted: Floats) -> None:
    """Raises Refused for the first score that the node's mean is not defined of."""
    if node.aggregate not in PARTLY_DEFINED:
        return
    wrong = means.undefined(node.aggregate, table, counted, node.power or 1.0)
    if (found := first(wrong)) is not None:
        row, place = found
        raise Refused(
            UNDEFINED, row, name_of(node.children[place]), value=float(table[wrong][0]), method=node.aggregate
        )


def _weighed(node: Node, weights: list[float]) -> Node:
    children = tuple(replace(child, weight=weight) for child, weight in zip(node.children, weights, strict=True))
    return replace(node, children=children)


def _child(
    child: Node | Leaf, scores: Floats, below: Iterator[Floats], columns: Mapping[str, int], draws: int
) -> Floats:
    """A child's scores, (draws, units)."""
    if isinstance(child, Node):
        return score_trees(child, scores, next(below), columns)
    own = scores[..., columns[child.indicator]]
    return np.broadcast_to(own, (draws, own.shape[-1]))


def _own(node: Node, weights: Floats) -> tuple[Floats, Iterator[Floats]]:
    """A node's own children's weights, and those below each inner child, in order."""
    count = len(node.children)
    return weights[:, :count], _below(node, weights[:, count:])


def _below(node: Node, weights: Floats) -> Iterator[Floats]:
    begin = 0
    for child in node.children:
        if isinstance(child, Node):
            size = _size(child)
            yield weights[:, begin : begin + size]
            begin += size


def _size(node: Node) -> int:
    return len(node.children) + sum(_size(child) for child in node.children if isinstance(child, Node))
