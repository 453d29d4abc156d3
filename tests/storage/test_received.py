"""Files that wait for their import: a room for each, one worker at a time, and nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import as_text, opened
from tierscore.storage.database import Database
from tierscore.storage.received import Received


@pytest.fixture
def received(tmp_path: Path) -> Received:
    return Received(tmp_path / "received")


def test_nothing_is_made_before_the_first_file(received: Received) -> None:
    assert received.waiting == []
    assert received.told("a") is None
    assert not received.folder.exists()


def test_a_file_has_a_room_until_it_is_dropped(received: Received) -> None:
    (received.room("a") / "file").write_text("x")
    assert (received.waiting, received.file("a").read_text()) == (["a"], "x")
    with pytest.raises(FileExistsError):
        received.room("a")
    received.drop("a")
    received.drop("a")
    assert received.waiting == []


def test_the_place_keeps_its_name(received: Received) -> None:
    assert received.place == received.place == Received(received.folder).place
    assert Received(received.folder.parent / "other").place != received.place


def test_two_databases_have_two_places(seeded: Database, empty_url: str, scratch: Path) -> None:
    with opened(as_text(seeded.url)) as again, opened(empty_url) as other:
        assert Received.of(again).folder == Received.of(seeded).folder
        assert Received.of(other).folder != Received.of(seeded).folder
        assert Received.of(other).folder.parent == scratch


@pytest.fixture
def empty_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'other.db'}"


def test_what_is_said_of_an_import(received: Received) -> None:
    received.room("a")
    received.tell("a", {"stage": "checking", "rows": 5})
    assert received.told("a") == {"stage": "checking", "rows": 5}
    assert [received.begin("a"), received.begin("a")] == [1, 2]
    received.begin_anew("a")
    assert received.begin("a") == 1
    assert not received.is_stopped("a")
    received.stop("a")
    received.stop("nowhere")
    assert received.is_stopped("a")


def test_only_what_nobody_wants_and_nobody_writes_is_swept(received: Received) -> None:
    for name in ("wanted", "old", "new"):
        (received.room(name) / "file").write_text("x")
    for path in (received.at("old"), received.file("old"), received.at("wanted"), received.file("wanted")):
        os.utime(path, (1, 1))
    received.sweep(["wanted"], time.time() - 60)
    assert sorted(received.waiting) == ["new", "wanted"]


def test_one_process_at_a_time_and_the_next_when_it_is_killed(received: Received) -> None:
    code = (
        "import sys, time; from pathlib import Path; from tierscore.storage.received import Received\n"
        "with Received(Path(sys.argv[1])).turn() as ours: print(ours, flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(received.folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        with received.turn() as ours:
            assert not ours
        process.kill()
    with received.turn() as ours:
        assert ours
