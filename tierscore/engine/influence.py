"""What each indicator really does to the score: its influence, its worth in others, the score without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from tierscore.engine.correlate import correlate
from tierscore.engine.edits import Edit, apply, fold
from tierscore.engine.matrix import Floats, Ints
from tierscore.engine.pipeline import score
from tierscore.engine.scorecard import Scorecard
from tierscore.errors import CannotScore
from tierscore.framework.model import Framework, Leaf, Node


@dataclass(frozen=True)
class LeftOut:
    """What became of the units without one indicator; `card` is None where nothing could be scored then.

    rank_shift : the mean of the absolute changes of ranks, of those ranked both times.
    """

    indicator: str
    card: Scorecard | None
    rank_shift: float
    greatest_shift: int
    spearman: float
    moved: Ints


def influences(card: Scorecard) -> Floats:
    """Each indicator's squared correlation with the score, relative to the sum of all: (indicators,).

    Beside its weight it says whether the weight is what counts (Paruolo, Saisana & Saltelli 2013, in its linear form).
    """
    squares = np.array([_squared(card.scores[:, column], card.score) for column in range(len(card.parameters.codes))])
    total = np.nansum(squares)
    return squares / total if total > 0 else np.full(squares.shape, np.nan)


def _squared(column: Floats, total: Floats) -> float:
    return float(correlate(np.stack([column, total], axis=1)).pearson[0, 1] ** 2)


def gains(card: Scorecard, row: int) -> Floats:
    """What one unit more of each indicator (one less where lower is better) adds to a unit's score: (indicators,).

    Everything is scored again, so shares move with their totals and fitted ends with their values. NaN where the
    value is missing or one more cannot be scored.
    """
    given = card.parameters
    found = np.full(len(given.codes), np.nan)
    for column, place in enumerate(given.places):
        if not np.isnan(card.scores[row, column]):
            edits = [Edit("add", row, int(place), float(given.direction[column]))]
            found[column] = _score_after(card, edits, row) - card.score[row]
    return found


def _score_after(card: Scorecard, edits: list[Edit], row: int) -> float:
    edited = apply(card.matrix, edits, fold(card.matrix, edits))
    try:
        return float(score(edited, card.framework).score[row])
    except CannotScore:
        return np.nan


def worth(found: Floats) -> Floats:
    """How many of each other indicator one of this one is worth: (indicators, indicators), NaN where one gains nothing.

    >>> worth(np.array([2.0, 0.5, 0.0]))
    array([[1.  , 4.  ,  nan],
           [0.25, 1.  ,  nan],
           [0.  , 0.  ,  nan]])
    """
    return found[:, np.newaxis] / np.where(found > 0, found, np.nan)


def without_each(card: Scorecard) -> Iterator[LeftOut]:
    """The units scored again without each indicator in turn."""
    for code in card.parameters.codes:
        smaller = _without(card.framework.index, code)
        if smaller is not None:
            yield _left_out(card, code, replace(card.framework, index=smaller))


def _left_out(card: Scorecard, code: str, framework: Framework) -> LeftOut:
    try:
        other = score(card.matrix, framework)
    except CannotScore:
        return LeftOut(code, None, np.nan, 0, np.nan, np.zeros(0, dtype=np.int64))
    both = (card.rank > 0) & (other.rank > 0)
    shift = np.abs(other.rank - card.rank)[both]
    order = correlate(np.stack([card.score, other.score], axis=1)).spearman[0, 1]
    return LeftOut(
        indicator=code,
        card=other,
        rank_shift=float(shift.mean()) if shift.size else np.nan,
        greatest_shift=int(shift.max(initial=0)),
        spearman=float(order),
        moved=np.flatnonzero(other.tier != card.tier),
    )


def _without(node: Node, code: str) -> Node | None:
    """The tree without an indicator, and without nodes that have no weight left; None where nothing is left."""
    children: list[Node | Leaf] = []
    for child in node.children:
        if isinstance(child, Leaf):
            kept: Node | Leaf | None = None if child.indicator == code else child
        else:
            kept = _without(child, code)
        if kept is not None:
            children.append(kept)
    weight = sum(child.weight for child in children)
    return replace(node, children=tuple(children)) if weight > 0 else None
