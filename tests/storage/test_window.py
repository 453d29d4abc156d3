"""The newest rows as columns: the same as `observations.newest` has, and the same matrix of them."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from tests.factories import observation, withdrawal
from tierscore.framework.catalogue import Observation
from tierscore.storage import batch, observations, window
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
