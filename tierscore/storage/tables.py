"""The mapped tables and the names of their constraints; migrations/ creates them in a database.

`recorded_at` and `recorded_by` belong to a whole revision and are kept once, in `revisions`; reading an observation
joins them. Rows of `revisions`, `observations`, `frameworks`, `audit` and `events` are never updated or deleted:
triggers refuse it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from tierscore.framework.catalogue import LEVELS

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, with its time zone in Python whatever the database keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; raises ValueError for a moment without a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database's form; SQLite returns the bare UTC time that it was given."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Codes are compared byte by byte, so that a listing has the same order in every database and every locale.
_code = String().with_variant(String(collation="C"), "postgresql")

Code = Annotated[str, mapped_column(_code)]
CodeKey = Annotated[str, mapped_column(_code, primary_key=True)]
Words = Annotated[str, mapped_column(Text)]


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=NAMING)


class RegionRow(Base):
    """A region, or the nation; `position` is its place among all of them."""

    __tablename__ = "regions"
    __table_args__ = (CheckConstraint("code <> ''", name="code"), Index(None, "code", "kind", unique=True))

    code: Mapped[CodeKey]
    position: Mapped[int]
    adcode: Mapped[Code]
    name_zh: Mapped[Words]
    name_en: Mapped[Words]
    kind: Mapped[Code]
    macro_region: Mapped[Code]


def _level(column: str, otherwise: int) -> str:
    cases = " ".join(f"WHEN '{kind}' THEN {level}" for kind, level in LEVELS.items())
    return f"CASE {column} {cases} ELSE {otherwise} END"


class RegionParentRow(Base):
    """What a region is a part of. A parent's kind stands above its child's, so no chain of parents is a ring.

    Both kinds are kept here for that rule alone; the keys keep them as `regions` has them.
    """

    __tablename__ = "region_parents"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region", "kind"], ["regions.code", "regions.kind"], ondelete="CASCADE", onupdate="CASCADE"
        ),
        ForeignKeyConstraint(["parent", "parent_kind"], ["regions.code", "regions.kind"], onupdate="CASCADE"),
        CheckConstraint(f"{_level('parent_kind', 9)} < {_level('kind', -1)}", name="above"),
    )

    region: Mapped[CodeKey]
    kind: Mapped[Code]
    parent: Mapped[str] = mapped_column(_code, index=True)
    parent_kind: Mapped[Code]


class RegionTagRow(Base):
    """A fact about a region that limits a lever, such as ``west``."""

    __tablename__ = "region_tags"

    region: Mapped[str] = mapped_column(_code, ForeignKey("regions.code", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[CodeKey]
    position: Mapped[int]


class GroupRow(Base):
    """Regions that are assessed together; `own` ones are users', the others come with the seeds."""

    __tablename__ = "groups"
    __table_args__ = (CheckConstraint("code <> ''", name="code"),)

    code: Mapped[CodeKey]
    position: Mapped[int]
    name_zh: Mapped[Words]
    name_en: Mapped[Words]
    own: Mapped[bool] = mapped_column(default=False, server_default=false())
    members: Mapped[list[GroupMemberRow]] = relationship(
        lazy="selectin", order_by="GroupMemberRow.position", cascade="all, delete-orphan"
    )


class GroupMemberRow(Base):
    """One region of a group; a region may be in several."""

    __tablename__ = "group_members"

    group_code: Mapped[str] = mapped_column(_code, ForeignKey("groups.code", ondelete="CASCADE"), primary_key=True)
    region: Mapped[str] = mapped_column(_code, ForeignKey("regions.code"), primary_key=True, index=True)
    position: Mapped[int]


class IndicatorRow(Base):
    """What a value of this indicator must look like."""

    __tablename__ = "indicators"
    __table_args__ = (
        CheckConstraint("code <> ''", name="code"),
        CheckConstraint("low IS NULL OR high IS NULL OR low <= high", name="range"),
    )

    code: Mapped[CodeKey]
    position: Mapped[int]
    title_zh: Mapped[Words]
    title_en: Mapped[Words]
    unit: Mapped[Words]
    kind: Mapped[Code]
    integer: Mapped[bool]
    low: Mapped[float | None] = mapped_column(Double)
    high: Mapped[float | None] = mapped_column(Double)


class SourceRow(Base):
    """Where values were read."""

    __tablename__ = "sources"
    __table_args__ = (CheckConstraint("code <> ''", name="code"),)

    code: Mapped[CodeKey]
    position: Mapped[int]
    title: Mapped[Words]
    url: Mapped[str | None] = mapped_column(Text)
    copy: Mapped[Words]


class DesignationRow(Base):
    """The tier that a plan gives to a region or to a group, exactly one of them; each has at most one."""

    __tablename__ = "designations"
    __table_args__ = (
        CheckConstraint("kind IN ('designated', 'claimed')", name="kind"),
        CheckConstraint("(region IS NULL) <> (group_code IS NULL)", name="one_subject"),
        UniqueConstraint("region"),
        UniqueConstraint("group_code"),
    )

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    region: Mapped[str | None] = mapped_column(_code, ForeignKey("regions.code"))
    group_code: Mapped[str | None] = mapped_column(_code, ForeignKey("groups.code", ondelete="CASCADE"))
    tier: Mapped[Code]
    kind: Mapped[Code]
    wording_zh: Mapped[Words]
    wording_en: Mapped[Words]
    source: Mapped[Words]


class RevisionRow(Base):
    """One accepted batch of observations; `digest` chains the content of all revisions up to this one.

    `cells` is how many cells anything is known of at this revision, so that nobody has to count them; NULL where a
    writer did not say.
    """

    __tablename__ = "revisions"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("row_count >= 1", name="row_count"),
        CheckConstraint("length(digest) = 64", name="digest"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    recorded_by: Mapped[Words]
    note: Mapped[Words]
    row_count: Mapped[int]
    digest: Mapped[Code]
    cells: Mapped[int | None]


class ObservationRow(Base):
    """One value in one revision; NULL, always with status M, withdraws what older revisions said.

    The key answers "the newest revision of this cell at or below r", series by series; SQLite keeps the rows inside the
    key itself. The index in the order of listings answers the same year by year, and on PostgreSQL it holds all that a
    scorecard needs, so that one year is read from its neighbourhood alone (decision 31).
    """

    __tablename__ = "observations"
    __table_args__: Any = (
        CheckConstraint("period BETWEEN 1900 AND 2100", name="period"),
        CheckConstraint("status IN ('A', 'E', 'P', 'D', 'M')", name="status"),
        CheckConstraint("(status = 'M') = (value IS NULL)", name="withdrawn"),
        # Both infinities, and PostgreSQL's NaN, which it orders above every number, are out of this range.
        CheckConstraint("value BETWEEN -1.7976931348623157e308 AND 1.7976931348623157e308", name="finite"),
        {"sqlite_with_rowid": False},
    )

    region: Mapped[str] = mapped_column(_code, ForeignKey("regions.code"), primary_key=True)
    indicator: Mapped[str] = mapped_column(_code, ForeignKey("indicators.code"), primary_key=True)
    period: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(
        ForeignKey("revisions.number"), primary_key=True, autoincrement=False, index=True
    )
    value: Mapped[float | None] = mapped_column(Double)
    unit: Mapped[Words]
    status: Mapped[Code]
    source: Mapped[str] = mapped_column(_code, ForeignKey("sources.code"))
    vintage: Mapped[Words]
    note: Mapped[Words]


# Descending parts can only be named once the columns are there.
Index(
    "ix_observations_listing",
    ObservationRow.period.desc(),
    ObservationRow.region,
    ObservationRow.indicator,
    ObservationRow.revision.desc(),
    postgresql_include=["value", "status", "source"],
)


class FrameworkRow(Base):
    """A published framework version, its document as it was written.

    `regions` is the reference set that it was published with, a JSON list of codes, where the document names none.
    """

    __tablename__ = "frameworks"
    __table_args__ = (
        CheckConstraint("status IN ('illustrative', 'official')", name="status"),
        CheckConstraint("length(digest) = 64", name="digest"),
    )

    id: Mapped[CodeKey]
    version: Mapped[CodeKey]
    digest: Mapped[Code]
    status: Mapped[Code]
    title_zh: Mapped[Words]
    title_en: Mapped[Words]
    document: Mapped[Words]
    regions: Mapped[str | None] = mapped_column(Text)


class ScenarioRow(Base):
    """A saved what-if on a pinned base; `content` is JSON, `edition` grows with every change."""

    __tablename__ = "scenarios"
    __table_args__ = (
        CheckConstraint("edition >= 1", name="edition"),
        ForeignKeyConstraint(["framework", "version"], ["frameworks.id", "frameworks.version"]),
    )

    id: Mapped[CodeKey]
    edition: Mapped[int]
    title: Mapped[Words]
    author: Mapped[Words]
    framework: Mapped[Code]
    version: Mapped[Code]
    period: Mapped[int]
    revision: Mapped[int]
    content: Mapped[Words]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UncertaintyJobRow(Base):
    """A computation that somebody waits for; `request` and `result` are JSON, `worker` says whose it is while it runs.

    The index finds the oldest of those that nobody works at, however many are finished.
    """

    __tablename__ = "uncertainty_jobs"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"),
        CheckConstraint("done BETWEEN 0 AND total", name="done"),
        CheckConstraint(
            "state <> 'running' OR (worker IS NOT NULL AND started_at IS NOT NULL AND beat_at IS NOT NULL)",
            name="running",
        ),
        CheckConstraint("(state = 'done') = (result IS NOT NULL)", name="result"),
        CheckConstraint("(state = 'failed') = (problem IS NOT NULL)", name="problem"),
        CheckConstraint("(state IN ('queued', 'running')) = (finished_at IS NULL)", name="finished"),
        Index(None, "state", "created_at"),
    )

    id: Mapped[CodeKey]
    state: Mapped[Code]
    request: Mapped[Words]
    total: Mapped[int]
    done: Mapped[int]
    result: Mapped[str | None] = mapped_column(Text)
    problem: Mapped[str | None] = mapped_column(Text)
    worker: Mapped[str | None] = mapped_column(_code)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    beat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ConfidenceRow(Base):
    """How sure the tiers of a question are, as JSON; computed once for all workers."""

    __tablename__ = "confidences"

    data_digest: Mapped[CodeKey]
    framework_digest: Mapped[CodeKey]
    period: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[Words]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApiKeyRow(Base):
    """A key to the API, of which only the digest is kept; revoked ones stay, so that a name is given once."""

    __tablename__ = "api_keys"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("scopes <> ''", name="scopes"),
        CheckConstraint("length(digest) = 64", name="digest"),
        UniqueConstraint("name"),
    )

    id: Mapped[CodeKey]
    name: Mapped[Code]
    digest: Mapped[Code]
    scopes: Mapped[Code]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AuditRow(Base):
    """Who changed what and when; `details` is JSON. Triggers refuse updates and deletions."""

    __tablename__ = "audit"
    __table_args__ = (CheckConstraint("number >= 1", name="number"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[Words]
    action: Mapped[Code]
    subject: Mapped[Words]
    details: Mapped[Words]


class FirstAnswerRow(Base):
    """What a caller's Idempotency-Key was answered; `request` is the digest of what was asked, `headers` is JSON."""

    __tablename__ = "first_answers"
    __table_args__ = (
        CheckConstraint("key <> ''", name="key"),
        CheckConstraint("length(request) = 64", name="request"),
        CheckConstraint("status BETWEEN 200 AND 499", name="status"),
    )

    caller: Mapped[CodeKey]
    key: Mapped[CodeKey]
    request: Mapped[Code]
    status: Mapped[int]
    headers: Mapped[Words]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class EventRow(Base):
    """A region or group whose tier a revision changed, by one framework in one year. Triggers refuse any change.

    The name is the one it had then, so that an event reads the same whenever it is read.
    """

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("direction IN ('up', 'down', 'gained', 'lost')", name="direction"),
        CheckConstraint("before_tier IS NOT NULL OR after_tier IS NOT NULL", name="tier"),
        UniqueConstraint("revision", "framework", "version", "region", "period"),
        ForeignKeyConstraint(["framework", "version"], ["frameworks.id", "frameworks.version"]),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(ForeignKey("revisions.number"))
    framework: Mapped[Code]
    version: Mapped[Code]
    period: Mapped[int]
    region: Mapped[Code]
    name_zh: Mapped[Words]
    name_en: Mapped[Words]
    before_tier: Mapped[str | None] = mapped_column(_code)
    before_status: Mapped[Code]
    after_tier: Mapped[str | None] = mapped_column(_code)
    after_status: Mapped[Code]
    direction: Mapped[Code]


class StateRow(Base):
    """The one row that tells whether anything changed; every writer locks it first.

    `told` is the newest revision whose events are written.
    """

    __tablename__ = "state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int]
    data_digest: Mapped[Code]
    catalogue: Mapped[int]
    recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told: Mapped[int] = mapped_column(default=0, server_default="0")
