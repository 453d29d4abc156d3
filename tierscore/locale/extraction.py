"""Finds the texts in the code that people may see, for ``pybabel extract``.

Errors carry their sentence as a plain text (`tierscore.errors`), so there is no function call to look for. A sentence
is a text that has a space and ends with a full stop, docstrings aside; other words are found where they are said, or
put into a sentence that is said.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import IO, Any

Text = tuple[int, str]

# Calls whose texts are said, or put into a sentence that is said, and the keyword that holds such a text.
_WORD_CALLS = frozenset({"UnknownCode", "Invalid", "_unknown", "_known", "no", "say"})
_WORD_KEYWORD = "problem"
# Constants that hold texts which are said.
_WORD_CONSTANTS = frozenset({"HEADERS", "SAID", "PHRASES", "UNITS", "LACKING", "KINDS", "ENDS", "FACTORS", "PAGES"})
# Keywords for texts that stay English: the OpenAPI document and the command line's help.
_ENGLISH_KEYWORDS = frozenset({"description", "help", "short_help", "epilog"})


def extract(file: IO[bytes], *_settings: Any, **_options: Any) -> Iterator[tuple[int, None, str, list[str]]]:
    """What Babel calls for each Python file: yields (line, None, text, no comments)."""
    for node in ast.walk(ast.parse(file.read())):
        for line, text in (*_sentences(node), *_words(node)):
            yield line, None, text, []


def _sentences(node: ast.AST) -> Iterator[Text]:
    """The texts directly below a node that read as a sentence."""
    is_english = isinstance(node, ast.keyword) and node.arg in _ENGLISH_KEYWORDS
    if is_english or isinstance(node, ast.Expr | ast.JoinedStr):
        return
    children = node.values if isinstance(node, ast.Dict) else ast.iter_child_nodes(node)
    yield from ((line, text) for line, text in _texts(children) if _is_sentence(text))


def _is_sentence(text: str) -> bool:
    return " " in text and text.endswith(".") and not text.startswith(" ")


def _words(node: ast.AST) -> Iterator[Text]:
    if isinstance(node, ast.Call) and _name(node.func) in _WORD_CALLS:
        yield from ((line, text) for line, text in _texts(node.args) if "/" not in text)
    if isinstance(node, ast.keyword) and node.arg == _WORD_KEYWORD:
        yield from _texts([node.value])
    if isinstance(node, ast.Assign) and _name(node.targets[0]) in _WORD_CONSTANTS:
        yield from _texts(node.value.values if isinstance(node.value, ast.Dict) else ast.walk(node.value))


def _texts(nodes: Iterable[ast.AST]) -> Iterator[Text]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def _name(place: ast.expr) -> str:
    return place.id if isinstance(place, ast.Name) else getattr(place, "attr", "")
