"""The nouns that every framework shares: regions, groups, catalogue indicators, sources, designations."""

from __future__ import annotations

from dataclasses import dataclass

NATION = "nation"

# How far below the nation a kind of region stands; a parent stands above its children.
LEVELS = {
    NATION: 0,
    "province": 1,
    "municipality": 1,
    "autonomous_region": 1,
    "special_administrative_region": 1,
    "city": 2,
    "county": 3,
}


@dataclass(frozen=True)
class Title:
    """One name in the two languages of the service."""

    zh: str
    en: str


@dataclass(frozen=True)
class Region:
    """A region, or the nation itself (`kind` is ``nation``); kinds are those of `LEVELS`.

    `tags` are the facts that limit a lever, such as ``west``; the macro region is one of them. `parent` is the code of
    the region that this one is a part of, None where nobody has said it.
    """

    code: str
    adcode: str
    name: Title
    kind: str
    macro_region: str
    tags: tuple[str, ...] = ()
    parent: str | None = None


@dataclass(frozen=True)
class Group:
    """Regions that are assessed together, such as the Chengdu-Chongqing economic circle.

    `own` groups are users'; the others come with the seeds.
    """

    code: str
    name: Title
    members: tuple[str, ...]
    own: bool = False


@dataclass(frozen=True)
class CatalogueIndicator:
    """What ingest checks a value against: unit, whole numbers or not, and the range (None: no bound)."""

    code: str
    title: Title
    unit: str
    kind: str
    integer: bool
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Source:
    """Where a value was read: title, address if any, and what kind of copy was seen."""

    code: str
    title: str
    url: str | None
    copy: str


@dataclass(frozen=True)
class Designation:
    """The tier that a plan says a region or group has (``designated``) or claims for itself (``claimed``)."""

    region: str
    tier: str
    kind: str
    wording: Title
    source: str


@dataclass(frozen=True)
class Observation:
    """One published value of one indicator for one region and year; `value` None withdraws it."""

    region: str
    indicator: str
    period: int
    value: float | None
    unit: str
    status: str
    source: str
    vintage: str = ""
    note: str = ""
