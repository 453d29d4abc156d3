"""Reads the text of a document, YAML or JSON, into plain values: safely, and refusing duplicate keys.

The only module that opens a framework file. A file may name another file for `levers` or `references`, so that
several frameworks share one catalogue; a document sent over HTTP may not (docs/decisions/0004).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from tierscore.errors import Invalid, Violation

SHARED_PARTS = ("levers", "references")


class _StrictLoader(yaml.SafeLoader):
    """YAML that says what JSON can say: no aliases, which can grow without bound, no tags, no duplicate keys.

    Plain words mean what they mean in YAML 1.2: `no` is a text, `010` and `2021-02-30` too.
    """

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise _refused("aliases are not accepted", event.start_mark)
        if getattr(event, "tag", None) is not None:
            raise _refused("tags are not accepted", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _refused("a key cannot be a mapping or a list", key_node.start_mark)
            key = self.construct_object(key_node)
            if key in seen:
                raise _refused(f"duplicate key {key!r}", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def _refused(problem: str, mark: Any) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, mark)


_StrictLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", "~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", "true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", "[-+]?(0|[1-9][0-9]*)", list("-+0123456789")),
    ("float", r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?", list("-+.0123456789")),
    ("float", r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", list("-+.")),
):
    _StrictLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), _first)


def read_yaml(text: str, name: str) -> Any:
    """The values in a YAML text.

    Raises
    ------
    Invalid
        When it is no YAML, or has a duplicate key, an alias or a tag; the message names the line and column.

    Examples
    --------
    >>> read_yaml("weights: {labs: 0.5}", "example.yaml")
    {'weights': {'labs': 0.5}}
    """
    # The loader derives from SafeLoader: it builds plain values only.
    return _values(name, lambda: yaml.load(text, Loader=_StrictLoader))  # noqa: S506


def read_yaml_bytes(data: bytes, name: str) -> Any:
    """The values in a YAML text in UTF-8; raises Invalid as `read_yaml` does."""
    return read_yaml(_decoded(data, name), name)


def write_yaml(document: Any) -> str:
    """A document as YAML text, its keys in their order."""
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
    return text


def read_json(text: str, name: str) -> Any:
    """The values in a JSON text; raises Invalid as `read_yaml` does."""
    return _values(name, lambda: json.loads(text, object_pairs_hook=_without_duplicates))


def read_file(path: Path) -> Any:
    """The values in a YAML or JSON file, by its ending; raises Invalid, also when it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(str(path), error.strerror or type(error).__name__) from None
    read = read_json if path.suffix == ".json" else read_yaml
    return read(_decoded(data, str(path)), str(path))


def read_framework(path: Path) -> Any:
    """The document in a framework file, with `levers` and `references` read from the files it names."""
    document = read_file(path)
    if isinstance(document, dict):
        for part in SHARED_PARTS:
            if isinstance(document.get(part), str):
                document[part] = read_file(path.parent / document[part])
    return document


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable(name, "it is not UTF-8") from None


class _DuplicateKey(ValueError):
    """A key that stands in a JSON object twice."""


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _DuplicateKey(f"duplicate key {next(key for key in keys if keys.count(key) > 1)!r}")
    return values


def _values(name: str, load: Callable[[], Any]) -> Any:
    """What `load` reads, if it can also be written again: half of a surrogate pair cannot."""
    try:
        values = load()
        json.dumps(values, ensure_ascii=False).encode()
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _unreadable(name, _problem(error), *_place(error)) from None
    return values


def _problem(error: Exception) -> str:
    match error:
        case yaml.MarkedYAMLError():
            return str(error.problem)
        case yaml.reader.ReaderError():
            return str(error.reason)
        case json.JSONDecodeError():
            return error.msg
        case _DuplicateKey():
            return str(error)
    return _PROBLEMS.get(type(error), str(error))


_PROBLEMS: dict[type[Exception], str] = {
    UnicodeEncodeError: "half of a surrogate pair",
    RecursionError: "it nests too deeply",
    ValueError: "a number is too long",  # Python converts none of more than some thousand digits
}


def _place(error: Exception) -> tuple[int, int] | tuple[()]:
    """Line and column, counted from 1, where they are known."""
    if isinstance(error, json.JSONDecodeError):
        return error.lineno, error.colno
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    return (mark.line + 1, mark.column + 1) if mark is not None else ()


def _unreadable(name: str, problem: str, line: int | None = None, column: int | None = None) -> Invalid:
    template = "{name} cannot be read: {problem}."
    if line is not None:
        template = "{name} cannot be read at line {line}, column {column}: {problem}."
    params = {"name": name, "problem": problem, "line": line, "column": column}
    return Invalid(name, [Violation("unreadable", template, params, pointer="")])
