"""The default framework says what docs/methodology.md section 12 says.

The tables below are typed from that section by hand; nothing of them is computed from the file under test.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tierscore.framework.model import Framework, Indicator, Leaf
from tierscore.services.publishing import check_file

SEEDS = Path(__file__).parents[2] / "seeds"
FILE = SEEDS / "frameworks" / "cn-innovation-centre" / "2021.1" / "framework.yaml"

# Entries as shares of the nation in per cent: floor, regional, quasi-national, international, ceiling.
SHARES = (0, 4.4, 7, 10, 16)

# indicator: measure, knots, weight, window back and ahead, stage, force, pooling, whole numbers, actionable
TABLE = {
    "large_science_facilities":
        ("national_share", SHARES, 0.12, 2, 0, "origination", "cohesion", "sum", True, True),
    "national_key_labs":
        ("level", (0, 18, 28, 40, 70), 0.12, 0, 3, "origination", "cohesion", "sum", True, True),
    "national_st_awards_led":
        ("national_share", SHARES, 0.11, 1, 0, "origination", "radiation", "sum", True, True),
    "double_first_class_universities":
        ("national_share", SHARES, 0.10, 4, 1, "origination", "cohesion", "sum", True, False),
    "regional_innovation_rank":
        ("level", (31, 8, 6, 4, 1), 0.15, 1, 0, "extension", "overall", "best", True, False),
    "rd_expenditure":
        ("national_share", SHARES, 0.08, 1, 0, "extension", "cohesion", "sum", False, True),
    "rd_intensity":
        ("level", (0.5, 2.3, 3.0, 3.6, 5.0), 0.05, 1, 0, "extension", "cohesion", "ratio", False, False),
    "invention_patents_in_force":
        ("national_share", SHARES, 0.06, 1, 0, "extension", "radiation", "sum", True, True),
    "star_market_companies":
        ("national_share", SHARES, 0.05, 1, 0, "extension", "radiation", "sum", True, True),
    "unicorns":
        ("national_share", SHARES, 0.05, 1, 0, "extension", "radiation", "sum", True, True),
    "tech_contracts_output":
        ("national_share", SHARES, 0.06, 1, 0, "diffusion", "radiation", "sum", False, True),
    "tech_contracts_absorbed":
        ("national_share", SHARES, 0.05, 1, 0, "diffusion", "cohesion", "sum", False, True),
}  # fmt: skip


@pytest.fixture(scope="module")
def framework() -> Framework:
    return check_file(FILE)[1]


def weights(framework: Framework) -> dict[str, float]:
    return {child.indicator: child.weight for child in framework.index.children if isinstance(child, Leaf)}


def row(indicator: Indicator, weight: float) -> tuple[object, ...]:
    return (
        indicator.measure.kind,
        indicator.normalise.at if indicator.normalise else None,
        weight,
        indicator.window.back,
        indicator.window.ahead,
        indicator.stage,
        indicator.force,
        indicator.pooling.kind if indicator.pooling else None,
        indicator.integer,
        indicator.actionable,
    )


def test_indicators_of_the_index(framework: Framework) -> None:
    given = weights(framework)
    scored = [indicator for indicator in framework.indicators if indicator.code in given]
    assert {indicator.code: row(indicator, given[indicator.code]) for indicator in scored} == TABLE
    assert [indicator.code for indicator in scored] == list(TABLE)


def test_the_index_is_one_arithmetic_node_whose_weights_are_shares(framework: Framework) -> None:
    index = framework.index
    assert (index.aggregate, index.min_coverage, len(index.children)) == ("arithmetic", 0.0, 12)
    assert sum(weights(framework).values()) == pytest.approx(1.0, abs=1e-15)


def test_the_only_helper_weighs_research_intensity_in_groups(framework: Framework) -> None:
    helpers = [indicator for indicator in framework.indicators if indicator.code not in TABLE]
    assert [helper.code for helper in helpers] == ["gdp"]
    assert (helpers[0].window.back, helpers[0].window.ahead, helpers[0].normalise) == (1, 0, None)
    pooled = {item.code: item.pooling.weight for item in framework.indicators if item.pooling and item.pooling.weight}
    assert pooled == {"rd_intensity": "gdp"}


def test_lower_is_better_for_the_rank_alone(framework: Framework) -> None:
    assert [item.code for item in framework.indicators if item.direction == -1] == ["regional_innovation_rank"]


def test_tiers_and_their_rule(framework: Framework) -> None:
    assert (framework.scale.low, framework.scale.high) == (0, 100)
    assert [(tier.code, tier.score) for tier in framework.tiers] == [
        ("provincial", 0),
        ("regional", 40),
        ("quasi_national", 60),
        ("international", 80),
    ]
    assert [tier.title.zh for tier in framework.tiers] == ["省域级", "区域", "准国家级 · 具有全国影响力", "国际"]
    quota = framework.sort.origination
    assert framework.sort.cut == 2 / 3
    assert quota is not None
    assert (quota.start, quota.coverage, quota.share) == ("quasi_national", 1 / 2, 1 / 3)


def test_what_holds_for_the_whole_framework(framework: Framework) -> None:
    assert (framework.id, framework.version, framework.status) == ("cn-innovation-centre", "2021.1", "illustrative")
    assert (framework.missing, framework.min_coverage, framework.statuses) == ("reweight", 0.6, ("A", "E", "P"))
    assert framework.period == 2021
    assert len(framework.regions) == 31
    assert "CN" not in framework.regions


def test_every_weight_and_every_knot_names_where_it_comes_from(framework: Framework) -> None:
    """Weights by the index, knots by their indicator, thresholds by their tier, cut and quota by the rule."""
    assert framework.index.reference is not None
    assert all(indicator.reference for indicator in framework.indicators if indicator.normalise)
    assert all(tier.reference for tier in framework.tiers)
    assert framework.sort.reference is not None
    assert framework.sort.origination is not None
    assert framework.sort.origination.reference is not None
