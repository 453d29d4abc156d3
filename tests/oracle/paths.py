"""The least effort by looking at every plan, in plain Python, from the text of METHODS section 8 alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

EPS = 1e-9


@dataclass(frozen=True)
class Item:
    """One indicator of one region. `total` is None for a level, else the nation's value that a share is taken of."""

    weight: float
    at: Sequence[float]
    value: float | None
    total: float | None = None
    better: int = 1
    origination: bool = False
    whole: bool = True
    actionable: bool = True
    cost: float | None = None
    most: float | None = None
    fixed: float | None = None


@dataclass(frozen=True)
class Question:
    """Which tier, by which rule; `scores` are those of the knots, so `scores[k]` is the threshold of tier k."""

    items: Sequence[Item]
    scores: Sequence[float]
    target: int
    cut: float
    quota_from: int
    quota_coverage: float
    quota_share: float
    min_coverage: float = 0.6


def measured(item: Item, added: float) -> float:
    """The level or the share once so much is added; the total grows with it."""
    assert item.value is not None
    value = item.value + item.better * added
    return value if item.total is None else 100 * value / (item.total + item.better * added)


def score(item: Item, added: float, scores: Sequence[float]) -> float:
    """By linear interpolation between knots, clipped outside."""
    x, at = measured(item, added), list(item.at)
    if at[0] > at[-1]:
        at, x = [-knot for knot in at], -x
    if x <= at[0]:
        return scores[0]
    for low, high, left, right in zip(at, at[1:], scores, scores[1:], strict=False):
        if x <= high:
            return left + (right - left) * (x - low) / (high - low)
    return scores[-1]


def addition_to(item: Item, measure: float) -> float:
    """How much leads to a measure, the rest of the nation standing still."""
    assert item.value is not None
    if item.total is None:
        return item.better * (measure - item.value)
    rest = item.total - item.value
    return item.better * (measure / 100 * rest / (1 - measure / 100) - item.value)


def unit_cost(item: Item, target: int) -> float:
    """1 / |x(T_target) - x(T_target - 1)|."""
    if item.cost is not None:
        return item.cost
    return 1 / abs(addition_to(item, item.at[target]) - addition_to(item, item.at[target - 1]))


def most(item: Item) -> float:
    """The most that may be added: what is asked, else the ceiling knot; whole where it is counted."""
    if item.value is None:
        return 0
    if item.fixed is not None:
        return item.fixed
    if not item.actionable:
        return 0
    bound = addition_to(item, item.at[-1]) if item.most is None else item.most
    return max(0, int(bound + EPS)) if item.whole else max(0, bound)


def holds(question: Question, found: Sequence[float | None]) -> bool:
    """Whether scores reach the target: every test of every tier up to it."""
    present = [(item, value) for item, value in zip(question.items, found, strict=True) if value is not None]
    weight = sum(item.weight for item, _ in present)
    everything = sum(item.weight for item in question.items)
    if weight < (question.min_coverage - EPS) * everything or weight == 0:
        return False
    total = sum(item.weight * value for item, value in present) / weight
    return all(_tier_holds(question, tier, present, total) for tier in range(1, question.target + 1))


def _tier_holds(question: Question, tier: int, present: Sequence[tuple[Item, float]], total: float) -> bool:
    threshold = question.scores[tier]
    weight = sum(item.weight for item, _ in present)
    supplied = sum(item.weight for item, value in present if value >= threshold - EPS)
    if total < threshold - EPS or supplied / weight < question.cut - EPS:
        return False
    if tier < question.quota_from:
        return True
    all_origination = sum(item.weight for item in question.items if item.origination)
    origination = sum(item.weight for item, _ in present if item.origination)
    own = sum(item.weight for item, value in present if item.origination and value >= threshold - EPS)
    if all_origination == 0 or origination < (question.quota_coverage - EPS) * all_origination or origination == 0:
        return False
    return own / origination >= question.quota_share - EPS


def choices(item: Item, points: int) -> list[float]:
    """Every whole addition, or a fine grid with every knot on it."""
    highest = most(item)
    if item.fixed is not None or highest == 0:
        return [highest]
    if item.whole:
        return [float(added) for added in range(int(highest) + 1)]
    corners = [added for added in (addition_to(item, knot) for knot in item.at) if 0 < added < highest]
    return sorted({highest * point / points for point in range(points + 1)} | set(corners))


def cheapest(question: Question, points: int = 30) -> tuple[float, tuple[float, ...]] | None:
    """Cost and additions of the best of all plans; None where none reaches."""
    best: tuple[float, tuple[float, ...]] | None = None
    for cost, plan in plans(question, points):
        if best is None or cost < best[0]:
            best = cost, plan
    return best


def plans(question: Question, points: int) -> Iterator[tuple[float, tuple[float, ...]]]:
    """Every plan that reaches, with its cost."""
    offers = [
        [
            (added, None if item.value is None else score(item, added, question.scores), _cost(item, added, question))
            for added in choices(item, points)
        ]
        for item in question.items
    ]
    for plan in product(*offers):
        if holds(question, [found for _, found, _ in plan]):
            yield sum(cost for _, _, cost in plan), tuple(added for added, _, _ in plan)


def _cost(item: Item, added: float, question: Question) -> float:
    return 0.0 if added == 0 else unit_cost(item, question.target) * added
