"""Several writes as one transaction: begun by the first of them, and kept or undone as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session

Task = Callable[[], None]


class Together:
    """What one thread writes until all of it is kept. No lock is held before the first write."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._session: Session | None = None
        self._tasks: list[Task] = []

    @contextmanager
    def write(self) -> Iterator[Session]:
        """The session of the transaction; whatever the block raises undoes all that was written before, too."""
        if self._session is None:
            self._session = begun(self.engine)
        try:
            yield self._session
            self._session.flush()
        except BaseException:
            self.undo()
            raise

    def afterwards(self, task: Task) -> None:
        """Has something done once everything is kept, or never."""
        self._tasks.append(task)

    def keep(self) -> list[Task]:
        """Commits what was written; what is to be done now."""
        if self._session is not None:
            self._session.commit()
        return list(self._tasks)

    def undo(self) -> None:
        """Undoes what is not kept, and gives the connection back. A write after it begins anew."""
        session, self._session = self._session, None
        self._tasks.clear()
        if session is not None:
            session.close()


def begun(engine: Engine) -> Session:
    """A session whose transaction has begun, in SQLite with the write lock."""
    session = Session(engine, expire_on_commit=False)
    try:
        session.connection()
    except BaseException:
        session.close()
        raise
    return session
