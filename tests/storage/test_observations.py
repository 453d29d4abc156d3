"""Appending batches and reading them back."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.factories import observation, withdrawal
from tierscore.errors import Invalid
from tierscore.framework.catalogue import Observation
from tierscore.storage import batch, freshness, observations
from tierscore.storage.batch import Appended
from tierscore.storage.database import Database
from tierscore.storage.observations import EVERYTHING, Filters
from tierscore.storage.tables import ObservationRow, RevisionRow

MARCH = datetime(2022, 3, 1, tzinfo=UTC)
JUNE = datetime(2022, 6, 1, tzinfo=UTC)

NASTY_FLOATS = [
    0.1, 1 / 3, 0.1 + 0.2, 5e-324, sys.float_info.max, -sys.float_info.max, sys.float_info.epsilon,
    math.nextafter(1.0, 2.0), 123456789.12345679, 2.0**53 + 2,
]  # fmt: skip


ACCEPTED = [
    (None, JUNE, 2),
    ("2", JUNE, 2),
    ("1", MARCH, 1),
    ("0", observations.EPOCH, 0),
    ("001", MARCH, 1),
    ("2022-02-28", datetime(2022, 2, 28, 23, 59, 59, 999999, tzinfo=UTC), 0),
    ("2022-03-01", datetime(2022, 3, 1, 23, 59, 59, 999999, tzinfo=UTC), 1),
    ("2022-05-31", datetime(2022, 5, 31, 23, 59, 59, 999999, tzinfo=UTC), 1),
    ("2022-06-01T00:00:00Z", JUNE, 2),
    ("2022-06-01T00:00", JUNE, 2),
    ("2022-06-01 00:00:00", JUNE, 2),
    ("2022-06-01T07:59:59+08:00", datetime(2022, 5, 31, 23, 59, 59, tzinfo=UTC), 1),
    ("2022-06-01T08:00:00+08:00", JUNE, 2),
    ("2022-05-31T19:00:00-05:00", JUNE, 2),
    ("2022-05-31T23:59:59.999999Z", datetime(2022, 5, 31, 23, 59, 59, 999999, tzinfo=UTC), 1),
    ("9999-12-31", datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), 2),
    ("0001-01-01", datetime(1, 1, 1, 23, 59, 59, 999999, tzinfo=UTC), 0),
]

REFUSED = [
    "3", "99999999999999999999", "9" * 5000, "-1", "1.0", "+1", "٣", "", " 1", "now", "2022", "2022-06", "2022-13-01",
    "2022-02-30", "20220601T000000", "2022-06-01T25:00:00", "2022-06-01T00:00:00+99:00", "2022-06-01x00:00",
    "2022-W22-3", "2022-06-01T00:00:00 08:00", "0001-01-01T00:00:00+08:00", "9999-12-31T23:00:00-08:00",
    "٢٠٢٢-٠٦-٠١", "2022-06-01\n",
]  # fmt: skip


def append(database: Database, *rows: Observation, at: datetime = MARCH, by: str = "test") -> Appended:
    with database.write() as session:
        return batch.append(session, rows, at, by)


def newest_rows(session: Session, revision: int) -> list[Observation]:
    frame = observations.newest(session, revision).drop(columns="revision")
    return [
        replace(Observation(*row), value=None if math.isnan(row.value) else row.value)
        for row in frame.itertuples(index=False)
    ]


def test_a_batch_is_a_revision(store: Database) -> None:
    assert append(store, observation(), observation(indicator="gdp", unit="100 million CNY")) == Appended(1, 2, 0)
    assert append(store, observation(value=6.0)) == Appended(2, 1, 0)
    with store.read() as session:
        assert newest_rows(session, 1) == [
            observation(indicator="gdp", unit="100 million CNY"),
            observation(),
        ]
        assert newest_rows(session, 2) == [
            observation(indicator="gdp", unit="100 million CNY"),
            observation(value=6.0),
        ]


def test_every_field_comes_back(store: Database) -> None:
    row = observation(value=7.0, status="E", source="S002", vintage="first-release", note="估算, “rounded”")
    append(store, row)
    with store.read() as session:
        assert newest_rows(session, 1) == [row]


def test_equal_rows_are_not_stored_again(store: Database) -> None:
    append(store, observation())
    assert append(store, observation(), observation(region="CN-CQ")) == Appended(2, 1, 1)
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(ObservationRow)) == 2


def test_a_batch_without_news_makes_no_revision(store: Database) -> None:
    append(store, observation())
    with store.read() as session:
        before = freshness.state(session)
    assert append(store, observation(), at=JUNE) == Appended(1, 0, 1)
    assert append(store, at=JUNE) == Appended(1, 0, 0)
    with store.read() as session:
        assert freshness.state(session) == before


@pytest.mark.parametrize(
    "change",
    [{"value": 5.5}, {"unit": "labs"}, {"status": "E"}, {"source": "S002"}, {"vintage": "2024"}, {"note": "n"}],
    ids=lambda change: next(iter(change)),
)
def test_any_changed_field_is_news(store: Database, change: dict[str, object]) -> None:
    append(store, observation())
    assert append(store, observation(**change)).accepted == 1


def test_a_value_that_returns_is_news(store: Database) -> None:
    append(store, observation(value=5.0))
    append(store, observation(value=6.0))
    assert append(store, observation(value=5.0)) == Appended(3, 1, 0)


def test_withdrawn_and_unscored_rows_are_kept(store: Database) -> None:
    append(store, observation(), observation(region="CN-CQ", status="D"))
    append(store, withdrawal())
    with store.read() as session:
        frame = observations.newest(session, 2)
    assert frame["region"].tolist() == ["CN-CQ", "CN-SC"]
    assert frame["status"].tolist() == ["D", "M"]
    assert frame["value"].isna().tolist() == [False, True]
    assert frame["revision"].tolist() == [1, 2]


def test_newest_has_the_same_types_with_and_without_rows(store: Database) -> None:
    append(store, observation())
    with store.read() as session:
        nothing, something = observations.newest(session, 0), observations.newest(session, 1)
    assert nothing.empty
    assert list(nothing.columns) == list(observations.NEWEST_COLUMNS)
    assert nothing.dtypes.to_dict() == something.dtypes.to_dict()
    assert something.dtypes["period"] == "int64"
    assert something.dtypes["value"] == "float64"


def test_newest_is_sorted_byte_by_byte_in_every_database(store: Database) -> None:
    """A locale would put CN-SC before CN_A, and would ignore the hyphen."""
    append(
        store, *(observation(region=code, period=year) for year in (2022, 2021) for code in ("CN-SC", "CN", "CN-CQ"))
    )
    with store.read() as session:
        frame = observations.newest(session, 1)
    cells = list(zip(frame["region"], frame["period"], strict=True))
    assert cells == [("CN", 2021), ("CN", 2022), ("CN-CQ", 2021), ("CN-CQ", 2022), ("CN-SC", 2021), ("CN-SC", 2022)]


def test_newest_of_some_indicators(store: Database) -> None:
    append(store, observation(), observation(indicator="gdp"))
    with store.read() as session:
        assert observations.newest(session, 1, ["gdp"])["indicator"].tolist() == ["gdp"]
        assert observations.newest(session, 1, []).empty


def test_newest_is_one_query(store: Database, query_recorder) -> None:
    append(store, observation())
    with query_recorder(store) as statements, store.read() as session:
        observations.newest(session, 1)
    assert len(statements) == 1


def test_floats_come_back_exactly(store: Database) -> None:
    append(store, *(observation(period=2000 + place, value=value) for place, value in enumerate(NASTY_FLOATS)))
    with store.read() as session:
        assert observations.newest(session, 1)["value"].tolist() == NASTY_FLOATS


def test_minus_zero_is_zero_everywhere(store: Database) -> None:
    append(store, observation(value=-0.0))
    with store.read() as session:
        assert math.copysign(1, observations.newest(session, 1)["value"].item()) == 1


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(store: Database, value: float) -> None:
    with pytest.raises(ValueError, match="not finite"):
        append(store, observation(value=value))


@pytest.mark.parametrize(
    "row",
    [
        {"value": None},
        {"status": "M"},
        {"status": "X"},
        {"period": 1899},
        {"period": 2101},
        {"region": "CN-XX"},
        {"indicator": "unknown"},
        {"source": "S999"},
        {"revision": 99},
        {"value": math.inf},
        {"value": math.nan},
    ],
    ids=str,
)
def test_the_database_refuses_what_slips_past(store: Database, row: dict[str, object]) -> None:
    append(store, observation(region="CN-CQ"))
    values = vars(observation()) | {"revision": 1} | row
    with pytest.raises(IntegrityError), store.write() as session:
        session.add(ObservationRow(**values))


def test_a_cell_stands_once_in_a_batch(store: Database) -> None:
    with pytest.raises(Invalid) as caught:
        append(store, observation(), observation(value=6.0, vintage="later"), observation(value=7.0))
    assert [violation.code for violation in caught.value.violations] == ["duplicate", "duplicate"]
    with store.read() as session:
        assert freshness.state(session).revision == 0


def test_time_never_falls(store: Database) -> None:
    append(store, observation(), at=JUNE)
    append(store, observation(value=6.0), at=MARCH)
    with store.read() as session:
        assert freshness.state(session).recorded_at == JUNE
        assert session.scalars(select(RevisionRow.recorded_at)).all() == [JUNE, JUNE]


def test_time_is_kept_in_utc_to_the_microsecond(store: Database) -> None:
    beijing = datetime(2022, 3, 1, 8, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    append(store, observation(), at=beijing)
    with store.read() as session:
        kept = freshness.state(session).recorded_at
    assert kept == datetime(2022, 3, 1, 0, 0, 0, 123456, tzinfo=UTC)
    assert kept.utcoffset() == timedelta(0)


def test_a_time_without_zone_is_refused(store: Database) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        append(store, observation(), at=datetime(2022, 3, 1))


def test_an_error_leaves_nothing(store: Database) -> None:
    class Interrupted(Exception):
        pass

    with pytest.raises(Interrupted), store.write() as session:
        batch.append(session, [observation()], MARCH, "test")
        raise Interrupted
    with store.read() as session:
        assert freshness.state(session).revision == 0
        assert observations.newest(session, 9).empty
        assert session.scalars(select(RevisionRow)).all() == []


def digests(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(RevisionRow.digest).order_by(RevisionRow.number)))


class TestDigest:
    """The chain that identifies the data; 64 hexadecimal digits over content and time."""

    ROWS = (observation(value=0.1), observation(region="CN-CQ", value=2.0, note="新"))

    def test_it_depends_on_data_alone_not_on_order_or_engine(self, store: Database) -> None:
        append(store, *reversed(self.ROWS), by="someone")
        first = batch.chained_digest("", [self.ROWS[1], self.ROWS[0]], MARCH)
        append(store, withdrawal(), at=JUNE)
        second = batch.chained_digest(first, [withdrawal()], JUNE)
        assert digests(store) == [first, second]
        with store.read() as session:
            assert freshness.state(session).data_digest == second

    def test_whole_numbers_and_floats_are_the_same_data(self, store: Database) -> None:
        append(store, observation(value=5))
        assert digests(store) == [batch.chained_digest("", [observation(value=5.0)], MARCH)]

    @pytest.mark.parametrize("name", ["region", "indicator", "period", "value", "unit", "status", "source", "note"])
    def test_every_field_counts(self, name: str) -> None:
        other = replace(observation(), **{name: {"period": 2020, "value": 6.0}.get(name, "x")})
        assert batch.chained_digest("", [other], MARCH) != batch.chained_digest("", [observation()], MARCH)

    def test_time_and_history_count(self) -> None:
        rows = [observation()]
        found = {batch.chained_digest(before, rows, at) for before in ("", "0" * 64) for at in (MARCH, JUNE)}
        assert len(found) == 4


class TestAsOf:
    """The point in the history that a text names."""

    @pytest.fixture
    def history(self, store: Database) -> Database:
        append(store, observation(), at=MARCH)
        append(store, observation(value=6.0), at=JUNE)
        return store

    def resolve(self, database: Database, text: str | None) -> observations.AsOf:
        with database.read() as session:
            return observations.resolve_as_of(session, text)

    def test_what_is_accepted(self, history: Database) -> None:
        chain = ["", *digests(history)]
        for text, moment, revision in ACCEPTED:
            assert self.resolve(history, text) == observations.AsOf(moment, revision, chain[revision]), text

    def test_what_is_not(self, history: Database) -> None:
        for text in REFUSED:
            with pytest.raises(Invalid) as caught:
                self.resolve(history, text)
            (violation,) = caught.value.violations
            assert (violation.parameter, violation.value) == ("as_of", text)
            assert violation.allowed != ()
            assert repr(text) in violation.message or f"revision {text}" in violation.message

    def test_an_empty_database_has_revision_0(self, store: Database) -> None:
        assert self.resolve(store, None) == observations.AsOf(observations.EPOCH, 0, "")
        assert self.resolve(store, "2030-01-01").revision == 0


def test_every_content_has_replaced_rows_too(store: Database) -> None:
    append(store, observation())
    append(store, withdrawal())
    with store.read() as session:
        assert observations.every_content(session, EVERYTHING) == {observation(), withdrawal()}
        assert observations.every_content(session, Filters(("CN",))) == frozenset()
