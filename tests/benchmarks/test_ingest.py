"""How fast metrics come in, beside the least that storing them costs. Run by `make bench`.

The floor is one prepared statement run with every row, into the same table with the same keys, indexes, triggers and
constraints. Seconds here are for 100,000 rows; the rates in docs/ are 100,000 by these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice, product
from pathlib import Path

import pandas as pd
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.conftest import empty_again
from tests.ingest.workbooks import workbook
from tierscore.errors import Invalid
from tierscore.framework.catalogue import CatalogueIndicator, Region, Source, Title
from tierscore.ingest.check import COLUMNS
from tierscore.ingest.read import read_table
from tierscore.ingest.rows import from_json
from tierscore.ingest.workbook import read_workbook
from tierscore.services.service import Service
from tierscore.storage import batch
from tierscore.storage.catalogue import Catalogue, replace_catalogue
from tierscore.storage.database import Database

ROWS = 100_000
NOW = datetime(2026, 1, 1, tzinfo=UTC)
REGIONS = [f"R{number:03}" for number in range(200)]
INDICATORS = [f"i{number:02}" for number in range(20)]
PERIODS = range(2000, 2030)
GROUP = "100,000 rows into {}; the whole way in may take at most twice the floor"


def frame() -> pd.DataFrame:
    """100,000 distinct cells of a made-up country; synthetic, for speed alone."""
    cells = list(islice(product(REGIONS, INDICATORS, PERIODS), ROWS))
    table = pd.DataFrame(cells, columns=["region", "indicator", "period"])
    table["value"] = [place * 0.1 for place in range(ROWS)]
    return table.assign(unit="things", status="A", source="S1", vintage="", note="")


def catalogue() -> Catalogue:
    return Catalogue(
        regions=tuple(Region(code, code, Title(code, code), "province", "") for code in REGIONS),
        indicators=tuple(
            CatalogueIndicator(code, Title(code, code), "things", "amount", False, None, None) for code in INDICATORS
        ),
        sources=(Source("S1", "made up", None, "made up"),),
    )


@contextmanager
def filled(database: Database) -> Iterator[Database]:
    with database.write() as session:
        replace_catalogue(session, catalogue())
    yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def fresh(request: pytest.FixtureRequest, engine: str, migrated_file: Path, tmp_path: Path) -> Callable[[], Service]:
    """Gives a service on a database with the catalogue and no observation, anew for each round."""
    if engine == "sqlite":
        return lambda: _sqlite(migrated_file, tmp_path)
    database = request.getfixturevalue("postgres")
    return lambda: _postgres(database)


def _sqlite(migrated: Path, folder: Path) -> Service:
    for leftover in folder.glob("bench.db*"):
        leftover.unlink()
    (folder / "bench.db").write_bytes(migrated.read_bytes())
    with filled(Database.open(f"sqlite:///{folder / 'bench.db'}")) as database:
        return Service(database)


def _postgres(database: Database) -> Service:
    empty_again(database.url)
    with filled(database):
        return Service(database)


def rounds(benchmark: BenchmarkFixture, fresh: Callable[[], Service], run: Callable[[Service], None]) -> None:
    benchmark.pedantic(run, setup=lambda: ((fresh(),), {}), rounds=5)


def floor(service: Service, rows: list[tuple[object, ...]], statement: str) -> None:
    """One revision row, then every observation by one statement, in one transaction."""
    with service.database.write() as session:
        connection = session.connection()
        connection.exec_driver_sql(
            "INSERT INTO revisions (number, recorded_at, recorded_by, note, row_count, digest) "  # noqa: S608
            f"VALUES (1, '2026-01-01 00:00:00', 'floor', '', {ROWS}, '{'0' * 64}')"
        )
        connection.exec_driver_sql(statement, rows)


@pytest.mark.parametrize("way", ["csv", "xlsx", "json", "append", "floor"])
def test_ingest(benchmark: BenchmarkFixture, fresh: Callable[[], Service], engine: str, way: str) -> None:
    """A file or list: read, check, compare with what is known, digest, store. append: the last three. floor: store."""
    table = frame()
    benchmark.group = GROUP.format(engine)
    rounds(benchmark, fresh, WAYS[way](table, engine))


def _by_csv(table: pd.DataFrame, _engine: str) -> Callable[[Service], None]:
    content = table.to_csv(index=False).encode()
    return lambda service: _accepted(service.ingest(read_table(content, COLUMNS)).accepted)


def _by_xlsx(table: pd.DataFrame, _engine: str) -> Callable[[Service], None]:
    content = workbook([table.columns, *table.itertuples(index=False)])
    return lambda service: _accepted(service.ingest(read_workbook(content, COLUMNS)).accepted)


def _by_json(table: pd.DataFrame, _engine: str) -> Callable[[Service], None]:
    rows = table.to_dict("records")
    return lambda service: _accepted(service.ingest(from_json(rows)).accepted)


def _by_append(table: pd.DataFrame, _engine: str) -> Callable[[Service], None]:
    def run(service: Service) -> None:
        with service.database.write() as session:
            _accepted(batch.append(session, table, NOW, "bench").accepted)

    return run


def _by_floor(table: pd.DataFrame, engine: str) -> Callable[[Service], None]:
    rows = list(table.assign(revision=1)[[*batch.COLUMNS, "revision"]].itertuples(index=False, name=None))
    marks = ", ".join(["?" if engine == "sqlite" else "%s"] * 10)
    statement = f"INSERT INTO observations ({', '.join(batch.COLUMNS)}, revision) VALUES ({marks})"  # noqa: S608
    return lambda service: floor(service, rows, statement)


def _accepted(count: int) -> None:
    assert count == ROWS


WAYS: dict[str, Callable[[pd.DataFrame, str], Callable[[Service], None]]] = {
    "csv": _by_csv,
    "xlsx": _by_xlsx,
    "json": _by_json,
    "append": _by_append,
    "floor": _by_floor,
}


@pytest.mark.benchmark(group="report on one bad row in 10,000, nothing stored; asked: under a second")
@pytest.mark.parametrize("way", ["csv", "xlsx", "json"])
def test_one_bad_row(benchmark: BenchmarkFixture, migrated_file: Path, tmp_path: Path, way: str) -> None:
    table = frame().head(10_000)
    table.loc[7_777, "status"] = "X"
    service = _sqlite(migrated_file, tmp_path)
    run = WAYS[way](table, "sqlite")

    def refused() -> None:
        with pytest.raises(Invalid):
            run(service)

    benchmark.pedantic(refused, rounds=5)
