"""Tier changes as events, and up to which revision they are written.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Revisions that are there already are told when events are next asked for."""
    op.add_column("state", sa.Column("told", sa.Integer(), nullable=False, server_default="0"))
    _create_events()
    _forbid_change()


def downgrade() -> None:
    """A table's triggers go with it."""
    op.drop_table("events")
    op.drop_column("state", "told")


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        _code("framework"),
        _code("version"),
        sa.Column("period", sa.Integer(), nullable=False),
        _code("region"),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        _code("before_tier", nullable=True),
        _code("before_status"),
        _code("after_tier", nullable=True),
        _code("after_status"),
        _code("direction"),
        sa.CheckConstraint("number >= 1", name=op.f("ck_events_number")),
        sa.CheckConstraint("direction IN ('up', 'down', 'gained', 'lost')", name=op.f("ck_events_direction")),
        sa.CheckConstraint("before_tier IS NOT NULL OR after_tier IS NOT NULL", name=op.f("ck_events_tier")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_events")),
        sa.UniqueConstraint(
            "revision", "framework", "version", "region", "period",
            name=op.f("uq_events_revision_framework_version_region_period"),
        ),
        sa.ForeignKeyConstraint(["revision"], ["revisions.number"], name=op.f("fk_events_revision_revisions")),
        sa.ForeignKeyConstraint(
            ["framework", "version"], ["frameworks.id", "frameworks.version"],
            name=op.f("fk_events_framework_frameworks"),
        ),
    )  # fmt: skip


def _forbid_change() -> None:
    """As 0001 does for the tables of observations, whose function PostgreSQL uses again."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for event in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER events_no_{event} BEFORE {event.upper()} ON events "
            "BEGIN SELECT RAISE(ABORT, 'events is append-only'); END"
        )


def _code(name: str, *, nullable: bool = False) -> sa.Column[str]:
    """A text compared byte by byte in every database."""
    return sa.Column(name, sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=nullable)
