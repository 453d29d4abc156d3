"""Stages that outlive their process: found by their key, few, not for long, and never half filled."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tierscore.storage import kept_stages
from tierscore.storage.kept_stages import KeptStages


@pytest.fixture
def kept(tmp_path: Path) -> KeptStages:
    return KeptStages(tmp_path / "stages")


def keep(kept: KeptStages, key: str) -> None:
    with kept.filling() as file:
        file.write_text(key)
        kept.keep(file, key)


def test_one_is_found_until_it_is_dropped(kept: KeptStages) -> None:
    assert kept.find("a") is None
    keep(kept, "a")
    found = kept.find("a")
    assert found is not None
    assert (found.read_text(), kept.find("b")) == ("a", None)
    kept.drop("a")
    assert kept.find("a") is None


def test_what_was_not_kept_is_gone(kept: KeptStages) -> None:
    with kept.filling() as file:
        assert file.exists()
    assert list(file.parent.iterdir()) == []


def test_the_oldest_makes_room(kept: KeptStages) -> None:
    for number, key in enumerate("abcd"):
        keep(kept, key)
        file = kept.find(key)
        assert file is not None
        os.utime(file, (time.time() + number, time.time() + number))
    assert [key for key in "abcd" if kept.find(key)] == ["b", "c", "d"]


def test_none_is_kept_for_long(kept: KeptStages, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(kept, "a")
    monkeypatch.setattr(kept_stages, "LONGEST_KEPT", -1.0)
    keep(kept, "b")
    assert kept.find("a") is None


def test_what_a_killed_process_left_half_filled_is_removed(kept: KeptStages, tmp_path: Path) -> None:
    """While that process lives its file stays."""
    code = (
        "import sys, time; from pathlib import Path; from tierscore.storage.kept_stages import KeptStages\n"
        "with KeptStages(Path(sys.argv[1])).filling() as file: print(file, flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "stages")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        file = Path(process.stdout.readline().strip())
        keep(kept, "a")
        assert file.exists()
        process.kill()
    keep(kept, "b")
    assert not file.exists()


def test_a_folder_that_others_may_enter_is_refused(kept: KeptStages, tmp_path: Path) -> None:
    (tmp_path / "stages").mkdir()
    (tmp_path / "stages").chmod(0o755)
    with pytest.raises(PermissionError), kept.filling():
        pass
