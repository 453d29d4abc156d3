"""Reads the text of a document, YAML or JSON, into plain values: safely, and refusing duplicate keys.

The only module that opens a framework file. A file may name another file for `levers` or `references`, so that
several frameworks share one catalogue; a document sent over HTTP may not.
"""

from __future__ import annotations

import json
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from tierscore.errors import Invalid, Violation

SHARED_PARTS = ("levers", "references")


class _StrictLoader(yaml.SafeLoader):
    """YAML without duplicate keys, which hide mistakes, and without aliases, which can grow without bound."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.constructor.ConstructorError(None, None, "aliases are not accepted", self.get_mark())
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"duplicate key {key!r}", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def read_yaml(text: str, name: str) -> Any:
    """The values in a YAML text.

    Raises
    ------
    Invalid
        When it is no YAML, or has a duplicate key or an alias; the message names the line and column.

    Examples
    --------
    >>> read_yaml("weights: {labs: 0.5}", "example.yaml")
    {'weights': {'labs': 0.5}}
    """
    try:
        # The loader derives from SafeLoader: it builds plain values only.
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the text"
        raise _unreadable(name, place, str(error.problem)) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise _unreadable(name, "the text", type(error).__name__) from None


def read_json(text: str, name: str) -> Any:
    """The values in a JSON text; raises Invalid as `read_yaml` does."""
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates)
    except json.JSONDecodeError as error:
        raise _unreadable(name, f"line {error.lineno}, column {error.colno}", error.msg) from None
    except (ValueError, RecursionError) as error:
        raise _unreadable(name, "the text", str(error)) from None


def read_file(path: Path) -> Any:
    """The values in a YAML or JSON file, by its ending; raises Invalid, also when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(str(path), "the file", type(error).__name__) from None
    read = read_json if path.suffix == ".json" else read_yaml
    return read(text, str(path))


def read_framework(path: Path) -> Any:
    """The document in a framework file, with `levers` and `references` read from the files it names."""
    document = read_file(path)
    if isinstance(document, dict):
        for part in SHARED_PARTS:
            if isinstance(document.get(part), str):
                document[part] = read_file(path.parent / document[part])
    return document


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"duplicate key {next(key for key in keys if keys.count(key) > 1)!r}")
    return values


def _unreadable(name: str, place: str, problem: str) -> Invalid:
    violation = Violation(
        code="unreadable",
        template="{name} cannot be read at {place}: {problem}.",
        params={"name": name, "place": place, "problem": problem},
        pointer="",
    )
    return Invalid(name, [violation])
