"""What a sample of draws makes of one subject's way: its scores and tests in each draw (methodology, sections 8, 10).

Each draw is one nation with its own weights, knots, cut and values; a group is pooled of the drawn values, and a plan
adds to them, so that an addition has the error of the value that it is added to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tierscore.engine import knots
from tierscore.engine.factors import STEPS, Draws, Setting
from tierscore.engine.growth import scored
from tierscore.engine.matrix import Flags, Floats, Ints, Matrix
from tierscore.engine.measure import positive
from tierscore.engine.parameters import Parameters
from tierscore.engine.refused import Refused
from tierscore.engine.threshold import EPS
from tierscore.engine.trees import leaf_weights

Pool = Callable[[Matrix], Floats]


@dataclass(frozen=True)
class Subject:
    """Whose way it is: the row that additions go to, and what the nation's matrix makes of its own values.

    pool : gives (all indicators,).  summed : (indicators,), whether what is added goes to the lead's own value; else
    on top of the pooled one.
    """

    lead: int
    pool: Pool
    summed: Flags


@dataclass(frozen=True)
class Sample:
    """One subject in every draw; arrays are (draws, indicators) unless said otherwise.

    values, slopes : the drawn value, and by how much an addition of 1 moves it.  totals, growths : the same of what a
    share is taken of.  factors : of the knots.  weights, origination : in the score and the quota; of a missing score
    that is one of the others' in a draw, that one has the weight.
    drawn : scores of the missing that are drawn from the scale, 0 for all else; missing : (indicators,).
    cuts : (draws,).  assessed : (draws,), whether enough is known.
    """

    given: Parameters
    values: Floats
    slopes: Floats
    totals: Floats
    growths: Floats
    denominators: Floats
    factors: Floats
    weights: Floats
    origination: Floats
    drawn: Floats
    missing: Flags
    cuts: Floats
    assessed: Flags

    @property
    def size(self) -> int:
        """How many draws."""
        return len(self.cuts)

    def scores(self, additions: Floats) -> Floats:
        """Indicator scores once so much is added: (draws, plans, indicators) from (plans, indicators)."""
        given, step = self.given, self.given.direction * additions
        value = self.values[:, np.newaxis] + self.slopes[:, np.newaxis] * step
        total = self.totals[:, np.newaxis] + self.growths[:, np.newaxis] * step
        share, amount = 100.0 * value / positive(total), given.scale * value / self.denominators[:, np.newaxis]
        measured = np.where(given.share, share, np.where(given.per, amount, value)) / self.factors[:, np.newaxis]
        return np.where(self.missing, self.drawn[:, np.newaxis], _scored(measured, given))

    def addition_to(self, measured: Floats) -> Floats:
        """The addition that leads to a measure, whose knots are drawn, in each draw: (draws, indicators).

        NaN or below 0 where no addition does.
        """
        given, at = self.given, measured * self.factors
        part, amount = at / 100.0, at * self.denominators / given.scale
        of_share = (part * self.totals - self.values) / positive(self.slopes - part * self.growths)
        of_level = (np.where(given.per, amount, at) - self.values) / self.slopes
        return np.where(given.share, of_share, of_level) * given.direction

    def holds(self, additions: Floats, target: int) -> Flags:
        """Whether so much added reaches a tier in each draw: (draws, plans) from (plans, indicators)."""
        scores = self.scores(additions)
        return self.met(*self.sums(scores, scores >= self.given.rule.thresholds[target] - EPS), target)

    def sums(self, scores: Floats, supply: Flags) -> tuple[Floats, Floats, Floats]:
        """The weighted sums that the tests are of, (draws, plans) each: score, functions, origination."""
        return (
            _summed(scores, self.weights),
            _summed(supply, self.weights),
            _summed(supply, self.origination),
        )

    def met(self, score: Floats, functions: Floats, origination: Floats, target: int) -> Flags:
        """Whether the tests of a tier hold, given their weighted sums, (draws, plans) each.

        The tests of the tiers below ask less of the same sums, so they hold with them.
        """
        rule = self.given.rule
        met: Flags = self.assessed[:, np.newaxis] & (self.given.compared(score) >= rule.thresholds[target] - EPS)
        met &= functions >= (self.cuts - EPS)[:, np.newaxis]
        if target >= rule.quota_from:
            met &= origination >= rule.quota_share - EPS
        return met

    def part(self, additions: Floats, target: int) -> float:
        """The part of the draws in which a plan, (indicators,), reaches a tier."""
        return float(self.holds(additions[np.newaxis], target).mean())


@dataclass(frozen=True)
class Confidence:
    """In how many draws of a sample a tier must be reached."""

    sample: Sample
    needed: int

    @classmethod
    def at(cls, sample: Sample, confidence: float) -> Confidence:
        """In at least a part of the draws."""
        return cls(sample, int(np.ceil(confidence * sample.size - EPS)))

    def holds(self, additions: Floats, target: int) -> Flags:
        """Whether so much added reaches the tier in enough draws: (...,) from (..., indicators)."""
        plans = additions.reshape(-1, additions.shape[-1])
        enough: Flags = self.sample.holds(plans, target).sum(axis=0) >= self.needed
        return enough.reshape(additions.shape[:-1])


def _scored(measured: Floats, given: Parameters) -> Floats:
    return knots.score_many(measured, given.knots, given.knot_scores) if given.only_knots else scored(measured, given)


def _summed(values: Floats | Flags, weights: Floats) -> Floats:
    summed: Floats = np.matmul(values.astype(np.float64), weights[..., np.newaxis])[..., 0]
    return summed


def sample(setting: Setting, draws: Draws, subject: Subject) -> Sample:
    """What draws make of a subject. Where it misses a score, the setting has the factor `missing`.

    Raises
    ------
    Refused
        Where steps of the framework itself are drawn: a plan is scored by one framework's steps.
    """
    given = setting.card.parameters
    _refuse_steps(setting)
    errors = _errors(setting, draws)
    values, denominators = _values(setting, subject, errors)
    totals, growths = _totals(setting, errors, subject)
    known = _known(setting, subject)
    leaves = leaf_weights(given.index, draws.children(given.index), given.columns)
    weights, origination, drawn = _weights(setting, draws, leaves, subject.lead, known)
    return Sample(
        given=given,
        values=values,
        slopes=np.where(subject.summed, errors[:, subject.lead], 1.0),
        totals=totals,
        growths=growths,
        denominators=denominators,
        factors=np.ones(values.shape) if draws.knots is None else draws.knots,
        weights=weights,
        origination=origination,
        drawn=drawn,
        missing=~known,
        cuts=draws.cuts(given.rule.cut),
        assessed=leaves[:, known].sum(axis=1) >= setting.card.framework.min_coverage - EPS,
    )


def _refuse_steps(setting: Setting) -> None:
    drawn = next((factor.name for factor in setting.factors if factor.name in STEPS), None)
    if drawn is not None:
        template = "Step {step}: no plan is tried in draws of {method}, which this framework declares."
        raise Refused(template, method=drawn)


def _errors(setting: Setting, draws: Draws) -> Floats:
    """What each value is multiplied by: (draws or 1, regions and the nation, indicators)."""
    rows, columns = len(setting.card.matrix.regions) + 1, len(setting.card.parameters.codes)
    if draws.errors is None:
        return np.ones((1, rows, columns))
    errors = np.ones((draws.count, rows, columns))
    errors[:, setting.wrong[0], setting.wrong[1]] = draws.errors
    return errors


def _values(setting: Setting, subject: Subject, errors: Floats) -> tuple[Floats, Floats]:
    """The subject's raw values in each draw, and what they are divided by: (draws or 1, indicators) each."""
    matrix, given = setting.card.matrix, setting.card.parameters
    factors = np.ones((len(errors), *matrix.cells.values.shape))
    factors[..., given.places] = errors[:, :-1]
    pooled = np.stack([subject.pool(_with(matrix, matrix.cells.values * factor)) for factor in factors])
    return pooled[:, given.places], np.where(given.per, positive(pooled[:, given.denominators]), np.nan)


def _with(matrix: Matrix, values: Floats) -> Matrix:
    return replace(matrix, cells=replace(matrix.cells, values=values))


def _totals(setting: Setting, errors: Floats, subject: Subject) -> tuple[Floats, Floats]:
    """What shares are taken of in each draw, and by how much an addition of 1 moves it: (draws or 1, indicators)."""
    measured = setting.card.measured
    own = np.where(measured.totals_given, measured.totals, np.nan)
    summed = (measured.cells.values * errors[:, :-1]).sum(axis=1)
    totals = np.where(np.isnan(own), summed, own * errors[:, -1])
    growths = np.where(np.isnan(own), errors[:, subject.lead], errors[:, -1])
    return np.where(setting.card.parameters.share, totals, np.nan), growths


def _known(setting: Setting, subject: Subject) -> Flags:
    """Which scores there are, (indicators,): those of the lead, and those that a group has of its other members."""
    given, errors = setting.card.parameters, np.ones((1, len(setting.card.matrix.regions) + 1, 1))
    values, denominators = _values(setting, subject, np.broadcast_to(errors, (*errors.shape[:2], len(given.codes))))
    divided = np.where(given.share, setting.card.measured.totals, np.where(given.per, denominators[0], 1.0))
    known: Flags = ~np.isnan(setting.card.scores[subject.lead]) | ~np.isnan(values[0] / positive(divided))
    return known


def _weights(setting: Setting, draws: Draws, leaves: Floats, lead: int, known: Flags) -> tuple[Floats, Floats, Floats]:
    """Weights in the score and in the quota, and the scores drawn from the scale: (draws, indicators) each.

    A missing score that is drawn from the subject's own gives its weight to the one it is in that draw.
    """
    weights, filled = leaves, np.zeros(leaves.shape)
    origination = weights * setting.card.parameters.rule.origination
    cells = np.flatnonzero((setting.missing[0] == lead) & ~known[setting.missing[1]])
    if draws.missing is not None and cells.size:
        columns, units = setting.missing[1][cells], draws.missing[:, cells]
        if setting.from_own:
            own = np.flatnonzero(known)
            picks = own[np.floor(units * own.size).astype(np.int64)]
            weights, origination = (_given_to(picks, columns, of) for of in (weights, origination))
        else:
            scale = setting.card.framework.scale
            filled[:, columns] = scale.low + (scale.high - scale.low) * units
    return weights, origination / positive(origination.sum(axis=1, keepdims=True)), filled


def _given_to(picks: Ints, columns: Ints, weights: Floats) -> Floats:
    """The weights once each missing column's is that of its pick, (draws, missing) of columns."""
    given = weights.copy()
    given[:, columns] = 0.0
    np.add.at(given, (np.arange(len(picks))[:, np.newaxis], picks), weights[:, columns])
    return given
