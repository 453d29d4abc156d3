"""Small valid things to vary in a test."""

from __future__ import annotations

from typing import Any

from tierscore.framework.catalogue import (
    CatalogueIndicator,
    Designation,
    Group,
    Observation,
    Region,
    Source,
    Title,
)
from tierscore.storage.catalogue import Catalogue

REGIONS = (
    Region("CN", "100000", Title("全国", "China"), "nation", ""),
    Region("CN-SC", "510000", Title("四川省", "Sichuan"), "province", "west", ("west", "yangtze_belt")),
    Region("CN-CQ", "500000", Title("重庆市", "Chongqing"), "municipality", "west", ("west",)),
)
GROUPS = (Group("CN-CY", Title("成渝地区", "Chengdu-Chongqing"), ("CN-SC", "CN-CQ")),)
INDICATORS = (
    CatalogueIndicator("labs", Title("实验室", "Laboratories"), "laboratories", "count", True, 0.0, None),
    CatalogueIndicator("gdp", Title("生产总值", "GDP"), "100 million CNY", "amount", False, 0.0, None),
    CatalogueIndicator("rank", Title("排名", "Rank"), "rank", "rank", True, 1.0, 31.0),
)
SOURCES = (
    Source("S001", "Yearbook", None, "seen in a copy"),
    Source("S002", "Bulletin", "https://example.org", "copy"),
)
DESIGNATIONS = (
    Designation("CN-CY", "quasi_national", "designated", Title("全国影响力", "national influence"), "plan"),
    Designation("CN-SC", "regional", "claimed", Title("区域", "regional"), "provincial plan"),
)


def small_catalogue(**changes: Any) -> Catalogue:
    """Three regions in a group or not, three indicators, two sources."""
    parts = {
        "regions": REGIONS,
        "groups": GROUPS,
        "indicators": INDICATORS,
        "sources": SOURCES,
        "designations": DESIGNATIONS,
    }
    return Catalogue(**(parts | changes))


def observation(**changes: Any) -> Observation:
    """Sichuan's laboratories of 2021."""
    values = {
        "region": "CN-SC",
        "indicator": "labs",
        "period": 2021,
        "value": 5.0,
        "unit": "laboratories",
        "status": "A",
        "source": "S001",
    }
    return Observation(**(values | changes))


def withdrawal(**changes: Any) -> Observation:
    """The same cell withdrawn."""
    return observation(**({"value": None, "status": "M"} | changes))
