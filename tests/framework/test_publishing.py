"""Frameworks of a folder are published only when each is valid and lies where its id and version say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.framework.documents import GOOD, every_key
from tierscore.errors import Invalid
from tierscore.framework.parse import parse
from tierscore.services.publishing import check_file, publications


def lay(folder: Path, identifier: str, version: str) -> Path:
    """The document with every key in a folder of that id and version."""
    path = folder / identifier / version / "framework.yaml"
    path.parent.mkdir(parents=True)
    shutil.copy(GOOD / "every_key.yaml", path)
    return path


def test_check_file_gives_the_document_and_the_framework() -> None:
    document, framework = check_file(GOOD / "every_key.yaml")
    assert document == every_key()
    assert framework == parse(every_key())


def test_a_publication_can_be_read_back(tmp_path: Path) -> None:
    lay(tmp_path, "every-key", "2021.10")
    [(identifier, version, digest, status, text, _)] = publications(tmp_path)
    assert (identifier, version, status) == ("every-key", "2021.10", "official")
    assert json.loads(text) == every_key()
    assert parse(json.loads(text)).digest == digest


@pytest.mark.parametrize(
    ("folder", "version", "listed"),
    [
        ("every_key", "2021.10", ["/id: The folder {folder} is not the one of 'every-key'. (allowed: every_key)"]),
        ("every-key", "2021.1", ["/version: The folder {folder} is not the one of '2021.10'. (allowed: 2021.1)"]),
        ("other", "1", ["/id: The folder {folder} is not the one of 'every-key'. (allowed: other)",
                        "/version: The folder {folder} is not the one of '2021.10'. (allowed: 1)"]),
    ],
)  # fmt: skip
def test_a_misplaced_document_is_refused(tmp_path: Path, folder: str, version: str, listed: list[str]) -> None:
    path = lay(tmp_path, folder, version)
    with pytest.raises(Invalid) as caught:
        publications(tmp_path)
    assert [str(violation) for violation in caught.value.violations] == [
        line.format(folder=path.parent) for line in listed
    ]
    assert {violation.code for violation in caught.value.violations} == {"misplaced"}


def test_an_invalid_document_is_named(tmp_path: Path) -> None:
    path = lay(tmp_path, "every-key", "2021.10")
    path.write_text("id: every-key", encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        publications(tmp_path)
    assert caught.value.message == f"{path} is not valid: 8 mistake(s)."
    needed = ("schema_version", "version", "title", "scale", "tiers", "indicators", "index", "sort")
    assert {violation.pointer for violation in caught.value.violations} == {f"/{key}" for key in needed}


def test_a_folder_without_frameworks_has_no_publications(tmp_path: Path) -> None:
    assert publications(tmp_path) == []
