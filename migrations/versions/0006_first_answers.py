"""What Idempotency-Keys were answered.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "first_answers",
        _code("caller"),
        _code("key"),
        _code("request"),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("key <> ''", name=op.f("ck_first_answers_key")),
        sa.CheckConstraint("length(request) = 64", name=op.f("ck_first_answers_request")),
        sa.CheckConstraint("status BETWEEN 200 AND 499", name=op.f("ck_first_answers_status")),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_first_answers")),
    )
    op.create_index(op.f("ix_first_answers_expires_at"), "first_answers", ["expires_at"])


def downgrade() -> None:
    op.drop_table("first_answers")


def _code(name: str) -> sa.Column[str]:
    """A text compared byte by byte in every database."""
    return sa.Column(name, sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False)
