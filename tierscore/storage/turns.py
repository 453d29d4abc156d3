"""Who is at what: a turn that is held while its block runs, and that ends with its process at the latest.

It tells two requests of one kind apart before either has done its work. It is a courtesy: where the operating system or
the server takes it away, the turn counts as free, and constraints of the database go on to guard what is stored.
"""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EACCES, EAGAIN
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from tierscore.storage.database import Database

SUFFIX = "-turns"


@contextmanager
def turn(database: Database, name: str) -> Iterator[bool]:
    """Whether this block has the turn of that name; if not, another thread, process or host has it.

    On PostgreSQL it is an advisory lock of a transaction that does nothing else; it takes a connection. On SQLite it is
    the lock of one byte in a file beside the database's.
    """
    number = int.from_bytes(sha256(name.encode()).digest()[:8], "big") >> 2
    held = _in_file if database.engine.dialect.name == "sqlite" else _on_server
    with held(database, number) as ours:
        yield ours


@contextmanager
def _on_server(database: Database, number: int) -> Iterator[bool]:
    connection = database.engine.connect()
    try:
        yield bool(connection.execute(select(func.pg_try_advisory_xact_lock(number))).scalar_one())
    finally:
        with suppress(DBAPIError):  # the server may have ended this transaction, which was idle, and the turn with it
            connection.close()


@contextmanager
def _in_file(database: Database, number: int) -> Iterator[bool]:
    try:
        handle = os.open(f"{database.url.database}{SUFFIX}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError:  # the disk is full, for one
        yield True
        return
    try:
        yield _locked(handle, number)
    finally:
        os.close(handle)


def _locked(handle: int, number: int) -> bool:
    """Locks a byte for this opening of the file, not for the process, whose other threads shall be told apart."""
    if not hasattr(fcntl, "F_OFD_SETLK"):
        return True
    wanted = struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, number, 1, 0)
    try:
        fcntl.fcntl(handle, fcntl.F_OFD_SETLK, wanted)
    except OSError as error:
        return error.errno not in (EACCES, EAGAIN)
    return True
