"""Several periods side by side: on common or own bounds, their trends, and movements between tiers.

Methods that take their ends from data can take them from each period alone, which says how a region stands among its
peers of that year, or from all periods together, so that a score means the same in every year.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tierscore.engine import aggregate, pipeline, steps, unknown
from tierscore.engine.labels import Labels
from tierscore.engine.matrix import Cells, Flags, Floats, Ints, Matrix
from tierscore.engine.parameters import Parameters, parameters
from tierscore.engine.scorecard import Measured, Scorecard
from tierscore.engine.steps import Units
from tierscore.engine.walk import Walk
from tierscore.framework.model import Framework


@dataclass(frozen=True)
class Panel:
    """Scores, ranks, tiers and coverages, (periods, regions) each.

    score : NaN where there is none.  rank : 0 without one.  tier : places of tiers, -1 for none.
    scores : of the indicators, (periods, regions, indicators).
    """

    periods: tuple[int, ...]
    regions: tuple[str, ...]
    score: Floats
    rank: Ints
    tier: Ints
    coverage: Floats
    scores: Floats


@dataclass(frozen=True)
class Change:
    """From each period to the next, (periods - 1, regions) each.

    published : of the score.  alike : of the score over the indicators that the region has in both periods, with the
    same weights.  by_data : whether the tier moved, and would not have over those indicators.
    """

    published: Floats
    alike: Floats
    moved: Ints
    by_data: Flags


def score_panel(matrices: Sequence[Matrix], framework: Framework, *, common: bool, walk: Walk = map) -> Panel:
    """Scores the same regions in several periods.

    Parameters
    ----------
    matrices : one per period, of the same regions in the same order, in the order of time.
    common : whether ends that come from data come from all periods together, not from each alone.
    walk : how the periods are worked through that do not depend on each other.

    Raises
    ------
    CannotScore
        As `pipeline.score`; on common bounds a unit is named with its period, ``CN-SC@2021``.
    """
    given = parameters(framework)
    if given.alone or not common:
        return joined(list(walk(_Year(framework, given).panel, matrices)))
    whole = _together(matrices, framework, given)
    return _split(whole, matrices)


def beside(cards: Iterable[Scorecard]) -> Panel:
    """Scorecards of the same regions, one per period in the order of time, as a panel on each year's own bounds.

    One after the other: of each only what the panel says is kept.
    """
    parts = [(card.matrix, card.score, card.rank, card.tier, card.coverage, card.scores) for card in cards]
    matrices, *arrays = zip(*parts, strict=True)
    return Panel(tuple(one.period for one in matrices), matrices[0].regions, *map(np.stack, arrays))


def joined(parts: Sequence[Panel]) -> Panel:
    """Panels of the same regions, one after the other."""
    names = ("score", "rank", "tier", "coverage", "scores")
    return Panel(
        periods=tuple(period for part in parts for period in part.periods),
        regions=parts[0].regions,
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names},
    )


@dataclass(frozen=True)
class _Year:
    """Scores periods each for itself; of a scorecard no more is kept than the panel says."""

    framework: Framework
    given: Parameters

    def panel(self, matrix: Matrix) -> Panel:
        return beside([pipeline.score(matrix, self.framework, given=self.given)])


def _together(matrices: Sequence[Matrix], framework: Framework, given: Parameters) -> Scorecard:
    """All periods as one table; shares are taken of each period's own totals."""
    parts = [pipeline.measure_of(matrix, given) for matrix in matrices]
    matrix = _stacked(matrices)
    measured = _stacked_measures(parts)
    taken = steps.take(measured.values, given, Units(matrix.regions, pipeline.group_places(matrix)))
    return pipeline.classify(matrix, framework, given, measured, taken)


def _stacked(matrices: Sequence[Matrix]) -> Matrix:
    named = tuple(f"{region}@{matrix.period}" for matrix in matrices for region in matrix.regions)
    cells = _stacked_cells([matrix.cells for matrix in matrices])
    groups = tuple(group for matrix in matrices for group in matrix.groups)
    return replace(matrices[-1], regions=named, cells=cells, groups=groups)


def _stacked_cells(parts: Sequence[Cells]) -> Cells:
    return Cells(
        values=np.concatenate([part.values for part in parts]),
        periods=np.concatenate([part.periods for part in parts]),
        statuses=Labels.joined([part.statuses for part in parts]),
        sources=Labels.joined([part.sources for part in parts]),
        absence=np.concatenate([part.absence for part in parts]),
    )


def _stacked_measures(parts: Sequence[Measured]) -> Measured:
    return replace(
        parts[-1],
        cells=_stacked_cells([part.cells for part in parts]),
        values=np.concatenate([part.values for part in parts]),
        denominators=np.concatenate([part.denominators for part in parts]),
        absence=np.concatenate([part.absence for part in parts]),
    )


def _split(whole: Scorecard, matrices: Sequence[Matrix]) -> Panel:
    shape = (len(matrices), len(matrices[0].regions))
    assessed, score = whole.assessed.reshape(shape), whole.score.reshape(shape)
    compared = whole.compared.reshape(shape)
    ranked = assessed & ~np.isnan(score)
    return Panel(
        periods=tuple(matrix.period for matrix in matrices),
        regions=matrices[0].regions,
        score=score,
        rank=np.stack([aggregate.rank(*pair) for pair in zip(compared, ranked, strict=True)]),
        tier=whole.tier.reshape(shape),
        coverage=whole.coverage.reshape(shape),
        scores=whole.scores.reshape(*shape, -1),
    )


def changes(panel: Panel, framework: Framework) -> Change:
    """From each period to the next: as published, and like for like (methodology, section 5).

    Like for like is NaN, and no movement is called one of data, where the framework compares regions with each other.
    """
    given = parameters(framework)
    published = np.diff(panel.score, axis=0)
    moved = panel.tier[1:] - panel.tier[:-1]
    if not given.alone:
        return Change(published, np.full(published.shape, np.nan), moved, np.zeros(moved.shape, dtype=bool))
    both = ~np.isnan(panel.scores[:-1]) & ~np.isnan(panel.scores[1:])
    before, after = (np.where(both, part, np.nan) for part in (panel.scores[:-1], panel.scores[1:]))
    totals = [_totals(part, given, panel.regions) for part in (before, after)]
    tiers = [unknown.attained(part, framework, given) for part in (before, after)]
    return Change(published, totals[1] - totals[0], moved, (moved != 0) & (tiers[0] == tiers[1]))


def _totals(scores: Floats, given: Parameters, regions: tuple[str, ...]) -> Floats:
    return pipeline.nodes_of(scores, given, regions).values[given.index.code]


def growth(panel: Panel) -> tuple[Floats, Floats]:
    """Change of the score from the first to the last period, and its compound annual rate: (regions,) each.

    The rate is (last / first) ** (1 / years) - 1; NaN where a score is missing or not above 0, or there is one year.
    """
    first, last = panel.score[0], panel.score[-1]
    years = panel.periods[-1] - panel.periods[0]
    if years == 0:
        return last - first, np.full(first.shape, np.nan)
    positive = (first > 0) & (last > 0)
    ratio = np.where(positive, last, np.nan) / np.where(positive, first, np.nan)
    return last - first, ratio ** (1.0 / years) - 1.0
