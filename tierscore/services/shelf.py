"""Arrays that the workers of one machine share: files in a folder that is theirs alone.

A key names everything that its arrays depend on, so nothing in the folder is ever stale. It may be deleted at any time.
"""

from __future__ import annotations

import logging
import os
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from tierscore.services.kept import Usage
from tierscore.storage.file_lock import taken
from tierscore.storage.scratch import prepare

Arrays = Mapping[str, npt.NDArray[Any]]

MOST_BYTES = 1 << 30
PATIENCE, LOOK_AGAIN = 10.0, 0.02  # seconds that a worker waits for another one's arrays, and between two looks
NAMES = "names of all"  # an array beside those of a file
DAMAGED = (OSError, ValueError, EOFError, KeyError, RuntimeError, zipfile.BadZipFile)

_log = logging.getLogger(__name__)


class Shelf:
    """At most so many bytes of files; the ones that were not used for the longest time leave first.

    Every file is written under another name and then renamed, so a reader finds all of it or nothing; its checksums are
    looked at, and a damaged one counts as missing. Nothing in a file is ever executed.
    """

    def __init__(self, folder: Path, most: int = MOST_BYTES) -> None:
        """Raises OSError for a folder that cannot be made, or that others may enter."""
        prepare(folder)
        self.usage = Usage()
        self._folder, self._most = folder, most
        self._counting = Lock()

    def has(self, key: object) -> bool:
        """Whether there is a file of a key now."""
        return self._file(key).exists()

    def get(self, key: object, compute: Callable[[], Arrays]) -> Arrays:
        """The arrays of a key; whoever asks first computes them, others wait for a while."""
        file = self._file(key)
        found = self._read(file)
        if found is None:
            with _turn(file.with_suffix(".lock")):
                found = self._read(file)
                if found is None:
                    return self._computed(file, compute)
        with self._counting:
            self.usage.hits += 1
        return found

    def _computed(self, file: Path, compute: Callable[[], Arrays]) -> Arrays:
        began = time.monotonic()
        arrays = compute()
        with self._counting:
            self.usage.misses += 1
            self.usage.seconds += time.monotonic() - began
        self._write(file, arrays)
        return arrays

    def _file(self, key: object) -> Path:
        return self._folder / f"{sha256(repr(key).encode()).hexdigest()}.npz"

    def _read(self, file: Path) -> Arrays | None:
        try:
            with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
                found = _all_of({name: arrays[name] for name in arrays.files})
            os.utime(file)
        except FileNotFoundError:
            return None
        except DAMAGED:
            _log.warning("a shared file cannot be read and is computed again", exc_info=True)
            return None
        return found

    def _write(self, file: Path, arrays: Arrays) -> None:
        """Keeps arrays for others; a full disk or a folder that is gone is no reason not to answer."""
        part = self._folder / f"{token_hex(16)}.part"
        try:
            with open(part, "xb", opener=_for_its_user) as opened:
                np.savez(opened, allow_pickle=False, **{NAMES: np.array(sorted(arrays))}, **arrays)
            part.replace(file)
            self._make_room()
        except OSError:
            _log.warning("arrays cannot be shared now", exc_info=True)
            part.unlink(missing_ok=True)

    def _make_room(self) -> None:
        files = sorted(_files(self._folder), key=lambda item: item[1].st_mtime, reverse=True)
        room = self._most
        for path, found in files:
            room -= found.st_size
            if room < 0:
                path.unlink(missing_ok=True)


def _all_of(found: dict[str, npt.NDArray[Any]]) -> Arrays:
    """What was written; raises ValueError if some of it is not there, which the checksum of each does not tell."""
    names = found.pop(NAMES).tolist()
    if names != sorted(found):
        raise ValueError(f"the file holds {sorted(found)} of {names}")
    return found


def _for_its_user(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # another worker made room
            yield path, path.stat()


@contextmanager
def _turn(lock: Path) -> Iterator[None]:
    """One after the other, as long as that takes less than `PATIENCE`; who waited longer goes on all the same.

    The system gives up the lock of a process that ends, so nobody waits for a dead one.
    """
    try:
        held = lock.open("wb")
    except OSError:  # the folder is gone
        yield
        return
    with held:
        mine = _locked_in_time(held.fileno())
        try:
            yield
        finally:
            if mine:
                lock.unlink(missing_ok=True)


def _locked_in_time(descriptor: int) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not taken(descriptor):
        if time.monotonic() >= deadline:
            return False
        time.sleep(LOOK_AGAIN)
    return True
