"""What is known of given cells, and that finding it reads the key and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.factories import observation, withdrawal
from tierscore.storage import batch
from tierscore.storage.database import Database
from tierscore.storage.known_cells import CONTENT, POSTGRESQL, SQLITE, known_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BATCHES = [
    [observation(value=5.0), observation(region="CN-CQ", note="一")],
    [observation(value=6.0)],
    [withdrawal(region="CN-CQ")],
]


def cells(*rows: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=batch.CELL)


def test_the_newest_up_to_a_revision(store: Database) -> None:
    for rows in BATCHES:
        with store.write() as session:
            batch.append(session, rows, NOW, "test")
    asked = cells(("CN", "gdp", 2021), ("CN-CQ", "labs", 2021), ("CN-SC", "labs", 2020), ("CN-SC", "labs", 2021))
    with store.read() as session:
        found = {number: known_of(session, number, asked) for number in range(4)}
    assert {number: frame["value"].dropna().to_dict() for number, frame in found.items()} == {
        0: {}, 1: {1: 5.0, 3: 5.0}, 2: {1: 5.0, 3: 6.0}, 3: {3: 6.0},
    }  # fmt: skip
    assert list(found[0].columns) == list(CONTENT)
    assert found[1].loc[1].to_dict() == {
        "value": 5.0, "unit": "laboratories", "status": "A", "source": "S001", "vintage": "", "note": "一",
    }  # fmt: skip
    assert found[3].loc[1, "status"] == "M"


def test_each_cell_is_looked_up_in_the_key(store: Database) -> None:
    """Whatever the planner thinks of the sizes: on both engines no plan of it reads the whole table."""
    with store.write() as session:
        batch.append(session, BATCHES[0], NOW, "test")
        postgresql = store.engine.dialect.name == "postgresql"
        plan = _plan_of(session, postgresql)
    assert ("Index Cond" in plan) if postgresql else ("SEARCH o USING PRIMARY KEY" in plan)
    assert "Seq Scan on observations" not in plan and "SCAN o" not in plan


def _plan_of(session: Session, postgresql: bool) -> str:
    if postgresql:
        session.execute(text("SET LOCAL enable_seqscan = off"))  # a table of two rows would be read whole
    explain = "EXPLAIN " if postgresql else "EXPLAIN QUERY PLAN "
    statement = POSTGRESQL if postgresql else SQLITE
    given = {"regions": ["CN"], "indicators": ["gdp"], "periods": [2021]} if postgresql else {"cells": "[]"}
    rows = session.execute(text(explain + statement.text), {**given, "revision": 1}).all()
    return "\n".join(str(row[0] if postgresql else row[-1]) for row in rows)
