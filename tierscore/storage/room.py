"""Whether an error says that a disk is full: that of temporary files, or that of the database."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator

DISK_FULL = "53100"  # PostgreSQL's code for it
_OF_SYSTEM = (errno.ENOSPC, errno.EDQUOT)


def is_full(error: BaseException) -> bool:
    """Whether that is what an error says, or one that it came from."""
    return any(_says_so(item) for item in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = getattr(error, "orig", None) or error.__cause__


def _says_so(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in _OF_SYSTEM
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return getattr(error, "sqlstate", None) == DISK_FULL
