"""Requests per second of a running service, as ratios of a bare JSON endpoint of the same server.

`python -m tests.benchmarks.throughput` fills a database, serves it with gunicorn as `tierscore serve` does, and asks
with wrk (Debian: apt install wrk). Short turns of every question follow each other, so that a shared machine's moods
fall on all alike; told are the medians, the ratio of the medians, and the least and the most of all turns.

One worker is asked. With more, the connections that wrk keeps fall on the workers as it happens, sometimes all on one:
the bare endpoint was seen to jump between 1,850 and 4,200 requests per second for that alone, and no ratio meant
anything.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from tests.smoke import TIERSCORE, free_port, wait_until_ready

BARE = "/healthz"
EDIT = {"op": "add", "region": "CN-SC", "indicator": "large_science_facilities", "value": 2}
# In wrk's own language. One body again and again, or one after the other that nobody has asked before.
SAME = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{body}'
"""
FRESH = """
wrk.headers["Content-Type"] = "application/json"
local number = 0
local seed = {seed}
request = function()
  number = number + 1
  local edit = '{{"op":"add","region":"CN-SC","indicator":"{indicator}","value":' .. number / {parts} + seed .. '}}'
  local body = '{{"edits":[' .. edit .. ']}}'
  return wrk.format("POST", "/api/v1/what-if", nil, body)
end
"""

# Requests are counted against a limit that is never met.
ON = {
    "keys, limits, log and metrics on": {"TIERSCORE_LIMIT_PER_KEY": "999999999/day"},
    "limits and access log off": {
        "TIERSCORE_LIMIT_PER_KEY": "off",
        "TIERSCORE_LIMIT_PER_ADDRESS": "off",
        "TIERSCORE_LOG_LEVEL": "WARNING",
    },
}

ASSESSMENTS = "GET /assessments"
WHAT_IF = "POST /what-if, one body"
# What is edited in bodies of which each is another, and how many parts of its unit an edit adds at least.
NEW_WHAT_IFS = {
    "POST /what-if, new, of a level": ("rd_intensity", 1_000_000),  # moves the region
    "POST /what-if, new, of a share": ("rd_expenditure", 1000),  # moves all regions
}


def main() -> None:
    """Prints a table: requests per second and ratio, all switched on, and with limits and access log off."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=2, help="of one turn")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--connections", type=int, default=4)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is needed; on Debian: apt install wrk")
    for title, settings in ON.items():
        with tempfile.TemporaryDirectory() as folder, served(Path(folder), settings) as (address, key):
            tell(title, measured(Path(folder), address, key, options))


def measured(folder: Path, address: str, key: str, options: argparse.Namespace) -> list[dict[str, float]]:
    """Requests per second of every question, turn by turn; the first turn, which warms up, is left out."""
    turns = []
    for turn in range(options.turns + 1):
        asked = {BARE: (BARE, None), ASSESSMENTS: ("/api/v1/assessments", None), **what_ifs(folder, turn)}
        turns.append({name: rate(f"{address}{path}", script, key, options) for name, (path, script) in asked.items()})
    return turns[1:]


def what_ifs(folder: Path, turn: int) -> dict[str, tuple[str, Path]]:
    """What is posted in a turn; what is new has not been asked in any turn before."""
    scripts = {WHAT_IF: SAME.format(body=json.dumps({"edits": [EDIT]}))}
    for name, (indicator, parts) in NEW_WHAT_IFS.items():
        scripts[name] = FRESH.format(indicator=indicator, parts=parts, seed=10_000 * turn / parts)
    asked = {}
    for place, (name, script) in enumerate(scripts.items()):
        asked[name] = ("/api/v1/what-if", folder / f"{place}.lua")
        asked[name][1].write_text(script, encoding="utf-8")
    return asked


def rate(url: str, script: Path | None, key: str, options: argparse.Namespace) -> float:
    """Requests per second; raises SystemExit when any answer is no success."""
    command = ["wrk", "-t1", f"-c{options.connections}", f"-d{options.seconds}s", "-H", f"Authorization: Bearer {key}"]
    command += [] if script is None else ["-s", str(script)]
    told = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told or "Socket errors" in told:
        raise SystemExit(f"{url}: {told}")
    return float(re.search(r"Requests/sec:\s+([0-9.]+)", told)[1])  # type: ignore[index]


def tell(title: str, turns: list[dict[str, float]]) -> None:
    """Writes the medians."""
    sys.stdout.write(f"{title}\n")
    for name in turns[0]:
        found, bare = [turn[name] for turn in turns], [turn[BARE] for turn in turns]
        spread = f"({min(found):.0f} to {max(found):.0f})"
        sys.stdout.write(f"  {name:34} {median(found):6.0f}/s {median(found) / median(bare):5.0%}  {spread}\n")
    sys.stdout.flush()


@contextmanager
def served(folder: Path, switched: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The service with one worker on a database of its own, and a key to it."""
    port = free_port()
    settings = {"DATABASE_URL": f"sqlite:///{folder}/t.db", "TIERSCORE_SECRET_KEY": "k" * 32}
    environment = {**os.environ, **settings, **switched}
    for step in (["db", "upgrade"], ["seed"]):
        subprocess.run([TIERSCORE, *step], env=environment, check=True, stdout=subprocess.DEVNULL)
    making = [TIERSCORE, "keys", "create", "--name", "load", "--scopes", "read"]
    key = subprocess.run(making, env=environment, check=True, capture_output=True, text=True).stdout.strip()
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [TIERSCORE, "serve", "--port", str(port), "--workers", "1"], env=environment, stderr=log
        )
        try:
            wait_until_ready(server, port)
            yield f"http://127.0.0.1:{port}", key
        finally:
            server.terminate()
            server.wait(60)


if __name__ == "__main__":
    main()
