"""Rows that are staged: kept when an import is interrupted, found by whoever imports the same again."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import as_text
from tierscore.errors import Invalid, NotReady
from tierscore.services import staged
from tierscore.services.importing import kept_here
from tierscore.services.service import Service
from tierscore.storage.database import Database
from tierscore.storage.kept_stages import KeptStages
from tierscore.storage.staging import Stage

ROWS = [f"CN-SC,gdp,{year},{year}" for year in range(1900, 1940)]
LONG = [f"{region},gdp,{year},{year}" for region in ("CN-SC", "CN-CQ", "CN-HB") for year in range(1900, 2101)] * 9


class Away(Exception):
    """Ends an import in its midst."""


@pytest.fixture
def own(seeded: Database) -> Iterator[Service]:
    service = Service(seeded)
    yield service
    service.close()


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeptStages:
    """Where even small files are worth it."""
    monkeypatch.setattr(staged, "WORTH_KEEPING", 0)
    return KeptStages(tmp_path / "stages")


def written(folder: Path, *rows: str) -> Path:
    file = folder / "metrics.csv"
    file.write_text("\n".join(["region,indicator,period,value", *rows]))
    return file


def stages(own: Service, file: Path, kept: KeptStages, until: str = "", **more: Any) -> list[str]:
    """The stages that an import goes through; it is ended when it comes to one of them."""
    seen: list[str] = []

    def tell(stage: str, _rows: int) -> None:
        if stage not in seen:
            seen.append(stage)
        if stage == until:
            raise Away

    try:
        own.import_file(file, tell=tell, kept=kept, **more)
    except Away:
        return seen
    return [*seen, "done"]


ALL = ["checking", "sorting", "comparing", "storing", "done"]


def test_it_goes_on_where_the_rows_are_sorted(own: Service, kept: KeptStages, tmp_path: Path) -> None:
    file = written(tmp_path, *ROWS)
    assert stages(own, file, kept, "storing") == ALL[:4]
    assert stages(own, file, kept, "comparing") == ["comparing"]
    assert stages(own, file, kept) == ALL[2:]
    assert list((tmp_path / "stages").iterdir()) == []


def test_interrupted_before_that_it_begins_anew(own: Service, kept: KeptStages, tmp_path: Path) -> None:
    file = written(tmp_path, *ROWS)
    assert stages(own, file, kept, "checking") == ALL[:1]
    assert stages(own, file, kept, "sorting") == ALL[:2]
    assert stages(own, file, kept) == ALL


def test_another_file_or_sender_begins_anew(own: Service, kept: KeptStages, tmp_path: Path) -> None:
    file = written(tmp_path, *ROWS)
    assert stages(own, file, kept, "comparing") == ALL[:3]
    assert stages(own, file, kept, "comparing", recorded_by="office") == ALL[:3]
    assert stages(own, written(tmp_path, *ROWS, "CN-SC,gdp,1950,1"), kept) == ALL


def test_mistakes_are_kept_with_the_rows(own: Service, kept: KeptStages, tmp_path: Path) -> None:
    file = written(tmp_path, *ROWS, ROWS[0], "CN-XX,gdp,1950,1", "CN-SC,gdp,1951,-1")
    assert stages(own, file, kept, "comparing", mode="partial") == ALL[:3]
    report = own.import_file(file, mode="partial", kept=kept)
    assert (report.accepted, report.unchanged, report.rejected) == (len(ROWS), 1, 2)
    assert [violation.row for violation in report.violations] == [43, 44]
    with pytest.raises(Invalid) as caught:
        own.import_file(file, kept=kept)
    assert caught.value.violations == report.violations


def test_a_kept_stage_that_is_damaged_is_passed_over(own: Service, kept: KeptStages, tmp_path: Path) -> None:
    file = written(tmp_path, *ROWS)
    assert stages(own, file, kept, "comparing") == ALL[:3]
    (stage,) = (tmp_path / "stages").iterdir()
    stage.write_bytes(b"no database")
    assert stages(own, file, kept) == ALL


@pytest.mark.parametrize("pages", [4, 12, 40])
def test_a_disk_without_room_is_told_and_nothing_stored(
    own: Service, kept: KeptStages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    """SQLite's own limit stands for that of the disk; where it is met depends on how many pages there are."""
    begun = Stage.begun

    def narrow(*terms: Any) -> Stage:
        stage = begun(*terms)
        stage._connection.execute(f"PRAGMA max_page_count = {pages}")
        return stage

    monkeypatch.setattr(Stage, "begun", narrow)
    file = written(tmp_path, *LONG)
    with pytest.raises(NotReady, match="no room on the disk") as caught:
        own.import_file(file, kept=kept)
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.ENOSPC
    assert list((tmp_path / "stages").iterdir()) == []
    assert own.reading().state.revision == 3


def test_the_command_goes_on_after_a_kill(
    own: Service, tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while it waits for another writer, its rows sorted; the next import of the file finds them."""
    file = written(tmp_path, *ROWS)
    environment = {**os.environ, "DATABASE_URL": as_text(own.database.url)}
    code = "from tierscore.services import staged; staged.WORTH_KEEPING = 0\nfrom tierscore.cli import cli; cli()"
    with own.database.write() as session:
        session.connection().exec_driver_sql("UPDATE state SET revision = revision")
        with subprocess.Popen([sys.executable, "-c", code, "import", str(file)], env=environment) as process:
            deadline = time.monotonic() + 60
            while not list(scratch.glob("tierscore-stages-*/*.settled")):
                assert time.monotonic() < deadline
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
        session.rollback()
    assert process.returncode == -signal.SIGKILL
    monkeypatch.setattr(staged, "WORTH_KEEPING", 0)
    assert stages(own, file, kept_here()) == ALL[2:]
    assert own.reading().state.revision == 4
