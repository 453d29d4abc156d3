"""Groups of users' own, and scenarios.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("groups", sa.Column("own", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "scenarios",
        _code("id"),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        _code("framework"),
        _code("version"),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("edition >= 1", name=op.f("ck_scenarios_edition")),
        sa.ForeignKeyConstraint(
            ["framework", "version"],
            ["frameworks.id", "frameworks.version"],
            name=op.f("fk_scenarios_framework_frameworks"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenarios")),
    )
    op.create_index(op.f("ix_scenarios_created_at"), "scenarios", ["created_at"])


def downgrade() -> None:
    op.drop_table("scenarios")
    op.drop_column("groups", "own")


def _code(name: str) -> sa.Column[str]:
    """A text compared byte by byte in every database."""
    return sa.Column(name, sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False)
