"""How sure the tiers are, kept once computed.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "confidences",
        _code("data_digest"),
        _code("framework_digest"),
        sa.Column("period", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("data_digest", "framework_digest", "period", name=op.f("pk_confidences")),
    )


def downgrade() -> None:
    op.drop_table("confidences")


def _code(name: str) -> sa.Column[str]:
    """A text compared byte by byte in every database."""
    return sa.Column(name, sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False)
