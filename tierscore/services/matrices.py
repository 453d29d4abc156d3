"""From a question to the values that it is about: kept, shared by the workers of a machine, or read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from tierscore import __version__
from tierscore.engine.labels import Labels
from tierscore.engine.matrix import Cells, Matrix, select
from tierscore.engine.observed import Observed
from tierscore.framework.model import Framework
from tierscore.services import observing
from tierscore.services.catching_up import Known, caught_up
from tierscore.services.kept import Kept
from tierscore.services.observing import Years
from tierscore.services.resolved import Resolved, key_of
from tierscore.services.shelf import Arrays, Shelf
from tierscore.services.snapshot import Snapshot
from tierscore.storage.database import Database

GROUP_LABELS = ("macro_region", "kind")  # of regions, by which an imputation may group them
SMALL = 10_000  # cells of a question of which all years are read at once, so that its other periods ask nothing
FRAME_BYTES, KEPT_FRAMES = 64 << 20, 8
FEW = 2  # periods of which each is read by itself; for more, all years between them are read once
LAYOUT = 1  # of the arrays that are shared

Read = Callable[[Resolved], Matrix]


class Matrices:
    """Matrices on demand; one per worker."""

    def __init__(self, shelf: Shelf | None = None) -> None:
        """`shelf` is where the workers of a machine share matrices of many regions; None: each reads its own."""
        self.frames: Kept[Observed] = Kept(FRAME_BYTES, lambda observed: observed.nbytes, KEPT_FRAMES)
        self.shelf = shelf

    def one(self, database: Database, snapshot: Snapshot, resolved: Resolved, known: Known | None = None) -> Matrix:
        """The matrix of a question; of many regions where it is quicker, from what is known of older data."""

        def read(resolved: Resolved) -> Matrix:
            return _caught_up(database, snapshot, resolved, known) or _read_one(database, snapshot, resolved)

        if _cells(resolved.framework) <= SMALL:
            return self.several(database, snapshot, [resolved])[0]
        return self._shared(snapshot, resolved, read)

    def several(self, database: Database, snapshot: Snapshot, asked: Sequence[Resolved]) -> list[Matrix]:
        """The matrices of the same question in several periods."""
        if _cells(asked[0].framework) <= SMALL:
            observed = self._frame(database, snapshot, asked[0])
            return [_selected(observed, snapshot, resolved) for resolved in asked]
        read = _reader(database, snapshot, [one for one in asked if not self._has(snapshot, one)])
        return [self._shared(snapshot, resolved, read) for resolved in asked]

    def _frame(self, database: Database, snapshot: Snapshot, resolved: Resolved) -> Observed:
        """All years of a small question, and of nothing else: the table may hold thousands of other regions."""
        framework, rows = resolved.framework, _rows(snapshot, resolved)

        def read() -> Observed:
            with database.read() as session:
                return observing.of_all_years(session, resolved.as_of.revision, framework, rows)

        return self.frames.get((resolved.as_of.digest, rows, observing.codes_of(framework)), read)

    def _has(self, snapshot: Snapshot, resolved: Resolved) -> bool:
        return self.shelf is not None and self.shelf.has(_shelf_key(snapshot, resolved))

    def _shared(self, snapshot: Snapshot, resolved: Resolved, read: Read) -> Matrix:
        if self.shelf is None:
            return read(resolved)
        arrays = self.shelf.get(_shelf_key(snapshot, resolved), lambda: arrays_of(read(resolved)))
        return matrix_of(arrays, snapshot, resolved)


def _cells(framework: Framework) -> int:
    return len(framework.regions) * len(framework.indicators)


def _shelf_key(snapshot: Snapshot, resolved: Resolved) -> tuple[object, ...]:
    return LAYOUT, __version__, *key_of(snapshot, resolved)


def _caught_up(database: Database, snapshot: Snapshot, resolved: Resolved, known: Known | None) -> Matrix | None:
    if known is None:
        return None
    with database.read() as session:
        return caught_up(session, known, resolved, snapshot.nation)


def _read_one(database: Database, snapshot: Snapshot, resolved: Resolved) -> Matrix:
    framework, rows = resolved.framework, _rows(snapshot, resolved)
    with database.read() as session:
        observed = observing.of_period(session, resolved.as_of.revision, framework, rows, resolved.period)
    return _selected(observed, snapshot, resolved)


def _reader(database: Database, snapshot: Snapshot, missing: Sequence[Resolved]) -> Read:
    """What reads one period, or all that are missing at the first call."""
    if len(missing) <= FEW:
        return lambda resolved: _read_one(database, snapshot, resolved)

    @cache
    def everything() -> Years:
        first = missing[0]
        with database.read() as session:
            periods = (one.period for one in missing)
            return observing.of_periods(session, first.as_of.revision, first.framework, _rows(snapshot, first), periods)

    return lambda resolved: _selected(everything().near(resolved.period), snapshot, resolved)


def _rows(snapshot: Snapshot, resolved: Resolved) -> tuple[str, ...]:
    """The regions whose values are needed: those that are scored, and the nation."""
    return tuple(dict.fromkeys([*resolved.framework.regions, *([snapshot.nation] if snapshot.nation else [])]))


def _selected(observed: Observed, snapshot: Snapshot, resolved: Resolved) -> Matrix:
    matrix = select(observed, resolved.framework, resolved.period, snapshot.nation)
    return replace(matrix, groups=_labels(snapshot, resolved.framework))


def matrix_key(snapshot: Snapshot, resolved: Resolved) -> tuple[object, ...]:
    """Everything that a matrix depends on beside the data."""
    framework = resolved.framework
    labels = _labels(snapshot, framework)
    return framework.digest, framework.regions, resolved.period, snapshot.nation, labels


def _labels(snapshot: Snapshot, framework: Framework) -> tuple[str, ...]:
    """The group of each reference region that the framework's imputation goes by; none where there is no such label."""
    named = framework.impute.group
    if named not in GROUP_LABELS:
        return ()
    return tuple(getattr(snapshot.regions[code], named) for code in framework.regions if code in snapshot.regions)


def arrays_of(matrix: Matrix) -> Arrays:
    """What a matrix holds beside its question, as arrays of numbers and of names; the nation is the last row."""
    cells, nation = matrix.cells, matrix.nation

    def rows(of_regions: Any, of_nation: Any) -> Any:
        return np.concatenate([of_regions, of_nation[np.newaxis]])

    return {
        "values": rows(cells.values, nation.values),
        "periods": rows(cells.periods, nation.periods),
        "statuses": rows(cells.statuses.places, nation.statuses.within(cells.statuses.names).places),
        "status_names": np.array(cells.statuses.names),
        "sources": rows(cells.sources.places, nation.sources.within(cells.sources.names).places),
        "source_names": np.array(cells.sources.names),
        "absence": rows(cells.absence, nation.absence),
    }


def matrix_of(arrays: Arrays, snapshot: Snapshot, resolved: Resolved) -> Matrix:
    """The matrix of a question again."""
    framework, last = resolved.framework, len(resolved.framework.regions)
    cells = Cells(
        values=arrays["values"],
        periods=arrays["periods"],
        statuses=Labels(arrays["statuses"], tuple(arrays["status_names"].tolist())),
        sources=Labels(arrays["sources"], tuple(arrays["source_names"].tolist())),
        absence=arrays["absence"],
    )
    codes = tuple(indicator.code for indicator in framework.indicators)
    rows, nation = cells.rows(slice(0, last)), cells.rows(last)
    return Matrix(resolved.period, framework.regions, codes, rows, nation, _labels(snapshot, framework))
