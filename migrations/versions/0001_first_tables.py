"""First tables: catalogue, observations in revisions, frameworks, state.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# A later batch migration of one of these makes a new table in SQLite, and must then make its triggers again.
APPEND_ONLY = ("frameworks", "observations", "revisions")


def upgrade() -> None:
    _create_regions()
    _create_groups()
    _create_indicators_and_sources()
    _create_designations()
    _create_revisions()
    _create_observations()
    _create_frameworks()
    _create_state()
    _forbid_change()


def downgrade() -> None:
    _allow_change()
    for table in (
        "state", "frameworks", "observations", "revisions", "designations", "sources", "indicators", "group_members",
        "groups", "region_tags", "regions",
    ):  # fmt: skip
        op.drop_table(table)


def _code(name: str, nullable: bool = False) -> sa.Column[str]:
    """A text compared byte by byte in every database."""
    return sa.Column(name, sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=nullable)


def _words(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), autoincrement=False, nullable=False)


def _create_regions() -> None:
    op.create_table(
        "regions",
        _code("code"),
        _number("position"),
        _code("adcode"),
        _words("name_zh"),
        _words("name_en"),
        _code("kind"),
        _code("macro_region"),
        sa.CheckConstraint("code <> ''", name=op.f("ck_regions_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_regions")),
    )
    op.create_table(
        "region_tags",
        _code("region"),
        _code("tag"),
        _number("position"),
        sa.ForeignKeyConstraint(
            ["region"], ["regions.code"], name=op.f("fk_region_tags_region_regions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("region", "tag", name=op.f("pk_region_tags")),
    )


def _create_groups() -> None:
    op.create_table(
        "groups",
        _code("code"),
        _number("position"),
        _words("name_zh"),
        _words("name_en"),
        sa.CheckConstraint("code <> ''", name=op.f("ck_groups_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_groups")),
    )
    op.create_table(
        "group_members",
        _code("group_code"),
        _code("region"),
        _number("position"),
        sa.ForeignKeyConstraint(
            ["group_code"], ["groups.code"], name=op.f("fk_group_members_group_code_groups"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_group_members_region_regions")),
        sa.PrimaryKeyConstraint("group_code", "region", name=op.f("pk_group_members")),
    )
    op.create_index(op.f("ix_group_members_region"), "group_members", ["region"])


def _create_indicators_and_sources() -> None:
    op.create_table(
        "indicators",
        _code("code"),
        _number("position"),
        _words("title_zh"),
        _words("title_en"),
        _words("unit"),
        _code("kind"),
        sa.Column("integer", sa.Boolean(), nullable=False),
        sa.Column("low", sa.Double()),
        sa.Column("high", sa.Double()),
        sa.CheckConstraint("code <> ''", name=op.f("ck_indicators_code")),
        sa.CheckConstraint("low IS NULL OR high IS NULL OR low <= high", name=op.f("ck_indicators_range")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_indicators")),
    )
    op.create_table(
        "sources",
        _code("code"),
        _number("position"),
        _words("title"),
        _words("url", nullable=True),
        _words("copy"),
        sa.CheckConstraint("code <> ''", name=op.f("ck_sources_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_sources")),
    )


def _create_designations() -> None:
    op.create_table(
        "designations",
        _number("position"),
        _code("region", nullable=True),
        _code("group_code", nullable=True),
        _code("tier"),
        _code("kind"),
        _words("wording_zh"),
        _words("wording_en"),
        _words("source"),
        sa.CheckConstraint("kind IN ('designated', 'claimed')", name=op.f("ck_designations_kind")),
        sa.CheckConstraint("(region IS NULL) <> (group_code IS NULL)", name=op.f("ck_designations_one_subject")),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_designations_region_regions")),
        sa.ForeignKeyConstraint(
            ["group_code"], ["groups.code"], name=op.f("fk_designations_group_code_groups"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_designations")),
        sa.UniqueConstraint("region", name=op.f("uq_designations_region")),
        sa.UniqueConstraint("group_code", name=op.f("uq_designations_group_code")),
    )


def _create_revisions() -> None:
    op.create_table(
        "revisions",
        _number("number"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        _words("recorded_by"),
        _words("note"),
        _number("row_count"),
        _code("digest"),
        sa.CheckConstraint("number >= 1", name=op.f("ck_revisions_number")),
        sa.CheckConstraint("row_count >= 1", name=op.f("ck_revisions_row_count")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_revisions_digest")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_revisions")),
    )
    op.create_index(op.f("ix_revisions_recorded_at"), "revisions", ["recorded_at"])


def _create_observations() -> None:
    op.create_table(
        "observations",
        _code("region"),
        _code("indicator"),
        _number("period"),
        _number("revision"),
        sa.Column("value", sa.Double()),
        _words("unit"),
        _code("status"),
        _code("source"),
        _words("vintage"),
        _words("note"),
        sa.CheckConstraint("period BETWEEN 1900 AND 2100", name=op.f("ck_observations_period")),
        sa.CheckConstraint("status IN ('A', 'E', 'P', 'D', 'M')", name=op.f("ck_observations_status")),
        sa.CheckConstraint("(status = 'M') = (value IS NULL)", name=op.f("ck_observations_withdrawn")),
        sa.CheckConstraint(
            "value BETWEEN -1.7976931348623157e308 AND 1.7976931348623157e308",
            name=op.f("ck_observations_finite"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_observations_{column}_{target.split('.')[0]}"))
            for column, target in (
                ("region", "regions.code"),
                ("indicator", "indicators.code"),
                ("revision", "revisions.number"),
                ("source", "sources.code"),
            )
        ),
        sa.PrimaryKeyConstraint("region", "indicator", "period", "revision", name=op.f("pk_observations")),
        sqlite_with_rowid=False,
    )
    for columns in (["indicator", "region", "period", "revision"], ["revision"], ["source"]):
        op.create_index(op.f(f"ix_observations_{'_'.join(columns)}"), "observations", columns)


def _create_frameworks() -> None:
    op.create_table(
        "frameworks",
        _code("id"),
        _code("version"),
        _code("digest"),
        _code("status"),
        _words("title_zh"),
        _words("title_en"),
        _words("document"),
        sa.CheckConstraint("status IN ('illustrative', 'official')", name=op.f("ck_frameworks_status")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_frameworks_digest")),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_frameworks")),
    )


def _create_state() -> None:
    state = op.create_table(
        "state",
        _number("id"),
        _number("revision"),
        _code("data_digest"),
        _number("catalogue"),
        sa.Column("recorded_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("id = 1", name=op.f("ck_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_state")),
    )
    op.bulk_insert(state, [{"id": 1, "revision": 0, "data_digest": "", "catalogue": 0, "recorded_at": None}])


def _forbid_change() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            _forbid_change_in_sqlite(table)
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _forbid_change_in_sqlite(table: str) -> None:
    for event in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{event} BEFORE {event.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _allow_change() -> None:
    """SQLite drops a table's triggers with it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change() CASCADE")
