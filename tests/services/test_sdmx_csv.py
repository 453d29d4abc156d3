"""What goes out as SDMX-CSV comes in again as the very same, on the same database and on an empty one."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.factories import observation, small_catalogue, withdrawal
from tierscore.errors import UnknownCode
from tierscore.services.query import ObservationQuery
from tierscore.services.sdmx_csv import sdmx_csv
from tierscore.services.service import Service
from tierscore.storage import batch
from tierscore.storage.catalogue import replace_catalogue
from tierscore.storage.database import Database
from tierscore.storage.observations import EPOCH
from tierscore.storage.tables import ObservationRow

FLOATS = [0.0, 0.1, 1 / 3, 5e-324, sys.float_info.max, math.nextafter(1.0, 2.0), 2.0**53, 2.0**53 + 2, 1e300, 7.0]
CONTENT = [getattr(ObservationRow, name) for name in batch.COLUMNS]


def exported(service: Service, file: Path, **asked: object) -> Path:
    file.write_text("".join(service.reading().export(ObservationQuery(**asked))), encoding="utf-8", newline="")
    return file


def imported(service: Service, file: Path, **how: object) -> tuple[int, int, int]:
    report = service.import_file(
        file, mode="atomic", recorded_by="test", note="", by="test", **{"dry_run": False} | how
    )
    return report.accepted, report.unchanged, report.rejected


def contents(database: Database) -> set[tuple[object, ...]]:
    with database.read() as session:
        return {tuple(row) for row in session.execute(select(*CONTENT))}


def test_the_seeds_come_back_without_a_change(seeded: Database, tmp_path: Path) -> None:
    service = Service(seeded)
    file = exported(service, tmp_path / "all.csv")
    cells = service.reading().observations(ObservationQuery())["total"]
    assert imported(service, file) == (0, cells, 0)
    assert cells > 1000


def test_any_number_text_and_status_on_another_database(database: Database, tmp_path: Path) -> None:
    rows = [observation(indicator="gdp", unit="100 million CNY", period=2000 + place, value=value)
            for place, value in enumerate(FLOATS)]  # fmt: skip
    rows += [withdrawal(), observation(region="CN-CQ", status="E", note='a, "b"\n二', vintage="2024", source="S002")]
    with database.write() as session:
        replace_catalogue(session, small_catalogue())
        batch.append(session, rows, EPOCH, "test")
    before = contents(database)
    file = exported(Service(database), tmp_path / "all.csv")
    with database.write() as session:
        batch.append(session, [withdrawal(region=row.region, indicator=row.indicator, period=row.period, unit=row.unit)
                               for row in rows], EPOCH, "test")  # fmt: skip
    assert imported(Service(database), file)[0] == len(rows) - 1  # the withdrawn one was withdrawn already
    with database.read() as session:
        newest = {tuple(row) for row in session.execute(select(*CONTENT).where(ObservationRow.revision == 3))}
    assert newest | {row for row in before if row[5] == "M"} == before


def test_filters_and_moments(seeded: Database, tmp_path: Path) -> None:
    service = Service(seeded)
    file = exported(service, tmp_path / "some.csv", regions=("CN-SC",), periods=(2021,), as_of="1")
    lines = file.read_text(encoding="utf-8").splitlines()
    total = service.reading().observations(ObservationQuery(("CN-SC",), (), (2021,), "1"))["total"]
    assert len(lines) == 1 + total > 1
    assert all(",CN-SC," in line and ",2021," in line for line in lines[1:])


def test_unknown_codes_are_refused_before_anything_is_written(seeded: Database) -> None:
    with pytest.raises(UnknownCode):
        Service(seeded).reading().export(ObservationQuery(("CN-XX",)))


def test_lines_come_some_at_a_time() -> None:
    row = vars(observation())
    parts = list(sdmx_csv(row for _ in range(2500)))
    assert [part.count("\r\n") for part in parts] == [1001, 1000, 500]
