"""What many draws say of each region: probabilities, ranges, who cannot be told apart (methodology, section 10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tierscore.engine.ensemble import Ensemble
from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.runner import COMPARED
from tierscore.engine.scorecard import Scorecard

QUANTILES = (5.0, 50.0, 95.0)
COUNTED = 255  # draws that a byte can count
NEAR = 2**20  # comparisons at a time
LONGEST = np.iinfo(np.uint16).max
TOLD_APART = 0.95  # from which probability one region outranks another for sure


@dataclass(frozen=True)
class Outcomes:
    """Each region over all draws; NaN for regions that are not assessed as the data are.

    tiers : (regions, tiers), the part of the draws with each tier.  none : (regions,), without one.
    at_least_present : (regions,).  scores, ranks : (regions, 3) at 5, 50 and 95 %; ranks are whole.
    outranking : (regions, regions), in what part of the draws one region's score is above another's.
    ties : rows in groups, in the order of the present rank; a group's first region outranks none of it for sure.
    """

    tiers: Floats
    none: Floats
    at_least_present: Floats
    scores: Floats
    ranks: Floats
    outranking: Floats
    ties: tuple[tuple[int, ...], ...]


def outcomes(card: Scorecard, found: Ensemble, counted: Flags | slice = slice(None)) -> Outcomes:
    """What an ensemble says; `counted` are the draws that are independent of each other, (draws,)."""
    scores, tiers, ranks = found.scores[counted], found.tiers[counted], found.ranks[counted]
    present = np.where(card.assessed, card.tier, card.parameters.rule.thresholds.size)
    shares = np.stack([(tiers == place).mean(axis=0) for place in range(-1, card.parameters.rule.thresholds.size)], 1)
    told = np.where(card.assessed[:, np.newaxis], shares, np.nan)
    outranking = _outranking(card.parameters.compared(scores))
    return Outcomes(
        tiers=told[:, 1:],
        none=told[:, 0],
        at_least_present=np.where(card.assessed, (tiers >= present).mean(axis=0), np.nan),
        scores=_quantiles(scores, card.assessed),
        ranks=_quantiles(np.where(ranks > 0, ranks, np.nan), card.assessed, "inverted_cdf"),
        outranking=outranking,
        ties=ties(card.rank, outranking),
    )


def _outranking(scores: Floats) -> Floats:
    """In what part of the draws one region's score is above another's, a few draws and regions at a time."""
    own, others = _comparable(np.round(scores, 9))
    regions = scores.shape[1]
    total, size = np.zeros((regions, regions)), max(NEAR // (COUNTED * regions), 1)
    for start in range(0, len(scores), COUNTED):
        draws = slice(start, start + COUNTED)
        for first in range(0, regions, size):
            rows = slice(first, first + size)
            above = own[draws, rows, np.newaxis] > others[draws, np.newaxis, :]
            total[rows] += above.view(np.uint8).sum(axis=0, dtype=np.uint8)
    return total / len(scores)


def _comparable(scores: Floats) -> tuple[np.ndarray, np.ndarray]:
    """What is above what among the scores of each draw, (draws, regions) each: the left above the right.

    For many regions places, which are a quarter as long; a score that is missing is above nothing, and nothing above
    it.
    """
    if not COMPARED < scores.shape[1] < LONGEST:
        return scores, scores
    places = np.stack([np.searchsorted(np.sort(row), row) for row in scores]).astype(np.uint16)
    missing = np.isnan(scores)
    return np.where(missing, np.uint16(0), places), np.where(missing, LONGEST, places)


def _quantiles(values: Floats, assessed: Flags, method: Any = "linear") -> Floats:
    """Of the draws in which there is a value, (regions, 3)."""
    ever = assessed & (~np.isnan(values)).any(axis=0)
    found = np.full((values.shape[1], len(QUANTILES)), np.nan)
    whole = ever & ~np.isnan(values).any(axis=0)
    found[whole] = np.percentile(values[:, whole], QUANTILES, axis=0, method=method).T
    for row in np.flatnonzero(ever & ~whole):  # few: regions right on the border of what must be known
        found[row] = np.percentile(values[~np.isnan(values[:, row]), row], QUANTILES, method=method)
    return found


def ties(rank: Ints, outranking: Floats, confidence: float = TOLD_APART) -> tuple[tuple[int, ...], ...]:
    """Regions in the order of their rank, a new group where the group's first one outranks the next for sure.

    >>> ties(np.array([2, 1, 3]), np.array([[0, 0.2, 0.99], [0.8, 0, 0.99], [0.01, 0.01, 0]]))
    ((1, 0), (2,))
    """
    groups: list[list[int]] = []
    for row in np.argsort(np.where(rank > 0, rank, rank.size + 1), kind="stable").tolist():
        if rank[row] == 0:
            continue
        if groups and outranking[groups[-1][0], row] < confidence:
            groups[-1].append(row)
        else:
            groups.append([row])
    return tuple(tuple(group) for group in groups)


def rank_shift(card: Scorecard, ranks: Ints) -> Floats:
    """By how many places the regions' ranks differ from the present ones on average, (draws,)."""
    both = (ranks > 0) & (card.rank > 0)
    shift: Floats = np.where(both, np.abs(ranks - card.rank), 0).sum(axis=1) / np.maximum(both.sum(axis=1), 1)
    return shift
