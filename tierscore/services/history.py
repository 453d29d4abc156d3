"""What changed between two revisions, and which tiers moved because of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tierscore.engine.scorecard import Scorecard
from tierscore.services.listing import title
from tierscore.services.sheet import Sheet, number

Answer = dict[str, Any]

SIDES = ("before", "after")
PARTS = ("value", "status", "source", "vintage")


def changes(frame: pd.DataFrame) -> list[Answer]:
    """The cells whose newest observation differs: what it was before and after, null where there was none."""
    records: list[dict[Any, Any]] = frame.to_dict("records")
    return [
        {
            "region": record["region"],
            "indicator": record["indicator"],
            "period": int(record["period"]),
            **{side: _side(record, side) for side in SIDES},
        }
        for record in records
    ]


def _side(record: dict[Any, Any], side: str) -> Answer | None:
    if not record[f"{side}_status"]:
        return None
    parts = {part: record[f"{side}_{part}"] for part in PARTS}
    return parts | {"value": number(parts["value"])}


def moves(before: Sheet, after: Sheet) -> list[Answer]:
    """The regions whose tier, score or rank differs, in the order of the later ranks."""
    rows = np.argsort(np.where(after.card.rank > 0, after.card.rank, after.card.rank.size + 1), kind="stable")
    moved = [(row, standing(before, row), standing(after, row)) for row in rows]
    return [_move(after, row, then, now) for row, then, now in moved if then != now]


def standing(sheet: Sheet, row: int) -> Answer:
    """Where a region stands: status, tier, score, rank, coverage."""
    card: Scorecard = sheet.card
    return {
        "status": "assessed" if card.assessed[row] else "insufficient_data",
        "tier": sheet.tier(card.tier[row]),
        "score": number(card.score[row]),
        "rank": int(card.rank[row]) or None,
        "coverage": float(card.coverage[row]),
    }


def _move(sheet: Sheet, row: int, before: Answer, after: Answer) -> Answer:
    region = sheet.snapshot.regions[sheet.card.matrix.regions[row]]
    known = before["score"] is not None and after["score"] is not None
    return {
        "region": {"code": region.code, "name": title(region.name)},
        "tier_moved": before["tier"] != after["tier"],
        "score_change": after["score"] - before["score"] if known else None,
        "before": before,
        "after": after,
    }
