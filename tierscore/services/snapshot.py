"""Everything but the observations, read once per change of it: catalogue, frameworks, how sure tiers are, keys."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from tierscore.errors import Invalid, NotReady, UnknownCode
from tierscore.framework.catalogue import NATION, CatalogueIndicator, Designation, Group, Region, Source
from tierscore.framework.hierarchy import children_of, meant
from tierscore.framework.model import Framework, RegionRule
from tierscore.framework.parse import parse
from tierscore.services.said import Said
from tierscore.storage import catalogue, confidences, frameworks
from tierscore.storage import keys as key_rows
from tierscore.storage.confidences import Content, Key
from tierscore.storage.keys import Key as ApiKey

DEFAULT_FRAMEWORK = "cn-innovation-centre"


@dataclass(frozen=True)
class Published:
    """A published framework: the document as it was published, and the framework it describes."""

    document: dict[str, Any]
    framework: Framework


@dataclass(frozen=True)
class Snapshot:
    """The catalogue and the frameworks as of one state of the database."""

    regions: dict[str, Region]
    groups: dict[str, Group]
    indicators: dict[str, CatalogueIndicator]
    sources: dict[str, Source]
    designations: dict[str, Designation]
    published: dict[str, tuple[Published, ...]]
    confidences: dict[Key, Content] = field(default_factory=dict)
    keys: dict[str, ApiKey] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over what answers are computed from, so that a rebuilt database cannot pass for the one before."""
        published = [item.framework for versions in self.published.values() for item in versions]
        frameworks = [(framework.digest, framework.regions) for framework in published]
        parts = (self.regions, self.groups, self.indicators, self.sources, self.designations, frameworks)
        return sha256(repr(parts).encode()).hexdigest()

    @cached_property
    def heads(self) -> dict[str, Said]:
        """How answers name each region."""
        return {code: head(region) for code, region in self.regions.items()}

    @property
    def nation(self) -> str:
        """Code of the nation, whose own observations are totals; empty where there is none."""
        return next((region.code for region in self.regions.values() if region.kind == NATION), "")

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        """The regions that are directly a part of each region, in listing order; those without any are not there."""
        return children_of(self.regions.values())

    def region(self, code: str, parameter: str | None = None) -> Region:
        """The region of that code; raises UnknownCode."""
        if code not in self.regions:
            raise UnknownCode("region", code, self.regions, parameter)
        return self.regions[code]

    def versions(self, framework_id: str) -> tuple[Published, ...]:
        """The published versions of a framework, oldest first; raises UnknownCode."""
        if framework_id not in self.published:
            raise UnknownCode("framework", framework_id, self.published, "framework")
        return self.published[framework_id]

    def framework(
        self, framework_id: str | None = None, version: str | None = None, parameter: str | None = "version"
    ) -> Published:
        """A published framework, the newest version of the default one unless said otherwise; raises UnknownCode."""
        versions = {item.framework.version: item for item in self.versions(framework_id or DEFAULT_FRAMEWORK)}
        wanted = version if version is not None else list(versions)[-1]
        if wanted not in versions:
            raise UnknownCode("version", wanted, versions, parameter)
        return versions[wanted]


def head(region: Region) -> Said:
    """How answers name a region, or a group in the place of one."""
    return Said(code=region.code, name={"zh": region.name.zh, "en": region.name.en})


def take(session: Session) -> Snapshot:
    """Reads the snapshot from the database."""
    regions = {region.code: region for region in catalogue.regions(session)}
    everywhere = meant(regions, RegionRule())
    return Snapshot(
        regions=regions,
        groups={group.code: group for group in catalogue.groups(session)},
        indicators={indicator.code: indicator for indicator in catalogue.indicators(session)},
        sources={source.code: source for source in catalogue.sources(session)},
        designations={designation.region: designation for designation in catalogue.designations(session)},
        published=_published(session, everywhere),
        confidences=confidences.every(session),
        keys={key.id: key for key in key_rows.every(session)},
    )


def _published(session: Session, everywhere: tuple[str, ...]) -> dict[str, tuple[Published, ...]]:
    found: dict[str, list[Published]] = {}  # the listing has the oldest version first
    for listed in frameworks.listing(session):
        name = f"{listed.id} {listed.version}"
        published = _parsed(json.loads(listed.document), name, listed.regions or everywhere)
        found.setdefault(listed.id, []).append(published)
    return {code: tuple(versions) for code, versions in found.items()}


def _parsed(document: dict[str, Any], name: str, regions: tuple[str, ...]) -> Published:
    """A stored document, with the regions kept with it for its reference where it names none.

    It was valid when it was published; if it no longer is, the fault is ours and not the caller's.
    """
    try:
        framework = parse(document, name)
        return Published(document, framework if framework.regions else replace(framework, regions=regions))
    except Invalid as error:
        raise NotReady(problem=f"the stored framework {name} cannot be read by this version") from error
