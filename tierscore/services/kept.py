"""What one worker keeps of its computations: bounded, shared by its threads, never stale.

Nothing here ever expires. A key names everything that its value depends on (data revision, framework digest,
period), so a change in the database asks for another key and the old value falls out in time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from time import perf_counter
from typing import Any, Generic, TypeVar

from cachetools import LRUCache

Value = TypeVar("Value")


@dataclass
class Usage:
    """How often values were asked for: found, and computed in how many seconds. It only grows."""

    hits: int = 0
    misses: int = 0
    seconds: float = 0.0


class Kept(Generic[Value]):
    """At most `size` values, the least recently used leave first.

    With `measure`, the sum of what it says of each value is at most `size`; a value above that is not kept. With
    `most` there are no more values than that, however small they are: each counts as its share of `size` at least.
    Two threads that miss at the same moment both compute; the values are equal, so either may stay.

    >>> kept = Kept[int](size=1)
    >>> kept.get("a", lambda: 1), kept.get("a", lambda: 2)
    (1, 1)
    >>> kept.usage.hits, kept.usage.misses
    (1, 1)
    """

    def __init__(self, size: int, measure: Callable[[Value], int] | None = None, most: int | None = None) -> None:
        self.usage = Usage()
        self._size = size
        self._measure = measure if measure is None or most is None else _at_least(-(-size // most), measure)
        self._values: LRUCache[Hashable, Any] = LRUCache(size, self._measure)
        self._lock = Lock()

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """The value of a key, computed when it is not kept."""
        with self._lock:
            if key in self._values:
                self.usage.hits += 1
                value: Value = self._values[key]
                return value
        started = perf_counter()
        value = compute()
        self.put(key, value, perf_counter() - started)
        return value

    def find(self, key: Hashable) -> Value | None:
        """The value of a key, None when it is not kept; whoever computes it then may `put` it."""
        with self._lock:
            if key not in self._values:
                return None
            self.usage.hits += 1
            value: Value = self._values[key]
            return value

    def put(self, key: Hashable, value: Value, seconds: float) -> None:
        """Keeps a value that took some seconds to compute."""
        with self._lock:
            self.usage.misses += 1
            self.usage.seconds += seconds
            if self._measure is None or self._measure(value) <= self._size:
                self._values[key] = value


def _at_least(least: int, measure: Callable[[Value], int]) -> Callable[[Value], int]:
    """A measure of which no value has less."""
    return lambda value: max(least, measure(value))
