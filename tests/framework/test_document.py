"""Texts and files become plain values: YAML and JSON say the same, and what is unsafe or unclear is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.framework.documents import GOOD, every_key
from tierscore.errors import Invalid
from tierscore.framework.document import read_file, read_framework, read_json, read_yaml
from tierscore.framework.parse import parse

# Without line separators, which YAML folds, and without what it does not take for characters.
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn", "Cs", "Zl", "Zp"]))
NUMBERS = st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def problem(caught: pytest.ExceptionInfo[Invalid]) -> str:
    violations = caught.value.violations
    assert [(violation.code, violation.pointer) for violation in violations] == [("unreadable", "")]
    return violations[0].message


@given(PLAIN)
def test_yaml_reads_json_as_json_does(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert read_yaml(text, "text") == read_json(text, "text") == value


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"), ("on", "on"), ("yes", "yes"), ("true", True), ("~", None), ("", None), ("null", None),
        ("010", "010"), ("10", 10), ("-7", -7), ("1:30", "1:30"), ("1_000", "1_000"), ("0x10", "0x10"),
        ("1e3", 1000.0), ("1.5e-3", 0.0015), (".5", 0.5), ("5.", 5.0), ("2/3", "2/3"), (".inf", float("inf")),
        ("2021-02-30", "2021-02-30"), ("2021-02-03", "2021-02-03"), ("<<", "<<"), ("=", "="), ("e3", "e3"), (".", "."),
    ],
)  # fmt: skip
def test_plain_words_mean_what_they_mean_in_yaml_1_2(written: str, meant: Any) -> None:
    value = read_yaml(f"key: {written}", "text")["key"]
    assert (value, type(value)) == (meant, type(meant))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2", "text cannot be read at line 2, column 1: duplicate key 'a'."),
        ("a: {b: 1, c: [{d: 1, d: 2}]}", "text cannot be read at line 1, column 22: duplicate key 'd'."),
        ("a: &x 1\nb: *x", "text cannot be read at line 2, column 4: aliases are not accepted."),
        ("a: !!python/object:os.system 1", "text cannot be read at line 1, column 4: tags are not accepted."),
        ("!!set {a, b}", "text cannot be read at line 1, column 1: tags are not accepted."),
        ("{{ a }}: 1", "text cannot be read at line 1, column 1: a key cannot be a mapping or a list."),
        ("a: [1", "text cannot be read at line 1, column 6: expected ',' or ']', but got '<stream end>'."),
        ("a: \x07", "text cannot be read: special characters are not allowed."),
        ("1" * 5000, "text cannot be read: a number is too long."),
        ("[" * 2000, "text cannot be read: it nests too deeply."),
        (r'"\ud83d"', "text cannot be read: half of a surrogate pair."),
    ],
)
def test_yaml_that_is_refused(text: str, message: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_yaml(text, "text")
    assert problem(caught) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "a": 2}', "text cannot be read: duplicate key 'a'."),
        ('{"a": {"b": 1, "c": 2, "b": 3}}', "text cannot be read: duplicate key 'b'."),
        ('{"a": 1,\n}', "text cannot be read at line 2, column 1: "),
        ("", "text cannot be read at line 1, column 1: Expecting value."),
        ("1" * 5000, "text cannot be read: a number is too long."),
        ("[" * 200_000, "text cannot be read: it nests too deeply."),
        (r'"\ud83d"', "text cannot be read: half of a surrogate pair."),
    ],
)
def test_json_that_is_refused(text: str, message: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_json(text, "text")
    assert problem(caught).startswith(message)


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    for name, text in (("a.yaml", "a: 1"), ("a.json", '{"a": 1}')):
        (tmp_path / name).write_text(text, encoding="utf-8-sig")
        assert read_file(tmp_path / name) == {"a": 1}


def test_a_json_file_is_read_as_json(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("a: 1", encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        read_file(path)
    assert problem(caught) == f"{path} cannot be read at line 1, column 1: Expecting value."


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("é".encode("latin-1"))
    for name, reason in (
        ("absent.yaml", "No such file or directory"),
        (".", "Is a directory"),
        ("latin.yaml", "it is not UTF-8"),
    ):
        with pytest.raises(Invalid) as caught:
            read_file(tmp_path / name)
        assert problem(caught) == f"{tmp_path / name} cannot be read: {reason}."


def test_levers_and_references_may_stand_in_files_of_their_own(tmp_path: Path) -> None:
    whole = every_key()
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "levers.json").write_text(json.dumps(whole["levers"]), encoding="utf-8")
    (tmp_path / "references.yaml").write_text(json.dumps(whole["references"]), encoding="utf-8")
    named = {**whole, "levers": "shared/levers.json", "references": "references.yaml"}
    path = tmp_path / "framework.yaml"
    path.write_text(json.dumps(named), encoding="utf-8")
    document = read_framework(path)
    assert document == whole
    assert parse(document) == parse(read_framework(GOOD / "every_key.yaml"))


def test_no_other_part_may(tmp_path: Path) -> None:
    path = tmp_path / "framework.yaml"
    path.write_text(json.dumps({**every_key(), "tiers": "tiers.yaml"}), encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        parse(read_framework(path))
    assert [violation.pointer for violation in caught.value.violations] == ["/tiers"]


def test_a_shared_part_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "framework.yaml"
    path.write_text(json.dumps({**every_key(), "levers": "levers.yaml"}), encoding="utf-8")
    (tmp_path / "levers.yaml").write_text("- {code: a, code: b}", encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        read_framework(path)
    assert problem(caught) == f"{tmp_path / 'levers.yaml'} cannot be read at line 1, column 13: duplicate key 'code'."
