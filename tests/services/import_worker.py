"""A process that works at imports until it is killed. `python -m tests.services.import_worker URL WHEN`.

It says `waiting` and waits: `checking`, once it has read a part; `stored`, when rows and job are stored but not kept.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from sqlalchemy.orm import Session

from tierscore.services.import_jobs import Imports
from tierscore.services.importer import Wanted
from tierscore.services.importing import Settle
from tierscore.services.ingesting import IngestReport
from tierscore.services.service import Service
from tierscore.services.staged import Tell


def main(url: str, when: str) -> None:
    service = Service.open(url)

    def work(file: Path, wanted: Wanted, tell: Tell, settle: Settle) -> IngestReport:
        def noted(stage: str, rows: int) -> None:
            tell(stage, rows)
            if stage == when:
                wait()

        def kept(session: Session, report: IngestReport) -> None:
            settle(session, report)
            session.flush()
            if when == "stored":
                wait()

        return service.import_received(file, wanted, noted, kept)

    Imports(service.database, work).begin()
    time.sleep(600)


def wait() -> None:
    sys.stdout.write("waiting\n")
    sys.stdout.flush()
    time.sleep(600)


if __name__ == "__main__":
    main(*sys.argv[1:])
