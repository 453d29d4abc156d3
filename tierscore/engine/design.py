"""Where in the unit cube an uncertainty analysis looks: points in chunks that do not depend on each other (section 10).

A factor takes one or more columns of the cube, and they move together: indices are those of whole factors.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tierscore.engine.matrix import Floats, Ints

MONTE_CARLO, SALTELLI = "monte_carlo", "saltelli"
CHUNK = 500  # rows; fixed, so that how many threads run changes nothing


@dataclass(frozen=True)
class Design:
    """Points of the unit cube, reproducible from a seed.

    Parameters
    ----------
    kind : "monte_carlo", independent uniform points, or "saltelli", for the indices of Sobol.
    samples : base points n, at least 1, for "saltelli" a power of two.
    seed : not negative; 0 is a seed like any other.
    widths : columns of each of the k factors, in the order of the columns.

    Raises
    ------
    ValueError : where the kind, the number of samples or the seed is none of these.

    Notes
    -----
    "saltelli" has k + 2 rows for each base point of a scrambled Sobol sequence in twice the columns, whose halves are
    the points A and B: A, then A with the columns of the first factor from B, of the second, ..., then B (Saltelli et
    al. 2010, doi:10.1016/j.cpc.2009.09.018).

    Examples
    --------
    Two factors, of one column and of two: the second row differs from the first one in the first factor only.

    >>> design = Design("saltelli", 4, 0, (1, 2))
    >>> design.rows
    16
    >>> a, first, second, b = design.units(0)[:4]
    >>> (first == a).tolist(), (second == a).tolist(), (first == b).tolist()
    ([False, True, True], [True, False, False], [True, False, False])
    """

    kind: str
    samples: int
    seed: int
    widths: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse what has no points."""
        if self.kind not in {MONTE_CARLO, SALTELLI}:
            raise ValueError(f"A design is {MONTE_CARLO} or {SALTELLI}, not {self.kind}.")
        if self.samples < 1 or self.seed < 0:
            raise ValueError("A design needs at least one sample and a seed that is not negative.")
        if self.kind == SALTELLI and self.samples & (self.samples - 1):
            raise ValueError(f"The samples of a {SALTELLI} design are a power of two, not {self.samples}.")

    @property
    def rows(self) -> int:
        """How many points there are: n, or n (k + 2)."""
        return self.samples * self._block

    @cached_property
    def chunks(self) -> tuple[slice, ...]:
        """The rows of each chunk, all of the same size but the last."""
        return tuple(slice(start, min(start + CHUNK, self.rows)) for start in range(0, self.rows, CHUNK))

    def units(self, chunk: int) -> Floats:
        """The points of a chunk, (rows, columns) in [0, 1): the same whichever chunks were asked for before."""
        rows = self.chunks[chunk]
        if self.kind == SALTELLI:
            return self._mixed(np.arange(rows.start, rows.stop))
        return np.random.Generator(self._stream(chunk)).random((rows.stop - rows.start, sum(self.widths)))

    def some(self, chunk: int, rows: Ints, columns: slice) -> Floats:
        """Of a chunk's points some rows, counted in it and rising, and some columns; no more than these are held.

        >>> design = Design("monte_carlo", 700, 0, (3, 2))
        >>> some = design.some(1, np.array([0, 7, 150]), slice(3, 5))
        >>> (some == design.units(1)[[0, 7, 150], 3:5]).all()
        np.True_
        """
        if self.kind == SALTELLI:
            return self._mixed(self.chunks[chunk].start + rows, columns)
        stream, at, width = self._stream(chunk), 0, sum(self.widths)
        found, random = np.empty((rows.size, columns.stop - columns.start)), np.random.Generator(stream)
        for place, row in enumerate(rows.tolist()):
            stream.advance(row * width + columns.start - at)  # each number takes one step of the stream
            random.random(out=found[place])
            at = row * width + columns.stop
        return found

    def _stream(self, chunk: int) -> np.random.PCG64:
        return np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=(chunk,)))

    @property
    def _block(self) -> int:
        """Rows for each base point."""
        return len(self.widths) + 2 if self.kind == SALTELLI else 1

    def _mixed(self, rows: Ints, columns: slice = slice(None)) -> Floats:
        """Rows of a Saltelli design: the base point's A, with the columns of one factor or of all from its B."""
        point, place = np.divmod(rows, self._block)
        owner = np.repeat(np.arange(len(self.widths)), self.widths)[columns] + 1
        from_b = (place[:, np.newaxis] == owner) | (place == self._block - 1)[:, np.newaxis]
        a, b = self._base[..., columns]
        mixed: Floats = np.where(from_b, b[point], a[point])
        return mixed

    @cached_property
    def _base(self) -> Floats:
        """A and B of every base point, (2, n, columns)."""
        from scipy.stats import qmc  # noqa: PLC0415 - slow to load, and few need it

        # The older keyword on purpose: `rng` with the same number is another scrambling than SALib's.
        drawn = qmc.Sobol(2 * sum(self.widths), scramble=True, seed=self.seed).random(self.samples)
        base: Floats = np.stack(np.split(drawn, 2, axis=1))
        return base
