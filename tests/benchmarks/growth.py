"""How the cost of scorecards grows: slopes of log time over log size, on powers of two."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np

from tests import nationwide
from tests.benchmarks import large
from tests.benchmarks.counties import card_of, fresh, least, panel_of, publish
from tierscore.engine.edits import Edit, apply, columns_of, fold
from tierscore.engine.panel import score_panel
from tierscore.engine.pipeline import score
from tierscore.engine.rescore import rescore

INDICATORS, PERIODS = (8, 16, 32, 64), (4, 8, 16)


def grown(url: str, regions: int) -> None:
    """Of scoring from memory, and from the database, which holds so many regions."""
    sizes = powers(regions)
    slope("regions, from memory", tuple(4 * size for size in sizes), lambda size: warm_of(size, large.INDICATORS))
    slope("regions, edit of a level", tuple(4 * size for size in sizes), edit_of)
    slope("indicators, from memory", INDICATORS, lambda size: warm_of(regions, size))
    slope("periods, from memory", PERIODS, lambda size: warm_periods(regions, size))
    slope("regions, from the database", sizes, lambda size: cold_of(url, size, large.INDICATORS))
    slope("indicators, from the database", INDICATORS, lambda size: cold_of(url, regions, size))
    slope("periods, from the database", PERIODS, lambda size: lambda: panel_of(fresh(url), nationwide.YEARS[-size:]), 1)


def powers(most: int) -> tuple[int, ...]:
    """The four largest powers of two up to a number."""
    highest = most.bit_length() - 1
    return tuple(1 << exponent for exponent in range(highest - 3, highest + 1))


def slope(what: str, sizes: tuple[int, ...], work_of: Callable[[int], Callable[[], Any]], rounds: int = 5) -> None:
    taken = np.array([least(work_of(size), rounds) for size in sizes])
    clock, cpu = (np.polyfit(np.log(sizes), np.log(taken[:, place]), 1)[0] for place in (0, 1))
    each = ", ".join(f"{size:,}: {1000 * seconds:,.1f} ms" for size, seconds in zip(sizes, taken[:, 1], strict=True))
    print(f"growth with {what}: slope {clock:.2f}, of CPU {cpu:.2f} ({each})", flush=True)  # noqa: T201


def warm_of(regions: int, indicators: int) -> Callable[[], Any]:
    framework = nationwide.framework(regions, indicators)
    matrix = nationwide.matrix(framework)
    return lambda: score(matrix, framework)


def edit_of(regions: int) -> Callable[[], Any]:
    """What the engine does for a what-if, another one each time."""
    framework, numbers = nationwide.framework(regions), count(1)
    before = score(nationwide.matrix(framework), framework)
    column = before.matrix.indicators.index(large.code_of(5))

    def work() -> None:
        asked = [Edit("set", 77, column, 100.0 + next(numbers))]
        after = apply(before.matrix, asked, fold(before.matrix, asked))
        rescore(before, after, columns_of(after, asked))

    return work


def warm_periods(regions: int, periods: int) -> Callable[[], Any]:
    framework = nationwide.framework(regions)
    matrices = [nationwide.matrix(framework, seed=seed) for seed in range(periods)]
    return lambda: score_panel(matrices, framework, common=False)


def cold_of(url: str, regions: int, indicators: int) -> Callable[[], Any]:
    name = f"nationwide-{regions}-{indicators}"
    reference = {"period": nationwide.PERIOD, "regions": large.counties(regions * large.PER_COUNTY)}
    publish(url, nationwide.document(indicators, regions, id=name, reference=reference))
    return lambda: card_of(fresh(url), name)
