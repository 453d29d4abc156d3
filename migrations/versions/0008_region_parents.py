"""What a region is a part of, and the reference set that a framework version was published with.

Revision ID: 0008
Revises: 0007
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LEVELS = (
    "WHEN 'nation' THEN 0 WHEN 'province' THEN 1 WHEN 'municipality' THEN 1 WHEN 'autonomous_region' THEN 1 "
    "WHEN 'special_administrative_region' THEN 1 WHEN 'city' THEN 2 WHEN 'county' THEN 3"
)


def upgrade() -> None:
    """Regions are tied to the nation by the next seeding; versions keep the regions that they stood for up to now."""
    op.create_index(op.f("ix_regions_code_kind"), "regions", ["code", "kind"], unique=True)
    _create_parents()
    op.add_column("frameworks", sa.Column("regions", sa.Text(), nullable=True))
    with _changeable():
        _keep_reference_sets()


def downgrade() -> None:
    op.drop_column("frameworks", "regions")
    op.drop_table("region_parents")
    op.drop_index(op.f("ix_regions_code_kind"), "regions")


def _create_parents() -> None:
    op.create_table(
        "region_parents",
        _code("region"),
        _code("kind"),
        _code("parent"),
        _code("parent_kind"),
        sa.CheckConstraint(
            f"CASE parent_kind {LEVELS} ELSE 9 END < CASE kind {LEVELS} ELSE -1 END",
            name=op.f("ck_region_parents_above"),
        ),
        sa.ForeignKeyConstraint(
            ["region", "kind"], ["regions.code", "regions.kind"], name=op.f("fk_region_parents_region_regions"),
            ondelete="CASCADE", onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["parent", "parent_kind"], ["regions.code", "regions.kind"], name=op.f("fk_region_parents_parent_regions"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("region", name=op.f("pk_region_parents")),
    )  # fmt: skip
    op.create_index(op.f("ix_region_parents_parent"), "region_parents", ["parent"])


def _keep_reference_sets() -> None:
    """Of documents that name no regions: those of the catalogue as it is now, before any county is in it."""
    connection = op.get_bind()
    found = connection.execute(sa.text("SELECT code FROM regions WHERE kind <> 'nation' ORDER BY position, code"))
    everywhere = list(found.scalars())
    for row in connection.execute(sa.text("SELECT id, version, document FROM frameworks")).all():
        if everywhere and not (json.loads(row.document).get("reference") or {}).get("regions"):
            connection.execute(
                sa.text("UPDATE frameworks SET regions = :regions WHERE id = :id AND version = :version"),
                {"regions": json.dumps(everywhere), "id": row.id, "version": row.version},
            )


@contextmanager
def _changeable() -> Iterator[None]:
    """The triggers of 0001 rest meanwhile."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE frameworks DISABLE TRIGGER frameworks_append_only")
        yield
        op.execute("ALTER TABLE frameworks ENABLE TRIGGER frameworks_append_only")
        return
    op.execute("DROP TRIGGER frameworks_no_update")
    yield
    op.execute(
        "CREATE TRIGGER frameworks_no_update BEFORE UPDATE ON frameworks "
        "BEGIN SELECT RAISE(ABORT, 'frameworks is append-only'); END"
    )


def _code(name: str) -> sa.Column[str]:
    """A text compared byte by byte in every database."""
    return sa.Column(name, sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False)
