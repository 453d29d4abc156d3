"""Where scores fall into groups by themselves: a check on declared thresholds, which alone decide tiers."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from tierscore.engine.matrix import Floats, Ints

METHODS = ("kmeans", "gaussian_mixture", "natural_breaks")
SEED = 0


@dataclass(frozen=True)
class Grouping:
    """Classes of the scores from 0, the lowest: (units,), and the least score of each but the first: (classes - 1,)."""

    method: str
    classes: Ints
    entries: Floats


def group(scores: Floats, count: int, method: str) -> Grouping:
    """Groups scores, none of them NaN, into `count` classes; into fewer where there are fewer different scores."""
    wanted = min(count, np.unique(scores).size)
    labels = _BY[method](scores, wanted)
    order = {
        label: place
        for place, label in enumerate(sorted(set(labels), key=lambda label: scores[labels == label].mean()))
    }
    classes = np.array([order[label] for label in labels], dtype=np.int64)
    entries = np.array([scores[classes == place].min() for place in range(1, len(order))])
    return Grouping(method, classes, entries)


def _kmeans(scores: Floats, count: int) -> Ints:
    from sklearn.cluster import KMeans  # noqa: PLC0415 - takes longer to load than all the rest, and few need it

    made: Any = KMeans
    labels: Ints = made(count, n_init=10, random_state=SEED).fit_predict(scores[:, np.newaxis])
    return labels


def _gaussian_mixture(scores: Floats, count: int) -> Ints:
    from sklearn.mixture import GaussianMixture  # noqa: PLC0415 - as above

    made: Any = GaussianMixture
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of not having converged within its rounds
        labels: Ints = made(count, n_init=5, random_state=SEED).fit_predict(scores[:, np.newaxis])
    return labels


def natural_breaks(scores: Floats, count: int) -> Ints:
    """Fisher's and Jenks' classes: the least sum of squares within classes of neighbours, exactly.

    >>> natural_breaks(np.array([1.0, 9.0, 2.0, 10.0]), 2)
    array([0, 1, 0, 1])
    """
    order = np.argsort(scores, kind="stable")
    starts = _starts(scores[order], count)
    places = np.searchsorted(starts, np.arange(scores.size), side="right") - 1
    labels = np.empty(scores.size, dtype=np.int64)
    labels[order] = places
    return labels


def _starts(ordered: Floats, count: int) -> Ints:
    """Where each class begins among sorted scores, by dynamic programming over the number of classes."""
    costs = _costs(ordered)
    size = ordered.size
    best, chosen = costs[0], []
    for _ in range(count - 1):
        # splits[i, j]: the scores before i in one class fewer, those from i to j in one class of their own
        splits = np.concatenate([[0.0], best[:-1]])[:, np.newaxis] + costs
        splits[0] = np.inf
        chosen.append(splits.argmin(axis=0))
        best = splits.min(axis=0)
    starts, last = [], size - 1
    for choice in reversed(chosen):
        starts.append(int(choice[last]))
        last = starts[-1] - 1
    return np.array([0, *reversed(starts)], dtype=np.int64)


def _costs(ordered: Floats) -> Floats:
    """The sum of squares around the mean of the scores from i to j, infinite for j < i: (scores, scores)."""
    sums, squares = np.cumsum(np.append(0.0, ordered)), np.cumsum(np.append(0.0, ordered**2))
    first, last = np.arange(ordered.size)[:, np.newaxis], np.arange(1, ordered.size + 1)
    length = last - first
    within = squares[last] - squares[first] - (sums[last] - sums[first]) ** 2 / np.maximum(length, 1)
    return np.where(length > 0, np.maximum(within, 0.0), np.inf)


_BY = {"kmeans": _kmeans, "gaussian_mixture": _gaussian_mixture, "natural_breaks": natural_breaks}
