"""Settled stages that outlive the process that filled them, so that an import that was killed need not sort again.

A stage is found by a key, which names everything that its rows depend on. While it is being filled its file is locked,
so that what a killed process left half filled can be told and removed. Few are kept, and not for long.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from time import time

from tierscore.storage.file_lock import taken
from tierscore.storage.scratch import prepare, scratch

MOST_KEPT = 3
LONGEST_KEPT = 7 * 24 * 3600.0  # seconds
_FILLING, _SETTLED = ".filling", ".settled"


class KeptStages:
    """The stages in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def of_user(cls) -> KeptStages:
        """Those of this user on this host."""
        return cls(scratch() / f"tierscore-stages-{os.getuid()}")

    def find(self, key: str) -> Path | None:
        """The file of the stage with that key, if it is kept."""
        file = self._settled(key)
        return file if file.exists() else None

    @contextmanager
    def filling(self) -> Iterator[Path]:
        """A new file to be filled, which is gone after the block unless it was kept. Removes what is too old."""
        prepare(self._folder)
        self._tidy()
        file = self._folder / f"{token_hex(8)}{_FILLING}"
        with file.open("xb") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX)
            try:
                yield file
            finally:
                file.unlink(missing_ok=True)

    def keep(self, file: Path, key: str) -> None:
        """Keeps a file that was filled, also if the machine loses its power now."""
        with file.open("rb") as opened:
            os.fsync(opened.fileno())
        file.replace(self._settled(key))

    def drop(self, key: str) -> None:
        """Removes a stage; whoever reads it goes on."""
        self._settled(key).unlink(missing_ok=True)

    def _settled(self, key: str) -> Path:
        return self._folder / f"{key}{_SETTLED}"

    def _tidy(self) -> None:
        for file in self._folder.glob(f"*{_FILLING}"):
            if _is_left(file):
                file.unlink(missing_ok=True)
        kept = sorted(self._folder.glob(f"*{_SETTLED}"), key=_written, reverse=True)
        for place, file in enumerate(kept):
            if place >= MOST_KEPT - 1 or _written(file) < time() - LONGEST_KEPT:
                file.unlink(missing_ok=True)


def _written(file: Path) -> float:
    with suppress(FileNotFoundError):
        return file.stat().st_mtime
    return 0.0


def _is_left(file: Path) -> bool:
    """Whether nobody is filling it any more."""
    with suppress(FileNotFoundError), file.open("rb") as opened:
        return taken(opened.fileno())
    return True
