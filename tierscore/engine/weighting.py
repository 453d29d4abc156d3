"""Weights derived from scores or judgements instead of declared (methodology, section 4).

Each function gives relative weights that sum to 1, from the scores of a node's children, (units, children), of which
units with a missing one are left out. They are meant to be derived once and then written into the framework.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tierscore.engine.matrix import Flags, Floats
from tierscore.engine.refused import Refused, first
from tierscore.engine.threshold import LEAST_SPREAD

MOST_INCONSISTENT = 0.1
# Saaty's mean consistency index of random judgements, by the number of things compared, from 1.
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
MOST_DOUBTFUL = 500  # each has a linear program over all of them
VARIMAX_ROUNDS = 500
VARIMAX_ENOUGH = 1e-12


def derive(method: str, scores: Floats) -> Floats:
    """The weights by a method of `METHODS`, (children,) from (units, children).

    Raises
    ------
    Refused
        Where fewer than two units have every child, where a method needs positive scores or a difference and has
        none, or where no weights above 0 exist; with the place of the child.
    """
    complete = scores[~np.isnan(scores).any(axis=1)]
    if method != "equal" and len(complete) < 2:
        raise Refused(
            "Step {step}: nothing is left in {indicator} to derive weights from: fewer than two units have every value."
        )
    return METHODS[method](complete) if scores.shape[1] > 1 else np.ones(1)


def equal(scores: Floats) -> Floats:
    """The same for all.

    >>> equal(np.zeros((2, 4)))
    array([0.25, 0.25, 0.25, 0.25])
    """
    count = scores.shape[1]
    return np.full(count, 1.0 / count)


def entropy(scores: Floats) -> Floats:
    """熵权法: the less evenly a column is spread over the units, the more it tells and weighs. Needs no negative score.

    With p = s / sum s and E = -sum p ln p / ln n, the weight is proportional to 1 - E; 0 ln 0 is 0.

    >>> entropy(np.array([[1.0, 1.0], [1.0, 3.0]]))
    array([0., 1.])
    """
    if wrong := first(scores < 0):
        raise Refused(
            "Step {step}: indicator {indicator} has a score below 0, of which entropy is not defined.", None, wrong[1]
        )
    nothing: Flags = (scores == 0).all(axis=0)
    _refuse(nothing, "Step {step}: indicator {indicator} is 0 for every unit.")
    part = scores / scores.sum(axis=0)
    information = (part * np.log(np.where(part > 0, part, 1.0))).sum(axis=0) / np.log(len(scores))
    return _relative(np.maximum(0.0, 1.0 + information))


def critic(scores: Floats) -> Floats:
    """CRITIC (Diakoulaki et al. 1995): spread times how little a column goes with the others, both of min-max values.

    The deviation is the n - 1 one, as in `pymcdm`; it makes no difference to the relative weights.
    """
    _refuse(_flat(scores), _SAME)
    scaled = (scores - scores.min(axis=0)) / np.ptp(scores, axis=0)
    return _relative(scaled.std(axis=0, ddof=1) * (1.0 - _correlations(scaled)).sum(axis=0))


def deviation(scores: Floats) -> Floats:
    """Proportional to the standard deviation of the scores.

    >>> deviation(np.array([[0.0, 0.0], [1.0, 3.0]]))
    array([0.25, 0.75])
    """
    return _relative(np.where(_flat(scores), 0.0, scores.std(axis=0, ddof=1)))


def variation(scores: Floats) -> Floats:
    """Proportional to the coefficient of variation, the standard deviation over the size of the mean.

    >>> variation(np.array([[1.0, 10.0], [3.0, 30.0]]))
    array([0.5, 0.5])
    """
    mean = np.abs(scores.mean(axis=0))
    _refuse(
        mean <= LEAST_SPREAD, "Step {step}: indicator {indicator} has a mean of 0, and nothing varies relative to that."
    )
    return _relative(np.where(_flat(scores), 0.0, scores.std(axis=0, ddof=1)) / mean)


def principal_components(scores: Floats) -> Floats:
    """The Handbook's factor weights (OECD/JRC 2008, section 6.1; Nicoletti et al. 2000).

    Components of the correlations with an eigenvalue above 1 (at least the first) are rotated by varimax. Each
    child belongs to the component that it loads on most, and weighs its squared loading there; the squared loadings
    are taken of the variance of all of them together.
    """
    _refuse(_flat(scores), _SAME)
    values, vectors = np.linalg.eigh(_correlations(scores))
    kept = np.flatnonzero(values > 1.0) if (values > 1.0).any() else np.array([values.size - 1])
    loadings = varimax(vectors[:, kept] * np.sqrt(values[kept]))
    return _relative((loadings**2).max(axis=1))


def varimax(loadings: Floats) -> Floats:
    """Kaiser's rotation: loadings as close to 0 or 1 as turning the axes can make them, (children, components)."""
    rows, count = loadings.shape
    rotation, before = np.eye(count), 0.0
    for _ in range(VARIMAX_ROUNDS):
        turned = loadings @ rotation
        left, sizes, right = np.linalg.svd(loadings.T @ (turned**3 - turned * (turned**2).sum(axis=0) / rows))
        rotation = left @ right
        if sizes.sum() <= before * (1.0 + VARIMAX_ENOUGH):
            break
        before = float(sizes.sum())
    return loadings @ rotation


def balanced(scores: Floats) -> Floats:
    """Weights under which every child is equally correlated with the weighted sum (Becker et al. 2017).

    The correlation of child i with the sum is (R v)_i over a common size, v being weight x deviation and R the
    correlations; so R v = 1, solved exactly.
    """
    _refuse(_flat(scores), _SAME)
    try:
        pulls = np.linalg.solve(_correlations(scores), np.ones(scores.shape[1]))
    except np.linalg.LinAlgError:
        raise Refused("Step {step}: two children of {indicator} say the same, and no weights balance them.") from None
    _refuse(pulls <= 0, "Step {step}: no weight above 0 of indicator {indicator} balances the correlations.")
    return _relative(pulls / scores.std(axis=0, ddof=1))


METHODS: dict[str, Callable[[Floats], Floats]] = {
    "equal": equal,
    "entropy": entropy,
    "critic": critic,
    "deviation": deviation,
    "variation": variation,
    "pca": principal_components,
    "balanced": balanced,
}


def ahp(pairwise: Floats) -> Floats:
    """Saaty's weights, the principal eigenvector of pairwise judgements, (children,) from (children, children).

    Raises
    ------
    Refused
        When the consistency ratio is above 0.1: the judgements contradict each other.

    Examples
    --------
    >>> ahp(np.array([[1.0, 3.0], [1 / 3, 1.0]])).round(12)
    array([0.75, 0.25])
    """
    ratio = consistency(pairwise)
    if ratio > MOST_INCONSISTENT:
        template = (
            "Step {step}: judgements of {indicator} contradict each other; consistency ratio {ratio:.3f}, at most 0.1."
        )
        raise Refused(template, ratio=ratio)
    _, vector = _principal(pairwise)
    return vector


def consistency(pairwise: Floats) -> float:
    """Saaty's consistency ratio: (largest eigenvalue - n) / (n - 1) over that of random judgements; 0 is perfect."""
    count = len(pairwise)
    if count < 3:
        return 0.0
    largest, _ = _principal(pairwise)
    random = RANDOM_INDEX[min(count, len(RANDOM_INDEX)) - 1]
    return max(0.0, (largest - count) / (count - 1) / random)


def _principal(pairwise: Floats) -> tuple[float, Floats]:
    values, vectors = np.linalg.eig(pairwise)
    place = int(np.argmax(values.real))
    return float(values[place].real), _relative(np.abs(vectors[:, place].real))


def best_of_each(scores: Floats, low: float, high: float) -> Floats:
    """Benefit of the doubt: each unit's own weights, under which it looks best (Cherchye et al. 2007).

    Unit c maximises sum w s_c subject to sum w s_j <= 1 for every unit j and to low <= w_i s_ci / sum w s_c <= high.

    Parameters
    ----------
    scores : (units, children)
        None below 0; units with a missing one get NaN and bind nobody.
    low, high : float
        Bounds of each child's part in a unit's own sum; 0 and 1 bind nobody.

    Returns
    -------
    (units, children)
        Weights; a unit's score is the sum of weight x score, 1 for the units that no other dominates. They differ
        from unit to unit and need not sum to 1.
    """
    if wrong := first(scores < 0):
        raise Refused("Step {step}: indicator {indicator} of {unit} is below 0, where no share of a sum is.", *wrong)
    if len(scores) > MOST_DOUBTFUL:
        template = "Step {step}: the benefit of the doubt of {indicator} is computed for at most {most} units."
        raise Refused(template, most=MOST_DOUBTFUL)
    complete: Flags = np.asarray((~np.isnan(scores)).all(axis=1))
    best = np.full(scores.shape, np.nan)
    for row in np.flatnonzero(complete):
        best[row] = _best(scores, complete, int(row), low, high)
    return best


def _best(scores: Floats, complete: Flags, row: int, low: float, high: float) -> Floats:
    from scipy import optimize  # noqa: PLC0415 - slow to load, and few need it

    own = scores[row]
    share = np.diag(own)
    limits = np.vstack([scores[complete], share - high * own, low * own - share])
    bounds = np.concatenate([np.ones(int(complete.sum())), np.zeros(2 * own.size)])
    solve: Any = getattr(optimize, "linprog")  # noqa: B009 - its stubs do not export it
    found = solve(-own, A_ub=limits, b_ub=bounds, method="highs")
    if found.status != 0:
        raise Refused("Step {step}: no weights of {unit} keep every part within the bounds.", row)
    weights: Floats = found.x
    return weights


def _flat(scores: Floats) -> Flags:
    """Which columns do not differ, or by less than can be squared."""
    flat: Flags = np.ptp(scores, axis=0) <= LEAST_SPREAD
    return flat


def _correlations(scores: Floats) -> Floats:
    matrix: Floats = np.atleast_2d(np.corrcoef(scores, rowvar=False))
    return matrix


def _relative(weights: Floats) -> Floats:
    total = weights.sum()
    if total <= 0:
        raise Refused("Step {step}: every child of {indicator} is as even as the others; no weights can be derived.")
    relative: Floats = weights / total
    return relative


_SAME = "Step {step}: indicator {indicator} is the same for every unit, and weights are derived from differences."


def _refuse(wrong: Flags, template: str) -> None:
    if wrong.any():
        raise Refused(template, None, int(np.flatnonzero(wrong)[0]))
