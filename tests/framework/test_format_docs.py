"""docs/framework-format.md is true: examples parse, commands print what is shown, no key or word is left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.framework.documents import BAD_FILES, GOOD_NAMES, good, mappings, mistakes, put
from tierscore.cli import cli
from tierscore.errors import Invalid
from tierscore.framework.document import read_yaml
from tierscore.framework.parse import parse

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TEXT = (DOCS / "framework-format.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def examples() -> list[dict[str, Any]]:
    return [read_yaml(block, "framework-format.md") for block in blocks("yaml")]


def commands() -> list[tuple[str, str]]:
    """Each command of the console blocks with what it prints."""
    return [
        (command, output)
        for block in blocks("console")
        for command, output in re.findall(r"^\$ tierscore (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    ]


def test_the_complete_example_is_a_framework() -> None:
    framework = parse(examples()[0])
    assert (framework.id, len(framework.tiers), len(framework.indicators)) == ("two-tiers", 2, 2)


def test_the_examples_of_all_keys_together_are_a_framework() -> None:
    whole: dict[str, Any] = {}
    for example in examples():
        whole.update(example)
    framework = parse(whole)
    assert [lever.code for lever in framework.levers] == ["stable_funding_long_cycle"]
    assert [indicator.code for indicator in framework.indicators][2:] == ["population"]


@pytest.mark.parametrize(("command", "printed"), commands())
def test_a_command_prints_what_is_shown(command: str, printed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert CliRunner().invoke(cli, command.split()).output == printed


def test_there_are_commands_with_and_without_mistakes() -> None:
    assert [("is valid" in printed, "mistake" in printed) for _, printed in commands()] == [
        (True, False),
        (False, True),
    ]


# Mappings whose keys are codes.
OPEN = {
    ("levers", 0, "acts_on"),
    ("references",),
    ("sort", "profiles", 0),
    ("sort", "profiles", 1),
    ("sort", "thresholds"),
}
MAPPINGS = [(name, keys) for name in GOOD_NAMES for keys in mappings(good(name)) if keys not in OPEN]


@pytest.mark.parametrize(("name", "keys"), MAPPINGS, ids=str)
def test_every_key_is_described(name: str, keys: tuple[str | int, ...]) -> None:
    """An unknown key in each mapping brings out all keys that it may have."""
    with pytest.raises(Invalid) as caught:
        parse(put(good(name), (*keys, "?"), 1))
    [violation] = caught.value.violations
    assert violation.code == "unknown_key"
    assert [key for key in violation.allowed if not re.search(rf"`([a-z_]+\.)?{key}`|\b{key}: ", TEXT)] == []


def test_every_word_is_described() -> None:
    noted = [violation for path in BAD_FILES for violation in mistakes(path)]
    words = {word for violation in noted if violation.code == "unknown_word" for word in violation.allowed}
    assert len(words) > 40
    assert [word for word in sorted(words) if f"`{word}`" not in TEXT] == []


def test_decisions_that_are_cited_are_there() -> None:
    for name in re.findall(r"\]\((decisions/[^)]*|[a-z]+\.md)\)", TEXT):
        assert (DOCS / name).is_file()
