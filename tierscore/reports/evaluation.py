"""Units scored by any framework: as a table in rank order with what the steps did, and as CSV."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tabulate import tabulate

from tierscore.reports.numbers import MISSING, percent
from tierscore.reports.words import Words

Answer = dict[str, Any]


def evaluation(answer: Answer, words: Words, tiers: Mapping[str, str]) -> str:
    """The units by rank, then how many cells each step changed."""
    headers = [words.say(name) for name in HEADERS]
    rows = [_row(unit, tiers) for unit in sorted(answer["units"], key=_by_rank)]
    body = tabulate(rows, headers=headers, tablefmt="simple", disable_numparse=True, colalign=ALIGNED)
    return "\n".join([body, "", *_steps(answer, words)])


HEADERS = ("Rank", "Unit", "Tier", "Score", "Coverage")
ALIGNED = ("right", "left", "left", "right", "right")


def _by_rank(unit: Answer) -> tuple[bool, int]:
    return unit["rank"] is None, unit["rank"] or 0


def _row(unit: Answer, tiers: Mapping[str, str]) -> list[str]:
    score = unit["score_compared"]
    names = [tiers[unit[key]] for key in ("tier", "tier_optimistic") if unit[key] is not None]
    return [
        MISSING if unit["rank"] is None else str(unit["rank"]),
        unit["code"],
        " … ".join(dict.fromkeys(names)) or MISSING,
        MISSING if score is None else f"{score:.4g}",
        percent(unit["coverage"]),
    ]


def _steps(answer: Answer, words: Words) -> Iterator[str]:
    """A line for each step and method: over how many columns or nodes, and how many cells it changed."""
    counted: Counter[tuple[str, str]] = Counter()
    changed: Counter[tuple[str, str]] = Counter()
    for entry in answer["report"]:
        key = entry["step"], entry["method"]
        counted[key] += 1
        changed[key] += len(entry["cells"])
    for (step, method), count in counted.items():
        yield words.say(
            "{step}, {method}: {count} columns or nodes, {changed} cells named in the report",
            step=words.phrase(step),
            method=method,
            count=count,
            changed=changed[step, method],
        )


def to_csv(answer: Answer) -> str:
    """One row per unit at full precision: its answer, its nodes, its indicators' scores; empty where missing."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    first = answer["units"][0]
    heads = [name for name in first if name not in {"nodes", "indicators"}]
    writer.writerow([*heads, *first["nodes"], *(f"{code}_score" for code in first["indicators"])])
    for unit in answer["units"]:
        cells = [cell["normalised"] for cell in unit["indicators"].values()]
        writer.writerow([*(unit[name] for name in heads), *unit["nodes"].values(), *cells])
    return out.getvalue()
