"""Charts say what the answer says, in both languages, and can be drawn."""

from __future__ import annotations

import json
from typing import Any

import pytest
import vl_convert

from tierscore.reports.charts import uncertainty as charts
from tierscore.reports.words import Words
from tierscore.services.query import AssessmentQuery, UncertaintyAsked
from tierscore.services.service import Reading
from tierscore.services.walking import nothing

Spec = dict[str, Any]


@pytest.fixture(scope="module")
def answer(reading: Reading) -> Spec:
    asked = UncertaintyAsked(AssessmentQuery(regions=("CN-HB", "CN-BJ", "CN-SC")), samples=128, design="saltelli")
    return reading.analysed(asked, nothing)


def rows(spec: Spec) -> list[Spec]:
    return list(spec["data"]["values"])


def drawn(spec: Spec) -> str:
    """The chart as SVG: a spec that Vega-Lite cannot read raises."""
    return vl_convert.vegalite_to_svg(json.dumps(spec, allow_nan=False))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_rank_bands_hold_the_quantiles_best_region_first(answer: Spec, language: str) -> None:
    spec = charts.rank_bands(answer, Words(language))
    by_name = {row["region"]: row for row in rows(spec["layer"][0] if "data" not in spec else spec)}
    for item in answer["regions"]:
        row = by_name[item["region"]["name"][language]]
        assert [row[name] for name in ("p5", "p50", "p95")] == list(item["rank"].values())
    names = [item["region"]["name"][language] for item in answer["regions"]]
    assert spec["layer"][0]["encoding"]["y"]["sort"][0] == names[1]
    assert names[0] in drawn(spec)


def test_tier_bars_add_up_to_one_for_each_region(reading: Reading, answer: Spec) -> None:
    spec = charts.tier_bars(answer, Words("en"), reading.titles(AssessmentQuery()))
    parts: dict[str, float] = {}
    for row in rows(spec):
        parts[row["region"]] = parts.get(row["region"], 0.0) + row["part"]
    assert parts == pytest.approx(dict.fromkeys(("Beijing", "Hubei", "Sichuan"), 1.0))
    domain = spec["encoding"]["color"]["scale"]["domain"]
    assert domain == ["Provincial", "Regional", "Quasi-national", "International"]
    assert len(set(spec["encoding"]["color"]["scale"]["range"])) == 4
    assert "Quasi-national" in drawn(spec)


@pytest.mark.parametrize("region", [None, "CN-SC"])
def test_sobol_bars_have_both_indices_of_every_factor_with_their_limits(answer: Spec, region: str | None) -> None:
    spec = charts.sobol_bars(answer, Words("en"), region)
    found = rows(spec["layer"][0] if "data" not in spec else spec)
    source = answer["sobol"]["rank_shift"] if region is None else answer["sobol"]["score"][2]
    assert [row["value"] for row in found if row["kind"] == "with others"] == [
        index["value"] for index in source["total"]
    ]
    assert all(row["low"] <= row["value"] <= row["high"] for row in found if row["kind"] == "with others")
    assert "missing values" in drawn(spec)


def test_a_chart_needs_nothing_from_elsewhere(reading: Reading, answer: Spec) -> None:
    for spec in (
        charts.rank_bands(answer, Words("zh")),
        charts.tier_bars(answer, Words("zh"), reading.titles(AssessmentQuery())),
        charts.sobol_bars(answer, Words("zh")),
    ):
        text = json.dumps({key: value for key, value in spec.items() if key != "$schema"})
        assert '"url"' not in text
