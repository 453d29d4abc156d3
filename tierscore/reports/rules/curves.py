"""A measure's way to its score as a drawing: the declared knots or goalposts, and the tiers' thresholds across."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tierscore.framework.model import ElectreTriB, Framework, Indicator, Knots, Scaling
from tierscore.reports.numbers import plain

WIDTH, HEIGHT = 300, 180
LEFT, RIGHT, TOP, BOTTOM = 34, 14, 10, 22
APART = 8  # pixels that are left between two labels
LETTER = 6.6  # pixels that a figure of a label takes


@dataclass(frozen=True)
class Knot:
    """A point of the curve: the measured value, its score, and where both stand in the drawing."""

    value: float
    score: float
    x: float
    y: float
    label: str | None


@dataclass(frozen=True)
class Curve:
    """The points from the lowest score to the highest, and the line through them.

    thresholds : code, score and height of each tier above the first.  ends : score and height of the scale's.
    """

    code: str
    knots: tuple[Knot, ...]
    thresholds: tuple[tuple[str, float, float], ...]
    ends: tuple[tuple[float, float], ...]
    line: str
    width: int = WIDTH
    height: int = HEIGHT


def curve(framework: Framework, item: Indicator) -> Curve | None:
    """The drawing of one indicator; None where the way to its score is fitted to the data in hand."""
    points = list(_points(framework, item))
    if not points:
        return None
    values = [value for value, _ in points]
    places = [_across(value, values) for value in values]
    heights = [_up(score, framework) for _, score in points]
    labels = _labels(values, places)
    knots = tuple(Knot(*point, x, y, label) for point, x, y, label in zip(points, places, heights, labels, strict=True))
    return Curve(
        item.code,
        knots,
        tuple(_thresholds(framework)),
        _ends(framework),
        _line(sorted(zip(places, heights, strict=True))),
    )


def entries(framework: Framework) -> list[float]:
    """The scores at the knots: the floor, the entry of each tier above the first, the ceiling."""
    return [framework.scale.low, *(tier.score for tier in framework.tiers[1:]), framework.scale.high]


def _points(framework: Framework, item: Indicator) -> Iterator[tuple[float, float]]:
    way = item.normalise
    if isinstance(way, Knots):
        yield from zip(way.at, entries(framework), strict=True)
    if isinstance(way, Scaling) and way.low is not None and way.high is not None:
        low, high = way.range or (framework.scale.low, framework.scale.high)
        yield from ((way.low, low), (way.high, high))


def _thresholds(framework: Framework) -> Iterator[tuple[str, float, float]]:
    """Code, score and height of each tier above the first, unless profiles decide."""
    if not isinstance(framework.sort, ElectreTriB):
        yield from ((tier.code, tier.score, _up(tier.score, framework)) for tier in framework.tiers[1:])


def _ends(framework: Framework) -> tuple[tuple[float, float], ...]:
    return tuple((score, _up(score, framework)) for score in (framework.scale.low, framework.scale.high))


def _across(value: float, values: Sequence[float]) -> float:
    low, high = min(values), max(values)
    return round(LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT), 1)


def _up(score: float, framework: Framework) -> float:
    low, high = framework.scale.low, framework.scale.high
    return round(HEIGHT - BOTTOM - (score - low) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)


def _labels(values: Sequence[float], places: Sequence[float]) -> list[str | None]:
    """What is written below each point; nothing where it would run into its neighbour's."""
    found: list[str | None] = [None] * len(values)
    free = float("-inf")
    for place in sorted(range(len(values)), key=lambda at: places[at]):
        said = plain(values[place])
        half = len(said) * LETTER / 2
        if places[place] - half >= free:
            found[place] = said
            free = places[place] + half + APART
    return found


def _line(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
