"""The made-up data are what they say: skewed, with gaps, the same every time, and nowhere near the seeds."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.synthetic import SOURCE, Synthetic

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
SHAPE = Synthetic(provinces=5, cities=6, counties=8, indicators=3, years=3)


def test_values_are_log_normal_with_gaps() -> None:
    rows = SHAPE.observations()
    values = np.array([row.value for row in rows if row.period == 2021])
    logs = np.log(values)
    assert values.mean() > 1.5 * np.median(values)
    assert abs(((logs - logs.mean()) ** 3).mean()) < logs.std() ** 3
    cells = 5 * 6 * 8 * 3 * 3
    assert 0.9 * cells < len(rows) < cells
    reporters = [{row.region for row in rows if row.period == period} for period in SHAPE.periods]
    assert len(reporters[-1]) < len(reporters[0]) == 5 * 6 * 8


def test_the_same_seed_gives_the_same() -> None:
    assert SHAPE.observations() == Synthetic(5, 6, 8, 3, 3).observations()
    assert SHAPE.observations() != Synthetic(5, 6, 8, 3, 3, seed=1).observations()


def test_they_are_declared_and_no_seeds() -> None:
    assert {row.source for row in SHAPE.observations()} == {SOURCE.code} == {"SYNTHETIC"}
    assert {region.code[0] for region in SHAPE.regions()} == {"X"}
    assert not [path for path in SEEDS.rglob("*.csv") if "SYNTHETIC" in path.read_text(encoding="utf-8")]
