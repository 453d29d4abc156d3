"""Every number of a full answer, computed again from the answer alone with a pocket calculator's means."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.agreement import close
from tierscore.services.query import AssessmentQuery
from tierscore.services.reading import Reading
from tierscore.services.service import Service
from tierscore.storage.database import Database

EPS = 1e-9
Answer = dict[str, Any]


@pytest.fixture
def reading(seeded: Database) -> Reading:
    return Service(seeded).reading()


def every_answer(reading: Reading) -> list[Answer]:
    return [
        reading.assessment(item["region"]["code"], AssessmentQuery(period=period))
        for period in (2019, 2020, 2021, 2022)
        for item in reading.assessments(AssessmentQuery(period=period))["items"]
    ]


def test_every_number_can_be_recomputed(reading: Reading) -> None:
    answers = every_answer(reading)
    assert len(answers) == 4 * 31
    for answer in answers:
        check_indicators(answer)
        check_score(answer)
        check_tiers(answer)
        check_views(answer)
        check_cushion(answer)
        check_gap(answer)
        check_levers(answer)
        check_bounds(answer)


def present(answer: Answer) -> list[Answer]:
    return [item for item in answer["indicators"] if item["score"] is not None]


def knot_score(measured: float, answer: Answer, item: Answer) -> float:
    scores = [*(tier["threshold"] for tier in answer["tiers"]), answer["rule"]["scale"]["max"]]
    points = list(zip(item["knots"], scores, strict=True))
    sign = 1 if item["knots"][0] < item["knots"][-1] else -1
    x = sign * measured
    if x <= sign * points[0][0]:
        return float(points[0][1])
    for (left, low), (right, high) in pairwise(points):
        if x <= sign * right:
            return float(low + (high - low) * (measured - left) / (right - left))
    return float(points[-1][1])


def check_indicators(answer: Answer) -> None:
    weight_present = sum(item["weight"] for item in present(answer))
    assert close(sum(item["weight"] for item in answer["indicators"]), 1)
    for item in answer["indicators"]:
        if item["score"] is None:
            assert item["missing_reason"]
            assert item["measured"] is item["effective_weight"] is item["contribution"] is item["supplies_tier"] is None
            continue
        assert item["missing_reason"] is None
        expected = item["value"] if item["total"] is None else 100 * item["value"] / item["total"]["value"]
        assert close(item["measured"], expected)
        assert close(item["score"], knot_score(item["measured"], answer, item))
        assert close(item["effective_weight"], item["weight"] / weight_present)
        assert close(item["contribution"], item["effective_weight"] * item["score"])
        reached = [tier["code"] for tier in answer["tiers"] if item["score"] >= tier["threshold"] - EPS]
        assert item["supplies_tier"] == reached[-1]


def check_score(answer: Answer) -> None:
    assert close(answer["coverage"], sum(item["weight"] for item in present(answer)))
    assert close(answer["score"], sum(item["contribution"] for item in present(answer)))
    enough = answer["coverage"] >= answer["rule"]["min_coverage"] - EPS
    assert answer["status"] == ("assessed" if enough else "insufficient_data")
    reached = [tier["code"] for tier in answer["tiers"] if answer["score"] >= tier["threshold"] - EPS]
    assert answer["tier_by_score"] == reached[-1]


def share_at(items: list[Answer], threshold: float) -> float | None:
    known = [item for item in items if item["score"] is not None]
    if not known:
        return None
    supplied = sum(item["weight"] for item in known if item["score"] >= threshold - EPS)
    return float(supplied / sum(item["weight"] for item in known))


def check_tiers(answer: Answer) -> None:
    attained, rule = True, answer["rule"]
    for place, tier in enumerate(answer["tiers"]):
        share = share_at(answer["indicators"], tier["threshold"])
        assert close(tier["functions_share"], share)
        assert tier["score_met"] == (answer["score"] >= tier["threshold"] - EPS)
        assert tier["functions_met"] == (share is not None and share >= rule["cut"] - EPS)
        attained = attained and (
            place == 0 or (tier["score_met"] and tier["functions_met"] and quota_met(answer, tier))
        )
        assert tier["attained"] == attained
        short = [item["code"] for item in present(answer) if item["score"] < tier["threshold"] - EPS]
        assert tier["missing_functions"] == short
        assert tier["unknown_functions"] == [item["code"] for item in answer["indicators"] if item["score"] is None]
    held = [tier["code"] for tier in answer["tiers"] if tier["attained"]]
    assert answer["tier"] == (held[-1] if answer["status"] == "assessed" else None)


def quota_met(answer: Answer, tier: Answer) -> bool:
    if tier["origination"] is None:
        return True
    origination = [item for item in answer["indicators"] if item["stage"] == "origination"]
    known = sum(item["weight"] for item in origination if item["score"] is not None)
    coverage = known / sum(item["weight"] for item in origination)
    share = share_at(origination, tier["threshold"])
    assert close(tier["origination"]["coverage"], coverage)
    assert close(tier["origination"]["share"], share)
    quota = answer["rule"]["origination"]
    met = coverage >= quota["coverage"] - EPS and share is not None and share >= quota["share"] - EPS
    assert tier["origination"]["met"] == met
    return met


def check_views(answer: Answer) -> None:
    for kind in ("stage", "force"):
        for name, view in answer["views"][kind].items():
            members = [item for item in answer["indicators"] if item[kind] == name]
            known = [item for item in members if item["score"] is not None]
            weight = sum(item["weight"] for item in known)
            assert close(view["coverage"], weight / sum(item["weight"] for item in members))
            mean = sum(item["weight"] * item["score"] for item in known) / weight if known else None
            assert close(view["score"], mean)
    cohesion, radiation = answer["views"]["force"]["cohesion"], answer["views"]["force"]["radiation"]
    needed = answer["rule"]["min_coverage"] - EPS
    known = min(cohesion["coverage"], radiation["coverage"]) >= needed
    if known and max(cohesion["score"], radiation["score"]) >= answer["tiers"][1]["threshold"] - EPS:
        stronger = "growth_pole" if cohesion["score"] >= radiation["score"] else "power_source"
        assert answer["views"]["role"] == stronger
    else:
        assert answer["views"]["role"] is None


def check_cushion(answer: Answer) -> None:
    codes = [tier["code"] for tier in answer["tiers"]]
    if answer["tier"] in (None, codes[0]):
        assert set(answer["cushion"].values()) == {None}
        return
    tier = answer["tiers"][codes.index(answer["tier"])]
    assert close(answer["cushion"]["score"], answer["score"] - tier["threshold"])
    assert close(answer["cushion"]["functions_share"], tier["functions_share"] - tier["functions_needed"])
    assert answer["cushion"]["smallest_loss"] > answer["cushion"]["functions_share"] * answer["coverage"] - EPS


def check_gap(answer: Answer) -> None:
    gap = answer["gap"]
    if gap["target"] is None:
        assert answer["tier"] == answer["tiers"][-1]["code"]
        return
    tier = next(item for item in answer["tiers"] if item["code"] == gap["target"])
    assert close(gap["score_gap"], max(0, tier["threshold"] - answer["score"]))
    assert close(gap["functions_gap"], max(0, tier["functions_needed"] - tier["functions_share"]))
    by_code = {item["code"]: item for item in answer["indicators"]}
    assert sorted(item["indicator"] for item in gap["deficits"]) == sorted(tier["missing_functions"])
    for deficit in gap["deficits"]:
        item = by_code[deficit["indicator"]]
        assert close(deficit["score_gain"], item["effective_weight"] * (tier["threshold"] - item["score"]))
        assert close(deficit["shortfall"], abs(deficit["required"] - item["value"]))
        assert rescored(answer, item, deficit["required"]) >= tier["threshold"] - EPS
    gains = [round(item["score_gain"], 9) for item in gap["deficits"]]
    assert gains == sorted(gains, reverse=True)


def rescored(answer: Answer, item: Answer, value: float) -> float:
    """The score of another raw value; a share's own addition grows the nation's total."""
    if item["total"] is None:
        return knot_score(value, answer, item)
    total = item["total"]["value"] + value - item["value"]
    return knot_score(100 * value / total, answer, item)


def check_levers(answer: Answer) -> None:
    needs = {item["indicator"]: item["need"] for item in answer["gap"]["deficits"]}
    priorities = [round(lever["priority"], 9) for lever in answer["levers"]]
    assert priorities == sorted(priorities, reverse=True)
    if answer["levers"]:
        assert close(sum(needs.values()), 1)
    for lever in answer["levers"]:
        relevance = {item["indicator"]: item["relevance"] for item in lever["acts_on"]}
        assert close(lever["priority"], sum(relevance.get(code, 0) * need for code, need in needs.items()))
        assert close(lever["priority"], sum(part["part"] for part in lever["because"]))
        assert lever["reference"]["section"]
        assert lever["reference"]["passage"]
    unknown = {item["indicator"] for item in answer["gap"]["unknown"]}
    for lever in answer["levers_for_unknown"]:
        assert set(lever["unknown"]) <= unknown


def check_bounds(answer: Answer) -> None:
    """The tiers by the same rule when what is missing is put at the scale's ends."""
    for name, end in (("lowest", "min"), ("highest", "max")):
        filled = [
            item if item["score"] is not None else {**item, "score": answer["rule"]["scale"][end]}
            for item in answer["indicators"]
        ]
        assert answer["tier_bounds"][name] == filled_tier(answer, filled)


def filled_tier(answer: Answer, items: list[Answer]) -> str:
    quota, found, started = answer["rule"]["origination"], answer["tiers"][0]["code"], False
    score = sum(item["weight"] * item["score"] for item in items)
    origination = [item for item in items if item["stage"] == "origination"]
    for tier in answer["tiers"][1:]:
        started = started or tier["code"] == quota["from"]
        functions = share_at(items, tier["threshold"]) or 0
        share = share_at(origination, tier["threshold"]) or 0
        met = score >= tier["threshold"] - EPS and functions >= answer["rule"]["cut"] - EPS
        if not met or (started and share < quota["share"] - EPS):
            return str(found)
        found = tier["code"]
    return str(found)
