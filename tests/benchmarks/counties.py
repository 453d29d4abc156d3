"""What the measurements of every county share: a database that holds them, questions, and the least of some rounds."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from tests.benchmarks import bulk, large
from tierscore.errors import AlreadyPublished
from tierscore.services.query import AssessmentQuery
from tierscore.services.service import Service
from tierscore.services.shelf import Shelf


@contextmanager
def filled(engine: str, regions: int, database: str | None) -> Iterator[str]:
    """The address of a database with all counties."""
    if database is not None:
        yield database
        return
    rows = regions * large.PER_COUNTY
    with tempfile.TemporaryDirectory(prefix="scale") as folder, bulk.SERVERS[engine](Path(folder)) as (_, url):
        file = Path(folder) / "large.csv"
        large.write(file, rows)
        bulk.prepare(url, rows)
        bulk.told("tierscore import", rows, bulk.imported(url, file))
        yield url


def publish(url: str, document: dict[str, Any]) -> None:
    service = Service.open(url)
    with suppress(AlreadyPublished):
        service.publish(document)
    service.close()


def least(work: Callable[[], Any], rounds: int = 5) -> tuple[float, float]:
    """Seconds by the clock and of CPU, the least of each."""
    found = []
    for _ in range(rounds):
        began = perf_counter(), process_time()
        work()
        found.append((perf_counter() - began[0], process_time() - began[1]))
    return min(clock for clock, _ in found), min(cpu for _, cpu in found)


def told(what: str, work: Callable[[], Any], rounds: int = 5) -> None:
    clock, cpu = least(work, rounds)
    print(f"{what:<75} {1000 * clock:>9,.1f} ms, CPU {1000 * cpu:>9,.1f} ms", flush=True)  # noqa: T201


def asked(framework: str = "nationwide", **more: Any) -> AssessmentQuery:
    return AssessmentQuery(framework=framework, **more)


def fresh(url: str, shelf: Path | None = None) -> Service:
    """A worker that knows the catalogue."""
    service = Service.open(url, shelf=None if shelf is None else Shelf(shelf))
    service.reading().snapshot.digest  # noqa: B018
    return service


def card_of(service: Service, framework: str = "nationwide") -> None:
    reading = service.reading()
    reading.sheet(reading.resolve(asked(framework)))


def panel_of(service: Service, periods: tuple[int, ...], framework: str = "nationwide") -> None:
    service.reading().panel(asked(framework), periods, "per_period")
