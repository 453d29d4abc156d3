"""A made-up framework over the counties and indicators of `tests/benchmarks/large.py`, and tables for it to score.

Synthetic through and through, never seeds: knots stand where the made-up values are, so that every tier has counties.
Every tenth indicator is a share of the nation, every tenth a ratio; the index has two levels. A share looks three years
back, which covers every gap of the file, so its total is known; some levels look one year back, the others do not.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.benchmarks import large
from tierscore.engine.labels import Labels
from tierscore.engine.matrix import Absence, Cells, Matrix
from tierscore.framework.model import Framework
from tierscore.framework.parse import parse

PERIOD = large.FIRST_YEAR + large.CANDIDATES - 1
YEARS = tuple(range(PERIOD - 24, PERIOD + 1))
TIERS = (0.0, 40.0, 60.0, 80.0)
SPREADS = (-3.0, -0.5, 0.25, 1.0, 2.5)  # where knots stand, in standard deviations of logarithms
COUNTY_SPREAD, NOISE = 1.5, 0.1
DOMAINS = 10
STAGES, FORCES = ("origination", "extension", "diffusion"), ("cohesion", "radiation", "overall")


def document(indicators: int = large.INDICATORS, counties: int = large.COUNTIES, **changes: Any) -> dict[str, Any]:
    """The framework `nationwide` 1 of the first indicators of the large file, over every county of the catalogue."""
    scale, growth = large.levels()
    expected = scale * np.exp(growth * (large.CANDIDATES - 1))
    base = int(np.argmax(expected[:indicators]))
    return {
        "schema_version": 1,
        "id": "nationwide",
        "version": "1",
        "title": _title("nationwide"),
        "reference": {"period": PERIOD, "regions": {"kind": "county"}},
        "scale": {"min": 0, "max": 100},
        "tiers": [{"code": f"t{place}", "title": _title("t"), "score": score} for place, score in enumerate(TIERS)],
        "indicators": [_indicator(place, expected, base, counties) for place in range(indicators)],
        "index": _index(indicators),
        "min_coverage": 0.6,
        "sort": {
            "method": "central_place", "cut": "1/3", "origination": {"from": "t2", "coverage": 0.5, "share": 0.25},
        },
        **changes,
    }  # fmt: skip


def framework(regions: int, indicators: int = large.INDICATORS) -> Framework:
    """The same over so many counties, named one by one."""
    codes = large.counties(regions * large.PER_COUNTY)
    reference = {"period": PERIOD, "regions": codes}
    return parse(document(indicators, regions, reference=reference))


def matrix(given: Framework, gaps: float = 0.02, seed: int = 5) -> Matrix:
    """Values for a framework, some levels missing; shares never, so their totals are sums."""
    random, (scale, growth) = np.random.default_rng(seed), large.levels()
    shape = len(given.regions), len(given.indicators)
    sizes = random.lognormal(0, COUNTY_SPREAD, (shape[0], 1)) * random.lognormal(0, NOISE, shape)
    values = np.round(scale[: shape[1]] * np.exp(growth[: shape[1]] * (large.CANDIDATES - 1)) * sizes, 2)
    shares = np.array([indicator.measure.kind == "national_share" for indicator in given.indicators])
    values[(random.random(shape) < gaps) & ~shares] = np.nan
    return Matrix(PERIOD, given.regions, tuple(item.code for item in given.indicators), _cells(values), _none(shape[1]))


def _cells(values: np.ndarray) -> Cells:
    missing = np.isnan(values)
    return Cells(
        values=values,
        periods=np.where(missing, 0, PERIOD).astype(np.int16),
        statuses=Labels.of(np.where(missing, "", "A")),
        sources=Labels.of(np.where(missing, "", large.SOURCES[0])),
        absence=np.where(missing, Absence.NO_OBSERVATION, Absence.PRESENT).astype(np.int8),
    )


def _none(indicators: int) -> Cells:
    return _cells(np.full(indicators, np.nan))


def _indicator(place: int, expected: np.ndarray, base: int, counties: int) -> dict[str, Any]:
    kind = _measure(place, base)
    centre, spread, window = expected[place], COUNTY_SPREAD, {"back": 1} if place % 10 == 3 else {}
    if kind["kind"] == "national_share":  # of the sum of log-normals, whose mean is exp(s^2 / 2)
        centre, window = 100 / (counties * np.exp(COUNTY_SPREAD**2 / 2)), {"back": 3}
    elif kind["kind"] == "per":
        centre, spread = expected[place] / expected[base], np.sqrt(2) * NOISE
    return {
        "code": large.code_of(place),
        "title": _title(large.code_of(place)),
        "unit": "units",
        "direction": "higher_is_better",
        "measure": kind,
        "window": window,
        "stage": STAGES[place % 3],
        "force": FORCES[place % 3],
        "normalise": {"method": "knots", "at": [float(f"{centre * np.exp(spread * z):.6g}") for z in SPREADS]},
    }


def _measure(place: int, base: int) -> dict[str, Any]:
    if place % 10 == 1:
        return {"kind": "national_share"}
    if place % 10 == 2 and place != base:
        return {"kind": "per", "denominator": large.code_of(base), "scale": 1}
    return {"kind": "level"}


def _index(indicators: int) -> dict[str, Any]:
    domains = [range(start, indicators, DOMAINS) for start in range(min(DOMAINS, indicators))]
    return {
        "code": "index",
        "children": [
            {
                "code": f"domain_{place}",
                "weight": 1 + place % 3,
                "children": [{"indicator": large.code_of(item), "weight": 1 + item % 4} for item in members],
            }
            for place, members in enumerate(domains)
        ],
    }


def _title(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}
