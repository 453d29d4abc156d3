"""The draws of a chunk, of which no more are made than are asked for (methodology, section 10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tierscore.engine.design import Design
from tierscore.engine.factors import Draws, Setting, drawn_of
from tierscore.engine.matrix import Floats, Ints
from tierscore.engine.tables import NO_CHOICE, Choice

WIDE = ("missing", "observation_error")  # factors with a column for every cell
WHOLE = 2**20  # numbers up to which a chunk has them all at once


class Points:
    """The draws of a chunk: what is narrow for all of them, the rest for those asked for."""

    def __init__(self, setting: Setting, design: Design, chunk: int) -> None:
        rows = design.chunks[chunk]
        self._setting, self._design, self._chunk = setting, design, chunk
        self._count = rows.stop - rows.start
        self._units = design.units(chunk) if self._count * sum(setting.widths) <= WHOLE else None
        columns = setting.columns
        self._wide = [name for name in columns if name in WIDE]
        every = np.arange(self._count)
        self.narrow = drawn_of(setting, self._parts([name for name in columns if name not in WIDE], every), every.size)

    def whole(self, rows: Ints) -> Draws:
        """Some rows, counted in the chunk and rising, with everything."""
        wide = drawn_of(self._setting, self._parts(self._wide, rows), rows.size)
        return replace(self.narrow.some(rows), missing=wide.missing, errors=wide.errors)

    def _parts(self, names: list[str], rows: Ints) -> dict[str, Floats]:
        columns = self._setting.columns
        if self._units is not None:
            whole = self._units if rows.size == self._count else self._units[rows]
            return {name: whole[:, columns[name]] for name in names}
        return {name: self._design.some(self._chunk, rows, columns[name]) for name in names}


def alike(draws: Draws) -> Iterator[tuple[Choice, Ints]]:
    """The draws that make the same choices: the choices, and the rows."""
    if not draws.chosen.any():
        yield NO_CHOICE, np.arange(draws.count)
        return
    for chosen in np.unique(draws.chosen, axis=0):
        yield tuple(chosen.tolist()), np.flatnonzero((draws.chosen == chosen).all(axis=1))
