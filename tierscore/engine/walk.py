"""How one works through the parts of a computation that do not depend on each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from tierscore.engine.matrix import Floats


class Scored(Protocol):
    """A part of a result: its scores, of draws or periods first."""

    @property
    def scores(self) -> Floats:
        """The scores."""
        ...


Item = TypeVar("Item")
Result = TypeVar("Result", bound=Scored)


class Walk(Protocol):
    """Works through items: one after the other (`map`), in threads, on a cluster. Results come in order."""

    def __call__(self, work: Callable[[Item], Result], items: Iterable[Item], /) -> Iterable[Result]:
        """The results."""
        ...
