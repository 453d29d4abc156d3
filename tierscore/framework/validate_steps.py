"""What must fit together in the steps of a framework: ways to scale, to treat, to weigh."""

from __future__ import annotations

from collections.abc import Iterator

from tierscore.errors import Violation
from tierscore.framework.model import Framework, Node, Scaling, Weighting
from tierscore.framework.tree import leaves, nodes
from tierscore.framework.violations import broken, unknown, unknown_code

RECIPROCAL_ENOUGH = 1e-6


def scalings_fit(framework: Framework) -> Iterator[Violation]:
    """Goalposts in the order of the direction, ranges that rise, reference units that are there."""
    for place, indicator in enumerate(framework.indicators):
        pointer, rule = f"/indicators/{place}/normalise", indicator.normalise
        if isinstance(rule, Scaling):
            yield from _goalposts_fit(pointer, rule, indicator.direction)
            yield from _rises(f"{pointer}/range", rule.range)
            if framework.regions and unknown(rule.unit, framework.regions):
                template = "There is no region {value!r} in this framework."
                yield unknown_code(f"{pointer}/unit", template, rule.unit, framework.regions)


def _goalposts_fit(pointer: str, rule: Scaling, direction: int) -> Iterator[Violation]:
    if rule.low is None or rule.high is None:
        return
    if direction > 0 and rule.low >= rule.high:
        yield broken(pointer, "wrong_order", "`low` must be below `high` where higher is better.", rule.low)
    if direction < 0 and rule.low <= rule.high:
        yield broken(pointer, "wrong_order", "`low` must be above `high` where lower is better.", rule.low)


def _rises(pointer: str, ends: tuple[float, ...] | None, least: float = -float("inf")) -> Iterator[Violation]:
    if ends is not None and (len(ends) != 2 or not ends[0] < ends[1] or ends[0] < least):
        yield broken(pointer, "wrong_order", "Two numbers are needed here, the lower one first.", list(ends))


def treatment_fits(framework: Framework) -> Iterator[Violation]:
    """Only what is scored can be exempt from treatment."""
    in_index = [leaf.indicator for _, leaf in leaves(framework.index)]
    for place, code in enumerate(framework.treat.exempt):
        if unknown(code, in_index):
            template = "There is no indicator {value!r} in the index."
            yield unknown_code(f"/treat/exempt/{place}", template, code, in_index)


def weightings_fit(framework: Framework) -> Iterator[Violation]:
    """Derived weights have what their method needs."""
    for pointer, node in nodes(framework.index):
        if node.power == 0:
            yield broken(f"{pointer}/power", "out_of_range", "A power of 0 is no power; `geometric` is its limit.", 0)
        if node.weights is not None:
            yield from _judgements_fit(f"{pointer}/weights/pairwise", node.weights, len(node.children))
            yield from _doubt_fits(pointer, node, node.weights)


def _judgements_fit(pointer: str, weighting: Weighting, count: int) -> Iterator[Violation]:
    table = weighting.pairwise
    if weighting.method != "ahp" or not table:
        return
    if len(table) != count or any(len(row) != count for row in table):
        template = "A judgement of each child over each is needed, {count} rows of {count}."
        yield broken(pointer, "wrong_length", template, count=count)
    elif any(
        abs(table[one][other] * table[other][one] - 1) > RECIPROCAL_ENOUGH
        for one in range(count)
        for other in range(one + 1)
    ):
        yield broken(pointer, "not_reciprocal", "A judgement and its opposite must multiply to 1, and to 1 of itself.")


def _doubt_fits(pointer: str, node: Node, weighting: Weighting) -> Iterator[Violation]:
    if weighting.method != "benefit_of_the_doubt":
        return
    low_enough = len(weighting.bounds) == 2 and weighting.bounds[1] <= 1
    if not low_enough or list(_rises("", weighting.bounds, 0.0)):
        template = "Two parts between 0 and 1 are needed here, the lower one first."
        yield broken(f"{pointer}/weights/bounds", "wrong_order", template, list(weighting.bounds))
    if node.aggregate != "arithmetic":
        template = "The benefit of the doubt is a weighted sum; its node is aggregated arithmetically."
        yield broken(f"{pointer}/aggregate", "wrong_method", template, node.aggregate)
