"""A made-up nation of provinces, cities and counties with values, seeded: synthetic through and through, never seeds.

Codes begin with X, so that nothing here is taken for a place. Values are log-normal, as sizes of places are: each level
varies around the one above, so a few counties hold much of the whole. Gaps come in two kinds, single cells and whole
rows of late reporters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tierscore.framework.catalogue import CatalogueIndicator, Observation, Region, Source, Title
from tierscore.storage.catalogue import Catalogue

NATION = Region("X", "", Title("虚构国", "Synthetic nation"), "nation", "")
SOURCE = Source("SYNTHETIC", "Made up for tests by tests/synthetic.py", None, "synthetic")
KINDS = ("province", "city", "county")
SPREADS = (0.8, 0.9, 1.1)  # standard deviations of logarithms, by level


@dataclass(frozen=True)
class Synthetic:
    """How many of each there are: provinces, cities in each, counties in each city, indicators, years."""

    provinces: int = 3
    cities: int = 3
    counties: int = 4
    indicators: int = 4
    years: int = 2
    gaps: float = 0.05
    late: float = 0.05
    seed: int = 20261125

    @property
    def codes(self) -> tuple[str, ...]:
        """Of the indicators; the first is an amount that ratios may be weighted by."""
        return tuple(f"x{number}" for number in range(self.indicators))

    @property
    def periods(self) -> tuple[int, ...]:
        """The last one is 2021."""
        return tuple(range(2022 - self.years, 2022))

    def regions(self) -> list[Region]:
        """The nation first, then level by level."""
        found, above = [NATION], [NATION]
        for kind, number in zip(KINDS, (self.provinces, self.cities, self.counties), strict=True):
            above = [self._part(parent, kind, at) for parent in above for at in range(1, number + 1)]
            found += above
        return found

    def catalogue(self) -> Catalogue:
        """Everything that the observations refer to."""
        indicators = (
            CatalogueIndicator(code, Title(f"虚构{code}", f"Synthetic {code}"), "units", "amount", False, 0.0, None)
            for code in self.codes
        )
        return Catalogue(regions=tuple(self.regions()), indicators=tuple(indicators), sources=(SOURCE,))

    def observations(self) -> list[Observation]:
        """Of counties alone: what is above them is for the parts to say."""
        random = np.random.default_rng(self.seed)
        counties = [region.code for region in self.regions() if region.kind == "county"]
        values = self._values(random)
        gone = random.random(values.shape) < self.gaps
        gone[:, :, -1] |= (random.random(len(counties)) < self.late)[:, np.newaxis]
        return [
            Observation(counties[row], self.codes[column], self.periods[year], float(values[row, column, year]),
                        "units", "A", SOURCE.code)
            for row, column, year in np.argwhere(~gone)
        ]  # fmt: skip

    def _values(self, random: np.random.Generator) -> np.ndarray:
        """(counties, indicators, years), to two decimals."""
        sizes = (self.provinces, self.cities, self.counties)
        levels = [random.normal(0, spread, np.prod(sizes[: at + 1])) for at, spread in enumerate(SPREADS)]
        logs = sum(np.repeat(level, int(np.prod(sizes[at + 1 :]))) for at, level in enumerate(levels))
        own = random.normal(0, 0.3, (len(logs), self.indicators, 1))
        growth = random.normal(0.04, 0.02, (len(logs), self.indicators, 1)) * np.arange(self.years)
        return np.round(100 * np.exp(logs[:, np.newaxis, np.newaxis] + own + growth), 2)

    @staticmethod
    def _part(parent: Region, kind: str, at: int) -> Region:
        code = f"{parent.code}-{at:02d}"
        return Region(code, "", Title(f"虚构{code}", f"Synthetic {kind} {code}"), kind, "", (), parent.code)
