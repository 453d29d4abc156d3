"""The steps as scikit-learn transformers, and a flat composite index as an estimator, for pipelines and notebooks.

Rows are units, columns indicators, NaN is missing. Every estimator learns from the units it is fitted on and then
scores any others by what it learnt. Whole framework documents are scored by `pipeline.score`, not here.
docs/tutorial.md shows them at work.
"""

# scikit-learn declares no types for what is called here.
# mypy: allow-untyped-calls, allow-subclassing-any

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from tierscore.engine import copeland, impute, means, normalise, topsis, treat, weighting
from tierscore.engine.matrix import Floats, Ints
from tierscore.engine.nodes import UNDEFINED
from tierscore.engine.normalise import Fitted, Scheme
from tierscore.engine.refused import Refused, first
from tierscore.engine.threshold import EPS

AGGREGATIONS = ("arithmetic", "geometric", "harmonic", "power", "median", "topsis", "copeland")
NORMALISATIONS = (*normalise.LINES, *normalise.RANKS)


class _Step(TransformerMixin, BaseEstimator):
    """What all have in common: two-dimensional numbers, missing ones allowed, at least two units to learn from."""

    def __sklearn_tags__(self) -> Tags:
        tags: Tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _read(self, values: Any, *, reset: bool) -> Floats:
        read: Floats = validate_data(
            self,
            values,
            reset=reset,
            dtype=np.float64,
            ensure_all_finite="allow-nan",
            ensure_min_samples=2 if reset else 1,
            copy=True,
        )
        return read

    @contextmanager
    def _naming(self, step: str) -> Iterator[None]:
        """Refusals as the ValueError that scikit-learn expects, with the names of column and row."""
        names = getattr(self, "feature_names_in_", None)
        try:
            yield
        except Refused as refused:
            column = refused.column
            named = names[column] if names is not None and isinstance(column, int) else column
            fields = {
                "step": step,
                "indicator": "the index" if named is None else named,
                "unit": refused.row,
                **refused.params,
            }
            raise ValueError(refused.template.format(**fields)) from None


class Imputer(OneToOneFeatureMixin, _Step):
    """Fills missing values with the mean or median of the units it was fitted on, or from the nearest of them (knn).

    Parameters
    ----------
    method : {"mean", "median", "knn"}
    neighbours : int
        How many, of knn.

    Examples
    --------
    >>> Imputer("median").fit_transform([[1.0], [2.0], [9.0], [np.nan]]).ravel()
    array([1., 2., 9., 2.])
    """

    def __init__(self, method: str = "mean", neighbours: int = 5) -> None:
        self.method = method
        self.neighbours = neighbours

    def fit(self, X: Any, y: Any = None) -> Imputer:  # noqa: N803
        """Learns what missing values are filled with; raises ValueError for a column without any value."""
        _check_word("method", self.method, ("mean", "median", "knn"))
        self.values_ = self._read(X, reset=True)
        with self._naming("impute"):
            impute.refuse_empty(self.values_)
        return self

    def transform(self, X: Any) -> Floats:  # noqa: N803
        """The table without gaps, (units, indicators)."""
        check_is_fitted(self)
        values = self._read(X, reset=False)
        if self.method == "knn":
            together = np.concatenate([self.values_, values])
            return impute.by_neighbours(together, self.neighbours, fitted_on=len(self.values_))[len(self.values_) :]
        typical = np.nanmedian if self.method == "median" else np.nanmean
        return np.where(np.isnan(values), typical(self.values_, axis=0), values)


class Winsoriser(OneToOneFeatureMixin, _Step):
    """Takes outliers back, or a column to a logarithmic scale, as the treatment step does (methodology, section 3).

    Parameters
    ----------
    skew, kurtosis : float
        A column passes with an absolute skewness, or an excess kurtosis, below these.
    max_points : int
        How many cells are replaced before it is enough.
    then : {"log", "none"}
        What follows where that was not enough.

    Examples
    --------
    >>> Winsoriser().fit_transform(np.array([*range(1, 11), 100.0])[:, np.newaxis]).ravel()[-2:]
    array([10., 10.])
    """

    def __init__(self, skew: float = 2.0, kurtosis: float = 3.5, max_points: int = 5, then: str = "log") -> None:
        self.skew = skew
        self.kurtosis = kurtosis
        self.max_points = max_points
        self.then = then

    def fit(self, X: Any, y: Any = None) -> Winsoriser:  # noqa: N803
        """Learns each column's ends after treatment, and which columns go on a logarithmic scale."""
        _check_word("then", self.then, ("log", "none"))
        values = self._read(X, reset=True)
        limits = treat.Limits(self.skew, self.kurtosis, self.max_points)
        found = treat.treat(values, limits, then_log=self.then == "log")
        kept = np.where(found.logged, values, found.values)
        self.least_, self.greatest_ = np.fmin.reduce(kept, axis=0), np.fmax.reduce(kept, axis=0)
        self.logged_ = found.logged
        return self

    def transform(self, X: Any) -> Floats:  # noqa: N803
        """The treated table; values beyond what was learnt are taken to its ends."""
        check_is_fitted(self)
        values = np.clip(self._read(X, reset=False), self.least_, self.greatest_)
        width = np.where(self.logged_, self.greatest_ - self.least_, 1.0)
        logs = np.log(np.where(self.logged_, values - self.least_, 1.0) + treat.OFFSET * width)
        return np.where(self.logged_, logs, values)


class Normaliser(OneToOneFeatureMixin, _Step):
    """Measures to scores by any method but knots (methodology, section 3).

    Parameters
    ----------
    method : {"minmax", "zscore", "rank", "prank", "borda", "dist_to_max", "dist_to_reference", "dist_to_target", \
"goalposts", "relative_to_mean"}
    direction : array-like of 1 and -1, optional
        Which way is up in each column; up for all unless given. Goalposts carry it in their order.
    low, high : float or array-like
        Where minmax and goalposts go to.
    mean, sd : float
        Where a z-score goes to.
    goalposts : array-like of (2, indicators), optional
        The values at the low and at the high end.
    target : array-like, optional
        Of dist_to_target.
    unit : int
        The row of the units fitted on, of dist_to_reference.
    clip : bool
        Whether goalposts cut off, and distances end at 1.

    Examples
    --------
    >>> Normaliser("minmax", high=100, direction=[-1]).fit_transform([[1.0], [2.0], [5.0]]).ravel()
    array([100.,  75.,   0.])
    """

    def __init__(
        self,
        method: str = "minmax",
        *,
        direction: npt.ArrayLike | None = None,
        low: npt.ArrayLike = 0.0,
        high: npt.ArrayLike = 1.0,
        mean: float = 0.0,
        sd: float = 1.0,
        goalposts: npt.ArrayLike | None = None,
        target: npt.ArrayLike | None = None,
        unit: int = 0,
        clip: bool = True,
    ) -> None:
        self.method = method
        self.direction = direction
        self.low = low
        self.high = high
        self.mean = mean
        self.sd = sd
        self.goalposts = goalposts
        self.target = target
        self.unit = unit
        self.clip = clip

    def fit(self, X: Any, y: Any = None) -> Normaliser:  # noqa: N803
        """Learns where lines begin and how wide they are, or whom ranks are among.

        Raises ValueError for a column that is the same for every unit where the method divides by its difference.
        """
        _check_word("method", self.method, NORMALISATIONS)
        values = self._read(X, reset=True)
        self.scheme_ = self._scheme(values.shape[1])
        with self._naming("normalise"):
            self.fitted_: Fitted = normalise.fit(values, self.scheme_)
        return self

    def transform(self, X: Any) -> Floats:  # noqa: N803
        """The scores, (units, indicators)."""
        check_is_fitted(self)
        return normalise.apply(self._read(X, reset=False), [self.scheme_], [self.fitted_])

    def _scheme(self, count: int) -> Scheme:
        parts = normalise.line(self.method, (self.low, self.high), (self.mean, self.sd), self.clip)
        low, rise, floor, ceiling = (np.broadcast_to(part, (count,)).astype(np.float64) for part in parts)
        posts = np.zeros((2, count)) if self.goalposts is None else np.asarray(self.goalposts, dtype=np.float64)
        given = {
            "low": posts[0],
            "high": posts[1],
            "target": np.broadcast_to(np.zeros(1) if self.target is None else np.asarray(self.target), (count,)),
            "unit": np.full(count, float(self.unit)),
        }
        direction = np.ones(count) if self.direction is None else np.asarray(self.direction, dtype=np.float64)
        return Scheme(self.method, np.arange(count), direction, low, rise, floor, ceiling, given)


class CompositeIndex(_Step):
    """A flat composite index: min-max scores, weights, one aggregation.

    Parameters
    ----------
    weights : array-like or str
        Declared weights, or how they are derived: "equal", "entropy", "critic", "deviation", "variation", "pca",
        "balanced".
    aggregate : {"arithmetic", "geometric", "harmonic", "power", "median", "topsis", "copeland"}
    power : float
        Of the power mean.
    direction : array-like of 1 and -1, optional
        Which way is up in each column.
    low, high : float
        The scale of the scores.
    min_coverage : float
        The share of the weight that a unit must have; with less its score is NaN.
    thresholds : array-like, optional
        Where tiers begin above the lowest, for `predict`.

    Attributes
    ----------
    weights_ : (indicators,), sum 1.

    Examples
    --------
    >>> index = CompositeIndex([1, 3], thresholds=[0.5]).fit([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0]])
    >>> index.transform([[1.0, 0.0], [0.0, 1.0]]).ravel(), index.predict([[1.0, 0.0], [0.0, 1.0]])
    (array([0.25, 0.75]), array([0, 1]))
    """

    def __init__(
        self,
        weights: npt.ArrayLike | str = "equal",
        *,
        aggregate: str = "arithmetic",
        power: float = 1.0,
        direction: npt.ArrayLike | None = None,
        low: float = 0.0,
        high: float = 1.0,
        min_coverage: float = 0.0,
        thresholds: Sequence[float] | None = None,
    ) -> None:
        self.weights = weights
        self.aggregate = aggregate
        self.power = power
        self.direction = direction
        self.low = low
        self.high = high
        self.min_coverage = min_coverage
        self.thresholds = thresholds

    def fit(self, X: Any, y: Any = None) -> CompositeIndex:  # noqa: N803
        """Learns the ends of the scores, the weights where they are derived, and whom units are compared with.

        Raises ValueError for a column that is the same for every unit, or weights that cannot be derived.
        """
        _check_word("aggregate", self.aggregate, AGGREGATIONS)
        values = self._read(X, reset=True)
        self.normaliser_ = Normaliser("minmax", direction=self.direction, low=self.low, high=self.high)
        with self._naming("normalise"):
            scores = self.normaliser_.fit(values).transform(values)
        with self._naming("weights"):
            self.weights_ = self._weights(scores)
        self.reference_ = scores
        return self

    def transform(self, X: Any) -> Floats:  # noqa: N803
        """The index of each unit, (units, 1); NaN where too little of it is there."""
        check_is_fitted(self)
        scores = self.normaliser_.transform(self._read(X, reset=False))
        present = np.where(np.isnan(scores), 0.0, self.weights_)
        enough = present.sum(axis=1, keepdims=True) >= self.min_coverage - EPS
        with self._naming("aggregate"):
            return self._combined(scores, np.where(enough, present, 0.0))[:, np.newaxis]

    def predict(self, X: Any) -> Ints:  # noqa: N803
        """The tier of each unit from 0, by the thresholds; -1 without a score. Without thresholds there is one tier."""
        index = self.transform(X)[:, 0]
        entries = np.asarray([] if self.thresholds is None else self.thresholds, dtype=np.float64)
        reached: Ints = (index[:, np.newaxis] >= entries - EPS).sum(axis=1)
        return np.where(np.isnan(index), -1, reached)

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:
        """The one column that comes out."""
        return np.array(["index"], dtype=object)

    def _weights(self, scores: Floats) -> Floats:
        if isinstance(self.weights, str):
            _check_word("weights", self.weights, tuple(weighting.METHODS))
            return weighting.derive(self.weights, scores)
        declared = np.asarray(self.weights, dtype=np.float64)
        if declared.shape != (scores.shape[1],) or not (declared >= 0).all() or declared.sum() <= 0:
            raise ValueError(f"weights must be {scores.shape[1]} numbers of at least 0, not all 0")
        relative: Floats = declared / declared.sum()
        return relative

    def _combined(self, scores: Floats, weights: Floats) -> Floats:
        if self.aggregate == "topsis":
            return topsis.closeness(scores, weights, self.reference_)
        if self.aggregate == "copeland":
            return self._points(scores, weights)
        _refuse_below(scores, weights, self.aggregate, self.power)
        if self.aggregate == "power":
            return means.power(scores, weights, self.power)
        combine = {name: getattr(means, name) for name in ("arithmetic", "geometric", "harmonic", "median")}
        found: Floats = combine[self.aggregate](scores, weights)
        return found

    def _points(self, scores: Floats, weights: Floats) -> Floats:
        """Against the units fitted on: how many a unit outranks minus how many outrank it."""
        points = copeland.points(scores, self.reference_, self.weights_)
        return np.where(weights.any(axis=1), points, np.nan)


def _refuse_below(scores: Floats, weights: Floats, aggregate: str, power: float) -> None:
    wrong = means.undefined(aggregate, scores, weights, power)
    if (found := first(wrong)) is not None:
        raise Refused(UNDEFINED, *found, value=float(scores[wrong][0]), method=aggregate)


def _check_word(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
