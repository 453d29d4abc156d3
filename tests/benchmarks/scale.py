"""Scorecards and what-ifs of all counties x 100 indicators: warm, from the database, shared, after an import, growth.

    python -m tests.benchmarks.scale --engine sqlite --regions 2900
    python -m tests.benchmarks.scale --engine postgresql --database postgresql://user@host/copy

Without `--database` the made-up file of `large.py` is imported into a fresh one first, which takes minutes; a given one
must hold those counties, and is changed: frameworks are published and some rows stored. For a quick look:

    python -m tests.benchmarks.scale --regions 300

Least of some rounds, by the clock and in seconds of CPU of this process; slopes are of log time over log size. With
fewer than 1,300 regions some questions are small ones, which are read in another way, so slopes say little then.
"""

from __future__ import annotations

import argparse
import logging
import resource
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import is_dataclass
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from tests import nationwide
from tests.api.conftest import SETTINGS
from tests.benchmarks import large
from tests.benchmarks.counties import asked, card_of, filled, fresh, panel_of, publish, told
from tests.benchmarks.growth import grown
from tests.engine.test_laws import ON_DEMAND
from tierscore.api import create_app
from tierscore.engine.matrix import select
from tierscore.engine.parameters import Parameters
from tierscore.engine.pipeline import score
from tierscore.framework.model import Framework
from tierscore.ingest.rows import from_json
from tierscore.services import observing
from tierscore.services.query import CellEdit, WhatIf
from tierscore.services.service import Service

LEVEL, SHARE, RATIO = (large.code_of(place) for place in (5, 1, 2))
SECONDS = 5.0
NEVER_ASKED = count(1)
ADDRESS = "/api/v1/what-if"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--regions", type=int, default=large.COUNTIES)
    parser.add_argument("--database", help="one that holds the made-up counties already; it is changed")
    given = parser.parse_args()
    logging.disable(logging.INFO)
    with filled(given.engine, given.regions, given.database) as url:
        measure(url, given.regions)


def measure(url: str, regions: int) -> None:
    publish(url, nationwide.document(counties=regions))
    warm(url)
    with tempfile.TemporaryDirectory(prefix="scale") as folder:
        from_database(url, Path(folder) / "shelf")
    what_ifs(url)
    grown(url, regions)
    side_by_side(url)
    print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")  # noqa: T201


def warm(url: str) -> None:
    """Observations in memory as the database gives them, to a scorecard."""
    service = Service.open(url)
    reading = service.reading()
    question = reading.resolve(asked())
    framework, revision = question.framework, question.as_of.revision
    with service.database.read() as session:
        observed = observing.of_period(session, revision, framework, framework.regions, question.period)
    period = question.period
    matrix = select(observed, framework, period)
    told("scorecard, from observations in memory", lambda: score(select(observed, framework, period), framework))
    told("scorecard, from a matrix in memory", lambda: score(matrix, framework))
    card = score(matrix, framework)
    print(f"bytes: scorecard {bytes_of(card) / 1e6:.1f} MB, matrix {bytes_of(matrix) / 1e6:.1f} MB")  # noqa: T201
    service.close()


def bytes_of(whole: Any) -> int:
    """Of all arrays in it, each once, those that are computed when they are first asked for, too."""
    found: dict[int, int] = {}
    pending = [whole]
    while pending:
        value = pending.pop()
        if isinstance(value, np.ndarray):
            found[id(value)] = value.nbytes
        elif isinstance(value, dict | tuple):
            pending += value.values() if isinstance(value, dict) else value
        elif is_dataclass(value) and not isinstance(value, Framework | Parameters):
            pending += [getattr(value, name) for name in (*vars(value), *ON_DEMAND) if hasattr(value, name)]
    return sum(found.values())


def from_database(url: str, shelf: Path) -> None:
    """Of workers that have the catalogue alone; on files that one of them left; after an import of one row."""
    workers = [fresh(url) for _ in range(3)]
    told("scorecard, from the database", lambda: card_of(workers.pop()), 3)
    card_of(fresh(url, shelf))
    workers = [fresh(url, shelf) for _ in range(5)]
    told("scorecard, from what another worker shares", lambda: card_of(workers.pop()))
    service = fresh(url)
    card_of(service)
    for _ in range(2):  # the first one makes a source, the second a revision alone
        row = {
            "region": large.counties(1)[0],
            "indicator": LEVEL,
            "period": nationwide.PERIOD,
            "value": 7 + next(NEVER_ASKED),
        }
        service.ingest(from_json([row]))
        service.reading().snapshot.digest  # noqa: B018
    told("scorecard, after an import of one value", lambda: card_of(service), 1)
    told("panel of 25 periods, from the database", lambda: panel_of(fresh(url), nationwide.YEARS), 1)


def what_ifs(url: str) -> None:
    """One county's, by the service and over HTTP within the process, each another one."""
    service = Service.open(url)
    client = create_app(SETTINGS, service).test_client()
    for name, code in (("a level", LEVEL), ("a ratio", RATIO), ("a share, which moves all", SHARE)):
        told(f"what-if of {name}, service", lambda code=code: what_if(service, code), 20)
        told(f"what-if of {name}, HTTP", lambda code=code: post(client, code), 20)
    told_size(client)
    page = "/api/v1/assessments?framework=nationwide"
    told("page of 80 to 99 short answers, HTTP", lambda: client.get(f"{page}&page_size={size_of_page()}"), 20)
    told("one full answer, HTTP", lambda: client.get(f"{page.replace('?', f'/{county()}?')}"), 20)
    service.close()


def told_size(client: Any) -> None:
    answer = client.post(ADDRESS, json={"framework": "nationwide", "edits": [edit(SHARE)]})
    print(f"an answer with {len(answer.json['changes']):,} changes: {len(answer.data) / 1e6:.1f} MB")  # noqa: T201


def size_of_page() -> int:
    return 80 + next(NEVER_ASKED) % 20


def county() -> str:
    return f"SYN-{next(NEVER_ASKED) % 200:06}"


def edit(code: str) -> dict[str, Any]:
    value = 100 + next(NEVER_ASKED)
    return {"op": "set", "region": "SYN-000077", "indicator": code, "value": value}


def what_if(service: Service, code: str) -> None:
    service.reading().what_if(WhatIf(asked(), (CellEdit(**edit(code)),)))


def post(client: Any, code: str) -> None:
    answer = client.post(ADDRESS, json={"framework": "nationwide", "edits": [edit(code)]})
    if answer.status_code != 200:
        raise SystemExit(answer.text)


def side_by_side(url: str) -> None:
    """What-ifs of a level over HTTP that two processes answer in some seconds."""
    with ProcessPoolExecutor(2, get_context("spawn")) as processes:
        answered = sum(processes.map(answered_in_a_while, [url, url]))
    print(f"what-ifs of a level, two processes: {answered / SECONDS:,.0f} a second")  # noqa: T201


def answered_in_a_while(url: str) -> int:
    logging.disable(logging.INFO)
    service = Service.open(url)
    client = create_app(SETTINGS, service).test_client()
    post(client, LEVEL)
    done, end = 0, perf_counter() + SECONDS
    while perf_counter() < end:
        post(client, LEVEL)
        done += 1
    service.close()
    return done


if __name__ == "__main__":
    main()
