"""A thread that takes turns in the background until it is stopped."""

from __future__ import annotations

from abc import ABC, abstractmethod
from threading import Event, Thread

IDLE = 0.5  # seconds between two looks at an empty queue
LONGEST_STOP = 1.0  # seconds


class Turning(ABC):
    """Such a thread; it ends with its process at the latest. It is started by whoever makes it, so after any fork."""

    def __init__(self, name: str) -> None:
        self._woken = Event()
        self._stopping = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._thread.is_alive()

    def wake(self) -> None:
        """Has it take its next turn at once."""
        self._woken.set()

    def stop(self) -> None:
        """Ends it after this turn, for which nobody waits longer than `LONGEST_STOP`."""
        self._stopping.set()
        self._woken.set()
        self._thread.join(LONGEST_STOP)

    @abstractmethod
    def _turn(self) -> float:
        """Does what there is to do; the seconds until the next turn."""

    def _run(self) -> None:
        while self._goes_on():
            self._woken.wait(self._turn())

    def _goes_on(self) -> bool:
        """Whether to take another turn. Forgets old calls before it looks, so that none is missed."""
        self._woken.clear()
        return not self._stopping.is_set()
