"""Small framework documents and units for evaluations: two tiers by the score alone unless said otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tierscore.services.evaluating import Unit

TITLE = {"zh": "例", "en": "Example"}
Values = Mapping[str, float | None]


def indicator(code: str, rule: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Higher is better, min-max to the scale."""
    found = {"code": code, "title": TITLE, "unit": "things", "direction": "higher_is_better", **more}
    return found | ({"normalise": dict(rule)} if rule is not None else {})


MINMAX = {"method": "minmax"}


def document(indicators: Sequence[Mapping[str, Any]], index: Mapping[str, Any] | None = None, **more: Any) -> Any:
    """One node over all indicators with equal weights, on a scale from 0 to 1, unless said otherwise."""
    children = [{"indicator": item["code"], "weight": 1} for item in indicators]
    return {
        "schema_version": 1,
        "id": "example",
        "version": "1",
        "title": TITLE,
        "scale": {"min": 0, "max": 1},
        "tiers": [{"code": "low", "title": TITLE, "score": 0}, {"code": "high", "title": TITLE, "score": 0.5}],
        "indicators": [dict(item) for item in indicators],
        "index": {"code": "all", "children": children, **(index or {})},
        "sort": {"method": "score_bands"},
        **more,
    }


def units(rows: Mapping[str, Values], groups: Mapping[str, str] | None = None) -> list[Unit]:
    return [Unit(code, values, (groups or {}).get(code)) for code, values in rows.items()]


def column(values: Sequence[float | None], code: str = "a") -> list[Unit]:
    """One indicator; units are called by their places."""
    return [Unit(str(place), {code: value}) for place, value in enumerate(values)]


def derived(method: str, count: int, **more: Any) -> dict[str, Any]:
    """An index whose weights are derived."""
    return {
        "weights": {"method": method, **more},
        "children": [{"indicator": f"i{place}"} for place in range(count)],
    }
