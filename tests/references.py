"""The reference cases: frameworks and data of the seeds, results of tests/reference/."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

from tierscore.framework.model import Framework
from tierscore.services.evaluating import Unit, evaluate, units_of_file
from tierscore.services.publishing import check_file

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "tests" / "reference"
CASES = {
    "asem": ("asem/2018.1", "asem_2018.csv"),
    "hdi": ("hdi/2022.1", "hdi_2022.csv"),
    "tai": ("tai/2001.1", "tai_2001.csv"),
}


def document_of(case: str) -> tuple[dict[str, Any], Framework]:
    return check_file(ROOT / "seeds" / "frameworks" / CASES[case][0] / "framework.yaml")


def units_of(case: str) -> list[Unit]:
    _, framework = document_of(case)
    units, _ = units_of_file((ROOT / "seeds" / "examples" / CASES[case][1]).read_bytes(), framework, case)
    return units


@cache
def answer_of(case: str) -> dict[str, Any]:
    """Every unit of a case by its code, with every step."""
    document, _ = document_of(case)
    return {unit["code"]: unit for unit in evaluate(document, units_of(case))["units"]}


def table(name: str) -> dict[str, dict[str, str]]:
    """A file of results by the first column."""
    with (RESULTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {next(iter(row.values())): row for row in rows}


def published(name: str) -> Any:
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
