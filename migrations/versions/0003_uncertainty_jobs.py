"""Jobs that compute in the background.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RULES = {
    "state": "state IN ('queued', 'running', 'done', 'failed', 'cancelled')",
    "done": "done BETWEEN 0 AND total",
    "running": "state <> 'running' OR (worker IS NOT NULL AND started_at IS NOT NULL AND beat_at IS NOT NULL)",
    "result": "(state = 'done') = (result IS NOT NULL)",
    "problem": "(state = 'failed') = (problem IS NOT NULL)",
    "finished": "(state IN ('queued', 'running')) = (finished_at IS NULL)",
}


def upgrade() -> None:
    op.create_table(
        "uncertainty_jobs",
        _code("id"),
        _code("state"),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text()),
        sa.Column("problem", sa.Text()),
        _code("worker", nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("beat_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_uncertainty_jobs_{name}")) for name, rule in RULES.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uncertainty_jobs")),
    )
    op.create_index(op.f("ix_uncertainty_jobs_state_created_at"), "uncertainty_jobs", ["state", "created_at"])


def downgrade() -> None:
    op.drop_table("uncertainty_jobs")


def _code(name: str, nullable: bool = False) -> sa.Column[str]:
    """A text compared byte by byte in every database."""
    return sa.Column(name, sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=nullable)
