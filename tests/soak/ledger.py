"""What was stored, as far as its senders were told, and what may be read after that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from time import perf_counter
from typing import Any

INDICATOR, PERIOD = "rd_expenditure", 2021
WARM_IMPORTS = 400


@dataclass(frozen=True)
class Stored:
    """The newest batch of a region that was answered 201."""

    revision: int
    value: float


class Ledger:
    """Who shares it: every thread that writes or reads.

    Every batch has a value that no other one has, and is told here before it is sent. So whatever value is read says
    which batch it came with, and at the end which revision.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._last: dict[str, Stored] = {}
        self._serial = 10_000
        self._floor = 0
        self.warm_at: float | None = None
        self.revision_of: dict[float, int] = {}
        self.answers: dict[tuple[str, int], Any] = {}
        self.seen: list[tuple[int, float, str]] = []
        self.faults: list[str] = []
        self.seconds: dict[str, list[float]] = {}
        self.statuses: Counter[tuple[str, int]] = Counter()

    def next_value(self) -> float:
        """A value that nobody has sent yet."""
        with self._lock:
            self._serial += 1
            return float(self._serial)

    def stored(self, regions: list[str], revision: int, value: float) -> None:
        """A batch was answered 201."""
        with self._lock:
            self.revision_of[value] = revision
            self._floor = max(self._floor, revision)
            if len(self.revision_of) == WARM_IMPORTS:
                self.warm_at = perf_counter()
            for region in regions:
                if region not in self._last or self._last[region].revision < revision:
                    self._last[region] = Stored(revision, value)

    def floor(self, region: str) -> tuple[int, Stored]:
        """The newest revision that somebody was told, and the newest of a region: older ones may not be read now."""
        with self._lock:
            return self._floor, self._last.get(region, Stored(0, 0.0))

    def fault(self, what: str) -> None:
        """A rule was broken."""
        with self._lock:
            self.faults.append(what)

    def require(self, holds: bool, what: str) -> None:
        """A fault, unless it holds."""
        if not holds:
            self.fault(what)

    def read(self, revision: int, value: float, what: str) -> None:
        """A value was read at a revision; checked by `settle`, when it is known which batch it came with."""
        with self._lock:
            self.seen.append((revision, value, what))

    def same(self, what: str, revision: int, answer: Any) -> None:
        """All workers must give one answer of one revision."""
        with self._lock:
            first = self.answers.setdefault((what, revision), answer)
        self.require(first == answer, f"{what} of revision {revision} differs between answers")

    def settle(self) -> None:
        """Every value read must be of a batch that was answered 201, and no newer than the revision it was read at."""
        for revision, value, what in self.seen:
            came = self.revision_of.get(value)
            told = value < 10_000 or (came is not None and came <= revision)
            self.require(told, f"{what}: value {value} at revision {revision}, sent as revision {came}")

    @contextmanager
    def timed(self, kind: str) -> Iterator[None]:
        """Counts the seconds of a request."""
        started = perf_counter()
        yield
        with self._lock:
            self.seconds.setdefault(kind, []).append(perf_counter() - started)

    def count(self, kind: str, status: int) -> None:
        """Counts an answer."""
        with self._lock:
            self.statuses[kind, status] += 1
