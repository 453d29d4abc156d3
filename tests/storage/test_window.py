"""The newest rows as columns: the same as `observations.newest` has, and the same matrix of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.factories import observation, withdrawal
from tests.frameworks import small_framework
from tests.storage.conftest import Factory
from tierscore.engine.labels import Labels
from tierscore.engine.matrix import select
from tierscore.framework import model
from tierscore.framework.catalogue import Observation
from tierscore.framework.model import Framework
from tierscore.storage import batch, freshness, observations, window
from tierscore.storage.database import Database
from tierscore.storage.window import Span, Window

NOW = datetime(2026, 1, 1, tzinfo=UTC)
REGIONS, INDICATORS = ("CN-SC", "CN", "CN-CQ"), ("labs", "gdp")
CELL = ["region", "indicator", "period"]

HISTORY = (
    [observation(period=year, value=float(year)) for year in (2018, 2020, 2021)]
    + [observation(region="CN", indicator="gdp", status="E", source="S002"), observation(region="CN-CQ", status="D")],
    [observation(period=2021, value=0.1), withdrawal(region="CN-CQ")],
    [observation(region="CN-CQ", value=-7.5), observation(region="CN", indicator="gdp", period=2019, value=1e308)],
)


def append(database: Database, *batches: list[Observation]) -> None:
    for rows in batches:
        with database.write() as session:
            batch.append(session, rows, NOW, "test")


def frame_of(found: Window) -> pd.DataFrame:
    """A window said in the words of `newest`."""
    frame = pd.DataFrame(
        {
            "region": np.array(found.regions, object)[found.region],
            "indicator": np.array(found.indicators, object)[found.indicator],
            "period": found.period.astype(np.int64),
            "value": found.value,
            "status": np.array(list(window.STATUSES), object)[found.status],
            "source": np.array(found.sources, object)[found.source],
        }
    )
    return frame.sort_values(CELL, ignore_index=True)


def expected(
    database: Database, revision: int, regions: tuple[str, ...], indicators: tuple[str, ...], years: Span
) -> pd.DataFrame:
    with database.read() as session:
        rows = observations.newest(session, revision, indicators)
    rows = rows[rows["region"].isin(regions) & rows["period"].between(years.first, years.last)]
    return rows[[*CELL, "value", "status", "source"]].astype({"region": object}).reset_index(drop=True)


def read(database: Database, revision: int, *asked: object) -> Window:
    with database.read() as session:
        return window.read(session, revision, *asked)


@pytest.mark.parametrize("years", [Span(), Span(2021, 2021), Span(2019, 2020), Span(1990, 1999)], ids=str)
@pytest.mark.parametrize("revision", [0, 1, 2, 3])
def test_the_rows_of_newest(store: Database, revision: int, years: Span) -> None:
    append(store, *HISTORY)
    for regions, indicators in ((REGIONS, INDICATORS), (("CN-CQ",), ("labs", "rank")), (REGIONS, ()), ((), INDICATORS)):
        found = frame_of(read(store, revision, regions, indicators, years))
        wanted = expected(store, revision, regions, indicators, years)
        pd.testing.assert_frame_equal(found, wanted, check_dtype=False, check_exact=True)


CELLS = st.tuples(st.sampled_from(["CN", "CN-SC", "CN-CQ"]), st.sampled_from(INDICATORS), st.integers(2018, 2023))
SAID = st.none() | st.tuples(st.sampled_from([0.0, 1.5, 2.0]), st.sampled_from("AED"))
BATCHES = st.lists(st.dictionaries(CELLS, SAID, min_size=1, max_size=12), min_size=1, max_size=3)
WINDOWS = st.tuples(st.integers(0, 2), st.integers(0, 2))


def batch_of(content: dict[tuple[str, str, int], tuple[float, str] | None]) -> list[Observation]:
    return [
        withdrawal(region=region, indicator=indicator, period=period)
        if said is None
        else observation(region=region, indicator=indicator, period=period, value=said[0], status=said[1])
        for (region, indicator, period), said in content.items()
    ]


def framework_with(windows: dict[str, tuple[int, int]]) -> Framework:
    first, second, _ = small_framework().indicators
    named = zip((first, second), windows.items(), strict=True)
    indicators = tuple(replace(item, code=code, window=model.Window(*years)) for item, (code, years) in named)
    return replace(small_framework(), regions=("CN-CQ", "CN-SC"), indicators=indicators)


def seen_outside(session: Session, revision: int, found: Window, last: int) -> pd.DataFrame:
    """A row after the last year for each series that has none within, and was seen."""
    rows = frame_of(found)
    with_rows = set(zip(rows["region"], rows["indicator"], strict=True))
    pairs = [pair for pair in product(REGIONS, INDICATORS) if pair not in with_rows]
    said = window.seen(session, revision, *zip(*pairs, strict=True)) if pairs else []
    outside = [(*pair, last + 1, 1.0, "A", "S001") for pair, is_seen in zip(pairs, said, strict=True) if is_seen]
    return pd.concat([rows, pd.DataFrame(outside, columns=rows.columns).astype(rows.dtypes)], ignore_index=True)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(batches=BATCHES, labs=WINDOWS, gdp=WINDOWS)
def test_a_window_and_what_was_seen_make_the_matrix_of_everything(
    fresh_store: Factory, batches: list[Any], labs: tuple[int, int], gdp: tuple[int, int]
) -> None:
    framework, (back, ahead) = framework_with({"labs": labs, "gdp": gdp}), map(max, zip(labs, gdp, strict=True))
    with fresh_store() as database:
        append(database, *map(batch_of, batches))
        for revision in (1, freshest(database)):
            with database.read() as session:
                whole = select(observations.newest(session, revision, INDICATORS), framework, 2021)
                found = window.read(session, revision, REGIONS, INDICATORS, Span(2021 - back, 2021 + ahead))
                part = select(seen_outside(session, revision, found, 2021 + ahead), framework, 2021)
            for one, other in ((whole.cells, part.cells), (whole.nation, part.nation)):
                for name, cells in vars(one).items():
                    np.testing.assert_array_equal(texts_in(cells), texts_in(getattr(other, name)))


def texts_in(cells: Any) -> Any:
    return cells.texts if isinstance(cells, Labels) else cells


def freshest(database: Database) -> int:
    with database.read() as session:
        return freshness.state(session).revision


def test_columns_are_numbers_whatever_there_is(store: Database) -> None:
    append(store, HISTORY[0])
    for revision in (0, 1):
        found = read(store, revision, REGIONS, INDICATORS)
        assert {found.region.dtype, found.indicator.dtype, found.status.dtype, found.source.dtype} == {
            np.dtype("int32")
        }
        assert (found.period.dtype, found.value.dtype) == (np.dtype("int32"), np.dtype("float64"))
    assert found.sources == ("S001", "S002")


def test_of_which_series_anything_was_said(store: Database) -> None:
    append(store, *HISTORY)
    pairs = [("CN-SC", "labs"), ("CN-SC", "gdp"), ("CN", "gdp"), ("CN-CQ", "labs"), ("CN-XX", "labs")]
    regions, indicators = zip(*pairs, strict=True)
    with store.read() as session:
        found = [window.seen(session, revision, regions, indicators).tolist() for revision in (0, 3)]
        assert window.seen(session, 3, (), ()).tolist() == []
    assert found == [[False] * 5, [True, False, True, True, False]]
