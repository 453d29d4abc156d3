"""What a worker holds between requests."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock

from tierscore.engine.panel import Panel
from tierscore.services.assessments import Assessments
from tierscore.services.handout import Document
from tierscore.services.import_jobs import Imports
from tierscore.services.importer import Work
from tierscore.services.jobs import Compute, Jobs
from tierscore.services.kept import Kept, Usage
from tierscore.services.sheet import Answer
from tierscore.services.shelf import Shelf
from tierscore.services.snapshot import Snapshot
from tierscore.services.walking import sparing, walker
from tierscore.services.what_if import Baseline
from tierscore.storage.database import Database
from tierscore.storage.observations import AsOf

KEPT_SNAPSHOTS = 2
KEPT_MOMENTS = 256
BASELINE_BYTES, KEPT_BASELINES = 256 << 20, 16
KEPT_AUDITS = 16
KEPT_ANALYSES = 32
KEPT_ANSWERS = 512
KEPT_PATHS = 128
PANEL_BYTES, KEPT_PANELS = 256 << 20, 16
KEPT_DOCUMENTS = 32
KEPT_DIFFERENCES = 100_000  # values that differ between two revisions, of all pairs together


class Held:
    """What a worker holds: the database and the computations kept so far. Threads may share it.

    Attributes
    ----------
    usages : tuple
        What is kept, by name, and how often it was asked for so far.
    rows_ingested : int
        Observations that were stored.
    """

    def __init__(
        self,
        database: Database,
        compute: Compute,
        import_received: Work,
        *,
        dask: str | None = None,
        background: bool = False,
        shelf: Shelf | None = None,
    ) -> None:
        """`compute` and `import_received` are what jobs ask for; for the rest see `service.Service`."""
        self.database = database
        self.background = background
        self.walk, self.sparing = walker(dask), partial(sparing, dask)
        self.jobs = Jobs(database, compute)
        self.imports = Imports(database, import_received)
        self.aside = ThreadPoolExecutor(1, "aside")
        self.assessments = Assessments(shelf)
        self.snapshots: Kept[Snapshot] = Kept(KEPT_SNAPSHOTS)
        self.baselines: Kept[Baseline] = Kept(BASELINE_BYTES, lambda baseline: baseline.size, KEPT_BASELINES)
        self.moments: Kept[AsOf] = Kept(KEPT_MOMENTS)
        self.periods: Kept[list[int]] = Kept(KEPT_MOMENTS)
        self.panels: Kept[Panel] = Kept(PANEL_BYTES, lambda panel: panel.scores.nbytes, KEPT_PANELS)
        self.audits: Kept[Answer] = Kept(KEPT_AUDITS)
        self.analyses: Kept[Answer] = Kept(KEPT_ANALYSES)
        self.wanted: Kept[str] = Kept(KEPT_MOMENTS)
        self.answers: Kept[Answer] = Kept(KEPT_ANSWERS)
        self.paths: Kept[Answer] = Kept(KEPT_PATHS)
        self.documents: Kept[Document] = Kept(KEPT_DOCUMENTS)
        self.differences: Kept[list[Answer]] = Kept(KEPT_DIFFERENCES, len)
        self.confidences: Kept[Answer | None] = Kept(KEPT_ANALYSES)
        self.usages = tuple(self._usages())
        self.rows_ingested = 0
        self._counting = Lock()

    def count_rows(self, rows: int) -> None:
        """Counts rows that were stored; `rows_ingested` only grows."""
        with self._counting:
            self.rows_ingested += rows

    def _usages(self) -> Iterator[tuple[str, Usage]]:
        matrices = self.assessments.matrices
        yield "frames", matrices.frames.usage
        if matrices.shelf is not None:
            yield "shared", matrices.shelf.usage
        yield "scorecards", self.assessments.cards.usage
        for name, kept in vars(self).items():
            if isinstance(kept, Kept):
                yield name, kept.usage
