"""A matrix of new data from that of older data: only the cells that were said anew are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy.orm import Session

from tierscore.engine.matrix import Absence, Cells, Flags, Matrix, select
from tierscore.engine.patched import patched
from tierscore.framework.model import Framework
from tierscore.services import observing
from tierscore.services.resolved import Resolved
from tierscore.storage import changed_cells, window
from tierscore.storage.observations import AsOf

MOST_ROWS, MOST_CELLS = 2000, 20_000  # said anew, and to be read for them; of more, everything is read


@dataclass(frozen=True)
class Known:
    """The matrix of a question on older data."""

    as_of: AsOf
    matrix: Matrix


def caught_up(session: Session, known: Known, resolved: Resolved, nation: str) -> Matrix | None:
    """The matrix on the data asked for, with the bytes it has when it is read as a whole; None if that is quicker.

    A row outside of an indicator's window changes nothing but why a value is missing, where there was none before.
    """
    if not changed_cells.is_before(session, known.as_of, resolved.as_of):
        return None
    years = observing.reach(resolved.framework, resolved.period, resolved.period)
    said = changed_cells.said(session, known.as_of, resolved.as_of, years, MOST_ROWS)
    narrow = _narrowed(resolved.framework, said)
    silent = _silent(known.matrix, nation)
    if len(said) == MOST_ROWS or max(len(narrow.regions) * len(narrow.indicators), silent.sum()) > MOST_CELLS:
        return None
    matrix = patched(known.matrix, _read(session, narrow, resolved, nation)) if narrow.indicators else known.matrix
    return _with_others(session, matrix, silent & _silent(matrix, nation), resolved.as_of.revision, nation)


def _silent(matrix: Matrix, nation: str) -> Flags:
    """The cells of which nothing was ever said, those of the nation last, if there is one."""
    absence = np.concatenate([matrix.cells.absence, matrix.nation.absence[np.newaxis]])
    silent: Flags = absence == Absence.NO_OBSERVATION
    return silent if nation else silent[:-1]


def _with_others(session: Session, matrix: Matrix, silent: Flags, revision: int, nation: str) -> Matrix:
    """With the reason of those cells of which something is said by now, of other years."""
    rows, columns = np.nonzero(silent)
    regions = (*matrix.regions, nation)
    asked = [regions[row] for row in rows], [matrix.indicators[column] for column in columns]
    said = np.zeros((len(regions), len(matrix.indicators)), dtype=bool)
    said[rows, columns] = window.seen(session, revision, *asked)
    return replace(matrix, cells=_outside(matrix.cells, said[:-1]), nation=_outside(matrix.nation, said[-1]))


def _outside(cells: Cells, said: Flags) -> Cells:
    return replace(cells, absence=np.where(said, np.int8(Absence.OUTSIDE_WINDOW), cells.absence))


def _narrowed(framework: Framework, pairs: Sequence[tuple[str, str]]) -> Framework:
    """The framework of the regions and indicators in some pairs; the nation is always beside."""
    regions, indicators = ({pair[place] for pair in pairs} for place in (0, 1))
    return replace(
        framework,
        regions=tuple(code for code in framework.regions if code in regions),
        indicators=tuple(item for item in framework.indicators if item.code in indicators),
    )


def _read(session: Session, narrow: Framework, resolved: Resolved, nation: str) -> Matrix:
    rows = (*narrow.regions, *([nation] if nation else []))
    observed = observing.of_period(session, resolved.as_of.revision, narrow, rows, resolved.period)
    return select(observed, narrow, resolved.period, nation)
