"""Importing any module of the package opens no socket, writes no file, starts no process and builds no engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Runs in a fresh interpreter: prints the modules imported and everything they did.
WATCHED_IMPORT = """
import importlib, json, os, pkgutil, sys
import sqlalchemy.engine

done, watching = [], True
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
ACTS = ("socket.", "sqlite3.", "subprocess.", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.fork",
        "os.exec", "os.posix_spawn", "os.system", "shutil.", "tempfile.", "webbrowser.")

def watch(event, args):
    if not watching:
        return
    if event == "open" and (args[2] or 0) & WRITES and args[0] != os.devnull:
        done.append(f"{event} {args[0]}")
    elif event.startswith(ACTS):
        done.append(f"{event} {args}")

build = sqlalchemy.engine.Engine.__init__
def build_watched(self, pool, dialect, url, hide_parameters=False, **kwargs):  # SQLAlchemy reads these names
    done.append(f"engine {url}")
    build(self, pool, dialect, url, hide_parameters=hide_parameters, **kwargs)
sqlalchemy.engine.Engine.__init__ = build_watched

sys.addaudithook(watch)
import tierscore
names = [module.name for module in pkgutil.walk_packages(tierscore.__path__, "tierscore.")]
for name in names:
    importlib.import_module(name)
for example in sys.argv[1:]:
    exec(example)
watching = False
print(json.dumps({"names": names, "done": done}))
"""


def import_everything(folder: Path, *and_then: str) -> dict[str, list[str]]:
    """What importing every module did, run from an empty folder; `and_then` are statements run after it."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    found = subprocess.run(
        [sys.executable, "-W", "error", "-c", WATCHED_IMPORT, *and_then],
        cwd=folder, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    report: dict[str, list[str]] = json.loads(found.stdout)
    assert found.stderr == ""
    return report


def test_importing_does_nothing_else(tmp_path: Path) -> None:
    report = import_everything(tmp_path)
    assert report["done"] == []
    assert {"tierscore.storage.database", "tierscore.services.seeding", "tierscore.settings"} <= set(report["names"])
    assert list(tmp_path.iterdir()) == []


def test_the_watch_would_notice(tmp_path: Path) -> None:
    report = import_everything(
        tmp_path,
        "import socket; socket.socket().close()",
        "open('written', 'w').close()",
        "from tierscore.storage.database import Database; Database.open('sqlite:///x.db').reachable()",
    )
    assert [line.split()[0] for line in report["done"]] == [
        "socket.__new__",
        "open",
        "engine",
        "sqlite3.connect",
        "sqlite3.connect/handle",
    ]
