"""The database: engine, sessions that read and sessions that write. SQLite in WAL, or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from tierscore.storage.together import Task, Together

BUSY_TIMEOUT_MS = 10_000
POOL_WAIT_SECONDS = 5
CONNECT_SECONDS = 5
RECYCLE_SECONDS = 1800  # firewalls forget connections that are silent for long

# Without recursive_triggers, SQLite's INSERT OR REPLACE would delete a row past the trigger that forbids it.
_SQLITE_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",
)


@dataclass(frozen=True)
class Limits:
    """How much of a server one process takes.

    Attributes
    ----------
    pool_size : int
        Connections that are kept; in a rush as many again are opened, and closed afterwards.
    statement_seconds : int or None
        After which PostgreSQL gives a statement up, or ends a transaction that does nothing; None: never. SQLite has
        no such limit; its writers wait for each other no longer than `BUSY_TIMEOUT_MS`.
    """

    pool_size: int = 5
    statement_seconds: int | None = None


UNLIMITED = Limits()

_OPEN: ContextVar[Together | None] = ContextVar("together", default=None)


class Database:
    """An open database. It holds no state but its connection pool, so threads may share it.

    Attributes
    ----------
    url : sqlalchemy.URL
        The address with its driver; `str` hides the password.
    engine : sqlalchemy.Engine
        For migrations and for tests that count statements; everything else uses `read` and `write`.
    """

    def __init__(self, url: URL, engine: Engine) -> None:
        self.url = url
        self.engine = engine
        self._writer = engine.execution_options(**_writer_options(engine))
        self._reader = engine.execution_options(**_reader_options(engine))
        self._looker = engine.execution_options(**_looker_options(engine))

    @classmethod
    def open(cls, url: str, limits: Limits = UNLIMITED) -> Database:
        """The database at an address such as ``sqlite:///var/tierscore.db`` or ``postgresql://user@host/name``.

        Nothing is connected yet, and no table is made: that is `migrate.upgrade`. Migrations and commands may take
        their time; a service says its limits.
        """
        address = with_driver(url)
        return cls(address, build_engine(address, limits))

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one snapshot and takes no write lock; nothing it does is kept."""
        with Session(self._reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """The same for a single statement, without the cost of a session and of a transaction around it."""
        with self._looker.connect() as connection:
            yield connection

    def glance(self, statement: str) -> tuple[Any, ...] | None:
        """The first row of a statement without parameters, as the driver gives it; None where there is none.

        For what every request asks first: SQLAlchemy's way with a statement takes longer than SQLite's answer to it.

        Raises
        ------
        DBAPIError
            As `look` does; the connection is given up then.
        """
        with self._looker.connect() as connection:
            try:
                with closing(connection.connection.cursor()) as cursor:
                    cursor.execute(statement)
                    return cast("tuple[Any, ...] | None", cursor.fetchone())
            except connection.dialect.loaded_dbapi.Error as error:
                connection.invalidate(error)
                raise DBAPIError(statement, None, error, hide_parameters=True) from error

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose work is kept whole at the end, or not at all if the block raises.

        In SQLite it owns the write lock from the first line of the block on: a transaction that reads first and asks
        for the lock later fails when another writer came in between. Inside `together` it is the block's one session.
        """
        whole = self._whole()
        if whole is not None:
            with whole.write() as session:
                yield session
            return
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            session.connection()
            yield session

    @contextmanager
    def together(self) -> Iterator[Together]:
        """A block in which all that this thread writes is one transaction, kept whole at its end or not at all.

        The transaction begins with the first write, so no lock is held before.
        """
        whole = Together(self._writer)
        token = _OPEN.set(whole)
        try:
            yield whole
            tasks = whole.keep()
        finally:
            _OPEN.reset(token)
            whole.undo()
        for task in tasks:
            task()

    def afterwards(self, task: Task) -> None:
        """Does what may only be done once the present writes are kept: at once, or at the end of `together`."""
        whole = self._whole()
        if whole is None:
            task()
        else:
            whole.afterwards(task)

    def _whole(self) -> Together | None:
        whole = _OPEN.get()
        return whole if whole is not None and whole.engine is self._writer else None

    def reachable(self) -> bool:
        """Whether the database answers."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    def tidy(self, table: str) -> None:
        """After many rows: has PostgreSQL note which pages everybody sees, so that indexes answer alone.

        By itself it does so some minutes later, which is also what is left if it fails now. SQLite needs none of it.
        """
        if self.engine.dialect.name == "sqlite":
            return
        with suppress(SQLAlchemyError), self._looker.connect() as connection:
            connection.detach()  # from the pool, whose connections keep their limits
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql(f"VACUUM (SKIP_LOCKED) {table}")

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def with_driver(url: str) -> URL:
    """The address with the driver that is installed.

    >>> with_driver("postgresql://reader@db.example/tiers").drivername
    'postgresql+psycopg'
    """
    address = make_url(url)
    if address.drivername in ("postgres", "postgresql"):
        return address.set(drivername="postgresql+psycopg")
    return address


def build_engine(address: URL, limits: Limits = UNLIMITED) -> Engine:
    """An engine whose transactions begin and end where we say, and whose errors repeat no values of a statement."""
    pool = {"pool_size": limits.pool_size, "max_overflow": limits.pool_size, "pool_timeout": POOL_WAIT_SECONDS}
    if address.get_backend_name() != "sqlite":
        return _server_engine(address, pool, limits.statement_seconds)
    # The sqlite3 module would otherwise begin transactions by its own rules, and none before a SELECT.
    # A file needs no ping: it hangs up on nobody.
    engine = create_engine(address, connect_args={"isolation_level": None}, hide_parameters=True, **pool)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _server_engine(address: URL, pool: dict[str, Any], seconds: int | None) -> Engine:
    waiting = {} if "connect_timeout" in address.query else {"connect_timeout": CONNECT_SECONDS}
    engine = create_engine(
        address, connect_args=waiting, hide_parameters=True, pool_pre_ping=True, pool_recycle=RECYCLE_SECONDS, **pool
    )
    if seconds is not None:
        event.listen(engine, "connect", _limit_statements(seconds))
    return engine


def _limit_statements(seconds: int) -> Callable[[Any, ConnectionPoolEntry], None]:
    """Also ends a transaction in which nothing happens: whoever hangs there may hold the lock that all writers need."""

    def prepare(connection: Any, _record: ConnectionPoolEntry) -> None:
        for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(f"SET {name} = '{seconds}s'")
        connection.commit()

    return prepare


def _reader_options(engine: Engine) -> dict[str, Any]:
    """PostgreSQL shows one snapshot to a whole transaction only when asked; SQLite always does."""
    if engine.dialect.name == "sqlite":
        return {}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _looker_options(engine: Engine) -> dict[str, Any]:
    """One statement sees one snapshot by itself, on both."""
    return {"single": True} if engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}


def _writer_options(engine: Engine) -> dict[str, Any]:
    """After waiting for the lock a writer must see what the one before it did: not the snapshot it began with."""
    return {"writes": True} if engine.dialect.name == "sqlite" else {"isolation_level": "READ COMMITTED"}


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("single", False):
        return
    writes = options.get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
