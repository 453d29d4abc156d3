"""Several years of all reference regions: scores, trends, movements between tiers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tierscore.engine.panel import Change, Panel, changes, growth
from tierscore.errors import Invalid, Violation
from tierscore.framework.model import Framework
from tierscore.services.listing import title
from tierscore.services.sheet import Answer, number
from tierscore.services.snapshot import Snapshot

BOUNDS = ("per_period", "common")
MOST_PERIODS = 60


def checked_periods(periods: Sequence[int]) -> tuple[int, ...]:
    """The periods in their order; raises Invalid for one that is there twice, for none, or for too many."""
    if len(set(periods)) < len(periods) or not 1 <= len(periods) <= MOST_PERIODS:
        template = "From 1 to {most} different periods are needed."
        found = Violation("wrong_periods", template, {"most": MOST_PERIODS}, parameter="period", value=list(periods))
        raise Invalid("query", [found])
    return tuple(sorted(periods))


def answer(panel: Panel, framework: Framework, snapshot: Snapshot, regions: Sequence[str], bounds: str) -> Answer:
    """A panel with labels; `regions` limits whose lines are told, none means all."""
    codes = [tier.code for tier in framework.tiers]
    change, (total, rate) = changes(panel, framework), growth(panel)
    rows = [row for row, code in enumerate(panel.regions) if not regions or code in regions]
    return {
        "framework_status": framework.status,
        "periods": list(panel.periods),
        "bounds": bounds,
        "regions": [
            {
                "region": _region(snapshot, panel.regions[row]),
                "scores": [number(value) for value in panel.score[:, row]],
                "ranks": [int(rank) or None for rank in panel.rank[:, row]],
                "tiers": [_tier(codes, place) for place in panel.tier[:, row]],
                "coverage": [number(value) for value in panel.coverage[:, row]],
                "change": number(total[row]),
                "annual_growth": number(rate[row]),
                "steps": _steps(panel, change, row, codes),
            }
            for row in rows
        ],
        "movements": [
            {"before": before, "after": after, "regions": names}
            for (before, after), names in _movements(panel, codes).items()
        ],
    }


def _region(snapshot: Snapshot, code: str) -> Answer:
    return {"code": code, "name": title(snapshot.regions[code].name)}


def _tier(codes: Sequence[str], place: int | np.signedinteger[Any]) -> str | None:
    return codes[int(place)] if place >= 0 else None


def _steps(panel: Panel, change: Change, row: int, codes: Sequence[str]) -> list[Answer]:
    """From each period to the next: as published and like for like, and what moved the tier."""
    return [
        {
            "from": panel.periods[place],
            "to": panel.periods[place + 1],
            "change": number(change.published[place, row]),
            "like_for_like": number(change.alike[place, row]),
            "before": _tier(codes, panel.tier[place, row]),
            "after": _tier(codes, panel.tier[place + 1, row]),
            "moved_by": _cause(change, place, row),
        }
        for place in range(len(panel.periods) - 1)
    ]


def _cause(change: Change, place: int, row: int) -> str | None:
    if change.moved[place, row] == 0:
        return None
    return "data" if change.by_data[place, row] else "values"


def _movements(panel: Panel, codes: Sequence[str]) -> dict[tuple[str | None, str | None], list[str]]:
    """Who went from which tier in the first period to which in the last, those that stayed too."""
    found: dict[tuple[str | None, str | None], list[str]] = {}
    for row, region in enumerate(panel.regions):
        pair = _tier(codes, panel.tier[0, row]), _tier(codes, panel.tier[-1, row])
        found.setdefault(pair, []).append(region)
    return found
