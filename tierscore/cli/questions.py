"""How commands reach the service, and the options that say what is asked."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click

from tierscore.errors import NotReady
from tierscore.services.query import AssessmentQuery
from tierscore.services.reading import Reading
from tierscore.services.service import Service
from tierscore.settings import dask_address, database_url


@contextmanager
def open_service() -> Iterator[Service]:
    """The service on the database that the environment names; raises NotReady if that is not up to date."""
    service = Service.open(database_url(os.environ), dask=dask_address(os.environ))
    try:
        if not all(service.readiness().values()):
            raise NotReady(problem="the database is not there or not up to date; run: tierscore db upgrade")
        yield service
    finally:
        service.close()


@contextmanager
def open_reading() -> Iterator[Reading]:
    """Everything one command may read."""
    with open_service() as service:
        yield service.reading()


def asking(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the options that say which framework, year and data are meant, and hands them on as one `query`."""

    @wraps(command)
    def run(period: int | None, framework: str | None, as_of: str | None, target: str | None, **rest: Any) -> None:
        identifier, _, version = (framework or "").partition("@")
        command(query=AssessmentQuery(identifier or None, version or None, period, as_of, target), **rest)

    for option in QUERY_OPTIONS:
        run = option(run)
    return run


def named_number(text: str) -> tuple[str, float]:
    """A name and a number of an option such as ``national_key_labs=3``; a usage error for anything else."""
    code, _, value = text.partition("=")
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise click.UsageError(f"{text!r} is not NAME=VALUE with a plain number")
    return code, number


QUERY_OPTIONS = (
    click.option("--target", help="Tier to measure the gap to. [default: the next one]"),
    click.option("--as-of", help="What was known then: a revision number, a date or a time. [default: now]"),
    click.option("--framework", help="Framework id, or id@version. [default: the newest cn-innovation-centre]"),
    click.option("--period", type=int, help="Year to assess. [default: the framework's reference period]"),
)
