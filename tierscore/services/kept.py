"""What one worker keeps of its computations: bounded, shared by its threads, never stale.

Nothing here ever expires. A key names everything that its value depends on (data revision, framework digest,
period), so a change in the database asks for another key and the old value falls out in time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

from cachetools import LRUCache

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """At most `size` values, the least recently used leave first.

    Two threads that miss at the same moment both compute; the values are equal, so either may stay.

    >>> kept = Kept[int](size=1)
    >>> kept.get("a", lambda: 1), kept.get("a", lambda: 2)
    (1, 1)
    """

    def __init__(self, size: int) -> None:
        self._values: LRUCache[Hashable, Any] = LRUCache(size)
        self._lock = Lock()

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """The value of a key, computed when it is not kept."""
        with self._lock:
            if key in self._values:
                value: Value = self._values[key]
                return value
        value = compute()
        with self._lock:
            self._values[key] = value
        return value
