"""The catalogue as answers: regions, groups, indicators, frameworks, levers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from tierscore.framework.catalogue import CatalogueIndicator, Group, Region, Source, Title
from tierscore.framework.model import Framework, Lever
from tierscore.services.snapshot import Published

Answer = dict[str, Any]


def title(value: Title) -> Answer:
    """A name as ``{zh, en}``."""
    return {"zh": value.zh, "en": value.en}


def region(value: Region) -> Answer:
    """One region."""
    return {
        "code": value.code,
        "adcode": value.adcode,
        "name": title(value.name),
        "kind": value.kind,
        "macro_region": value.macro_region or None,
        "tags": list(value.tags),
        "parent": value.parent,
    }


def group(value: Group) -> Answer:
    """One group with its members."""
    return {"code": value.code, "name": title(value.name), "members": list(value.members), "own": value.own}


def source(value: Source) -> Answer:
    """One source: title, address or null, and what kind of copy was seen."""
    return asdict(value)


def indicator(value: CatalogueIndicator) -> Answer:
    """One indicator of the catalogue: its unit, and which values are accepted."""
    return {
        "code": value.code,
        "title": title(value.title),
        "unit": value.unit,
        "kind": value.kind,
        "integer": value.integer,
        "min": value.low,
        "max": value.high,
    }


def framework(value: Framework) -> Answer:
    """One published framework, in short."""
    return {
        "id": value.id,
        "version": value.version,
        "digest": value.digest,
        "status": value.status,
        "title": title(value.title),
    }


def framework_document(value: Published) -> Answer:
    """One published framework with the document as it was published, and its reference set."""
    return {**framework(value.framework), "document": value.document, "regions": list(value.framework.regions)}


def lever(value: Lever) -> Answer:
    """One lever of a framework's catalogue."""
    return {
        "code": value.code,
        "title": title(value.title),
        "description": title(value.description),
        "category": value.category,
        "acts_on": [{"indicator": code, "relevance": relevance} for code, relevance in value.acts_on],
        "tiers": list(value.tiers),
        "groups_only": value.groups_only,
        "tags": list(value.tags),
        "reference": asdict(value.reference),
    }
