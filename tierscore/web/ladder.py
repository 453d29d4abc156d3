"""The ladder of tiers as a drawing: every region at its score, on the rung that it attains, none over another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi
from typing import Any

Answer = dict[str, Any]

WIDTH, LEFT, RIGHT = 920, 20, 24
RADIUS, GAP, PAD = 15, 3, 12
STEP = 2 * RADIUS + GAP
HEAD = 22  # pixels above the dots of a rung, where its name stands
AROUND = 2 * pi * RADIUS


@dataclass(frozen=True)
class Dot:
    """A region's dot: where it is, and how long the arc is that tells how sure its tier is (None: not known)."""

    item: Answer
    x: float
    y: float
    arc: float | None


@dataclass(frozen=True)
class Rung:
    """A tier with its dots; from `top` on, so high; `threshold` is where its score begins."""

    tier: Answer
    top: float
    height: float
    dots: tuple[Dot, ...]
    threshold: float | None


@dataclass(frozen=True)
class Ladder:
    """The rungs, the highest first, the marks of the scale below, and the size of the whole."""

    rungs: tuple[Rung, ...]
    marks: tuple[tuple[float, float], ...]
    height: float
    width: float = WIDTH


def ladder(items: Sequence[Answer], tiers: Sequence[Answer], scale: tuple[float, float]) -> Ladder:
    """The ladder of some short answers; those without tier or score are left out."""
    rungs: list[Rung] = []
    top = 0.0
    for tier in reversed(tiers):
        there = [item for item in items if item["tier"] == tier["code"] and item["score"] is not None]
        places = lanes([across(item["score"], scale) for item in there])
        height = HEAD + (max(places, default=0) + 1) * STEP + PAD
        dots = tuple(
            Dot(item, across(item["score"], scale), top + HEAD + RADIUS + lane * STEP, _arc(item))
            for item, lane in zip(there, places, strict=True)
        )
        threshold = tier["threshold"] if tier["code"] != tiers[0]["code"] else None
        rungs.append(Rung(tier, top, height, dots, None if threshold is None else across(threshold, scale)))
        top += height
    return Ladder(tuple(rungs), tuple(_marks(scale)), top + HEAD)


def lanes(places: Sequence[float]) -> list[int]:
    """For each dot the first lane in which it touches none before it.

    >>> lanes([100.0, 110.0, 200.0, 111.0])
    [0, 1, 0, 2]
    """
    taken: list[list[float]] = []
    found = []
    for place in places:
        free = (lane for lane, others in enumerate(taken) if all(abs(place - other) >= STEP for other in others))
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append(place)
        found.append(lane)
    return found


def across(score: float, scale: tuple[float, float]) -> float:
    """How far to the right a score stands, in pixels.

    >>> across(0, (0, 100)), across(100, (0, 100))
    (35.0, 881.0)
    """
    low, high = scale
    return LEFT + RADIUS + (score - low) / (high - low) * (WIDTH - LEFT - RIGHT - 2 * RADIUS)


def _arc(item: Answer) -> float | None:
    return None if item["confidence"] is None else AROUND * float(item["confidence"]["present_probability"])


def _marks(scale: tuple[float, float]) -> list[tuple[float, float]]:
    low, high = scale
    values = [low + part * (high - low) / 5 for part in range(6)]
    return [(value, across(value, scale)) for value in values]
