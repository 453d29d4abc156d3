"""Published framework versions, which never change."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from tierscore.errors import AlreadyPublished, Invalid, Violation
from tierscore.framework.hierarchy import meant
from tierscore.framework.model import RegionRule
from tierscore.storage import freshness
from tierscore.storage import regions as region_rows
from tierscore.storage.tables import FrameworkRow

NOBODY_MEANT = Violation("no_region", "No region of the catalogue is meant by this.", pointer="/reference/regions")


@dataclass(frozen=True)
class PublishedFramework:
    """A published version; two with the same digest have documents of the same content.

    `regions` is the reference set that was kept with it; empty where the document names its own.
    """

    id: str
    version: str
    digest: str
    status: str
    title: dict[str, str]
    document: str = field(default="", compare=False)
    regions: tuple[str, ...] = field(default=(), compare=False)


def publish(  # noqa: PLR0917
    session: Session,
    framework_id: str,
    version: str,
    digest: str,
    status: str,
    document_json: str,
    rule: RegionRule | None = None,
) -> bool:
    """Store a framework version; False when it is there already with the same digest.

    Parameters
    ----------
    document_json : str
        A valid framework document; it is kept letter by letter.
    rule : RegionRule or None
        Which regions are scored, where the document names none. They are kept with it as the catalogue has them now.

    Raises
    ------
    AlreadyPublished
        When the version is there with another digest, or written otherwise (2021.01 beside 2021.1): a change is a new
        version, and of two versions one must be the newer.
    Invalid
        When a rule means no region.
    """
    freshness.lock(session)
    stored = document(session, framework_id, version)
    if stored is not None:
        if stored[1] != digest:
            raise AlreadyPublished(id=framework_id, version=version)
        return False
    for known in session.scalars(select(FrameworkRow.version).where(FrameworkRow.id == framework_id)):
        if version_order(known) == version_order(version):
            raise AlreadyPublished(id=framework_id, version=known)
    title = json.loads(document_json)["title"]
    session.add(
        FrameworkRow(
            id=framework_id, version=version, digest=digest, status=status,
            title_zh=title["zh"], title_en=title["en"], document=document_json,
            regions=None if rule is None else _reference_set(session, rule),
        )
    )  # fmt: skip
    freshness.bump_catalogue(session)
    return True


def _reference_set(session: Session, rule: RegionRule) -> str | None:
    """The regions that a rule means now, as JSON; None where no rule is said and there are no regions yet."""
    regions = meant({region.code: region for region in region_rows.every(session)}, rule)
    if not regions and rule != RegionRule():
        raise Invalid("framework", [NOBODY_MEANT])
    return json.dumps(regions) if regions else None


def listing(session: Session) -> list[PublishedFramework]:
    """Every published version, by id and then by version, oldest first."""
    columns = (
        FrameworkRow.digest,
        FrameworkRow.status,
        FrameworkRow.title_zh,
        FrameworkRow.title_en,
        FrameworkRow.document,
        FrameworkRow.regions,
    )
    rows = session.execute(select(FrameworkRow.id, FrameworkRow.version, *columns))
    published = [
        PublishedFramework(id_, version, digest, status, {"zh": zh, "en": en}, text, tuple(json.loads(kept or "[]")))
        for id_, version, digest, status, zh, en, text, kept in rows
    ]
    return sorted(published, key=lambda framework: (framework.id, version_order(framework.version)))


def document(session: Session, framework_id: str, version: str) -> tuple[str, str] | None:
    """The document of a version as JSON text, and its digest; None when there is none."""
    query = select(FrameworkRow.document, FrameworkRow.digest).where(
        FrameworkRow.id == framework_id, FrameworkRow.version == version
    )
    return session.execute(query).one_or_none()


def version_order(version: str) -> tuple[int, ...]:
    """What versions are sorted by: their dotted numbers.

    >>> sorted(["2021.10", "2021.9", "2021"], key=version_order)
    ['2021', '2021.9', '2021.10']
    """
    return tuple(int(part) for part in version.split("."))
