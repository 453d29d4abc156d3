"""The command that serves."""

from __future__ import annotations

import os
import sys

import click

from tierscore.cli.database import SEEDS
from tierscore.cli.root import answering, cli
from tierscore.errors import Invalid, Violation
from tierscore.operation import HEAVY_PLACES
from tierscore.settings import Settings

CONFIG = "python:tierscore.api.serving"


@cli.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, envvar="PORT")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--threads", type=click.IntRange(2, 64), default=4, show_default=True, help="Threads of each worker.")
@answering
def serve(port: int, host: str, workers: int, threads: int) -> None:
    """Serve the API with gunicorn until interrupted. TIERSCORE_SECRET_KEY must be set.

    \b
    Example: TIERSCORE_SECRET_KEY=$(cat var/secret) tierscore serve --port 8080
    """
    _check_places(Settings.from_env(os.environ).operation.heavy_places, threads)
    options = ("--config", CONFIG, "--bind", f"{host}:{port}", "--workers", str(workers), "--threads", str(threads))
    os.chdir(SEEDS.parent)
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *options, "wsgi:app"])  # noqa: S606


def _check_places(places: int, threads: int) -> None:
    """Raises Invalid when heavy requests could take every thread."""
    if places >= threads:
        template = "Of {threads} threads, heavy requests may take {most} at most."
        params = {"threads": threads, "most": threads - 1}
        raise Invalid("settings", [Violation("too_many", template, params, parameter=HEAVY_PLACES, value=places)])
