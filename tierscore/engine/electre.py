"""ELECTRE TRI-B: classes by outranking of profiles (Yu 1992; Roy & Bouyssou 1993; methodology, section 5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.measure import positive
from tierscore.engine.threshold import EPS


@dataclass(frozen=True)
class Criteria:
    """What is asked of each criterion.

    weights : (criteria,), relative.  direction : (criteria,), 1 or -1 for criteria to minimise.
    indifference, preference : (criteria,), q and p, 0 <= q <= p.  veto : (criteria,), v, NaN where there is none.
    """

    weights: Floats
    direction: Floats
    indifference: Floats
    preference: Floats
    veto: Floats


@dataclass(frozen=True)
class Credibilities:
    """Concordance and credibility of each unit over each profile and the other way round, (units, profiles) each."""

    concordance: Floats
    concordance_of_profile: Floats
    credibility: Floats
    credibility_of_profile: Floats


def credibilities(values: Floats, profiles: Floats, criteria: Criteria) -> Credibilities:
    """How credible it is that a unit is at least as good as a profile, and the other way round.

    Parameters
    ----------
    values : (units, criteria)
        Measured values; a missing one neither agrees nor forbids, and its weight is left out.
    profiles : (profiles, criteria)
        The borders between neighbouring classes, lowest first.
    """
    lead = criteria.direction * (profiles[np.newaxis, :, :] - values[:, np.newaxis, :])
    agree, behind = concordance(lead, criteria), concordance(-lead, criteria)
    return Credibilities(
        concordance=agree,
        concordance_of_profile=behind,
        credibility=credibility(agree, discordance(lead, criteria)),
        credibility_of_profile=credibility(behind, discordance(-lead, criteria)),
    )


def concordance(lead: Floats, criteria: Criteria) -> Floats:
    """The weight of the criteria that do not speak against a, over all weight: (...,) from (..., criteria).

    `lead` is by how much b is better than a on each criterion. Up to q a counts as good, beyond p not at all; in
    between the part is linear. The order of the two questions matters where p = q.

    >>> one = np.array([1.0])
    >>> criteria = Criteria(one, one, one * 15, one * 40, one * 100)
    >>> concordance(np.array([[15.0], [20.0], [40.0], [41.0]]), criteria)
    array([1. , 0.8, 0. , 0. ])
    """
    q, p = criteria.indifference, criteria.preference
    between = (p - lead) / np.where(p > q, p - q, 1.0)
    parts = np.select([lead <= q, lead > p], [1.0, 0.0], between)
    known = ~np.isnan(lead)
    weights = np.where(known, criteria.weights, 0.0)
    agree: Floats = np.where(known, parts * weights, 0.0).sum(axis=-1)
    return agree / positive(weights.sum(axis=-1))


def discordance(lead: Floats, criteria: Criteria) -> Floats:
    """How far each criterion forbids that a is as good as b, (..., criteria) in [0, 1]; 0 where it has no veto.

    >>> one = np.array([1.0])
    >>> criteria = Criteria(one, one, one * 15, one * 40, one * 100)
    >>> discordance(np.array([[40.0], [70.0], [101.0]]), criteria).ravel()
    array([0. , 0.5, 1. ])
    """
    p, v = criteria.preference, criteria.veto
    wide = np.where(v > p, v - p, 1.0)
    against = np.select([lead <= p, lead > v], [0.0, 1.0], (lead - p) / wide)
    return np.where(np.isnan(v) | np.isnan(lead), 0.0, against)


def credibility(agree: Floats, against: Floats) -> Floats:
    """The concordance, weakened by each criterion whose discordance exceeds it: (...,) in [0, 1].

    >>> float(credibility(np.array(0.5), np.array([0.4, 0.75])))
    0.25
    """
    whole = agree[..., np.newaxis]
    stronger = against > whole
    factors = np.where(stronger, (1.0 - against) / np.where(stronger, 1.0 - whole, 1.0), 1.0)
    weakened: Floats = agree * factors.prod(axis=-1)
    return weakened


def pessimistic(found: Credibilities, cut: float) -> Ints:
    """The class just above the best profile that the unit outranks, (units,); 0 is the worst class.

    `cut` is the credibility needed, lambda.
    """
    best: Ints = _last(found.credibility >= cut - EPS) + 1
    return best


def optimistic(found: Credibilities, cut: float) -> Ints:
    """The class just below the lowest profile that is preferred to the unit, (units,); else the best class."""
    preferred = (found.credibility_of_profile >= cut - EPS) & ~(found.credibility >= cut - EPS)
    count = preferred.shape[-1]
    lowest: Ints = np.where(preferred.any(axis=-1), preferred.argmax(axis=-1), count)
    return lowest


def _last(flags: Flags) -> Ints:
    """The last true place along the last axis, -1 where there is none."""
    places = np.arange(flags.shape[-1])
    last: Ints = np.where(flags, places, -1).max(axis=-1)
    return last
