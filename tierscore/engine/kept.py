"""What is computed once for each key and kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Kept(dict[Key, Value], Generic[Key, Value]):
    """A mapping that computes what it lacks. Two threads that miss at once compute equal values.

    >>> Kept(lambda word: len(word))["tier"]
    4
    """

    def __init__(self, compute: Callable[[Key], Value]) -> None:
        super().__init__()
        self._compute = compute

    def __missing__(self, key: Key) -> Value:
        """Computes and keeps."""
        self[key] = self._compute(key)
        return self[key]
