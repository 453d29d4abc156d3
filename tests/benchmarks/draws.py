"""A question about many made-up counties, and processes that answer a part of it without anybody's help.

python -m tests.benchmarks.draws PICKLE    waits for a line "first step", computes every step-th piece from the first
"""

from __future__ import annotations

import pickle
import sys
import time
from pathlib import Path

from tests import nationwide
from tierscore.engine import factors
from tierscore.engine.design import MONTE_CARLO, Design
from tierscore.engine.ensemble import pieces
from tierscore.engine.factors import Factor, Setting
from tierscore.engine.pipeline import score
from tierscore.engine.runner import Runner

FACTORS = (
    Factor("weights", spread=0.25, by="uniform"),
    Factor("knots", spread=0.1),
    Factor("cut", low=0.3, high=0.4),
    Factor("missing", by="own"),
    Factor("observation_error", errors=(("A", 0.05),)),  # every value has one: the most that can be drawn
)


def setting(counties: int, indicators: int) -> Setting:
    """All that can be varied of made-up counties, varied."""
    framework = nationwide.framework(counties, indicators)
    return factors.setting(score(nationwide.matrix(framework), framework), FACTORS)


def design(found: Setting, draws: int) -> Design:
    """So many draws of it."""
    return Design(MONTE_CARLO, draws, 0, found.widths)


def peak(pid: int | str = "self") -> float:
    """The most memory that a process has had, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def alone() -> None:
    """Says that it is ready, waits, computes its pieces; says its seconds of CPU and its peak."""
    runner: Runner = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301 - written by the benchmark itself
    runner.part(range(1))
    print("ready", flush=True)  # noqa: T201
    for line in sys.stdin:
        first, step = map(int, line.split())
        begun = time.process_time()
        kept = [runner.part(rows) for rows in pieces(runner.design, runner.setting.card.scores.size)[first::step]]
        print(len(kept), time.process_time() - begun, peak(), flush=True)  # noqa: T201


if __name__ == "__main__":
    alone()
