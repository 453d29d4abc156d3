"""Audits and panels of the seeded data, and recipes frozen on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import QueryRecorder
from tests.references import ROOT
from tierscore.errors import CannotScore, Invalid, UnknownCode
from tierscore.services.publishing import check_file, publications, to_yaml
from tierscore.services.query import AssessmentQuery
from tierscore.services.reading import Reading
from tierscore.services.service import Service
from tierscore.storage.database import Database

TOPSIS = ROOT / "seeds" / "frameworks" / "cn-entropy-topsis" / "2021.1"
QUERY = AssessmentQuery()


@pytest.fixture
def reading(seeded: Database) -> Reading:
    return Service(seeded).reading()


def test_the_frozen_weights_of_the_seeds_are_those_that_their_recipe_derives(reading: Reading) -> None:
    document, recipe = check_file(TOPSIS / "recipe.yaml")
    published, _ = check_file(TOPSIS / "framework.yaml")
    found = reading.frozen(document, recipe, None, None)
    weights = [
        {child["indicator"]: child["weight"] for child in item["index"]["children"]} for item in (found, published)
    ]
    assert weights[0] == pytest.approx(weights[1], rel=1e-12)
    assert sum(weights[1].values()) == pytest.approx(1.0)
    assert {key: value for key, value in found.items() if key != "index"} == {
        key: value for key, value in published.items() if key != "index"
    }


def test_a_recipe_is_not_published(tmp_path: Path) -> None:
    document, _ = check_file(TOPSIS / "recipe.yaml")
    folder = tmp_path / document["id"] / document["version"]
    folder.mkdir(parents=True)
    (folder / "framework.yaml").write_text(to_yaml(document), encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        publications(tmp_path)
    assert [(item.pointer, item.code) for item in caught.value.violations] == [("/index/weights", "not_frozen")]


def test_an_audit_tells_of_the_region_asked_for_and_its_peers(reading: Reading) -> None:
    query = AssessmentQuery(regions=("CN-SC",))
    found = reading.audit(query, ("cn-entropy-topsis",), ("CN-CQ", "CN-HB", "CN-SN"))
    assert found["trade_offs"]["unit"] == found["profile"]["unit"] == "CN-SC"
    assert found["profile"]["peers"] == ["CN-CQ", "CN-HB", "CN-SN"]
    own = {item["code"]: item["score"] for item in reading.assessment("CN-SC", QUERY)["indicators"]}
    for item in (*found["profile"]["strengths"], *found["profile"]["weaknesses"]):
        assert item["score"] == own[item["indicator"]]
        assert item["difference"] == item["score"] - item["peers_median"] != 0
    assert found["frameworks"]["frameworks"] == ["cn-innovation-centre@2021.1", "cn-entropy-topsis@2021.1"]
    (sichuan,) = [item for item in found["frameworks"]["units"] if item["unit"] == "CN-SC"]
    other = reading.assessment("CN-SC", AssessmentQuery(framework="cn-entropy-topsis"))
    assert (sichuan["ranks"][1], sichuan["scores"][1], sichuan["tiers"][1]) == (
        other["rank"], other["score"], other["tier"],
    )  # fmt: skip


def test_the_weight_of_each_node_that_a_region_has_is_its_coverage(reading: Reading) -> None:
    found = reading.audit(QUERY)
    coverage = {item["region"]["code"]: item["coverage"] for item in reading.assessments(QUERY)["items"]}
    for item in found["availability"]:
        assert item["nodes"]["innovation_centre"] == pytest.approx(item["coverage"], rel=1e-12)
        assert item["coverage"] == coverage[item["unit"]]


def test_an_unchanged_audit_is_not_computed_twice(service: Service, query_recorder: QueryRecorder) -> None:
    first = service.reading().audit(QUERY)
    with query_recorder(service.database) as statements:
        again = service.reading().audit(QUERY)
    assert first == again
    assert len(statements) == 1


@pytest.fixture
def service(seeded: Database) -> Service:
    return Service(seeded)


@pytest.mark.parametrize("years", [(2020, 2021), (2019, 2020, 2021, 2022)])
def test_a_panel_of_more_years_needs_no_more_queries(
    seeded: Database, query_recorder: QueryRecorder, years: tuple[int, ...]
) -> None:
    fresh = Service(seeded)
    with query_recorder(seeded) as statements:
        fresh.reading().panel(QUERY, years, "per_period")
    assert len([text for text in statements if "observations" in text]) == 1


def test_every_year_of_a_panel_is_the_assessment_of_that_year(reading: Reading) -> None:
    found = reading.panel(AssessmentQuery(regions=("CN-SC", "CN-BJ")), (2021, 2020), "per_period")
    assert found["periods"] == [2020, 2021]
    for item in found["regions"]:
        for place, year in enumerate(found["periods"]):
            alone = reading.assessment(item["region"]["code"], AssessmentQuery(period=year))
            told: list[Any] = [item[name][place] for name in ("scores", "ranks", "tiers", "coverage")]
            assert told == [alone[name] for name in ("score", "rank", "tier", "coverage")]
        assert item["change"] == item["scores"][1] - item["scores"][0]
    everyone = [code for item in found["movements"] for code in item["regions"]]
    assert len(everyone) == len(set(everyone)) == 31


def test_common_bounds_leave_only_the_fitted_framework_another_score(reading: Reading) -> None:
    for framework, differs in (("cn-innovation-centre", False), ("cn-entropy-topsis", True)):
        asked = AssessmentQuery(framework=framework)
        scores = [
            [item["scores"] for item in reading.panel(asked, (), bounds)["regions"]]
            for bounds in ("per_period", "common")
        ]
        assert (scores[0] != scores[1]) is differs


def test_what_is_compared_with_each_other_has_no_groups_and_says_so(reading: Reading) -> None:
    with pytest.raises(CannotScore, match="compares the regions with each other"):
        reading.assessment("CN-CY", AssessmentQuery(framework="cn-entropy-topsis"))


def test_an_unknown_framework_or_region_is_named(reading: Reading) -> None:
    with pytest.raises(UnknownCode, match="no framework 'none'"):
        reading.audit(QUERY, ("none",))
    with pytest.raises(UnknownCode, match="no reference region 'CN'"):
        reading.audit(AssessmentQuery(regions=("CN",)))
