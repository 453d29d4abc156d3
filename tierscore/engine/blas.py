"""One thread for products of matrices: the last digit of their sums depends on how many threads share them."""

# threadpoolctl declares no types.
# mypy: allow-untyped-calls

from __future__ import annotations

from functools import cache
from threading import Lock
from types import TracebackType
from typing import Any

from threadpoolctl import ThreadpoolController


@cache
def _controller() -> ThreadpoolController:
    """The libraries that are loaded; looked for once, as that takes a millisecond."""
    return ThreadpoolController()


class _SingleThreaded:
    """While anybody is inside, BLAS uses one thread in this process; whoever is the last to leave gives back what was.

    Threads may be inside together, as the number is one for the whole process.
    """

    def __init__(self) -> None:
        self._counting = Lock()
        self._inside = 0
        self._limits: Any = None

    def __enter__(self) -> None:
        with self._counting:
            self._inside += 1
            if self._inside == 1:
                self._limits = _controller().limit(limits=1, user_api="blas")

    def __exit__(self, *_error: type[BaseException] | BaseException | TracebackType | None) -> None:
        with self._counting:
            self._inside -= 1
            if self._inside == 0:
                self._limits.restore_original_limits()


SINGLE_THREADED = _SingleThreaded()
