"""Whether the database can serve, and bringing it there."""

from __future__ import annotations

from tierscore.errors import NotReady
from tierscore.storage import migrate


def upgrade_database(url: str) -> None:
    """Brings the database to the newest migration."""
    migrate.upgrade(url)


def check_database(url: str) -> None:
    """Does nothing when the database is as this version needs it; raises NotReady with the first difference."""
    differences = migrate.check(url)
    if differences:
        raise NotReady(problem="; ".join(differences))
