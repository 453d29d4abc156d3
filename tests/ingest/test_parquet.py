"""Parquet files: values of any type are read as the texts that say them, part by part."""

from __future__ import annotations

from pathlib import Path

import fastparquet
import pandas as pd
import pytest

from tierscore.ingest import parquet
from tierscore.ingest.check import COLUMNS
from tierscore.ingest.parquet import is_parquet, read_parquet, tables_of_parquet

TABLE = pd.DataFrame(
    {
        "region": ["CN-SC", " 四川 ", None],
        "indicator": pd.Categorical(["gdp", "gdp", "labs"]),
        "period": [2013, 2014, 2015],
        "value": [0.1, float("nan"), 5.0],
        "status": pd.Series(["A", "M", None], dtype=object),
    }
)


def written(folder: Path, table: pd.DataFrame) -> Path:
    file = folder / "metrics.parquet"
    fastparquet.write(str(file), table, row_group_offsets=[0, 2] if len(table) > 2 else [0], write_index=False)
    return file


def test_rows_are_texts_in_their_order(tmp_path: Path) -> None:
    file = written(tmp_path, TABLE)
    tables = list(tables_of_parquet(file, COLUMNS, 1))
    assert is_parquet(file.read_bytes())
    assert [table.row.tolist() for table in tables] == [[1], [2], [3]]
    rows = [tuple(table.frame.iloc[0][list(TABLE)]) for table in tables]
    assert rows == [
        ("CN-SC", "gdp", "2013", "0.1", "A"), ("四川", "gdp", "2014", "", "M"), ("", "labs", "2015", "5", ""),
    ]  # fmt: skip
    assert [len(table.row) for table in tables_of_parquet(file, COLUMNS)] == [2, 1]


def test_years_with_gaps_are_years(tmp_path: Path) -> None:
    table = TABLE.assign(period=pd.array([2013, None, 2015], dtype="Int64"), value=[1, 2, 3])
    found = [text for part in tables_of_parquet(written(tmp_path, table), COLUMNS) for text in part.frame["period"]]
    assert found == ["2013", "", "2015"]


@pytest.mark.parametrize(
    ("table", "code"),
    [(TABLE.rename(columns={"value": "amount"}), "missing_column"), (TABLE.head(0), "no_rows")],
    ids=["columns", "rows"],
)
def test_what_is_wrong_with_a_table(tmp_path: Path, table: pd.DataFrame, code: str) -> None:
    violations = [item for part in tables_of_parquet(written(tmp_path, table), COLUMNS) for item in part.violations]
    assert code in {item.code for item in violations}


def test_read_at_once_it_is_the_parts_together(tmp_path: Path) -> None:
    file = written(tmp_path, TABLE)
    whole = read_parquet(file.read_bytes(), COLUMNS)
    parts = list(tables_of_parquet(file, COLUMNS))
    assert whole.row.tolist() == [1, 2, 3]
    assert whole.frame.to_numpy().tolist() == [row for part in parts for row in part.frame.to_numpy().tolist()]
    assert [item.code for item in read_parquet(file.read_bytes()[:60], COLUMNS).violations] == ["no_parquet"]


def test_what_is_too_long_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, TABLE)
    monkeypatch.setattr(parquet, "LARGEST_GROUP", 1)
    (refused,) = tables_of_parquet(file, COLUMNS)
    assert ([item.code for item in refused.violations], len(refused.row)) == (["too_large"], 0)
    monkeypatch.setattr(parquet, "MOST_ROWS", 2)
    assert [item.code for item in read_parquet(file.read_bytes(), COLUMNS).violations] == ["too_many_rows"]


@pytest.mark.parametrize("kept", [4, 60, 300, -4])
def test_a_broken_file_is_told(tmp_path: Path, kept: int) -> None:
    file = written(tmp_path, TABLE)
    file.write_bytes(file.read_bytes()[:kept])
    assert [item.code for part in tables_of_parquet(file, COLUMNS) for item in part.violations] == ["no_parquet"]


def test_a_broken_part_is_told(tmp_path: Path) -> None:
    """Nothing of a part that cannot be read is guessed."""
    file = written(tmp_path, TABLE)
    content = bytearray(file.read_bytes())
    content[10:120] = b"\xff" * 110
    file.write_bytes(content)
    parts = list(tables_of_parquet(file, COLUMNS))
    assert [item.code for part in parts for item in part.violations] == ["no_parquet"]
