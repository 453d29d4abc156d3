"""What all drills do: say what happens, and require that it is right."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from time import monotonic
from typing import Any

import requests

from tests.stand import Stand

PATIENCE = 60  # seconds


class Drill:
    """The report of a drill; `code` is its exit code, 1 once something was not as required."""

    def __init__(self, title: str) -> None:
        self.code = 0
        self._began = monotonic()
        sys.stdout.write(f"{title}\n")

    def say(self, what: str) -> None:
        """A line, with the seconds since the beginning."""
        sys.stdout.write(f"{monotonic() - self._began:6.1f} s  {what}\n")
        sys.stdout.flush()

    def require(self, holds: bool, what: str) -> None:
        """Says that something holds, or that it does not."""
        self.say(what if holds else f"BROKEN: not so: {what}")
        self.code |= not holds


def until(happens: Callable[[], Any]) -> Any:
    """What a call returns once that is something; raises TimeoutError after a minute."""
    deadline = monotonic() + PATIENCE
    while not (found := happens()):
        if monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)
    return found


def told(answer: requests.Response) -> str:
    """An answer in a few words: status, type of problem, when to try again."""
    if answer.headers.get("Content-Type") != "application/problem+json":
        return str(answer.status_code)
    again = answer.headers.get("Retry-After")
    return f"{answer.status_code} {answer.json()['type']}" + (f", Retry-After {again}" if again else "")


def stored(stand: Stand) -> int:
    """How many observations there are, replaced ones too."""
    found = requests.get(f"{stand.api}/observations", params={"history": "true", "page_size": 1}, timeout=PATIENCE)
    return int(found.json()["total"])


def newest(stand: Stand) -> int:
    """The newest revision."""
    found = requests.get(f"{stand.api}/observations", params={"page_size": 1}, timeout=PATIENCE)
    return int(found.json()["data"]["revision"])


def table(rows: int, value: float) -> bytes:
    """A CSV file of so many rows, at most 21,483: what a few indicators of all regions will be in years to come."""
    codes = ("rd_expenditure", "gdp", "population", "tech_contracts_output", "tech_contracts_absorbed")
    codes += ("invention_patents_granted", "invention_patents_in_force", "unicorns", "star_market_companies")
    cells = ((region, code, year) for year in range(2024, 2101) for code in codes for region in REGIONS)
    lines = [f"{region},{code},{year},{value}" for (region, code, year), _ in zip(cells, range(rows), strict=False)]
    return "\n".join(["region,indicator,period,value", *lines]).encode()


def imported(stand: Stand, content: bytes) -> requests.Response:
    """The answer to an import of a CSV file."""
    return requests.post(
        f"{stand.api}/observations/import", files={"file": ("batch.csv", content)}, headers=stand.key, timeout=PATIENCE
    )


REGIONS = (
    "CN-BJ", "CN-TJ", "CN-HE", "CN-SX", "CN-NM", "CN-LN", "CN-JL", "CN-HL", "CN-SH", "CN-JS", "CN-ZJ", "CN-AH",
    "CN-FJ", "CN-JX", "CN-SD", "CN-HA", "CN-HB", "CN-HN", "CN-GD", "CN-GX", "CN-HI", "CN-CQ", "CN-SC", "CN-GZ",
    "CN-YN", "CN-XZ", "CN-SN", "CN-GS", "CN-QH", "CN-NX", "CN-XJ",
)  # fmt: skip
