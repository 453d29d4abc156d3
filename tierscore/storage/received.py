"""Files that were received and wait for their import: on the disk of this host, in a folder of its own for each.

The folder of all of them lies where temporary files do (TMPDIR). It belongs to one database, and to all processes that
see it: the name that it carries says which jobs are theirs. One of them works there at a time; that is a lock of the
operating system, which ends with its holder. What is said of a running import lies there, too, since on SQLite nothing
can be written to the database while the import stores its rows.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

from tierscore.storage.database import Database
from tierscore.storage.file_lock import taken
from tierscore.storage.scratch import prepare, scratch

PREFIX = "tierscore-imports-"
_NAME, _TURN = "name", "turn"
_FILE, _TOLD, _STOPPED, _BEGUN = "file", "told", "stopped", "begun"


class Received:
    """The files that wait here for one database. Nothing is made on disk before the first of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of(cls, database: Database) -> Received:
        """Those of a database on this host, of this user."""
        address = database.url.render_as_string(hide_password=True)
        if database.engine.dialect.name == "sqlite":
            address = str(Path(database.url.database or "").resolve())
        digest = sha256(address.encode()).hexdigest()[:16]
        return cls(scratch() / f"{PREFIX}{os.getuid()}-{digest}")

    @property
    def place(self) -> str:
        """The name of this folder, which no other one has; it is given when it is first asked for."""
        with suppress(FileNotFoundError):
            return (self.folder / _NAME).read_text(encoding="ascii")
        prepare(self.folder)
        given = self.folder / token_hex(8)
        given.write_text(given.name, encoding="ascii")
        with suppress(FileExistsError):
            os.link(given, self.folder / _NAME)
        given.unlink()
        return (self.folder / _NAME).read_text(encoding="ascii")

    @property
    def waiting(self) -> list[str]:
        """The identifiers of what is here."""
        with suppress(FileNotFoundError):
            return [entry.name for entry in os.scandir(self.folder) if entry.is_dir()]
        return []

    def room(self, identifier: str) -> Path:
        """Makes the folder of a file that is to come."""
        prepare(self.folder)
        self.at(identifier).mkdir(mode=0o700)
        return self.at(identifier)

    def at(self, identifier: str) -> Path:
        """The folder of a file: whatever its import puts there goes with it."""
        return self.folder / identifier

    def file(self, identifier: str) -> Path:
        """Where a file lies."""
        return self.at(identifier) / _FILE

    def drop(self, identifier: str) -> None:
        """Removes a file, and all that is said of it."""
        shutil.rmtree(self.at(identifier), ignore_errors=True)

    def sweep(self, wanted: Collection[str], before: float) -> None:
        """Removes what nobody wants and nobody has written to since a moment (seconds since 1970)."""
        for identifier in set(self.waiting) - set(wanted):
            with suppress(FileNotFoundError):
                if max(path.stat().st_mtime for path in (self.at(identifier), *self.at(identifier).iterdir())) < before:
                    self.drop(identifier)

    def begin(self, identifier: str) -> int:
        """Notes that an import begins; how often it has begun."""
        with (self.at(identifier) / _BEGUN).open("ab") as file:
            file.write(b".")
            return file.tell()

    def begin_anew(self, identifier: str) -> None:
        """Forgets how often an import has begun."""
        (self.at(identifier) / _BEGUN).unlink(missing_ok=True)

    def tell(self, identifier: str, told: dict[str, Any]) -> None:
        """Says how far an import is, to whoever looks."""
        folder = self.at(identifier)
        (folder / f"{_TOLD}-").write_text(json.dumps(told), encoding="ascii")
        (folder / f"{_TOLD}-").replace(folder / _TOLD)

    def told(self, identifier: str) -> dict[str, Any] | None:
        """What was said last; None if nothing was, or not here."""
        with suppress(OSError):
            found: dict[str, Any] = json.loads((self.at(identifier) / _TOLD).read_text(encoding="ascii"))
            return found
        return None

    def stop(self, identifier: str) -> None:
        """Tells whoever works at an import to stop."""
        with suppress(OSError):
            (self.at(identifier) / _STOPPED).touch()

    def is_stopped(self, identifier: str) -> bool:
        """Whether somebody said so."""
        return (self.at(identifier) / _STOPPED).exists()

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Whether nobody else works here while this block runs."""
        prepare(self.folder)
        handle = os.open(self.folder / _TURN, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            yield taken(handle)
        finally:
            os.close(handle)
