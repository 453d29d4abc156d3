"""Read by windows, shared with other workers, caught up with new data: the matrices are those of reading everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session

from tests.conftest import QueryRecorder
from tests.engine.test_rescore import written
from tierscore.engine.matrix import Absence, Matrix, select
from tierscore.engine.pipeline import score
from tierscore.framework.catalogue import Observation
from tierscore.services import catching_up, matrices
from tierscore.services.catching_up import Known
from tierscore.services.matrices import Matrices
from tierscore.services.query import AssessmentQuery
from tierscore.services.reading import Reading
from tierscore.services.resolved import Resolved
from tierscore.services.service import Service
from tierscore.services.shelf import Shelf
from tierscore.storage import batch, observations, window
from tierscore.storage.database import Database
from tierscore.storage.window import Span, Window

YEARS = tuple(range(2015, 2025))
AGAIN = [
    ("CN-SC", "national_key_labs", 2023, 70.0, "A"),  # another value
    ("CN-BJ", "invention_patents_in_force", 2021, None, "M"),  # withdrawn
    ("CN-SC", "national_st_awards_led", 1990, 3.0, "A"),  # of no window
    ("CN-XZ", "unicorns", 1990, 3.0, "A"),
    ("CN-HB", "star_market_companies", 2021, 12.0, "D"),  # of another definition
    ("CN", "rd_expenditure", 2021, 30000.0, "E"),  # the nation's own
]


@pytest.fixture
def service(seeded: Database) -> Iterator[Service]:
    opened = Service(seeded)
    yield opened
    opened.close()


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question counts as one of many regions."""
    monkeypatch.setattr(matrices, "SMALL", 0)


def store(service: Service, rows: list[tuple[Any, ...]]) -> None:
    source = next(iter(service.reading().snapshot.sources))
    said = [Observation(*row[:4], "", row[4], source) for row in rows]
    with service.database.write() as session:
        batch.append(session, said, datetime.now(UTC), "test")


def question(reading: Reading, year: int, as_of: int | None = None) -> Resolved:
    return reading.resolve(AssessmentQuery(period=year, as_of=None if as_of is None else str(as_of)))


def told(matrix: Matrix) -> list[object]:
    """All that a matrix says, as values that can be compared."""
    found: list[object] = [matrix.period, matrix.regions, matrix.indicators, matrix.groups]
    for cells in (matrix.cells, matrix.nation):
        found += [cells.values.tobytes(), cells.periods.tolist(), cells.absence.tolist()]
        found += [cells.statuses.texts.tolist(), cells.sources.texts.tolist()]
    return found


def expected(reading: Reading, asked: Resolved) -> Matrix:
    """By reading all years of the framework's indicators and selecting from them."""
    codes = [indicator.code for indicator in asked.framework.indicators]
    with reading.held.database.read() as session:
        frame = observations.newest(session, asked.as_of.revision, codes)
    return select(frame, asked.framework, asked.period, reading.snapshot.nation)


@pytest.mark.usefixtures("many")
def test_the_years_that_windows_reach_are_enough(service: Service) -> None:
    store(service, AGAIN)
    reading = service.reading()
    asked = [question(reading, year, revision) for revision in (2, 3, 4) for year in YEARS]
    each = [Matrices().one(service.database, reading.snapshot, one) for one in asked]
    together = Matrices().several(service.database, reading.snapshot, asked[-len(YEARS) :])
    wanted = [told(expected(reading, one)) for one in asked]
    assert [told(matrix) for matrix in each] == wanted
    assert [told(matrix) for matrix in together] == wanted[-len(YEARS) :]
    reasons = {Absence(int(reason)) for matrix in each for reason in np.unique(matrix.cells.absence)}
    assert reasons >= {Absence.WITHDRAWN, Absence.OUTSIDE_WINDOW, Absence.NO_OBSERVATION, Absence.STATUS_NOT_ACCEPTED}


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("revision", [0, 3])
def test_another_worker_reads_nothing(
    service: Service, tmp_path: Path, query_recorder: QueryRecorder, revision: int
) -> None:
    reading = service.reading()
    asked = [question(reading, year, revision) for year in (2020, 2021, 2022)]
    first = [Matrices(Shelf(tmp_path / "shelf")).one(service.database, reading.snapshot, one) for one in asked]
    with query_recorder(service.database) as statements:
        other = Matrices(Shelf(tmp_path / "shelf"))
        again = [*other.several(service.database, reading.snapshot, asked[:2])]
        again.append(other.one(service.database, reading.snapshot, asked[2]))
    assert statements == []
    assert [told(matrix) for matrix in again] == [told(matrix) for matrix in first]
    assert written(score(again[0], asked[0].framework)) == written(score(first[0], asked[0].framework))


@pytest.mark.usefixtures("many")
def test_what_is_shared_is_counted(seeded: Database, tmp_path: Path) -> None:
    for hits, misses in ((0, 1), (1, 0)):
        worker = Service(seeded, shelf=Shelf(tmp_path / "shelf"))
        reading = worker.reading()
        reading.sheet(question(reading, 2021))
        used = dict(worker.usages)["shared"]
        assert (used.hits, used.misses, used.seconds > 0) == (hits, misses, misses > 0)
        worker.close()


@pytest.mark.usefixtures("many")
def test_what_is_shared_is_of_one_state_of_the_data(service: Service, tmp_path: Path) -> None:
    shared = Matrices(Shelf(tmp_path / "shelf"))
    for rows in ([], AGAIN):
        store(service, rows) if rows else None
        reading = service.reading()
        found = shared.one(service.database, reading.snapshot, question(reading, 2021))
        assert told(found) == told(expected(reading, question(reading, 2021)))


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("rows", [AGAIN, AGAIN[:1], AGAIN[2:4], AGAIN[5:]],
                         ids=["all", "one value", "of no window", "the nation's"])  # fmt: skip
@pytest.mark.parametrize("year", [2019, 2021, 2023])
def test_the_cells_that_are_said_anew_are_enough(service: Service, rows: list[tuple[Any, ...]], year: int) -> None:
    before = service.reading()
    known = Known(before.as_of(None), expected(before, question(before, year)))
    store(service, rows)
    reading = service.reading()
    asked = question(reading, year)
    with service.database.read() as session:
        found = catching_up.caught_up(session, known, asked, reading.snapshot.nation)
    assert found is not None
    assert told(found) == told(expected(reading, asked))


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("revision", [1, 2])
def test_a_scorecard_of_new_data_comes_from_that_of_older_data(
    service: Service, query_recorder: QueryRecorder, revision: int
) -> None:
    reading = service.reading()
    reading.sheet(question(reading, 2021, revision))
    store(service, AGAIN)
    later = service.reading()
    with query_recorder(service.database) as statements:
        card = later.sheet(question(later, 2021)).card
    assert len(statements) <= 12
    assert not any("JOIN revisions" in statement for statement in statements)
    assert written(card) == written(score(expected(later, question(later, 2021)), card.framework))
    earlier = later.sheet(question(later, 2021, 3)).card
    assert written(earlier) == written(score(expected(later, question(later, 2021, 3)), card.framework))


def test_a_small_question_is_read_at_once_and_scored_again_where_it_differs(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, spans, read = service.reading(), [], window.read

    def watched(session: Session, revision: int, regions: tuple[str, ...], indicators: Any, years: Span) -> Window:
        spans.append((set(regions), years))
        return read(session, revision, regions, indicators, years)

    monkeypatch.setattr(window, "read", watched)
    for year in YEARS:
        reading.sheet(question(reading, year))
    framework = question(reading, YEARS[0]).framework
    assert spans == [({*framework.regions, reading.snapshot.nation}, window.ALL_YEARS)]
    store(service, AGAIN)
    later = service.reading()
    for year in YEARS:
        card = later.sheet(question(later, year)).card
        assert written(card) == written(score(expected(later, question(later, year)), card.framework))


@pytest.mark.usefixtures("many")
def test_data_that_are_no_later_ones_of_this_database_are_no_beginning(service: Service) -> None:
    reading = service.reading()
    asked, older = question(reading, 2021), reading.as_of("2")
    matrix = expected(reading, asked)
    with service.database.read() as session:
        for known in (replace(older, digest="another"), asked.as_of, replace(asked.as_of, revision=99)):
            assert catching_up.caught_up(session, Known(known, matrix), asked, reading.snapshot.nation) is None


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("limit", ["MOST_ROWS", "MOST_CELLS"])
def test_of_much_that_is_new_everything_is_read(service: Service, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    before = service.reading()
    known = Known(before.as_of(None), expected(before, question(before, 2021)))
    store(service, AGAIN)
    monkeypatch.setattr(catching_up, limit, 2)
    reading = service.reading()
    with service.database.read() as session:
        assert catching_up.caught_up(session, known, question(reading, 2021), reading.snapshot.nation) is None
