"""One broken document per mistake: exactly the mistakes that its head announces come out, each with what helps.

The head of a file in bad/ is a comment (for JSON the file beside it that ends in .expected): a sentence, then for
each mistake its JSON Pointer, its code, a part of its message, and all that is allowed there.
"""

from __future__ import annotations

from collections import Counter
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.framework.documents import BAD, BAD_FILES, mistakes
from tierscore.errors import Invalid
from tierscore.framework.document import read_framework
from tierscore.framework.parse import parse
from tierscore.locale.extraction import extract

FRAMEWORK = Path(__file__).parents[2] / "tierscore" / "framework"


def expected(path: Path) -> list[dict[str, Any]]:
    beside = path.with_name(f"{path.name}.expected")
    text = beside if beside.exists() else path
    lines = text.read_text(encoding="utf-8").splitlines()
    head = lines if beside.exists() else [line[2:] for line in takewhile(lambda line: line.startswith("#"), lines)]
    announced: list[dict[str, Any]] = yaml.safe_load("\n".join(head[1:]))
    return announced


@pytest.mark.parametrize("path", BAD_FILES, ids=lambda path: path.name)
def test_exactly_the_announced_mistakes_come_out(path: Path) -> None:
    announced = {(item["at"], item["code"]): item for item in expected(path)}
    noted = mistakes(path)
    assert Counter((violation.pointer, violation.code) for violation in noted) == Counter(announced.keys())
    for violation in noted:
        item = announced[violation.pointer or "", violation.code]
        assert item["says"] in violation.message
        assert list(violation.allowed) == item.get("allowed", [])


@pytest.mark.parametrize("path", BAD_FILES, ids=lambda path: path.name)
def test_a_line_of_the_listing_says_where_what_and_what_is_allowed(path: Path) -> None:
    for violation in mistakes(path):
        line = str(violation)
        assert line.startswith(f"{violation.pointer}: " if violation.pointer else violation.message)
        assert violation.message in line
        assert all(word in line for word in violation.allowed)


def test_every_sentence_of_the_framework_package_has_a_broken_document() -> None:
    sentences = set()
    for module in set(FRAMEWORK.glob("*.py")) - {FRAMEWORK / "edits.py"}:  # whose sentences are of no document
        with module.open("rb") as file:
            sentences |= {sentence for _, _, sentence, _ in extract(file)}
    shown = {violation.template for path in BAD_FILES for violation in mistakes(path)}
    assert shown == {sentence for sentence in sentences if sentence.endswith(".")} - {" is needed here."}


def test_all_mistakes_of_a_document_are_counted_at_once() -> None:
    with pytest.raises(Invalid, match=r"several_mistakes\.yaml is not valid: 10 mistake"):
        parse(read_framework(BAD / "several_mistakes.yaml"), "several_mistakes.yaml")
