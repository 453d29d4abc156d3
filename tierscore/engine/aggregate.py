"""Weights, coverage and the score: weighted means up the index tree, missing ones left out (methodology, section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum

import numpy as np

from tierscore.engine.matrix import Flags, Floats
from tierscore.engine.measure import positive
from tierscore.engine.threshold import EPS
from tierscore.framework.model import Leaf, Node


def declared_weights(index: Node, columns: Mapping[str, int]) -> Floats:
    """Each indicator's weight in the whole index, (indicators,): the product of its relative weights, sum 1.

    `columns` says at which place an indicator stands.
    """
    weights = np.zeros(len(columns))
    everything = fsum(child.weight for child in index.children)
    for child in index.children:
        if isinstance(child, Leaf):
            weights[columns[child.indicator]] = child.weight / everything
        else:
            weights += child.weight / everything * declared_weights(child, columns)
    return weights


def effective_weights(index: Node, present: Flags, columns: Mapping[str, int]) -> Floats:
    """Each indicator's weight in the score once the missing ones are left out and the rest re-weighted.

    Parameters
    ----------
    index : Node
        The index tree; weights are relative within a node.
    present : (..., indicators)
        Whether there is a score.

    Returns
    -------
    (..., indicators)
        Weights that sum to 1, or all 0 where the root is missing: nothing present, or less than its `min_coverage`.
    """
    places, parts = _weights(index, present, columns, np.zeros(present.shape))
    whole = np.zeros(present.shape)
    whole[..., places] = parts
    return whole


def _weights(node: Node, present: Flags, columns: Mapping[str, int], zeros: Floats) -> tuple[list[int], Floats]:
    """The indicators below a node, and their weights in it, (..., these indicators).

    Its own entries are added up at their places among `zeros`: a sum of more than eight numbers depends on those.
    """
    entries = [child for child in node.children if isinstance(child, Leaf)]
    places = [columns[entry.indicator] for entry in entries]
    parts = [present[..., places] * np.array([entry.weight for entry in entries])]
    zeros[..., places] = parts[0]
    weight_present = zeros.sum(axis=-1)
    zeros[..., places] = 0.0
    for child in node.children:
        if isinstance(child, Node):
            below, within = _weights(child, present, columns, zeros)
            places.extend(below)
            parts.append(child.weight * within)
            weight_present += child.weight * within.any(axis=-1)
    weight_all = fsum(child.weight for child in node.children)
    enough = (weight_present > 0) & (weight_present >= node.min_coverage * weight_all - EPS)
    divided = np.concatenate(parts, axis=-1) / np.where(enough, weight_present, 1.0)[..., np.newaxis]
    return places, np.where(enough[..., np.newaxis], divided, 0.0)


def weighted_mean(scores: Floats, effective: Floats) -> Floats:
    """Sum of effective weight x score over the last axis, NaN where no weight is present.

    >>> weighted_mean(np.array([[40.0, np.nan], [np.nan, np.nan]]), np.array([[1.0, 0.0], [0.0, 0.0]]))
    array([40., nan])
    """
    total = np.nansum(effective * scores, axis=-1)
    return np.where(effective.any(axis=-1), total, np.nan)


def coverage(present: Flags, weights: Floats) -> Floats:
    """Weight present / all weight, in [0, 1]; NaN where there is no weight at all.

    `present` is (..., indicators), `weights` (indicators,).

    >>> coverage(np.array([True, False]), np.array([0.3, 0.1])).round(12)
    np.float64(0.75)
    """
    return weight_of(present, weights) / positive(weights.sum())


def weight_of(chosen: Flags, weights: Floats) -> Floats:
    """Sum of the weights of the chosen indicators, (...,) from (..., indicators).

    Added up row by row, not as a matrix product, whose last digit depends on how many rows there are: a region's
    numbers have the same bytes alone, among others, and as a group of one.
    """
    total: Floats = np.where(chosen, weights, 0.0).sum(axis=-1)
    return total


def views(scores: Floats, weights: Floats, members: Flags) -> tuple[Floats, Floats]:
    """Score and coverage over parts of the indicators, such as the stages: the same formulas, each its own coverage.

    Parameters
    ----------
    scores : (..., indicators)
    weights : (indicators,)
    members : (views, indicators)
        Which indicators belong to which view.

    Returns
    -------
    (..., views), (..., views)
        Scores, NaN only where nothing of the view is present; coverages, NaN where the view has no weight at all.
    """
    inside = members * weights
    present = ~np.isnan(scores)[..., np.newaxis, :]
    weight_present = weight_of(present, inside)
    total = (np.where(present, scores[..., np.newaxis, :], 0.0) * inside).sum(axis=-1)
    return total / positive(weight_present), weight_present / positive(inside.sum(axis=-1))


def rank(score: Floats, assessed: Flags) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """1 is best, among the assessed only; scores equal after rounding to 1e-9 share the lowest number; 0: no rank.

    >>> rank(np.array([50.0, 70.0, 50.0, 99.0]), np.array([True, True, True, False]))
    array([2, 1, 2, 0])
    """
    rounded = np.round(score, 9)
    ranked = np.sort(rounded[assessed & ~np.isnan(rounded)])
    return np.where(assessed, 1 + ranked.size - np.searchsorted(ranked, rounded, side="right"), 0)


def above(scores: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """How many have a higher score, by sorting: (regions,), 0 for NaN.

    >>> above(np.array([50.0, 70.0, np.nan, 50.0]))
    array([1, 0, 0, 1])
    """
    known = np.sort(scores[~np.isnan(scores)])
    return np.where(np.isnan(scores), 0, known.size - np.searchsorted(known, scores, side="right"))
