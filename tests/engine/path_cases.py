"""Random small regions on their way to a tier, for the engine and for its oracle."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.engine.scoring import scored
from tests.frameworks import indicator, small_framework, title
from tests.oracle.paths import Item, Question
from tierscore.engine.effort import Effort, Terms, effort
from tierscore.engine.scorecard import Scorecard
from tierscore.framework.model import Framework

SCORES = (0, 40, 60, 100)
TIERS = ("low", "middle", "high")


@st.composite
def items(draw: st.DrawFn, *, whole: bool | None) -> Item:
    """One indicator whose whole additions up to the ceiling are few enough to be listed."""
    share = draw(st.booleans())
    counted = draw(st.booleans()) if whole is None else whole
    better = draw(st.sampled_from([1, 1, -1])) if counted or not share else 1
    steps = draw(st.lists(st.integers(1, 3), min_size=4, max_size=4))
    at = [float(step) for step in np.cumsum(steps)]
    value = float(draw(st.integers(0, int(at[-1]) + 1)))
    total = None
    if share:
        total = value + draw(st.integers(20, 60))
        at = [100 * knot / (total - value + knot) for knot in at]  # about as many things as for a level
    if better < 0:
        at = at[::-1]
    known = draw(st.sampled_from([True, True, True, False]))
    return Item(
        weight=float(draw(st.integers(1, 4))),
        at=at,
        value=value if known else None,
        total=total,
        better=better,
        origination=draw(st.booleans()),
        whole=counted,
        actionable=draw(st.sampled_from([True, True, True, False])),
        cost=draw(st.one_of(st.none(), st.integers(1, 9).map(float))),
        most=draw(st.one_of(st.none(), st.none(), st.integers(0, 4).map(float))),
        fixed=draw(st.sampled_from([None, None, None, None, 0.0, 1.0])) if known else None,
    )


@st.composite
def questions(draw: st.DrawFn, *, whole: bool | None, most: int) -> Question:
    """A region of few indicators and a tier to reach."""
    found = draw(st.lists(items(whole=whole), min_size=1, max_size=most))
    return Question(
        items=[replace(found[0], origination=True), *found[1:]],  # a quota needs an indicator
        scores=SCORES,
        target=draw(st.sampled_from([1, 2])),
        cut=draw(st.sampled_from([0.0, 0.5, 2 / 3, 1.0])),
        quota_from=draw(st.sampled_from([1, 2])),
        quota_coverage=draw(st.sampled_from([0.0, 0.5])),
        quota_share=draw(st.sampled_from([0.0, 1 / 3, 0.5])),
    )


def framework_of(question: Question) -> Framework:
    """The same question as a framework."""
    codes = [f"i{place}" for place in range(len(question.items))]
    return small_framework(
        indicators=[_indicator(code, item) for code, item in zip(codes, question.items, strict=True)],
        tiers=[
            {"code": code, "title": title(code), "score": score}
            for code, score in zip(TIERS, question.scores, strict=False)
        ],
        index={
            "code": "index",
            "children": [
                {"indicator": code, "weight": item.weight} for code, item in zip(codes, question.items, strict=True)
            ],
        },
        sort={
            "method": "central_place",
            "cut": question.cut,
            "origination": {
                "from": TIERS[question.quota_from],
                "coverage": question.quota_coverage,
                "share": question.quota_share,
            },
        },
        min_coverage=question.min_coverage,
    )


def _indicator(code: str, item: Item) -> dict[str, Any]:
    return indicator(
        code,
        list(item.at),
        direction="higher_is_better" if item.better > 0 else "lower_is_better",
        measure={"kind": "level" if item.total is None else "national_share"},
        integer=item.whole,
        actionable=item.actionable,
        stage="origination" if item.origination else "extension",
    )


def card_of(question: Question) -> Scorecard:
    """The same question as a scorecard: region R0, two others that have the rest of the nation."""
    framework = framework_of(question)
    rows: dict[str, dict[str, float | None]] = {"R0": {}, "R1": {}, "R2": {}}
    for place, item in enumerate(question.items):
        code = f"i{place}"
        rows["R0"][code] = item.value
        rest = 5.0 if item.total is None else item.total - (item.value or 0.0)
        rows["R1"][code], rows["R2"][code] = rest / 2, rest / 2
    return scored(rows, framework)


def effort_of(question: Question) -> Effort:
    """The same question as the engine takes it, of region R0."""
    card = card_of(question)
    terms = Terms(
        movable=card.parameters.actionable,
        costs=_column(question, "cost"),
        most=_column(question, "most"),
        fixed=_column(question, "fixed"),
    )
    return effort(card, 0, question.target, terms)


def _column(question: Question, name: str) -> Any:
    return np.array([getattr(item, name) for item in question.items], dtype=np.float64)
