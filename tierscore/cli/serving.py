"""The command that serves."""

from __future__ import annotations

import os
import sys

import click

from tierscore.cli.database import SEEDS
from tierscore.cli.root import cli


@cli.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, envvar="PORT")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
def serve(port: int, host: str, workers: int) -> None:
    """Serve the API with gunicorn until interrupted. TIERSCORE_SECRET_KEY must be set.

    \b
    Example: TIERSCORE_SECRET_KEY=$(cat var/secret) tierscore serve --port 8080
    """
    options = ("--bind", f"{host}:{port}", "--workers", str(workers), "--threads", "4", "--access-logfile", "-")
    os.chdir(SEEDS.parent)
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *options, "wsgi:app"])  # noqa: S606
