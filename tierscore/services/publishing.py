"""Frameworks from files: read, check, and make ready to be published with the seeds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tierscore.errors import Invalid, Violation
from tierscore.framework.document import read_framework, write_yaml
from tierscore.framework.model import Framework
from tierscore.framework.parse import parse
from tierscore.framework.tree import nodes

Publication = tuple[str, str, str, str, str]


def check_file(path: Path) -> tuple[dict[str, Any], Framework]:
    """The document of a file and the framework it describes; raises Invalid with every mistake."""
    document = read_framework(path)
    return document, parse(document, str(path))


def to_yaml(document: dict[str, Any]) -> str:
    """A document as YAML text."""
    return write_yaml(document)


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
    text = json.dumps(document, ensure_ascii=False, allow_nan=False)
    return framework.id, framework.version, framework.digest, framework.status, text


def _unfrozen(framework: Framework) -> Iterator[Violation]:
    """What decides a tier of a published framework is declared, not fitted to the data in hand."""
    for pointer, node in nodes(framework.index):
        if node.weights is not None:
            template = "A published framework declares its weights; derive and freeze them first."
            yield Violation("not_frozen", template, pointer=f"{pointer}/weights", value=node.weights.method)


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
