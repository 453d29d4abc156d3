"""One process of the concurrency test: python writer.py URL PROCESS WRITERS ROWS. Each writer appends one batch."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from tierscore.framework.catalogue import Observation
from tierscore.storage import batch
from tierscore.storage.database import Database


def main(url: str, process: str, writers: int, rows: int) -> None:
    """Appends with as many threads as writers; every batch is of the same cells, so each replaces another."""
    database = Database.open(url)
    try:
        with ThreadPoolExecutor(writers) as pool:
            list(pool.map(lambda writer: write(database, f"{process}.{writer}", rows), range(writers)))
    finally:
        database.dispose()


def write(database: Database, name: str, rows: int) -> None:
    process, writer = (int(part) for part in name.split("."))
    value = float(process * 100 + writer)
    content = [
        Observation("CN-SC", "labs", 2000 + row, value, "laboratories", "A", "S001", note=name) for row in range(rows)
    ]
    with database.write() as session:
        batch.append(session, content, datetime.now(UTC), name)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
