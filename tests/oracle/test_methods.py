"""The oracle checked by hand: every expected number is worked out in the comment beside it."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from tests.oracle import methods
from tests.oracle.methods import Framework, Indicator, Observation, assess, assess_table

LABS = Indicator("labs", 0.5, (0, 10, 20, 40), stage="origination", force="cohesion", whole=True, lowest=0)
SALES = Indicator("sales", 0.3, (0, 20, 40, 60), "national_share", stage="diffusion", force="radiation", lowest=0)
RANK = Indicator("rank", 0.2, (11, 5, 3, 1), stage="extension", force="overall", whole=True, lowest=1)
TINY = Framework(tiers=(("base", 0), ("middle", 50), ("top", 80)), indicators=(LABS, SALES, RANK))

# The three addends of sales are 100 together, so a value is its own share in per cent.
TABLE = {
    "A": {"labs": 15, "sales": 30, "rank": 3},
    "B": {"labs": 5, "sales": 50, "rank": 11},
    "C": {"labs": None, "sales": 20, "rank": 4},
}


def rows(table):
    """The same table as the oracle takes it."""
    return {
        region: {code: None if value is None else (value, 2021, "A", "S") for code, value in row.items()}
        for region, row in table.items()
    }


def close(expected):
    return pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.fixture
def tiny():
    return assess_table(rows(TABLE), framework=TINY)


# --- selection ------------------------------------------------------------------------------------------------


def recorded(period, value, revision=1, status="A"):
    return Observation("R", "labs", period, value, status, "S", revision)


def chosen(observations, period=2021, revision=9, back=2, ahead=2):
    framework = replace(TINY, regions=("R",), indicators=(replace(LABS, back=back, ahead=ahead),))
    found = methods.select(observations, period, revision, framework)["R"]["labs"]
    return None if found is None else found[:2]


def test_nearest_period_wins_and_the_earlier_on_a_tie():
    # distances from 2021: 2019 is 2 away, 2020 and 2022 are 1 away; of those the earlier is 2020
    assert chosen([recorded(2019, 9), recorded(2022, 2), recorded(2020, 0)]) == (0, 2020)
    assert chosen([recorded(2019, 9), recorded(2022, 2)]) == (2, 2022)


def test_window_is_closed_on_both_sides_and_defaults_to_the_period_itself():
    assert chosen([recorded(2019, 9)]) == (9, 2019)
    assert chosen([recorded(2018, 9)]) is None
    assert chosen([recorded(2020, 9), recorded(2022, 9)], back=0, ahead=0) is None


def test_the_highest_revision_by_then_decides_and_a_dropped_period_stays_dropped():
    first, second = recorded(2021, 1, revision=1), recorded(2021, 2, revision=2)
    assert chosen([second, first]) == (2, 2021)
    assert chosen([second, first], revision=1) == (1, 2021)
    assert chosen([first], revision=0) is None
    # revision 2 withdraws, or is another definition: revision 1 does not come back, the next period does
    assert chosen([first, recorded(2021, None, 2, "M"), recorded(2020, 7)]) == (7, 2020)
    assert chosen([first, recorded(2021, 5, 2, "D")]) is None


# --- measures and knots ---------------------------------------------------------------------------------------


def test_a_given_total_comes_before_the_sum():
    answer = assess_table(rows(TABLE), {"sales": (200.0, 2020, "E", "S")}, TINY)
    # 30 of 200 is 15 %, three quarters of the way to the first entry: 37.5
    assert answer["A"]["indicators"]["sales"]["measured"] == close(15)
    assert answer["A"]["indicators"]["sales"]["score"] == close(37.5)
    assert answer["A"]["indicators"]["sales"]["total"] == {"value": 200.0, "period": 2020, "kind": "given"}


def test_no_share_of_a_partial_sum():
    answer = assess_table(rows(TABLE | {"C": {"labs": 1, "sales": None, "rank": 4}}), framework=TINY)
    for region in "ABC":
        found = answer[region]["indicators"]["sales"]
        assert (found["missing"], found["score"], found["total"]) == (True, None, None)
    assert answer["A"]["indicators"]["sales"]["value"] == 30
    assert answer["A"]["indicators"]["sales"]["missing_reason"] == "no total"
    # 0.5 x 65 + 0.2 x 80 = 48.5 over the weight present 0.7
    assert answer["A"]["score"] == close(48.5 / 0.7)


def test_a_total_of_zero_is_missing():
    table = rows({region: row | {"sales": 0} for region, row in TABLE.items()})
    found = assess_table(table, framework=TINY)["A"]["indicators"]["sales"]
    assert (found["score"], found["missing_reason"]) == (None, "zero total")


def test_a_summed_total_of_two_periods_has_no_period():
    table = rows(TABLE)
    table["B"]["sales"] = (50, 2020, "A", "S")
    total = assess_table(table, framework=TINY)["A"]["indicators"]["sales"]["total"]
    assert total == {"value": 100, "period": None, "kind": "summed"}


def test_per_divides_by_another_indicator_of_the_region():
    density = replace(LABS, measure="per", denominator="people", scale=10)
    framework = replace(TINY, indicators=(density,))
    table = rows({"A": {"labs": 3, "people": 2}, "B": {"labs": 3, "people": None}, "C": {"labs": 3, "people": 0}})
    answer = assess_table(table, framework=framework)
    # 10 x 3 / 2 = 15, half way between the entries 10 and 20: 65; the entry of top, 20, needs 20 x 2 / 10 = 4
    assert answer["A"]["indicators"]["labs"]["score"] == close(65)
    assert answer.gap("A", "top")["deficits"][0]["required"] == 4
    assert answer["B"]["score"] is None
    assert answer["C"]["score"] is None


@pytest.mark.parametrize(
    ("value", "score"),
    [(-1, 0), (0, 0), (5, 25), (10, 50), (15, 65), (20, 80), (30, 90), (40, 100), (99, 100)],
)
def test_ascending_knots(value, score):
    # (0, 0) (10, 50) (20, 80) (40, 100): slopes 5, 3, 1; clipped outside
    assert methods.knot_score(LABS, value, TINY) == close(score)


@pytest.mark.parametrize(("value", "score"), [(12, 0), (11, 0), (8, 25), (5, 50), (4, 65), (3, 80), (2, 90), (1, 100)])
def test_descending_knots(value, score):
    # (11, 0) (5, 50) (3, 80) (1, 100): 50/6 a place, then 15, then 10
    assert methods.knot_score(RANK, value, TINY) == close(score)


# --- score, rank, tier ----------------------------------------------------------------------------------------


def test_region_with_everything(tiny):
    a = tiny["A"]
    # labs 15 -> 65, sales 30 % -> 50 + 30 x 10/20 = 65, rank 3 -> 80; 0.5 x 65 + 0.3 x 65 + 0.2 x 80 = 68
    assert (a["score"], a["coverage"]) == (close(68), close(1))
    # at 50 everything is supplied; at 80 only the rank, 0.2 < 2/3
    assert (a["status"], a["tier"], a["tier_by_score"]) == ("assessed", "middle", "middle")
    assert [test["functions_share"] for test in a["tiers"]] == [close(1), close(1), close(0.2)]
    assert [test["attained"] for test in a["tiers"]] == [True, True, False]
    assert [test["origination"] for test in a["tiers"]] == [None, None, {"coverage": 1, "share": 0, "met": False}]
    assert a["tiers"][2]["missing_functions"] == ["labs", "sales"]
    assert a["tiers"][2]["unknown_functions"] == []
    # the score may fall by 18, the share by 1/3; 0.3 lost leaves 0.7 >= 2/3, so the least loss is 0.5
    assert a["cushion"] == {
        "score": close(18),
        "functions_share": close(1 / 3),
        "origination_share": None,
        "smallest_loss": close(0.5),
    }
    assert a["indicators"]["sales"] == {
        "value": 30,
        "period": 2021,
        "status": "A",
        "source": "S",
        "total": {"value": 100, "period": 2021, "kind": "summed"},
        "measured": close(30),
        "score": close(65),
        "weight": 0.3,
        "effective_weight": close(0.3),
        "contribution": close(19.5),
        "supplies_tier": "middle",
        "missing": False,
        "missing_reason": None,
    }


def test_one_strong_function_does_not_buy_a_tier(tiny):
    b = tiny["B"]
    # labs 5 -> 25, sales 50 % -> 80 + 20 x 10/20 = 90, rank 11 -> 0; 12.5 + 27 + 0 = 39.5
    assert (b["score"], b["tier"]) == (close(39.5), "base")
    # sales reach top, two above base
    assert b["uneven_functions"] == ["sales"]
    assert set(b["cushion"].values()) == {None}
    assert (b["tier_bounds"], b["rests_on_missing"]) == ({"lowest": "base", "highest": "base"}, False)


def test_insufficient_data_keeps_everything_but_tier_rank_and_cushion(tiny):
    c = tiny["C"]
    # 0.3 x 50 + 0.2 x 65 = 28 over 0.5 present = 56; coverage 0.5 < 0.6
    assert (c["status"], c["score"], c["coverage"]) == ("insufficient_data", close(56), close(0.5))
    assert (c["tier"], c["rank"], c["rests_on_missing"], c["tier_by_score"]) == (None, None, None, "middle")
    assert set(c["cushion"].values()) == {None}
    # labs at 0: 28 < 50, base; labs at 100: 78 >= 50 with every function, but below 80
    assert c["tier_bounds"] == {"lowest": "base", "highest": "middle"}
    # the origination share has nothing present: null, not met, so no tier is unproven
    assert c["tiers"][2]["origination"] == {"coverage": 0, "share": None, "met": False}
    assert c["unproven_tiers"] == []
    assert (c["gap"]["target"], c["gap"]["score_gap"], c["gap"]["functions_gap"]) == ("middle", 0, 0)
    assert (c["gap"]["unknown"], c["needs"]) == (["labs"], {})
    assert c["indicators"]["labs"]["effective_weight"] is None


def test_a_tier_above_a_null_gap(tiny):
    assert tiny["A"]["gap"]["target"] == "top"
    best = {"labs": 40, "sales": 100, "rank": 1}
    alone = assess_table(rows({"A": best}), framework=TINY)["A"]
    assert (alone["tier"], alone["score"], alone["gap"], alone["needs"]) == ("top", close(100), None, {})
    # everything is supplied at top; origination 1 - 1/3
    assert alone["cushion"]["origination_share"] == close(2 / 3)


def test_nothing_at_all():
    answer = assess_table({"A": {}}, framework=TINY)["A"]
    assert (answer["status"], answer["score"], answer["tier_by_score"], answer["coverage"]) == (
        "insufficient_data",
        None,
        None,
        0,
    )
    assert answer["tier_bounds"] == {"lowest": "base", "highest": "top"}
    assert (answer["gap"]["score_gap"], answer["gap"]["functions_gap"], answer["needs"]) == (None, None, {})
    assert answer["gap"]["exemplars"] == []


def test_the_majority_is_met_at_exactly_two_thirds():
    # three equal weights, two supplied: 2/3, though 0.1 + 0.1 over 0.30000000000000004 is not 2/3 in floats
    equal = replace(TINY, indicators=tuple(replace(LABS, code=code, weight=0.1, stage="extension") for code in "xyz"))
    answer = assess_table(rows({"A": {"x": 20, "y": 10, "z": 4}}), framework=equal)["A"]
    # 80, 50 and 20: score 50
    assert (answer["score"], answer["tier"]) == (close(50), "middle")
    assert answer["cushion"]["smallest_loss"] == close(0.1)


def test_unproven_when_only_the_origination_coverage_fails():
    # origination: labs 0.4 missing, prizes 0.2 present; coverage 1/3 < 1/2, share 1
    framework = replace(
        TINY,
        indicators=(
            replace(LABS, weight=0.4),
            replace(LABS, code="prizes", weight=0.2),
            replace(SALES, weight=0.2),
            RANK,
        ),
    )
    table = rows({"A": {"labs": None, "prizes": 40, "sales": 60, "rank": 1}})
    answer = assess_table(table, {"sales": (100, 2021, "A", "S")}, framework)["A"]
    assert (answer["score"], answer["coverage"], answer["tier"]) == (close(100), close(0.6), "middle")
    assert answer["unproven_tiers"] == ["top"]
    # labs at 0: score 60, but functions 0.6 < 2/3: base. labs at 100: top, above the tier
    assert answer["tier_bounds"] == {"lowest": "base", "highest": "top"}
    assert answer["rests_on_missing"] is True
    assert answer["gap"]["origination"] == {"coverage_gap": close(1 / 6), "share_gap": 0}
    assert (answer["gap"]["deficits"], answer["gap"]["unknown"], answer["needs"]) == ([], ["labs"], {})


def test_ranks_share_the_lowest_number_after_rounding():
    # a and b differ by 1e-10, below the rounding; c comes third
    assert methods.ranks({"a": 50, "b": 50 + 1e-10, "c": 49.9, "d": 60}) == {"d": 1, "a": 2, "b": 2, "c": 4}


def test_a_unit_outside_the_reference_enters_no_sum_and_no_rank():
    framework = replace(TINY, regions=("A", "B", "C"))
    answer = assess_table(rows(TABLE | {"X": {"labs": 15, "sales": 50, "rank": 3}}), framework=framework)
    assert answer["X"]["indicators"]["sales"]["measured"] == close(50)
    assert (answer["X"]["tier"], answer["X"]["rank"], answer["A"]["rank"]) == ("middle", None, 1)
    assert answer["B"]["gap"]["exemplars"] == ["A"]


@pytest.mark.parametrize(
    ("cohesion", "radiation", "expected"),
    [
        ((60, 0.6), (60, 1), "growth_pole"),  # equal scores
        ((50, 1), (60, 1), "power_source"),
        ((50, 1), (10, 1), "growth_pole"),  # the larger is just at T_2
        ((49, 1), (49, 1), None),  # the larger is below T_2
        ((60, 0.59), (60, 1), None),  # one view is covered too thinly
        ((None, 0), (60, 1), None),
    ],
)
def test_role(cohesion, radiation, expected):
    views = [{"score": score, "coverage": coverage} for score, coverage in (cohesion, radiation)]
    assert methods.role(*views, TINY) == expected


def test_views_have_their_own_coverage(tiny):
    c = tiny["C"]["views"]
    assert c["stage"] == {
        "origination": {"score": None, "coverage": 0},
        "extension": {"score": close(65), "coverage": 1},
        "diffusion": {"score": close(50), "coverage": 1},
    }
    assert c["force"] == {"cohesion": {"score": None, "coverage": 0}, "radiation": {"score": close(50), "coverage": 1}}
    assert c["role"] is None


# --- gap and need ---------------------------------------------------------------------------------------------


def test_gap_and_need_by_hand(tiny):
    gap = tiny["A"]["gap"]
    assert gap["score_gap"] == close(12)  # 80 - 68
    assert gap["functions_gap"] == close(2 / 3 - 0.2)
    assert gap["origination"] == {"coverage_gap": 0, "share_gap": close(1 / 3)}
    # labs: entry 20, 0.5 x (80 - 65); sales: 30 + (0.4 x 100 - 30) / 0.6, 0.3 x (80 - 65)
    assert gap["deficits"] == [
        {"indicator": "labs", "value": 15, "required": 20, "shortfall": 5, "score_gain": close(7.5)},
        {
            "indicator": "sales",
            "value": 30,
            "required": close(30 + 10 / 0.6),
            "shortfall": close(10 / 0.6),
            "score_gain": close(4.5),
        },
    ]
    # score test 7.5 and 4.5 of 12; functions 0.5 and 0.3 of 0.8; origination: labs alone. The mean of three
    assert tiny["A"]["needs"] == {"labs": close((0.625 + 0.625 + 1) / 3), "sales": close((0.375 + 0.375) / 3)}


def test_explicit_target(tiny):
    gap = tiny.gap("B", "top")
    # rank gains 0.2 x 80 = 16, labs 0.5 x 55 = 27.5; sales at 90 are no deficit
    assert [(d["indicator"], d["required"]) for d in gap["deficits"]] == [("labs", 20), ("rank", 3)]
    assert gap["score_gap"] == close(40.5)
    # unmet: score (27.5 and 16 of 43.5), functions (0.5 and 0.2 of 0.7), origination (labs)
    assert tiny.needs("B", "top") == {
        "labs": close((27.5 / 43.5 + 5 / 7 + 1) / 3),
        "rank": close((16 / 43.5 + 2 / 7) / 3),
    }
    own = tiny.gap("A", "middle")
    assert (own["score_gap"], own["functions_gap"], own["deficits"], own["exemplars"]) == (0, 0, [], [])
    assert tiny.needs("A", "middle") == {}


def test_gains_in_a_tie_keep_the_frameworks_order():
    # three equal weights and equal values, so equal gains
    equal = replace(TINY, indicators=tuple(replace(LABS, code=code, weight=1.0) for code in ("z", "x", "y")))
    gap = assess_table(rows({"A": {"z": 5, "x": 5, "y": 5}}), framework=equal)["A"]["gap"]
    assert [d["indicator"] for d in gap["deficits"]] == ["z", "x", "y"]


def share_required(value, total, knots, whole=True, target="middle"):
    indicator = replace(SALES, knots=knots, whole=whole)
    framework = replace(TINY, indicators=(indicator,))
    answer = assess_table(rows({"A": {"sales": value}}), {"sales": (total, 2021, "A", "S")}, framework)
    return answer.gap("A", target)["deficits"][0]["required"]


def test_whole_shares_grow_their_own_total():
    # (1+1)/(10+1) = 18.2 %, (1+2)/(10+2) = 25 %: two additions for 20 %
    assert share_required(1, 10, (0, 20, 40, 60)) == 3
    # (1+3)/(13+3) is exactly 25 %
    assert share_required(1, 13, (0, 25, 40, 60)) == 4
    # continuous: (0.2 x 10 - 1) / 0.8 = 1.25 more
    assert share_required(1, 10, (0, 20, 40, 60), whole=False) == close(2.25)
    # less is better: (6-2)/(10-2) = 50 %, (6-3)/(10-3) = 42.9 %, (6-4)/(10-4) = 33.3 %
    assert share_required(6, 10, (90, 40, 20, 0)) == 2
    assert share_required(6, 10, (90, 40, 20, 0), whole=False) == close(6 - 2 / 0.6)


def test_entries_out_of_reach_give_no_required_value():
    assert share_required(1, 10, (0, 100, 120, 150)) is None
    # a sole owner stays at 100 % however much it gives up
    assert share_required(10, 10, (150, 40, 20, 0)) is None
    # rank 0.5 would be needed: no such rank
    framework = replace(TINY, indicators=(replace(RANK, knots=(11, 0.5, 0.4, 0.3)),))
    assert assess_table(rows({"A": {"rank": 9}}), framework=framework)["A"]["gap"]["deficits"][0]["required"] is None


def test_descending_whole_numbers_round_towards_the_better_side():
    framework = replace(TINY, indicators=(replace(RANK, knots=(11, 5.5, 3, 1)),))
    assert assess_table(rows({"A": {"rank": 9}}), framework=framework)["A"]["gap"]["deficits"][0]["required"] == 5


def test_the_walk_that_starts_late_finds_what_the_walk_from_the_value_finds():
    for total in (7, 40, 211):
        for value in range(total):
            for knots in ((0, 20, 40, 60), (0, 4.4, 50, 75)):
                expected = next(
                    value + n for n in range(3 * total) if 100 * (value + n) / (total + n) >= knots[2] - 1e-12
                )
                if 100 * value / total < knots[2]:
                    assert share_required(value, total, knots, target="top") == expected


def test_exemplars_are_the_three_nearest_then_by_code():
    # one level indicator: score = 2 x value above 50 per the knots (0, 50, 80, 100)
    framework = replace(TINY, indicators=(replace(LABS, knots=(0, 50, 80, 100), weight=1.0, stage="extension"),))
    table = rows({code: {"labs": value} for code, value in {"E": 70, "D": 55, "C": 60, "B": 60, "A": 40}.items()})
    # from 40: D is 15 away, B and C 20, E 30
    assert assess_table(table, framework=framework)["A"]["gap"]["exemplars"] == ["D", "B", "C"]


# --- the seeds ------------------------------------------------------------------------------------------------


def test_the_default_framework_agrees_with_the_catalogue():
    with (methods.SEEDS / "indicators.csv").open(encoding="utf-8", newline="") as file:
        catalogue = {row["code"]: row for row in csv.DictReader(file)}
    for indicator in methods.DEFAULT.indicators:
        row = catalogue[indicator.code]
        assert indicator.whole == (row["integer"] == "true")
        assert indicator.lowest == float(row["min"])
        assert indicator.highest == (float(row["max"]) if row["max"] else None)
    assert sum(methods.DEFAULT.weights.values()) == close(1)
    assert len(methods.seed_framework().regions) == 31


@pytest.mark.parametrize(
    ("region", "tier"),
    [("CN-SC", "provincial"), ("CN-CQ", "provincial"), ("CN-HB", "regional"), ("CN-BJ", "international")],
)
def test_what_the_paper_says_of_2021(region, tier):
    answer = assess(2021)[region]
    assert (answer["status"], answer["tier"]) == ("assessed", tier)


def test_sichuan_2021_by_hand():
    answer = assess(2021)
    sichuan = answer["CN-SC"]
    scores = {code: found["score"] for code, found in sichuan["indicators"].items()}
    # 7 of 57 facilities, 12.28 %, lies between 10 and 16: 80 + 20 x (700/57 - 10) / 6
    assert scores["large_science_facilities"] == close(80 + 20 * (700 / 57 - 10) / 6)
    assert scores["national_key_labs"] == close(40 * 15 / 18)  # 15 labs of 2023
    assert scores["national_st_awards_led"] is None  # not published
    assert scores["regional_innovation_rank"] == close(40 * (31 - 9) / (31 - 8))  # ninth
    assert scores["rd_intensity"] == close(40 * (2.26 - 0.5) / (2.3 - 0.5))
    assert scores["double_first_class_universities"] == close(40 + 20 * (800 / 147 - 4.4) / 2.6)  # 8 of 147
    assert scores["unicorns"] == close(40 * (400 / 314) / 4.4)  # 4 of 314
    # coverage: all but the awards' 0.11
    assert (sichuan["coverage"], sichuan["tier_by_score"]) == (close(0.89), "regional")
    # regional functions: facilities 0.12 and universities 0.10 of 0.89
    assert sichuan["tiers"][1]["functions_share"] == close(0.22 / 0.89)
    assert sichuan["uneven_functions"] == ["large_science_facilities"]
    assert sichuan["unproven_tiers"] == []
    assert sichuan["views"]["role"] == "growth_pole"
    assert answer["CN-HB"]["tiers"][1]["functions_share"] > sichuan["tiers"][1]["functions_share"]
    required = {d["indicator"]: d["required"] for d in sichuan["gap"]["deficits"]}
    # (4 + 11) / (314 + 11) = 4.62 % >= 4.4 %, (4 + 10) / (314 + 10) = 4.32 %; rank 8 is the entry
    assert (required["unicorns"], required["regional_innovation_rank"]) == (15, 8)
    # 13 + 4 of 375 + 4 = 4.49 %, 13 + 3 of 375 + 3 = 4.23 %
    assert required["star_market_companies"] == 17
    # only the majority fails, so a need is a weight over the deficits' weight, 0.89 - 0.22 = 0.67
    assert sichuan["needs"]["national_key_labs"] == close(0.12 / 0.67)
    assert answer.gap("CN-SC", "quasi_national")["score_gap"] == close(60 - sichuan["score"])


def test_hubei_2021_keeps_its_majority_by_little():
    hubei = assess(2021)["CN-HB"]
    # not regional: R&D 0.08, patents 0.06, STAR 0.05, unicorns 0.05; 0.89 - 0.24 = 0.65 of 0.89
    assert hubei["cushion"]["functions_share"] == close(0.65 / 0.89 - 2 / 3)
    # without 0.05: 0.60 / 0.89 = 0.674; without 0.06: 0.59 / 0.89 = 0.663 < 2/3
    assert hubei["cushion"]["smallest_loss"] == close(0.06)
    assert (hubei["designated_tier"]["kind"], hubei["designation_gap"]) == ("claimed", 1)


def test_2021_ranks_are_complete_and_follow_the_score():
    answer = assess(2021)
    listed = sorted(answer, key=lambda region: answer[region]["rank"])
    assert [answer[region]["rank"] for region in listed] == list(range(1, 32))
    scores = [answer[region]["score"] for region in listed]
    assert scores == sorted(scores, reverse=True)
    assert listed[:4] == ["CN-BJ", "CN-GD", "CN-JS", "CN-SH"]


def test_2019_has_no_tiers():
    answer = assess(2019)
    assert {found["tier"] for found in answer.values()} == {None}
    # universities 0.10, rank 0.15, R&D 0.08, intensity 0.05
    assert {round(found["coverage"], 9) for found in answer.values()} == {0.38}
    assert {found["gap"]["target"] for found in answer.values()} == {"regional"}


def test_the_past_answers_as_it_was_known():
    assert {found["score"] for found in assess(2021, revision=0).values()} == {None}
    early, late = assess(2021, revision=1)["CN-SC"], assess(2021, revision=3)["CN-SC"]
    # labs of 2023 and universities of 2022 came with the second batch; before it the list of 2017 served
    assert early["indicators"]["national_key_labs"]["missing"] is True
    assert early["indicators"]["double_first_class_universities"]["period"] == 2017
    assert late["indicators"]["double_first_class_universities"]["period"] == 2022
    assert early["coverage"] == close(0.77)


def test_gdp_of_2021_was_published_three_times():
    found = [
        methods.select(methods.seed_observations(), 2021, revision, methods.seed_framework())["CN-SC"]["gdp"][0]
        for revision in (1, 2, 3)
    ]
    assert found == [53850.79, 54088, 55131.3]  # first release, March 2024, census revision


def test_further_observations_count_as_recorded():
    gone = Observation("CN-SC", "large_science_facilities", 2021, None, "M", "test", 4)
    assert assess(2021, 3, [gone])["CN-SC"]["score"] == assess(2021)["CN-SC"]["score"]
    # without 2021 no other year lies in the window 2019..2021
    assert assess(2021, 4, [gone])["CN-SC"]["coverage"] == close(0.77)
