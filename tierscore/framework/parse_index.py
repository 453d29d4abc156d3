"""The index tree of a raw document: nodes, indicators, weights declared or derived, ways to aggregate."""

from __future__ import annotations

from tierscore.framework.interval import Interval
from tierscore.framework.model import Leaf, Node, Weighting
from tierscore.framework.reader import Reader

AGGREGATIONS = ("arithmetic", "geometric", "harmonic", "power", "median", "topsis", "copeland")
WEIGHTINGS = (
    "equal",
    "entropy",
    "critic",
    "deviation",
    "variation",
    "pca",
    "balanced",
    "ahp",
    "benefit_of_the_doubt",
)
DEEPEST_INDEX = 10
PART = Interval(0, 1)
WEIGHT = Interval(0)
POSITIVE = Interval(0, open_below=True)


def index(reader: Reader) -> Node:
    """The root of the tree; it has no weight."""
    return _node(reader, 1, declared=False)


def _node(reader: Reader, depth: int, *, declared: bool) -> Node:
    code, weight = reader.text("code"), _weight(reader, declared)
    aggregate = reader.word("aggregate", AGGREGATIONS, "arithmetic")
    weights = _weighting(reader)
    node = Node(
        code=code,
        weight=weight,
        aggregate=aggregate,
        min_coverage=reader.number("min_coverage", 0.0, PART),
        children=tuple(_child(item, depth + 1, weights is None) for item in reader.items("children")),
        reference=reader.text("reference", None),
        power=reader.number("power") if aggregate == "power" else None,
        weights=weights,
    )
    reader.finish()
    return node


def _weight(reader: Reader, declared: bool) -> float:
    """The weight of a child; 1 until it is derived where its node says so, and for the root."""
    weight: float = reader.number("weight", within=WEIGHT) if declared else 1.0
    return weight


def _child(reader: Reader, depth: int, declared: bool) -> Node | Leaf:
    if depth > DEEPEST_INDEX:
        reader.note("too_deep", "The index has at most {deepest} levels.", deepest=DEEPEST_INDEX)
        reader.silence()
    elif reader.has("children") or (reader.has("code") and not reader.has("indicator")):
        return _node(reader, depth, declared=declared)
    return _leaf(reader, declared)


def _leaf(reader: Reader, declared: bool) -> Leaf:
    leaf = Leaf(
        indicator=reader.text("indicator"),
        weight=_weight(reader, declared),
        reference=reader.text("reference", None),
    )
    reader.finish()
    return leaf


def _weighting(reader: Reader) -> Weighting | None:
    if not reader.has("weights"):
        reader.mapping("weights", {})
        return None
    inner = reader.mapping("weights")
    method = inner.variant("method", WEIGHTINGS)
    weighting = Weighting(
        method=method,
        pairwise=inner.table("pairwise", POSITIVE) if method == "ahp" else (),
        bounds=_bounds(inner) if method == "benefit_of_the_doubt" else (0.0, 1.0),
    )
    inner.finish()
    return weighting


def _bounds(reader: Reader) -> tuple[float, ...]:
    if reader.has("bounds"):
        return reader.numbers("bounds")
    reader.number("bounds", None)
    return (0.0, 1.0)
