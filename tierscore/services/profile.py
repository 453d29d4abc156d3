"""What a region or group is strong and weak in: its scores against the median of its peers, indicator by indicator."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tierscore.engine.matrix import Floats
from tierscore.engine.scorecard import Scorecard
from tierscore.services.sheet import Answer, Sheet


def profile(card: Scorecard, row: int, peers: Sequence[int] = ()) -> Answer:
    """A unit's indicators above and below the median of its peers, the greatest difference first.

    `peers` are rows of the card; all others, if none are named.
    """
    rows = [other for other in (peers or range(len(card.matrix.regions))) if other != row]
    return {"unit": card.matrix.regions[row], **_against(card, card.scores[row], rows)}


def profile_of(sheet: Sheet, row: int, peers: Sequence[str]) -> Answer:
    """The same of a region or group: ``{peers, strengths, weaknesses}``; a group's members are no peers of it."""
    regions = sheet.beside.matrix.regions
    own = {sheet.card.matrix.regions[row]} if sheet.pool is None else set(sheet.pool.group.members)
    rows = [place for place, code in enumerate(regions) if code not in own and (not peers or code in peers)]
    return _against(sheet.beside, sheet.card.scores[row], rows)


def _against(card: Scorecard, own: Floats, rows: Sequence[int]) -> Answer:
    found = [_beside(card, own, rows, column) for column in range(len(card.parameters.codes))]
    known = sorted((item for item in found if item is not None), key=lambda item: -abs(item["difference"]))
    return {
        "peers": [card.matrix.regions[other] for other in rows],
        "strengths": [item for item in known if item["difference"] > 0],
        "weaknesses": [item for item in known if item["difference"] < 0],
    }


def _beside(card: Scorecard, own: Floats, rows: Sequence[int], column: int) -> Answer | None:
    theirs = card.scores[list(rows), column]
    theirs = theirs[~np.isnan(theirs)]
    if np.isnan(own[column]) or theirs.size == 0:
        return None
    return {
        "indicator": card.parameters.codes[column],
        "score": float(own[column]),
        "peers_median": float(np.median(theirs)),
        "difference": float(own[column] - np.median(theirs)),
        "better_than": float((theirs < own[column]).mean()),
    }
