"""Locks of open files, which the system takes back when their process ends, however it ends."""

from __future__ import annotations

import fcntl


def taken(descriptor: int) -> bool:
    """Takes the lock of an open file until that is closed; whether nobody else had it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
