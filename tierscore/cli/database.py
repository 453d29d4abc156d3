"""Commands that set the database up."""

from __future__ import annotations

import os
from pathlib import Path

import click

from tierscore.cli.root import answering, cli
from tierscore.services.publishing import publications
from tierscore.services.readiness import (
    back_up_database,
    check_database,
    downgrade_database,
    upgrade_database,
)
from tierscore.services.seeding import seed as seed_database
from tierscore.services.service import Service
from tierscore.settings import database_url

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


@cli.group()
def db() -> None:
    """Bring the database up to date, or check it."""


@db.command("upgrade")
@answering
def db_upgrade() -> None:
    """Make or update the tables.

    \b
    Example: DATABASE_URL=sqlite:///var/tierscore.db tierscore db upgrade
    """
    upgrade_database(database_url(os.environ))
    click.echo("The database is up to date.")


@db.command("downgrade")
@click.argument("migration")
@click.confirmation_option(prompt="What the older tables cannot hold is lost, base removes everything. Go on?")
@answering
def db_downgrade(migration: str) -> None:
    """Take the tables back to an older migration, for an older version of the service.

    \b
    Example: tierscore db downgrade 0003 --yes
    """
    downgrade_database(database_url(os.environ), migration)
    click.echo(f"The database is at migration {migration}.")


@db.command("check")
@answering
def db_check() -> None:
    """Say whether the tables are those that this version needs; exit code 1 if not.

    \b
    Example: tierscore db check
    """
    check_database(database_url(os.environ))
    click.echo("The database is up to date.")


@db.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@answering
def db_backup(file: Path) -> None:
    """Copy a SQLite database into a new file while it is served. For PostgreSQL: pg_dump.

    \b
    Example: tierscore db backup var/backup-$(date +%F).db
    """
    back_up_database(database_url(os.environ), file)
    click.echo(f"The database is copied to {file}.")


@cli.command()
@click.option("--folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default=SEEDS,
              help="Where the seeds lie. [default: seeds/ of this checkout]")  # fmt: skip
@answering
def seed(folder: Path) -> None:
    """Store the published data, frameworks and levers; run again, it changes nothing.

    \b
    Example: tierscore seed
    """
    service = Service.open(database_url(os.environ))
    try:
        report = seed_database(service.database, folder, publications(folder / "frameworks"))
        service.settle_confidence()
    finally:
        service.close()
    for batch in report.batches:
        click.echo(f"{batch.recorded_on}: {batch.accepted} values stored, {batch.unchanged} there before")
    click.echo(f"{report.frameworks_published} framework(s) published")
