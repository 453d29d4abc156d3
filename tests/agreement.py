"""Holds a full answer of the service against the oracle's, number by number."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

TOLERANCE = 1e-9
SAME_WORDS = ("status", "tier", "tier_by_score", "unproven_tiers", "tier_bounds", "rests_on_missing", "rank",
              "uneven_functions")  # fmt: skip
INDICATOR_NUMBERS = ("value", "measured", "score", "weight", "effective_weight", "contribution")
INDICATOR_WORDS = ("period", "status", "source", "supplies_tier")
TIER_WORDS = ("code", "score_met", "functions_met", "attained", "missing_functions", "unknown_functions")
TIER_NUMBERS = ("threshold", "functions_share", "functions_needed")


def close(ours: float | None, theirs: float | None) -> bool:
    """Equal to a relative 1e-9, or both missing."""
    if ours is None or theirs is None:
        return ours is theirs
    return abs(ours - theirs) <= TOLERANCE * max(1.0, abs(ours), abs(theirs))


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Every place where the two differ; empty when they agree."""
    return [f"{place}: ours {a!r}, oracle {b!r}" for place, a, b in _pairs(ours, theirs) if not _same(a, b)]


def _same(ours: Any, theirs: Any) -> bool:
    numbers = (int, float)
    both = isinstance(ours, numbers) and isinstance(theirs, numbers)
    if both and not isinstance(ours, bool) and not isinstance(theirs, bool):
        return close(float(ours), float(theirs))
    return bool(ours == theirs)


def _pairs(ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in (*SAME_WORDS, "score", "coverage"):
        yield name, ours[name], theirs[name]
    for name, value in theirs["cushion"].items():
        yield f"cushion.{name}", ours["cushion"][name], value
    for mine, other in zip(ours["tiers"], theirs["tiers"], strict=True):
        yield from _tier_pairs(mine, other)
    yield from _view_pairs(ours["views"], theirs["views"])
    for mine in ours["indicators"]:
        yield from _indicator_pairs(mine, theirs["indicators"][mine["code"]])
    yield from gap_pairs(ours["gap"], theirs["gap"])
    needed = {deficit["indicator"]: deficit["need"] for deficit in ours["gap"]["deficits"]}
    for code, value in theirs["needs"].items():
        yield f"need.{code}", needed[code], value


def _tier_pairs(ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in (*TIER_WORDS, *TIER_NUMBERS):
        yield f"{ours['code']}.{name}", ours[name], theirs[name]
    yield f"{ours['code']}.origination", ours["origination"] is None, theirs["origination"] is None
    for name, value in (theirs["origination"] or {}).items():
        yield f"{ours['code']}.origination.{name}", ours["origination"][name], value


def _view_pairs(ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    yield "role", ours["role"], theirs["role"]
    for kind in ("stage", "force"):
        for name, view in theirs[kind].items():
            for part, value in view.items():
                yield f"{kind}.{name}.{part}", ours[kind][name][part], value


def _indicator_pairs(ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in (*INDICATOR_WORDS, *INDICATOR_NUMBERS):
        yield f"{ours['code']}.{name}", ours[name], theirs[name]
    yield f"{ours['code']}.missing", ours["missing_reason"] is not None, theirs["missing"]
    for name, value in (theirs["total"] or {}).items():
        yield f"{ours['code']}.total.{name}", ours["total"][name], value


def gap_pairs(ours: dict[str, Any], theirs: dict[str, Any] | None) -> Iterator[tuple[str, Any, Any]]:
    """What to compare of two gaps; the oracle has none at the top, where ours names no target."""
    if theirs is None:
        yield "gap.target", ours["target"], None
        yield "gap.deficits", ours["deficits"], []
        return
    for name in ("target", "score_gap", "functions_gap"):
        yield f"gap.{name}", ours[name], theirs[name]
    yield "gap.unknown", [item["indicator"] for item in ours["unknown"]], theirs["unknown"]
    yield "gap.exemplars", [item["region"] for item in ours["exemplars"]], theirs["exemplars"]
    yield "gap.origination", ours["origination"] is None, theirs["origination"] is None
    for name, value in (theirs["origination"] or {}).items():
        yield f"gap.origination.{name}", ours["origination"][name], value
    for mine, other in zip(ours["deficits"], theirs["deficits"], strict=True):
        for name in ("indicator", "value", "required", "shortfall", "score_gain"):
            yield f"gap.deficit.{mine['indicator']}.{name}", mine[name], other[name]


def none_if_nan(value: float) -> float | None:
    """NaN as None."""
    return None if math.isnan(value) else value
