"""What the parts of a region add up to, by each indicator's pooling rule, level by level (methodology, section 6).

A value stands for the whole or is not given: one part that is not known leaves the whole unknown, and says so. A part
without a value of its own has what its own parts add up to.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from tierscore.engine.matrix import Floats, Ints
from tierscore.framework.model import Indicator


class Lack(IntEnum):
    """Why the parts come to no value; NOTHING where they do."""

    NOTHING = 0
    NO_POOLING = 1
    NO_CHILDREN = 2
    CHILDREN_MISSING = 3
    WEIGHTS_MISSING = 4
    NO_WEIGHT = 5
    TOO_LARGE = 6


_RULES = {"sum": 1, "best": 2, "ratio": 3}
_SUM, _BEST, _RATIO = _RULES.values()


@dataclass(frozen=True)
class Rules:
    """How each indicator's values add up: `kinds` is 0 where nothing is declared, `weights` a place in the row."""

    kinds: Ints
    directions: Ints
    weights: Ints

    @classmethod
    def of(cls, indicators: tuple[Indicator, ...]) -> Rules:
        """The rules that a framework declares; a ratio's weight is one of its indicators."""
        places = {indicator.code: place for place, indicator in enumerate(indicators)}
        pooled = [indicator.pooling for indicator in indicators]
        return cls(
            kinds=np.array([0 if rule is None else _RULES[rule.kind] for rule in pooled], dtype=np.int64),
            directions=np.array([indicator.direction for indicator in indicators], dtype=np.int64),
            weights=np.array([0 if rule is None else places.get(rule.weight or "", 0) for rule in pooled], np.int64),
        )


@dataclass(frozen=True)
class RolledUp:
    """What came of it, (regions, indicators) but for `children`.

    values : a region's own value, else what its parts come to; NaN where neither is known.
    of_children : what its parts come to, whatever its own value.  known : how many of them have a value.
    children : how many parts a region has, (regions,).  lack : `Lack` of `of_children`.
    """

    values: Floats
    of_children: Floats
    known: Ints
    children: Ints
    lack: Ints


def roll_up(own: Floats, parents: Ints, levels: Ints, rules: Rules) -> RolledUp:
    """Adds up the parts of every region.

    Parameters
    ----------
    own : (regions, indicators)
        Values, NaN where there is none.
    parents : (regions,)
        The row of what a region is a part of, -1 for none.
    levels : (regions,)
        How far below the top; a parent's is less than its children's.

    Returns
    -------
    RolledUp
        Sums of finite values in the order of their size, so that the order of the rows makes no difference.
    """
    found = RolledUp(
        values=own.copy(),
        of_children=np.full(own.shape, np.nan),
        known=np.zeros(own.shape, dtype=np.int64),
        children=np.bincount(parents[parents >= 0], minlength=len(own)).astype(np.int64),
        lack=np.full(own.shape, Lack.NO_CHILDREN, dtype=np.int64),
    )
    has_parent = parents >= 0
    upper = np.where(has_parent, levels[parents], -1)
    for level in np.unique(upper[has_parent])[::-1]:  # the lowest parents first: their values are parts of the next
        _one_level(found, np.flatnonzero(upper == level), parents, rules)
    found.of_children[:, rules.kinds == 0] = np.nan
    found.lack[:, rules.kinds == 0] = Lack.NO_POOLING
    return found


def _one_level(found: RolledUp, children: Ints, parents: Ints, rules: Rules) -> None:
    """Fills in the parents of some children, who have all that they will have."""
    children = children[np.argsort(parents[children], kind="stable")]
    rows, starts = np.unique(parents[children], return_index=True)
    values = found.values[children]
    parts = _Parts(values, values[:, rules.weights], starts)
    added, lack = parts.added_up(rules)
    found.known[rows] = np.add.reduceat(~np.isnan(values), starts, axis=0, dtype=np.int64)
    found.of_children[rows] = added
    found.lack[rows] = lack
    pooled = np.where(rules.kinds > 0, added, np.nan)
    found.values[rows] = np.where(np.isnan(found.values[rows]), pooled, found.values[rows])


@dataclass(frozen=True)
class _Parts:
    """Values and weights of children, those of one parent side by side; `starts` are where each parent's begin."""

    values: Floats
    weights: Floats
    starts: Ints

    def added_up(self, rules: Rules) -> tuple[Floats, Ints]:
        """By each column's rule, (parents, indicators), and what is lacking; one missing part makes it NaN."""
        weight, ratio = self._sum(self.weights), rules.kinds == _RATIO
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            mean = np.where(weight > 0, self._sum(self.values * self.weights) / weight, np.nan)
        best = np.where(
            rules.directions > 0,
            np.maximum.reduceat(self.values, self.starts, axis=0),
            np.minimum.reduceat(self.values, self.starts, axis=0),
        )
        added = np.select([rules.kinds == _SUM, rules.kinds == _BEST, ratio], [self._sum(self.values), best, mean])
        unknown = np.logical_or.reduceat(np.isnan(self.values), self.starts, axis=0)
        reasons = [unknown, ratio & np.isnan(weight), ratio & ~(weight > 0), ~np.isfinite(added)]
        lacks = [Lack.CHILDREN_MISSING, Lack.WEIGHTS_MISSING, Lack.NO_WEIGHT, Lack.TOO_LARGE]
        return np.where(np.isinf(added), np.nan, added), np.select(reasons, lacks, Lack.NOTHING).astype(np.int64)

    def _sum(self, terms: Floats) -> Floats:
        """Of each parent's children, smallest first whatever their order; NaN where one is."""
        ends = np.append(self.starts[1:], len(terms))
        parent = np.repeat(np.arange(len(self.starts)), ends - self.starts)
        keys = np.broadcast_to(parent[:, np.newaxis], terms.shape)
        order: npt.NDArray[np.intp] = np.lexsort((terms, keys), axis=0)
        in_order = np.take_along_axis(terms, order, axis=0).astype(np.longdouble)  # 64 bits where there are any
        with np.errstate(over="ignore", invalid="ignore"):
            sums: Floats = np.add.reduceat(in_order, self.starts, axis=0).astype(np.float64)
        return sums
