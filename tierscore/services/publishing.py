"""Frameworks made ready to be published: from files with the seeds, or sent by somebody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tierscore.errors import Invalid, Violation
from tierscore.framework.document import read_framework, read_yaml_bytes, write_yaml
from tierscore.framework.hierarchy import meant
from tierscore.framework.model import Framework, RegionRule
from tierscore.framework.parse import parse
from tierscore.framework.pointer import below
from tierscore.framework.tree import nodes
from tierscore.services.editing import no
from tierscore.services.snapshot import Snapshot
from tierscore.storage.frameworks import NOBODY_MEANT

Publication = tuple[str, str, str, str, str, RegionRule | None]

MOST_INDICATORS = 500
LONGEST_NAME = 200  # of an id or a version: it is a part of addresses and of keys


def check_file(path: Path) -> tuple[dict[str, Any], Framework]:
    """The document of a file and the framework it describes; raises Invalid with every mistake."""
    document = read_framework(path)
    return document, parse(document, str(path))


def to_yaml(document: dict[str, Any]) -> str:
    """A document as YAML text."""
    return write_yaml(document)


def document_of_yaml(data: bytes) -> Any:
    """The document in a YAML text that somebody sent; raises Invalid for what is no YAML, or has an alias or a tag."""
    return read_yaml_bytes(data, "YAML")


def sent(document: Any, snapshot: Snapshot) -> tuple[Framework, Publication]:
    """A framework that somebody sent, ready to be published; raises Invalid with every mistake.

    It must be computable here: about regions of the catalogue. Its indicators need not be in the catalogue; such a
    framework can be read, and `evaluate` takes any data for it.
    """
    framework = parse(document)
    rules = (_unfrozen(framework), _unknown_regions(framework, snapshot), _too_large(framework), _unkept(document, ""))
    wrong = [violation for rule in rules for violation in rule]
    if wrong:
        raise Invalid("framework", wrong)
    return framework, _ready(document, framework)


def publications(folder: Path) -> list[Publication]:
    """Id, version, digest, status and JSON text of every framework under ``folder/<id>/<version>/framework.yaml``.

    Raises
    ------
    Invalid
        When a document is not valid or does not lie in the folder of its id and version.
    """
    return [_publication(path) for path in sorted(folder.glob("*/*/framework.yaml"))]


def _publication(path: Path) -> Publication:
    document, framework = check_file(path)
    wrong = [*_misplaced(framework, path.parent), *_unfrozen(framework)]
    if wrong:
        raise Invalid(str(path), wrong)
    return _ready(document, framework)


def _ready(document: dict[str, Any], framework: Framework) -> Publication:
    text = json.dumps(document, ensure_ascii=False, allow_nan=False)
    rule = None if framework.regions else framework.region_rule
    return framework.id, framework.version, framework.digest, framework.status, text, rule


def _unfrozen(framework: Framework) -> Iterator[Violation]:
    """What decides a tier of a published framework is declared, not fitted to the data in hand."""
    for pointer, node in nodes(framework.index):
        if node.weights is not None:
            template = "A published framework declares its weights; derive and freeze them first."
            yield Violation("not_frozen", template, pointer=f"{pointer}/weights", value=node.weights.method)


def _unknown_regions(framework: Framework, snapshot: Snapshot) -> Iterator[Violation]:
    """The nation is none of them: it gives totals, and is no part of itself."""
    known = [code for code in snapshot.regions if code != snapshot.nation]
    for place, code in enumerate(framework.regions):
        if code not in known:
            yield no("region", code, known, f"/reference/regions/{place}")
    yield from _nobody_meant(framework.region_rule, snapshot)


def _nobody_meant(rule: RegionRule, snapshot: Snapshot) -> Iterator[Violation]:
    above = {"parent": rule.parent, "within": rule.within}
    unknown = {key: code for key, code in above.items() if code is not None and code not in snapshot.regions}
    for key, code in unknown.items():
        yield no("region", code, snapshot.regions, f"/reference/regions/{key}")
    if rule != RegionRule() and not unknown and not meant(snapshot.regions, rule):
        yield NOBODY_MEANT


def _too_large(framework: Framework) -> Iterator[Violation]:
    if len(framework.indicators) > MOST_INDICATORS:
        template = "At most {most} are taken here."
        yield Violation("too_many", template, {"most": MOST_INDICATORS}, pointer="/indicators")
    for key in ("id", "version"):
        if len(value := getattr(framework, key)) > LONGEST_NAME:
            template = "At most {longest} characters are taken."
            yield Violation("too_long", template, {"longest": LONGEST_NAME}, pointer=f"/{key}", value=value)


def _unkept(value: Any, pointer: str) -> Iterator[Violation]:
    """Texts that a database cannot keep, wherever they stand."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _unkept(key, below(pointer, key))
            yield from _unkept(inner, below(pointer, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _unkept(inner, below(pointer, place))
    elif isinstance(value, str) and "\0" in value:
        yield Violation("unprintable", "The text holds a control character.", pointer=pointer, value=value)


def _misplaced(framework: Framework, folder: Path) -> Iterator[Violation]:
    """A version's own folder keeps a change to it from being published as another version by mistake."""
    for key, said, expected in (
        ("id", framework.id, folder.parent.name),
        ("version", framework.version, folder.name),
    ):
        if said != expected:
            yield Violation(
                "misplaced",
                "The folder {folder} is not the one of {value!r}.",
                {"folder": str(folder), "value": said},
                pointer=f"/{key}",
                value=said,
                allowed=(expected,),
            )
