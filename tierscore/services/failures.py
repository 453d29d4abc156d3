"""Errors of the database that are no fault of the request: what they mean to a client."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from tierscore.errors import NotReady
from tierscore.storage.room import is_full

KINDS: tuple[type[Exception], ...] = (DBAPIError, NoConnection)


def meaning(error: Exception, readiness: Callable[[], Mapping[str, bool]]) -> NotReady | None:
    """That the service is not ready, and why; None for an error that is a mistake of ours.

    `readiness` is asked only where the error itself does not tell: a table that is missing is a mistake of ours, or a
    database that nobody migrated.
    """
    if isinstance(error, NoConnection):
        return NotReady(problem="all connections to the database are taken")
    checks = readiness()
    if not checks["database"]:
        return NotReady(problem="the database does not answer")
    if not checks["migrations"]:
        return NotReady(problem="the database is not at the newest migration")
    if isinstance(error, OperationalError | InterfaceError):
        return NotReady(problem="the database cannot do this now")
    return None


@contextmanager
def needing_room() -> Iterator[None]:
    """Raises NotReady when the disk is full, that of temporary files or that of the database."""
    try:
        yield
    except (OSError, SQLAlchemyError) as error:
        if not is_full(error):
            raise
        raise NotReady(problem="there is no room on the disk") from error
