"""A raw document becomes a `Framework`: shape and words here, what must fit together in `validate`.

The words accepted are those that this version of the engine computes: a step that a document names is never skipped
in silence (docs/decisions/0003). docs/framework-format.md describes every key.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from tierscore.errors import Invalid, Violation
from tierscore.framework.catalogue import LEVELS, NATION
from tierscore.framework.digest import digest
from tierscore.framework.interval import Interval
from tierscore.framework.model import (
    FORCES,
    STAGES,
    STATUSES,
    Framework,
    Indicator,
    Lever,
    LeverReference,
    Measure,
    Pooling,
    Reference,
    RegionRule,
    Scale,
    Tier,
    Window,
)
from tierscore.framework.parse_index import index
from tierscore.framework.parse_sort import sort
from tierscore.framework.parse_spreads import spreads
from tierscore.framework.parse_steps import TRANSFORMS, imputation, normalisation, treatment
from tierscore.framework.pointer import covers
from tierscore.framework.reader import Reader
from tierscore.framework.validate import validate

SCHEMA_VERSION = 1
DIRECTIONS = {"higher_is_better": 1, "lower_is_better": -1}
STATUSES_BY_DEFAULT = ("A", "E", "P")
MEASURES = ("level", "national_share", "per")
REGION_KINDS = tuple(kind for kind in LEVELS if kind != NATION)
POOLINGS = ("sum", "best", "ratio")
REFERENCE_KINDS = ("article", "book", "report", "plan", "web", "assumption")
LEVER_CATEGORIES = (
    "institutional_guarantee",
    "entities",
    "collaboration",
    "focus",
    "coordination",
    "relation",
    "lead",
    "basin_governance",
    "finance",
)

FIRST_YEAR, LAST_YEAR = 1900, 2100
PART = Interval(0, 1)
POSITIVE = Interval(0, open_below=True)
RELEVANCE = Interval(0, 1, open_below=True)

_ID = re.compile(r"\w[\w.-]*")
_VERSION = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})*")


def parse(document: Any, name: str = "framework") -> Framework:
    """The framework that a raw document describes.

    Raises
    ------
    Invalid
        With every mistake of the document, each with its JSON Pointer and what is allowed there.
    """
    found: list[Violation] = []
    framework = _framework(Reader(document, "", found))
    shape = tuple(found)
    for violation in validate(framework):
        if not any(covers(noted.pointer or "", violation.pointer or "") for noted in shape):
            found.append(violation)
    if found:
        raise Invalid(name, found)
    return replace(framework, digest=digest(framework))


def _framework(top: Reader) -> Framework:
    top.constant("schema_version", SCHEMA_VERSION)
    reference = top.mapping("reference", {})
    framework = Framework(
        id=_id(top),
        version=_version(top),
        status=top.word("status", ("illustrative", "official"), "illustrative"),
        title=top.title("title"),
        digest="",
        period=reference.whole("period", None, FIRST_YEAR, LAST_YEAR),
        regions=() if _by_rule(reference) else reference.texts("regions"),
        scale=_scale(top.mapping("scale")),
        tiers=tuple(_tier(item, _with_thresholds(top)) for item in top.items("tiers")),
        indicators=tuple(_indicator(item) for item in top.items("indicators")),
        index=index(top.mapping("index")),
        missing=top.word("missing", ("reweight", "fail"), "reweight"),
        min_coverage=top.number("min_coverage", 0.6, PART),
        statuses=top.words("statuses", STATUSES, STATUSES_BY_DEFAULT),
        sort=sort(top.mapping("sort")),
        levers=tuple(_lever(item) for item in top.items("levers", ())),
        references=tuple(_reference(code, entry) for code, entry in top.entries("references")),
        impute=imputation(top.mapping("impute", {"method": "none"})),
        treat=treatment(top.mapping("treat", {"method": "none"})),
        spreads=spreads(top.mapping("uncertainty", {})),
        region_rule=_region_rule(reference) if _by_rule(reference) else RegionRule(),
    )
    reference.finish()
    top.finish()
    return framework


def _by_rule(reference: Reader) -> bool:
    return isinstance(reference.raw.get("regions"), dict)


def _region_rule(reference: Reader) -> RegionRule:
    reader = reference.mapping("regions")
    rule = RegionRule(
        kinds=_kinds(reader),
        parent=reader.text("parent", None),
        within=reader.text("within", None),
    )
    if not any(map(reader.has, ("kind", "parent", "within"))):
        reader.note(
            "too_few", "Which regions are meant? A rule has at least one key.", allowed=("kind", "parent", "within")
        )
    reader.finish()
    return rule


def _kinds(reader: Reader) -> tuple[str, ...]:
    """One kind, or a list of them."""
    if isinstance(reader.raw.get("kind"), list):
        return reader.words("kind", REGION_KINDS, ())
    kind: str | None = reader.word("kind", REGION_KINDS, None)
    return () if kind is None else (kind,)


def _id(top: Reader) -> str:
    identifier: str = top.text("id")
    if identifier and not _ID.fullmatch(identifier):
        top.note(
            "wrong_id",
            "An id is part of addresses and of folder names, and {value!r} cannot be.",
            "id",
            value=identifier,
            allowed=["letters, digits, '-', '_' and '.', the first one a letter or a digit"],
        )
    return identifier


def _version(top: Reader) -> str:
    form = 'numbers joined by dots, in quotes, such as "2021.1"'
    version: str = top.text("version", allowed=form)
    if version and not _VERSION.fullmatch(version):
        top.note("wrong_version", "A version is numbers joined by dots.", "version", value=version, allowed=[form])
    return version


def _scale(reader: Reader) -> Scale:
    scale = Scale(low=reader.number("min"), high=reader.number("max"))
    reader.finish()
    return scale


def _with_thresholds(top: Reader) -> bool:
    """Whether the tiers rest on scores; a sort by profiles does not look at them."""
    rule = top.raw.get("sort")
    return not (isinstance(rule, dict) and rule.get("method") == "electre_tri_b")


def _tier(reader: Reader, needs_score: bool) -> Tier:
    tier = Tier(
        code=reader.text("code"),
        title=reader.title("title"),
        score=reader.number("score") if needs_score else reader.number("score", 0.0),
        reference=reader.text("reference", None),
    )
    reader.finish()
    return tier


def _indicator(reader: Reader) -> Indicator:
    indicator = Indicator(
        code=reader.text("code"),
        title=reader.title("title"),
        unit=reader.text("unit"),
        direction=DIRECTIONS.get(reader.word("direction", tuple(DIRECTIONS)), 0),
        measure=_measure(reader),
        window=_window(reader),
        integer=reader.flag("integer", False),
        actionable=reader.flag("actionable", False),
        pooling=_pooling(reader),
        stage=reader.word("stage", STAGES, None),
        force=reader.word("force", FORCES, None),
        normalise=normalisation(reader),
        reference=reader.text("reference", None),
        transform=reader.word("transform", TRANSFORMS, "none"),
    )
    reader.finish()
    return indicator


def _measure(reader: Reader) -> Measure:
    inner = reader.mapping("measure", {"kind": "level"})
    kind = inner.variant("kind", MEASURES)
    denominator = inner.text("denominator") if kind == "per" else None
    scale = inner.number("scale", 1.0, POSITIVE) if kind == "per" else 1.0
    inner.finish()
    return Measure(kind, denominator, scale)


def _window(reader: Reader) -> Window:
    inner = reader.mapping("window", {})
    window = Window(back=inner.whole("back", 0), ahead=inner.whole("ahead", 0))
    inner.finish()
    return window


def _pooling(reader: Reader) -> Pooling | None:
    if not reader.has("pooling"):
        reader.mapping("pooling", {})
        return None
    inner = reader.mapping("pooling")
    kind = inner.variant("kind", POOLINGS)
    pooling = Pooling(kind, inner.text("weight") if kind == "ratio" else None)
    inner.finish()
    return pooling


def _lever(reader: Reader) -> Lever:
    acts_on = reader.mapping("acts_on")
    lever = Lever(
        code=reader.text("code"),
        title=reader.title("title"),
        description=reader.title("description"),
        category=reader.word("category", LEVER_CATEGORIES),
        acts_on=tuple((code, acts_on.number(code, within=RELEVANCE)) for code in acts_on.raw),
        reference=_lever_reference(reader.mapping("reference")),
        tiers=reader.texts("tiers"),
        groups_only=reader.flag("groups_only", False),
        tags=reader.texts("tags"),
    )
    reader.finish()
    return lever


def _lever_reference(reader: Reader) -> LeverReference:
    reference = LeverReference(reader.text("source"), reader.text("section"), reader.text("passage"))
    reader.finish()
    return reference


def _reference(code: str, reader: Reader) -> Reference:
    reference = Reference(
        code=code,
        kind=reader.word("kind", REFERENCE_KINDS),
        title=reader.text("title"),
        authors=reader.text("authors", None),
        year=reader.whole("year", None),
        url=reader.text("url", None),
        note=reader.text("note", None),
    )
    reader.finish()
    return reference
