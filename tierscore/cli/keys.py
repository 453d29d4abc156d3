"""Commands for keys to the API."""

from __future__ import annotations

import click

from tierscore.cli.questions import open_reading, open_service
from tierscore.cli.root import answering, cli, operator
from tierscore.reports.rows import table_of


@cli.group("keys")
def keys() -> None:
    """Make, list and revoke the keys that others use the API with."""


@keys.command("create")
@click.option("--name", required=True, help="Who holds it; a name is given once.")
@click.option("--scopes", required=True, help="Some of read, write, admin, with commas; none implies another.")
@click.option("--expires-in", metavar="PERIOD", help="Such as 12h, 90d or 8w. [default: never]")
@answering
def create_key(name: str, scopes: str, expires_in: str | None) -> None:
    """Make a key and print it, this once: only its digest is kept.

    \b
    Examples:
      tierscore keys create --name sichuan-statistics --scopes read,write --expires-in 90d
      KEY=$(tierscore keys create --name auditor --scopes admin)
    """
    with open_service() as service:
        click.echo(service.create_key(name, scopes.split(","), expires_in, by=operator()))


@keys.command("list")
@answering
def list_keys() -> None:
    """All keys, the oldest first: what each is good for, until when, and whether it still is.

    \b
    Example: tierscore keys list
    """
    with open_reading() as reading:
        items = [{**item, "scopes": ",".join(item["scopes"])} for item in reading.known_keys()]
    click.echo(table_of(items, ("name", "scopes", "created_at", "expires_at", "state")))


@keys.command("revoke")
@click.argument("name")
@answering
def revoke_key(name: str) -> None:
    """Make a key worthless at once, for every worker.

    \b
    Example: tierscore keys revoke sichuan-statistics
    """
    with open_service() as service:
        revoked = service.revoke_key(name, by=operator())
    click.echo(f"{name} is revoked" if revoked else f"{name} was revoked before")
