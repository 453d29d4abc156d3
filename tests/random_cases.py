"""Random frameworks and tables, once for the engine and once for the oracle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from tests.oracle import methods
from tierscore.engine.matrix import Matrix, select
from tierscore.framework.catalogue import Region, Title
from tierscore.framework.model import Framework
from tierscore.framework.parse import parse
from tierscore.services.snapshot import Snapshot

PERIOD = 2021
STAGES = ("origination", "extension", "diffusion")
FORCES = ("cohesion", "radiation", "overall")
POOLING = (None, ("sum", None), ("best", None), ("ratio", "below"))
Draw = Callable[[Any], Any]


@dataclass(frozen=True)
class Case:
    """The same question for both."""

    framework: Framework
    matrix: Matrix
    snapshot: Snapshot
    oracle_framework: methods.Framework
    table: dict[str, dict[str, Any]]
    nation: dict[str, Any]
    pooling: dict[str, tuple[str, str | None]]


def random_case(draw: Draw) -> Case:
    """Up to 6 regions and 7 indicators, some values missing, some totals unknown, values often right on a knot."""
    thresholds = [0, *sorted(draw(st.lists(st.integers(5, 95), min_size=2, max_size=3, unique=True)))]
    indicators = [_indicator(draw, place, len(thresholds)) for place in range(draw(st.integers(2, 7)))]
    weights = _weights(draw, len(indicators))
    regions = [f"R{place}" for place in range(draw(st.integers(1, 6)))]
    rule = {
        "cut": draw(st.sampled_from([0.0, 0.5, 2 / 3, 1.0])),
        "coverage": draw(st.sampled_from([0.0, 0.5, 1.0])),
        "share": draw(st.sampled_from([0.0, 1 / 3, 1.0])),
        "min_coverage": draw(st.sampled_from([0.0, 0.6, 1.0])),
    }
    table = {region: _row(draw, indicators) for region in regions}
    nation = {item["code"]: draw(_total(item)) for item in indicators if item["measure"] == "national_share"}
    document = _document(thresholds, indicators, weights, regions, rule)
    framework = parse(document)
    return Case(
        framework=framework,
        matrix=select(_observations(table, nation), framework, PERIOD),
        snapshot=_snapshot(regions),
        oracle_framework=_oracle(thresholds, indicators, weights, regions, rule),
        table={region: {code: _selected(value) for code, value in row.items()} for region, row in table.items()},
        nation={code: _selected(value) for code, value in nation.items() if value is not None},
        pooling={"below": ("sum", None)} | {item["code"]: item["pooling"] for item in indicators if item["pooling"]},
    )


def _indicator(draw: Draw, place: int, tiers: int) -> dict[str, Any]:
    """Knots are whole numbers, so that whole values fall right on them."""
    measure = draw(st.sampled_from(["level", "national_share", "per"]))
    knots = sorted(draw(st.lists(st.integers(0, 60), min_size=tiers + 1, max_size=tiers + 1, unique=True)))
    rising = measure == "national_share" or draw(st.booleans())  # a share that should be small has no use here
    return {
        "code": f"i{place}",
        "measure": measure,
        "knots": knots if rising else knots[::-1],
        "whole": draw(st.booleans()),
        "stage": draw(st.sampled_from(STAGES)) if place else "origination",
        "force": draw(st.sampled_from(FORCES)),
        "pooling": draw(st.sampled_from(POOLING)),
    }


def _weights(draw: Draw, count: int) -> list[float]:
    parts = draw(st.lists(st.integers(1, 9), min_size=count, max_size=count))
    return [part / sum(parts) for part in parts]


def _row(draw: Draw, indicators: list[dict[str, Any]]) -> dict[str, float | None]:
    row = {item["code"]: draw(_value(item)) for item in indicators}
    row["below"] = draw(st.one_of(st.none(), st.integers(0, 4).map(float)))
    return row


def _value(item: dict[str, Any]) -> st.SearchStrategy[float | None]:
    numbers = st.integers(0, 70).map(float)
    if not item["whole"]:
        numbers = numbers | st.floats(0, 70)
    return st.none() | numbers | numbers


def _total(item: dict[str, Any]) -> st.SearchStrategy[float | None]:
    return st.none() | st.integers(0, 300).map(float)


def _selected(value: float | None) -> methods.Selected | None:
    return None if value is None else (value, PERIOD, "A", "S1")


def _observations(table: dict[str, dict[str, Any]], nation: dict[str, Any]) -> pd.DataFrame:
    rows = [
        (region, code, PERIOD, value, "A", "S1")
        for region, row in {**table, "CN": nation}.items()
        for code, value in row.items()
        if value is not None
    ]
    columns = ["region", "indicator", "period", "value", "status", "source"]
    return pd.DataFrame(rows, columns=columns).astype({"period": "int64", "value": "float64"})


def _snapshot(regions: list[str]) -> Snapshot:
    known = {code: Region(code, "", Title(code, code), "province", "") for code in regions}
    return Snapshot(known, {}, {}, {}, {}, {})


def _title(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def _measure(item: dict[str, Any]) -> dict[str, Any]:
    return (
        {"kind": "per", "denominator": "below", "scale": 2} if item["measure"] == "per" else {"kind": item["measure"]}
    )


def _pooling(pooling: tuple[str, str | None] | None) -> dict[str, Any]:
    if pooling is None:
        return {}
    kind, weight = pooling
    return {"pooling": {"kind": kind} | ({"weight": weight} if weight else {})}


def _document(
    thresholds: list[int], indicators: list[dict[str, Any]], weights: list[float], regions: list[str],
    rule: dict[str, float],
) -> dict[str, Any]:  # fmt: skip
    scored = [
        {
            "code": item["code"],
            "title": _title(item["code"]),
            "unit": "things",
            "direction": "higher_is_better" if item["knots"][0] < item["knots"][-1] else "lower_is_better",
            "measure": _measure(item),
            "integer": item["whole"],
            "stage": item["stage"],
            "force": item["force"],
            "normalise": {"method": "knots", "at": item["knots"]},
            **_pooling(item["pooling"]),
        }
        for item in indicators
    ]
    helper: dict[str, Any] = {
        "code": "below",
        "title": _title("below"),
        "unit": "things",
        "direction": "higher_is_better",
    }
    helper |= {"pooling": {"kind": "sum"}}
    return {
        "schema_version": 1,
        "id": "random",
        "version": "1",
        "title": _title("random"),
        "reference": {"period": PERIOD, "regions": regions},
        "scale": {"min": 0, "max": 100},
        "tiers": [{"code": f"t{place}", "title": _title("t"), "score": s} for place, s in enumerate(thresholds)],
        "indicators": [*scored, helper],
        "index": {
            "code": "index",
            "children": [
                {"indicator": item["code"], "weight": weight} for item, weight in zip(indicators, weights, strict=True)
            ],
        },
        "min_coverage": rule["min_coverage"],
        "sort": {
            "method": "central_place",
            "cut": rule["cut"],
            "origination": {"from": "t2", "coverage": rule["coverage"], "share": rule["share"]},
        },
    }


def _oracle(
    thresholds: list[int], indicators: list[dict[str, Any]], weights: list[float], regions: list[str],
    rule: dict[str, float],
) -> methods.Framework:  # fmt: skip
    return methods.Framework(
        tiers=tuple((f"t{place}", float(score)) for place, score in enumerate(thresholds)),
        indicators=tuple(
            methods.Indicator(
                item["code"], weight, tuple(item["knots"]), item["measure"], stage=item["stage"], force=item["force"],
                whole=item["whole"], denominator="below", scale=2.0,
            )
            for item, weight in zip(indicators, weights, strict=True)
        ),
        cut=rule["cut"],
        origination_coverage=rule["coverage"],
        origination_share=rule["share"],
        min_coverage=rule["min_coverage"],
        regions=tuple(regions),
    )  # fmt: skip
