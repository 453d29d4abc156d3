"""Gaps and required raw values, by hand, on the small framework."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from tests.engine.scoring import scored
from tests.frameworks import indicator, small_framework
from tierscore.engine import gap, need
from tierscore.framework.model import Framework

FRAMEWORK = small_framework()
TABLE = {
    "R0": {"labs": 7, "share": 10, "rank": 12},
    "R1": {"labs": 30, "share": 50, "rank": 2},
    "R2": {"labs": 12, "share": 40, "rank": None},
}
"""The nation's total of `share` is the sum, 100: R0 has 10 %, R1 50 %, R2 40 %."""


def required(framework: Framework, target: int, table: dict[str, dict[str, float | None]] = TABLE) -> list[float]:
    card = scored(table, framework)
    return list(gap.towards(card, np.full(3, target)).required[0])


def test_whole_steps_are_the_fewest() -> None:
    # labs 7 -> 10.  share: (10 + n)/(100 + n) >= 20 % needs n >= 12.5, so 13.  rank 12 -> 10.
    assert required(FRAMEWORK, 1) == [10, 23, 10]


def test_continuous_values_take_the_exact_entry() -> None:
    whole_off = [
        indicator("labs", [0, 10, 20, 40], stage="origination"),
        indicator("share", [0, 20, 40, 60], measure={"kind": "national_share"}),
        indicator("rank", [31, 10, 5, 1], direction="lower_is_better"),
    ]
    # share: x = 10, N = 100, b = 0.2: 10 + (20 - 10)/0.8 = 22.5
    assert required(small_framework(indicators=whole_off), 1) == pytest.approx([10, 22.5, 10])


def test_a_value_already_there_is_no_deficit() -> None:
    # At the middle tier 40 % of R2 is supplied, its 12 laboratories too; its rank is unknown, not short.
    found = gap.towards(scored(TABLE, FRAMEWORK), np.full(3, 1))
    assert not found.short[2].any()
    assert np.isnan(found.required[2]).all()


def test_a_share_of_everything_cannot_be_required() -> None:
    out_of_reach = [
        indicator("labs", [0, 10, 20, 40], stage="origination"),
        indicator("share", [0, 100, 200, 300], measure={"kind": "national_share"}),
        indicator("rank", [31, 10, 5, 1], direction="lower_is_better"),
    ]
    assert np.isnan(required(small_framework(indicators=out_of_reach), 1)[1])


def test_per_needs_its_denominator() -> None:
    per = [
        indicator("labs", [0, 10, 20, 40], stage="origination"),
        indicator("share", [0, 1, 2, 3], measure={"kind": "per", "denominator": "people", "scale": 100}),
        indicator("rank", [31, 10, 5, 1], direction="lower_is_better"),
        {"code": "people", "title": {"zh": "人", "en": "people"}, "unit": "persons", "direction": "higher_is_better"},
    ]
    table = {**TABLE, "R0": {"labs": 7, "share": 1, "rank": 12, "people": 400}}
    # 100 x 1/400 = 0.25 per hundred; the entry of 1 needs 4 things
    assert required(small_framework(indicators=per), 1, table)[1] == pytest.approx(4)


def test_the_gap_of_each_test() -> None:
    card = scored(TABLE, FRAMEWORK)
    found = gap.towards(card, np.full(3, 2))
    # R0 scores 28, 20 and 21 steps of 40/21 below 31 -> 36.19
    score = 0.5 * 28 + 0.3 * 20 + 0.2 * (19 * 40 / 21)
    assert found.score_gap[0] == pytest.approx(60 - score)
    assert found.functions_gap[0] == pytest.approx(2 / 3)
    assert found.share_gap[0] == pytest.approx(0.5)
    assert found.coverage_gap[0] == 0
    assert np.isnan(gap.towards(card, np.full(3, 1)).share_gap).all()


def test_gain_is_weight_times_the_way_to_the_threshold() -> None:
    found = gap.towards(scored(TABLE, FRAMEWORK), np.full(3, 1))
    assert found.gain[0, :2] == pytest.approx([0.5 * (40 - 28), 0.3 * (40 - 20)])


def test_next_tier() -> None:
    card = scored({"R0": {}, "R1": TABLE["R1"], "R2": TABLE["R0"]}, FRAMEWORK)
    assert card.tier.tolist() == [-1, 2, 0]
    assert gap.next_tier(card).tolist() == [1, -1, 1]
    assert np.isnan(gap.towards(card, gap.next_tier(card)).score_gap[1])


def test_exemplars_are_the_nearest_others_of_the_tier() -> None:
    card = scored({"R0": TABLE["R0"], "R1": TABLE["R1"], "R2": {"labs": 30, "share": 50, "rank": 2}}, FRAMEWORK)
    assert gap.exemplars(card, 0, 1) == [1, 2]  # the same score: by code
    assert gap.exemplars(card, 1, 1) == [2]


def test_needs_are_the_mean_over_the_unmet_tests() -> None:
    card = scored(TABLE, FRAMEWORK)
    found = gap.towards(card, np.full(3, 1))
    needs = need.needs(card, found)[0]
    gains = np.array([0.5 * 12, 0.3 * 20, 0.2 * (40 - 19 * 40 / 21)])
    assert needs == pytest.approx((gains / gains.sum() + np.array([0.5, 0.3, 0.2])) / 2)
    assert needs.sum() == pytest.approx(1)


def test_no_unmet_test_no_need() -> None:
    card = scored(TABLE, FRAMEWORK)
    assert not need.needs(card, gap.towards(card, np.full(3, 0))).any()


def test_the_gap_of_some_rows_is_theirs_among_all() -> None:
    card, rows = scored(TABLE, FRAMEWORK), np.array([2, 0])
    target = gap.next_tier(card)
    whole, own = gap.towards(card, target), gap.towards(card, target[rows], rows)
    for field in fields(gap.Gap):
        assert getattr(own, field.name).tobytes() == getattr(whole, field.name)[rows].tobytes(), field.name
    assert need.needs(card, own).tobytes() == need.needs(card, whole)[rows].tobytes()
