"""A small framework to vary: two tiers above the first, three indicators, three regions."""

from __future__ import annotations

from typing import Any

from tierscore.framework.model import Framework
from tierscore.framework.parse import parse


def title(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def small_document(**changes: Any) -> dict[str, Any]:
    """Laboratories and a share, both origination, and a rank; knots at 40 and 60."""
    return {
        "schema_version": 1,
        "id": "small",
        "version": "1",
        "title": title("small"),
        "reference": {"period": 2021, "regions": ["R0", "R1", "R2"]},
        "scale": {"min": 0, "max": 100},
        "tiers": [
            {"code": "low", "title": title("low"), "score": 0},
            {"code": "middle", "title": title("middle"), "score": 40},
            {"code": "high", "title": title("high"), "score": 60},
        ],
        "indicators": [
            indicator("labs", [0, 10, 20, 40], integer=True, stage="origination", force="cohesion"),
            indicator("share", [0, 20, 40, 60], measure={"kind": "national_share"}, stage="origination",
                      force="radiation", integer=True),
            indicator("rank", [31, 10, 5, 1], direction="lower_is_better", stage="extension", force="overall",
                      integer=True),
        ],
        "index": {
            "code": "index",
            "children": [
                {"indicator": "labs", "weight": 0.5},
                {"indicator": "share", "weight": 0.3},
                {"indicator": "rank", "weight": 0.2},
            ],
        },
        "sort": {
            "method": "central_place",
            "cut": "2/3",
            "origination": {"from": "high", "coverage": 0.5, "share": 0.5},
        },
        **changes,
    }  # fmt: skip


def indicator(code: str, at: list[float], **rest: Any) -> dict[str, Any]:
    """One scored indicator of a document."""
    return {
        "code": code,
        "title": title(code),
        "unit": "things",
        "direction": "higher_is_better",
        "normalise": {"method": "knots", "at": at},
        **rest,
    }


def small_framework(**changes: Any) -> Framework:
    """The parsed document."""
    return parse(small_document(**changes))
