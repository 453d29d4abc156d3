"""The same regions under many draws at once: scores, tiers and ranks of each draw (methodology, section 10).

Work goes in pieces that do not depend on each other, so whoever computes them makes no difference.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tierscore.engine.design import CHUNK, Design
from tierscore.engine.factors import Setting
from tierscore.engine.runner import Part, Runner
from tierscore.engine.walk import Walk

PIECE = 2**24  # cells of draws x regions x indicators in one piece of work: a second or two


@dataclass(frozen=True)
class Ensemble(Part):
    """All draws of a design, in order."""


def run(setting: Setting, design: Design, walk: Walk = map) -> Ensemble:
    """Every draw of a design.

    Raises
    ------
    Refused
        Where a drawn framework cannot be computed on these data.
    """
    shape = (design.rows, len(setting.card.matrix.regions))
    scores, tiers, ranks = np.empty(shape), np.empty(shape, dtype=np.int64), np.empty(shape, dtype=np.int64)
    rows = pieces(design, setting.card.scores.size)
    for piece, part in zip(rows, walk(Runner(setting, design).part, rows), strict=True):
        at = slice(piece.start, piece.stop)
        scores[at], tiers[at], ranks[at] = part.scores, part.tiers, part.ranks
    return Ensemble(scores, tiers, ranks)


def pieces(design: Design, cells: int) -> list[range]:
    """The rows of each piece of work: a chunk, or equal parts of one where a draw has many cells.

    >>> pieces(Design("monte_carlo", 700, 0, (1,)), 31 * 12)
    [range(0, 500), range(500, 700)]
    >>> pieces(Design("monte_carlo", 500, 0, (1,)), 2900 * 25)
    [range(0, 167), range(167, 334), range(334, 500)]
    """
    most = max(PIECE // cells, 1)
    size = math.ceil(CHUNK / math.ceil(CHUNK / most))
    return [
        range(start, min(start + size, chunk.stop))
        for chunk in design.chunks
        for start in range(chunk.start, chunk.stop, size)
    ]
