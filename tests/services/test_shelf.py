"""Arrays shared by workers: the same bytes, or nothing; never half of a file, never one that others may write."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any, NoReturn

import numpy as np
import pytest

from tierscore.services import shelf as shelves
from tierscore.services.shelf import Arrays, Shelf

ARRAYS = {"values": np.array([[1.5, np.nan]]), "names": np.array(["", "A"])}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "shared"


def never() -> NoReturn:
    raise AssertionError("it is there already")


def same(one: Arrays, other: Arrays) -> bool:
    return {name: array.tobytes() for name, array in one.items()} == {
        name: array.tobytes() for name, array in other.items()
    }


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_another_worker_finds_the_same_bytes(folder: Path) -> None:
    assert same(Shelf(folder).get("key", lambda: ARRAYS), ARRAYS)
    other = Shelf(folder)
    assert (other.has("key"), other.has("other key")) == (True, False)
    assert same(other.get("key", never), ARRAYS)
    assert [file.suffix for file in files(folder)] == [".npz"]
    assert (other.usage.hits, other.usage.misses) == (1, 0)


def test_only_its_user_may_enter_the_folder_and_read_the_files(folder: Path) -> None:
    Shelf(folder).get("key", lambda: ARRAYS)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert files(folder)[0].stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("mode", [0o777, 0o750, 0o701], ids=oct)
def test_a_folder_that_others_may_enter_is_refused(folder: Path, mode: int) -> None:
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(PermissionError):
        Shelf(folder)


def test_a_link_and_a_folder_of_somebody_else_are_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir(mode=0o700)
    link = tmp_path / "link"
    link.symlink_to(folder)
    with pytest.raises(PermissionError):
        Shelf(link)
    monkeypatch.setattr(os, "getuid", lambda: folder.stat().st_uid + 1)
    with pytest.raises(PermissionError):
        Shelf(folder)


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda _: b"", lambda b: b[:60] + b"x" + b[61:]],
                         ids=["cut off", "empty", "another byte"])  # fmt: skip
def test_a_damaged_file_is_computed_again(folder: Path, damage: Any) -> None:
    shelf = Shelf(folder)
    shelf.get("key", lambda: ARRAYS)
    file = files(folder)[0]
    file.write_bytes(damage(file.read_bytes()))
    assert same(shelf.get("key", lambda: ARRAYS), ARRAYS)
    assert same(shelf.get("key", never), ARRAYS)


def test_whatever_byte_is_another_one_the_arrays_are_the_same_or_missing(folder: Path) -> None:
    shelf = Shelf(folder)
    shelf.get("key", lambda: ARRAYS)
    file = files(folder)[0]
    whole = file.read_bytes()
    outcomes = set()
    for place in range(len(whole)):
        for flip in (0x01, 0x80, 0xFF):
            file.write_bytes(whole[:place] + bytes([whole[place] ^ flip]) + whole[place + 1 :])
            found = shelf._read(file)
            outcomes.add(None if found is None else same(found, ARRAYS))
    assert outcomes == {None, True}


def test_a_writer_that_is_killed_leaves_nothing_to_be_read(folder: Path) -> None:
    """Half of the file is on the disk when the process ends; the next one neither reads it nor waits."""
    code = """
import os, signal, sys
from pathlib import Path
import numpy as np
from tierscore.services.shelf import Shelf

def half(opened, **_):
    opened.write(b"PK half of a file")
    opened.flush()
    os.kill(os.getpid(), signal.SIGKILL)

np.savez = half
Shelf(Path(sys.argv[1])).get("key", lambda: {"values": np.zeros(2)})
"""
    ended = subprocess.run([sys.executable, "-c", code, str(folder)], check=False)
    assert ended.returncode == -signal.SIGKILL
    left = files(folder)
    assert sorted(file.suffix for file in left) == [".lock", ".part"]
    shelf = Shelf(folder, 1)
    assert not shelf.has("key")
    assert same(shelf.get("key", lambda: ARRAYS), ARRAYS)
    assert not any(file.exists() for file in left)  # what it left counts, and makes room with the rest


def test_no_object_is_made_of_what_a_file_says(folder: Path) -> None:
    shelf = Shelf(folder)
    shelf.get("key", lambda: ARRAYS)
    np.savez(files(folder)[0], values=np.array([{"any": "object"}], dtype=object))
    assert same(shelf.get("key", lambda: ARRAYS), ARRAYS)


def test_the_folder_may_go_at_any_time(folder: Path) -> None:
    shelf = Shelf(folder)
    shelf.get("key", lambda: ARRAYS)
    for file in files(folder):
        file.unlink()
    folder.rmdir()
    assert same(shelf.get("key", lambda: ARRAYS), ARRAYS)
    assert not shelf.has("key")


def test_what_was_not_used_for_the_longest_time_leaves_first(folder: Path) -> None:
    Shelf(folder).get("probe", lambda: ARRAYS)
    size = files(folder)[0].stat().st_size
    files(folder)[0].unlink()
    shelf = Shelf(folder, 2 * size + 1)
    for place, key in enumerate(("old", "new")):
        shelf.get(key, lambda: ARRAYS)
        os.utime(shelf._file(key), (place, place))
    shelf.get("old", never)  # is used now
    shelf.get("newest", lambda: ARRAYS)
    assert [shelf.has(key) for key in ("old", "new", "newest")] == [True, False, True]


def test_who_asks_at_the_same_time_waits_for_the_first(folder: Path) -> None:
    computed, together = [], Barrier(4)

    def compute() -> Arrays:
        computed.append(1)
        return ARRAYS

    def ask(_: int) -> Arrays:
        shelf = Shelf(folder)
        together.wait()
        return shelf.get("key", compute)

    with ThreadPoolExecutor(4) as threads:
        assert all(same(found, ARRAYS) for found in threads.map(ask, range(4)))
    assert len(computed) == 1


def test_nobody_waits_for_ever(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "PATIENCE", 0.05)
    shelf = Shelf(folder)
    lock = shelf._file("key").with_suffix(".lock")
    with shelves._turn(lock):
        assert same(shelf.get("key", lambda: ARRAYS), ARRAYS)
        assert lock.exists()  # others go on waiting for the one who has the turn
    assert not lock.exists()


def test_a_failure_is_told_and_keeps_nothing(folder: Path) -> None:
    shelf = Shelf(folder)
    with pytest.raises(AssertionError):
        shelf.get("key", never)
    assert not shelf.has("key")
    assert same(shelf.get("key", lambda: ARRAYS), ARRAYS)


def test_a_full_disk_is_no_reason_not_to_answer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> NoReturn:
        raise OSError(28, "No space left on device")

    shelf = Shelf(folder)
    monkeypatch.setattr(np, "savez", full)
    assert same(shelf.get("key", lambda: ARRAYS), ARRAYS)
    assert files(folder) == []
