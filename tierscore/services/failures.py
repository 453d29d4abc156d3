"""Errors of the database that are no fault of the request: what they mean to a client."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from tierscore.errors import NotReady

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
