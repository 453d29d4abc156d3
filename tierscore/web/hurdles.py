"""The tests of a tier as bars: what is there, what is needed, and whether that suffices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tierscore.reports.numbers import plain, rounded, tenths

Answer = dict[str, Any]

WIDTH = 100.0


@dataclass(frozen=True)
class Hurdle:
    """One test: its kind, both numbers as they are said, whether it is met, and where on a bar of 100 both stand."""

    kind: str
    there: str
    needed: str
    met: bool
    filled: float
    mark: float


def hurdles(answer: Answer, test: Answer, scale: tuple[float, float]) -> list[Hurdle]:
    """The tests of one tier of a full answer, those that its framework has and whose numbers are known."""
    return [*_score(answer["score"], test, scale), *_functions(test), *_origination(test["origination"])]


def _score(score: float | None, test: Answer, scale: tuple[float, float]) -> Iterator[Hurdle]:
    if score is not None and test["threshold"] is not None:
        low, high = scale
        filled, mark = ((value - low) / (high - low) for value in (score, test["threshold"]))
        yield _hurdle("score", rounded(score), plain(test["threshold"]), test["score_met"], filled, mark)


def _functions(test: Answer) -> Iterator[Hurdle]:
    if test["functions_share"] is not None:
        yield _share("functions", test["functions_share"], test["functions_needed"], test["functions_met"])


def _origination(found: Answer | None) -> Iterator[Hurdle]:
    """How much of origination is known is a test of its own; it is shown where it is the one that fails."""
    if found is None:
        return
    if found["coverage"] is not None and (found["share"] is None or found["coverage"] < found["coverage_needed"]):
        yield _share("origination_coverage", found["coverage"], found["coverage_needed"], False)
    elif found["share"] is not None:
        yield _share("origination", found["share"], found["share_needed"], found["met"])


def _share(kind: str, there: float, needed: float, met: bool) -> Hurdle:
    return _hurdle(kind, tenths(there), tenths(needed), met, there, needed)


def _hurdle(kind: str, there: str, needed: str, met: bool, *parts: float) -> Hurdle:
    filled, mark = (WIDTH * min(max(part, 0.0), 1.0) for part in parts)
    return Hurdle(kind, there, needed, met, filled, mark)
