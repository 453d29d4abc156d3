"""The index tree from its leaves to its root, each node by its own method (methodology, section 4).

Trees of weighted arithmetic means alone take the shorter way of `aggregate`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from tierscore.engine import aggregate, copeland, means, topsis, weighting
from tierscore.engine.matrix import Flags, Floats
from tierscore.engine.parameters import Parameters
from tierscore.engine.refused import Refused, first
from tierscore.engine.threshold import EPS
from tierscore.framework.model import Leaf, Node, Weighting

DOUBT = "benefit_of_the_doubt"
UNDEFINED = "Step {step}: {indicator} of {unit} is {value:g}, of which a {method} mean is not defined."


@dataclass(frozen=True)
class Nodes:
    """Scores of all nodes, and each indicator's weight in the root.

    values : by the code of the node, (..., units), NaN where the node is missing.
    effective : (..., units, indicators), the product of the relative weights among what is present, 0 where missing;
    under arithmetic means effective x score adds up to the root's score.
    """

    values: dict[str, Floats]
    effective: Floats


def tree_of(scores: Floats, given: Parameters) -> Nodes:
    """The index of a framework: its root alone where the short way of weighted sums will do; raises Refused."""
    if given.linear:
        effective = aggregate.effective_weights(given.index, ~np.isnan(scores), given.columns)
        return Nodes({given.index.code: aggregate.weighted_mean(scores, effective)}, effective)
    return score_nodes(given.index, scores, given.columns)


def score_nodes(index: Node, scores: Floats, columns: Mapping[str, int]) -> Nodes:
    """The scores of every node of the tree.

    Parameters
    ----------
    scores : (..., units, indicators)
        NaN where missing.
    columns : at which place an indicator stands.

    Raises
    ------
    Refused
        For a score of 0 or less in a geometric or harmonic mean, a negative one in a power mean, units that do not
        differ in TOPSIS; naming the unit and the indicator or node.
    """
    values: dict[str, Floats] = {}
    effective = _score(index, scores, columns, values)
    return Nodes(values, effective)


def _score(node: Node, scores: Floats, columns: Mapping[str, int], values: dict[str, Floats]) -> Floats:
    """Notes the value of a node and of all below it; returns the weights of the indicators within it."""
    within = [_score(child, scores, columns, values) for child in node.children if isinstance(child, Node)]
    table = children_of(node, scores, columns, values)
    weights = _weights(node, table)
    with np.errstate(over="ignore", divide="ignore"):
        values[node.code] = _combined(node, table, weights)
    _refuse_endless(node, values[node.code])
    if node.weights is not None and node.weights.method == DOUBT:
        relative = np.nan_to_num(weights)
    else:
        relative = weights / np.where(weights.any(axis=-1, keepdims=True), weights.sum(axis=-1, keepdims=True), 1.0)
    return _spread(node, relative, within, scores.shape, columns)


def children_of(node: Node, scores: Floats, columns: Mapping[str, int], values: Mapping[str, Floats]) -> Floats:
    """The scores of a node's children, (..., units, children), from those of the indicators and of the nodes below."""
    return np.stack(
        [
            scores[..., columns[child.indicator]] if isinstance(child, Leaf) else values[child.code]
            for child in node.children
        ],
        axis=-1,
    )


def _weights(node: Node, table: Floats) -> Floats:
    """The weights of the children that are present, (..., units, children); all 0 where too little is."""
    if node.weights is not None and node.weights.method == DOUBT:
        with _naming(node):
            return weighting.best_of_each(table, *node.weights.bounds)
    declared = np.array([child.weight for child in node.children])
    present = np.where(np.isnan(table), 0.0, declared)
    weight_present = present.sum(axis=-1, keepdims=True)
    enough = (weight_present > 0) & (weight_present >= node.min_coverage * declared.sum() - EPS)
    return np.where(enough, present, 0.0)


def _combined(node: Node, table: Floats, weights: Floats) -> Floats:
    if node.weights is not None and node.weights.method == DOUBT:
        best: Floats = (table * weights).sum(axis=-1)
        return best
    _refuse_wrong_scores(node, table, weights)
    return METHODS[node.aggregate](node, table, weights)


def _closeness(node: Node, table: Floats, weights: Floats) -> Floats:
    with _naming(node):
        return topsis.closeness(table, weights)


def _copeland(node: Node, table: Floats, weights: Floats) -> Floats:
    """Among the units that have enough of the node."""
    enough: Flags = np.asarray(weights.any(axis=-1))
    compared = np.where(enough[..., np.newaxis], table, np.nan)
    points = copeland.copeland(compared, np.array([child.weight for child in node.children]))
    return np.where(enough, points, np.nan)


METHODS: dict[str, Callable[[Node, Floats, Floats], Floats]] = {
    "arithmetic": lambda _, table, weights: means.arithmetic(table, weights),
    "geometric": lambda _, table, weights: means.geometric(table, weights),
    "harmonic": lambda _, table, weights: means.harmonic(table, weights),
    "power": lambda node, table, weights: means.power(table, weights, node.power or 1.0),
    "median": lambda _, table, weights: means.median(table, weights),
    "topsis": _closeness,
    "copeland": _copeland,
}


def _spread(
    node: Node, relative: Floats, within: list[Floats], shape: tuple[int, ...], columns: Mapping[str, int]
) -> Floats:
    """The weights of a node's children handed down to their indicators."""
    parts, inner = np.zeros(shape), iter(within)
    for place, child in enumerate(node.children):
        if isinstance(child, Leaf):
            parts[..., columns[child.indicator]] = relative[..., place]
        else:
            parts += relative[..., place, np.newaxis] * next(inner)
    return parts


def _refuse_wrong_scores(node: Node, table: Floats, weights: Floats) -> None:
    """What the node's mean is not defined of: the first such score of a child with a weight."""
    wrong = means.undefined(node.aggregate, table, weights, node.power or 1.0)
    if (found := first(wrong)) is not None:
        row, place = found
        child = name_of(node.children[place])
        raise Refused(UNDEFINED, row, child, value=float(table[wrong][0]), method=node.aggregate)


def _refuse_endless(node: Node, value: Floats) -> None:
    """What is too large for a number of 64 bits."""
    endless = np.isinf(value)
    if endless.any():
        row = int(np.argwhere(endless)[0][-1])
        raise Refused("Step {step}: {indicator} of {unit} is larger than any number can be.", row, node.code)


def name_of(child: Node | Leaf) -> str:
    """The code of an indicator or of a node."""
    return child.indicator if isinstance(child, Leaf) else child.code


def resolved(index: Node, scores: Floats, columns: Mapping[str, int]) -> Node:
    """The tree with all weights declared: those that its nodes derive are derived, from the leaves upwards.

    The benefit of the doubt stays as it is: its weights differ from unit to unit.

    Raises
    ------
    Refused
        Where weights cannot be derived; naming the child or the node.
    """
    children = tuple(child if isinstance(child, Leaf) else resolved(child, scores, columns) for child in index.children)
    node = replace(index, children=children)
    if node.weights is None or node.weights.method == DOUBT:
        return node
    weights = _derived(node, node.weights, scores, columns)
    weighed = tuple(replace(child, weight=float(weight)) for child, weight in zip(children, weights, strict=True))
    return replace(node, children=weighed, weights=None)


def _derived(node: Node, rule: Weighting, scores: Floats, columns: Mapping[str, int]) -> Floats:
    values: dict[str, Floats] = {}
    for child in node.children:
        if isinstance(child, Node):
            _score(child, scores, columns, values)
    with _naming(node):
        if rule.method == "ahp":
            return weighting.ahp(np.array(rule.pairwise))
        return weighting.derive(rule.method, children_of(node, scores, columns, values))


@contextmanager
def _naming(node: Node) -> Iterator[None]:
    """Refusals within are about the node's children by their places, or about the node."""
    try:
        yield
    except Refused as refused:
        place = refused.column
        named = name_of(node.children[place]) if isinstance(place, int) else node.code
        raise Refused(refused.template, refused.row, named, **refused.params) from None
