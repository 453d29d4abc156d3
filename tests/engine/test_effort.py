"""What a path is not computed for, and what an addition costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.scoring import scored
from tests.frameworks import indicator, small_framework
from tierscore.engine.choices import choices
from tierscore.engine.effort import Effort, Terms, effort, refuse_unplannable
from tierscore.engine.path import least_effort
from tierscore.engine.refused import Refused
from tierscore.engine.scorecard import Scorecard

TABLE = {
    "R0": {"labs": 4, "share": 5, "rank": 20},
    "R1": {"labs": 12, "share": 20, "rank": 8},
    "R2": {"labs": 30, "share": 35, "rank": 2},
}
PROFILES = {
    "method": "electre_tri_b",
    "cut": 0.7,
    "profiles": [{"labs": 10, "share": 20, "rank": 10}, {"labs": 20, "share": 40, "rank": 5}],
    "thresholds": {},
}


def terms_of(card: Scorecard, **given: Any) -> Terms:
    nothing = np.full(len(card.parameters.codes), np.nan)
    free = np.ones(len(card.parameters.codes), dtype=bool)
    return Terms(**{"movable": free, "costs": nothing, "most": nothing, "fixed": nothing} | given)


def decision(target: int, row: int = 0, **changes: Any) -> Effort:
    card = scored(TABLE, small_framework(**changes))
    return effort(card, row, target, terms_of(card))


def index_of(method: str) -> dict[str, Any]:
    children = [{"indicator": code, "weight": 1} for code in ("labs", "share", "rank")]
    return {"code": "index", "aggregate": method, "children": children}


def normalised(method: str, **rest: Any) -> list[dict[str, Any]]:
    own = {"method": method, **rest}
    labs = indicator("labs", [0, 1, 2, 3]) | {"normalise": own}
    return [labs, indicator("share", [0, 20, 40, 60]), indicator("rank", [31, 10, 5, 1], direction="lower_is_better")]


def without_scores() -> list[dict[str, Any]]:
    return [{key: value for key, value in item.items() if key != "normalise"} for item in normalised("minmax")]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"index": index_of("geometric"), "scale": {"min": 1, "max": 100},
          "tiers": [{"code": code, "title": {"zh": code, "en": code}, "score": score}
                    for code, score in (("low", 1), ("middle", 40), ("high", 60))]}, "no weighted sum"),
        ({"index": index_of("median")}, "no weighted sum"),
        ({"sort": PROFILES, "indicators": without_scores()}, "sort by profiles"),
        ({"indicators": normalised("minmax"), "sort": {"method": "score_bands"}}, "compares the regions"),
        ({"treat": {"method": "winsorise"}}, "compares the regions"),
        ({"impute": {"method": "mean"}}, "compares the regions"),
        ({"indicators": [indicator("labs", [0, 1, 2, 3], transform="log"), *normalised("minmax")[1:]],
          "sort": {"method": "score_bands"}}, "transformed"),
    ],
)  # fmt: skip
def test_what_is_no_weighted_sum_of_own_scores_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        refuse_unplannable(scored(TABLE, small_framework(**changes)))


def test_the_small_framework_is_planned_and_so_are_bands_and_goalposts() -> None:
    refuse_unplannable(scored(TABLE, small_framework()))
    bands = {"indicators": normalised("goalposts", low=0, high=40, clip=True), "sort": {"method": "score_bands"}}
    decided = decision(1, **bands)
    refuse_unplannable(scored(TABLE, small_framework(**bands)))
    plan = least_effort(decided, 5.0)
    assert plan is not None and decided.reaches(plan.additions)


def test_rounded_bands_are_reached_where_the_rounded_score_is() -> None:
    """At two decimals 39.995 counts as 40: no plan pays for the rest."""
    decided = decision(1, sort={"method": "score_bands", "decimals": 2},
                       indicators=[indicator("labs", [0, 10, 20, 40]), *normalised("minmax")[1:]])  # fmt: skip
    plan = least_effort(decided, 5.0)
    assert plan is not None and decided.reaches(plan.additions)
    assert 39.99499 < float(decided.score(plan.additions)) < 39.99501


def test_a_falling_share_that_is_not_counted_is_refused_and_a_counted_one_is_listed() -> None:
    """Lower is better, and the share falls ever faster as its total falls too."""
    falling = indicator("share", [60, 40, 20, 0], direction="lower_is_better", measure={"kind": "national_share"})
    others = [indicator("labs", [0, 10, 20, 40]), indicator("rank", [31, 10, 5, 1], direction="lower_is_better")]
    quota = {"sort": {"method": "score_bands"}}
    with pytest.raises(Refused, match="a share that is better when lower"):
        choices(decision(2, row=2, indicators=[others[0], falling, others[1]], **quota))
    counted = decision(2, row=2, indicators=[others[0], falling | {"integer": True}, others[1]], **quota)
    assert choices(counted).options.owner.size > 0


def test_a_unit_costs_one_over_the_width_of_the_tier() -> None:
    """Labs are 10 wide from the entry of middle to that of high, the rank 5.

    Of the share's total of 60 the others have 55; 20 % are 13.75 beside them and 40 % are 36.67, so 22.9167 wide.
    """
    decided = decision(2)
    np.testing.assert_allclose(decided.unit_costs, [1 / 10, 1 / 22.916666666666668, 1 / 5], rtol=1e-12)


def test_what_is_free_takes_no_more_than_it_needs() -> None:
    card = scored(TABLE, small_framework())
    decided = effort(card, 0, 1, terms_of(card, costs=np.zeros(3)))
    plan = least_effort(decided, 5.0)
    assert plan is not None
    for column in np.flatnonzero(plan.additions):
        less = plan.additions.copy()
        less[column] -= 1
        assert not decided.reaches(less)


def test_an_indicator_whose_tier_has_no_width_needs_a_price() -> None:
    """Whoever has everything of a share has no rest of the nation to grow against."""
    alone = {"R0": {"labs": 4, "share": 5, "rank": 20}, "R1": {"labs": 1, "share": 0, "rank": 8},
             "R2": {"labs": 1, "share": 0, "rank": 2}}  # fmt: skip
    card = scored(alone, small_framework())
    with pytest.raises(Refused, match="no default cost"):
        effort(card, 0, 1, terms_of(card, most=np.array([np.nan, 3.0, np.nan])))
    effort(card, 0, 1, terms_of(card))  # up to the ceiling there is nothing to add to it
