"""The command line: each command calls the same services as the API."""

from __future__ import annotations

from tierscore.cli import asking, data, database, frameworks, keys, paths, regions, reports, serving, uncertainty
from tierscore.cli.root import cli

COMMANDS = (
    asking,
    data,
    database,
    frameworks,
    keys,
    paths,
    regions,
    reports,
    serving,
    uncertainty,
)  # each adds its commands to `cli` when it is imported

__all__ = ["COMMANDS", "cli", "main"]


def main() -> None:
    """The console script."""
    cli(prog_name="tierscore")
