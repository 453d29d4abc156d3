"""Published framework versions, which never change."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from tierscore.errors import AlreadyPublished
from tierscore.storage import freshness
from tierscore.storage.tables import FrameworkRow


@dataclass(frozen=True)
class PublishedFramework:
    """A published version; two with the same digest have documents of the same content."""

    id: str
    version: str
    digest: str
    status: str
    title: dict[str, str]
    document: str = field(default="", compare=False)


def publish(  # noqa: PLR0917
    session: Session, framework_id: str, version: str, digest: str, status: str, document_json: str
) -> bool:
    """Store a framework version; False when it is there already with the same digest.

    Parameters
    ----------
    document_json : str
        A valid framework document; it is kept letter by letter.

    Raises
    ------
    AlreadyPublished
        When the version is there with another digest, or written otherwise (2021.01 beside 2021.1): a change is a new
        version, and of two versions one must be the newer.
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
        )
    )  # fmt: skip
    freshness.bump_catalogue(session)
    return True


def listing(session: Session) -> list[PublishedFramework]:
    """Every published version, by id and then by version, oldest first."""
    columns = (
        FrameworkRow.digest,
        FrameworkRow.status,
        FrameworkRow.title_zh,
        FrameworkRow.title_en,
        FrameworkRow.document,
    )
    rows = session.execute(select(FrameworkRow.id, FrameworkRow.version, *columns))
    published = [
        PublishedFramework(id_, version, digest, status, {"zh": zh, "en": en}, text)
        for id_, version, digest, status, zh, en, text in rows
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
