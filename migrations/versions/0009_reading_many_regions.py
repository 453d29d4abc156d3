"""Keys for reading many regions at once, and how many cells a revision knows.

Revision ID: 0009
Revises: 0008
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Of each cell the first revision that said anything of it; the key has them in this order.
FIRST_SAID = """
SELECT first, count(*) FROM (
    SELECT min(revision) AS first FROM observations GROUP BY region, indicator, period
) AS cells GROUP BY first
"""


def upgrade() -> None:
    """Makes the new index first: none of the others is needed for it, and readers keep theirs until the end."""
    op.create_index(
        op.f("ix_observations_listing"),
        "observations",
        [sa.text("period DESC"), "region", "indicator", sa.text("revision DESC")],
        postgresql_include=["value", "status", "source"],
    )
    op.add_column("revisions", sa.Column("cells", sa.Integer(), nullable=True))
    with _changeable():
        _count_cells()
    op.drop_index(op.f("ix_observations_indicator_region_period_revision"), "observations")
    op.drop_index(op.f("ix_observations_source"), "observations")


def downgrade() -> None:
    op.create_index(op.f("ix_observations_source"), "observations", ["source"])
    op.create_index(
        op.f("ix_observations_indicator_region_period_revision"),
        "observations",
        ["indicator", "region", "period", "revision"],
    )
    op.drop_column("revisions", "cells")
    op.drop_index(op.f("ix_observations_listing"), "observations")


def _count_cells() -> None:
    connection = op.get_bind()
    new = dict(connection.execute(sa.text(FIRST_SAID)).all())
    cells = 0
    for number in connection.execute(sa.text("SELECT number FROM revisions ORDER BY number")).scalars().all():
        cells += new.get(number, 0)
        connection.execute(
            sa.text("UPDATE revisions SET cells = :cells WHERE number = :number"), {"cells": cells, "number": number}
        )


@contextmanager
def _changeable() -> Iterator[None]:
    """The triggers of 0001 rest meanwhile."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE revisions DISABLE TRIGGER revisions_append_only")
        yield
        op.execute("ALTER TABLE revisions ENABLE TRIGGER revisions_append_only")
        return
    op.execute("DROP TRIGGER revisions_no_update")
    yield
    op.execute(
        "CREATE TRIGGER revisions_no_update BEFORE UPDATE ON revisions "
        "BEGIN SELECT RAISE(ABORT, 'revisions is append-only'); END"
    )
