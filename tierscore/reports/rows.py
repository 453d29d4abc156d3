"""Answers as rows: CSV with one row per region and indicator, and plain tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from tabulate import tabulate

REGION_COLUMNS = ("period", "status", "tier", "tier_by_score", "score", "rank", "coverage")
INDICATOR_COLUMNS = (
    "value", "unit", "measured", "score", "weight", "effective_weight", "contribution", "supplies_tier",
    "missing_reason",
)  # fmt: skip


def table_of(items: Sequence[dict[str, Any]], columns: Sequence[str]) -> str:
    """A text table of some names of a list's items; columns line up with Chinese text too."""
    rows = [[item[name] for name in columns] for item in items]
    return tabulate(rows, headers=[name.replace("_", " ") for name in columns], tablefmt="simple")


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
