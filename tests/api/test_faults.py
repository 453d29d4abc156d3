"""A service with two workers under load, and with one of them killed: short samples of tests/soak and tests/drills."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import as_text
from tests.drills.drill import Drill, table
from tests.drills.killed_worker import killed_while_importing
from tests.keys import grant
from tests.soak.mixed import log_faults, soaked
from tests.stand import Stand, serving
from tierscore.storage.database import Database

SECONDS = 5
ROWS = 8_000


@pytest.fixture
def stand(seeded: Database, tmp_path: Path) -> Iterator[Stand]:
    with serving(as_text(seeded.url), grant(seeded), tmp_path, 2) as found:
        yield found


def test_readers_and_writers_at_once_then_a_worker_killed(stand: Stand) -> None:
    """One service for both, since it takes seconds to start."""
    ledger, _ = soaked(stand, SECONDS)
    assert [*ledger.faults, *log_faults(stand)] == []
    assert ledger.revision_of
    assert ledger.seen
    drill = Drill("a worker is killed")
    killed_while_importing(drill, stand, table(ROWS, 1000), ROWS, 0.1)
    assert drill.code == 0
