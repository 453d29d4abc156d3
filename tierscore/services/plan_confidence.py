"""How sure a plan is: the part of the draws of a declared sample in which it reaches its tier (methodology, 8, 10).

The sample is the first draws of the analysis that says how sure the tiers are, so both tell of the same nations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tierscore.engine.design import MONTE_CARLO, Design
from tierscore.engine.factors import drawn
from tierscore.engine.matrix import Floats, Matrix
from tierscore.engine.pooling import Members, values_by_degree
from tierscore.engine.refused import labelled
from tierscore.engine.sample import Sample, Subject, sample
from tierscore.services.confidence import SEED
from tierscore.services.sheet import Answer
from tierscore.services.stage import Stage
from tierscore.services.varied import varied

DRAWS = 200


@dataclass(frozen=True)
class Sampled:
    """A sample of draws as a stage's subject sees it, and what is drawn, as answers show it."""

    sample: Sample
    factors: tuple[Answer, ...]


def sampled(stage: Stage) -> Sampled:
    """The declared draws of a region or of a group, which is pooled of the drawn values.

    Raises
    ------
    CannotScore
        For a framework that declares steps to draw: a plan is scored by one framework's steps.
    """
    card = stage.regions.card
    with labelled("path", card.matrix.regions, card.parameters.codes):
        items, setting = varied(card, ())
        design = Design(MONTE_CARLO, DRAWS, SEED, setting.widths)
        found = sample(setting, drawn(setting, design.units(0)), _subject(stage))
    told = (item.told(factor) for item, factor in zip(items, setting.factors, strict=True))
    return Sampled(found, tuple(told))


def _subject(stage: Stage) -> Subject:
    places = stage.regions.card.parameters.places
    return Subject(stage.lead, lambda matrix: _values(stage, matrix), ~stage.pooled_otherwise[places])


def _values(stage: Stage, matrix: Matrix) -> Floats:
    """The subject's own raw values in a nation, (all indicators,)."""
    if stage.group is None:
        own: Floats = matrix.cells.values[stage.lead]
        return own
    rows = tuple(sorted(stage.own))
    degree = np.array([stage.integration])
    pooled: Floats = values_by_degree(matrix, stage.regions.framework, Members(rows, stage.lead), degree)[0]
    return pooled
