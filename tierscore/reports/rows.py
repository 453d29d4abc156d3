"""Full answers as CSV: one row per region and indicator, with what the region's tier is."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

REGION_COLUMNS = ("period", "status", "tier", "tier_by_score", "score", "rank", "coverage")
INDICATOR_COLUMNS = (
    "value", "unit", "measured", "score", "weight", "effective_weight", "contribution", "supplies_tier",
    "missing_reason",
)  # fmt: skip


def to_csv(answers: Sequence[dict[str, Any]]) -> str:
    """CSV text at full precision; empty where something is missing."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        (
            "region",
            *REGION_COLUMNS,
            "indicator",
            "observed_period",
            "observed_status",
            "source",
            *(f"indicator_{name}" if name == "score" else name for name in INDICATOR_COLUMNS),
        )
    )
    for answer in answers:
        head = [answer["region"]["code"], *(answer[name] for name in REGION_COLUMNS)]
        for item in answer["indicators"]:
            origin = [item["code"], item["period"], item["status"], item["source"]]
            writer.writerow([*head, *origin, *(item[name] for name in INDICATOR_COLUMNS)])
    return out.getvalue()
