"""Chinese and English: which is chosen, and that every sentence of the code has its Chinese."""

from __future__ import annotations

import io
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from tierscore.api.languages import DIRECTORY
from tierscore.locale.extraction import extract

ROOT = Path(__file__).resolve().parents[2]


def chinese() -> Catalog:
    with (DIRECTORY / "zh" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="zh")


def sentences_of_the_code() -> set[str]:
    with (DIRECTORY / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    return {message for _, _, message, *_ in extract_from_dir(ROOT, methods, options)}


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        (None, "en"),
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh-Hant-TW", "zh"),
        ("en-GB", "en"),
        ("fr", "en"),
        ("fr, zh;q=0.5", "zh"),
        ("en;q=0.1, zh;q=0.9", "zh"),
        ("*", "en"),
        ("nonsense;;q=x", "en"),
    ],
)
def test_a_problem_speaks_the_language_asked_for(trapped: FlaskClient, wanted: str | None, language: str) -> None:
    headers = {} if wanted is None else {"Accept-Language": wanted}
    answer = trapped.get("/api/v1/regions/R9", headers=headers)
    assert answer.headers["Content-Language"] == language
    assert answer.json["detail"] == {"en": "There is no region 'R9'.", "zh": "没有这个地区：'R9'。"}[language]


def test_a_problem_is_translated_as_a_whole(trapped: FlaskClient) -> None:
    body = trapped.get("/api/v1/regions?page_size=0&pages=1", headers={"Accept-Language": "zh"}).json
    texts = [body["title"], body["detail"], *(mistake["message"] for mistake in body["errors"])]
    assert texts == [
        "输入不符合规则。",
        "查询参数无效：共 2 处错误。",
        "需要 1 到 1000 之间的数。",
        "此处没有这个名称。",
    ]
    assert "\\u" not in trapped.get("/nowhere", headers={"Accept-Language": "zh"}).text


def test_what_a_client_sends_is_not_translated(trapped: FlaskClient) -> None:
    answer = trapped.get("/api/v1/regions/region", headers={"Accept-Language": "zh"})
    assert "'region'" in answer.json["detail"]


def test_every_sentence_of_the_code_has_its_chinese() -> None:
    catalogue, wanted = chinese(), sentences_of_the_code()
    assert len(wanted) > 50
    lacking = sorted(text for text in wanted if text not in catalogue or not catalogue[text].string)
    assert lacking == []


def test_no_chinese_is_left_without_its_sentence() -> None:
    wanted = sentences_of_the_code()
    assert sorted(message.id for message in chinese() if message.id and message.id not in wanted) == []


def test_every_translation_has_the_same_fields_and_is_sure() -> None:
    for message in chinese():
        assert not message.fuzzy, message.id
        if message.id:
            assert fields(message.string) == fields(message.id), message.id


def test_the_catalogue_compiles_without_complaint() -> None:
    assert [(message.id, errors) for message, errors in chinese().check()] == []


def test_sentences_are_found_wherever_they_stand() -> None:
    code = '''
"""A docstring is no sentence."""
class Odd(Exception):
    template = "It is odd: {problem}."
note("odd", "At {place} too.", help="Help stays English.")
yield_ = Violation("code", "And " "joined.")
fail(UnknownCode("region", code), problem="no point")
stock = {"A key is none.": "A value is one."}
raise ValueError(f"A filled text {is_none}.")
HEADERS = ("Rank",)
'''
    found = {text for _, _, text, _ in extract(io.BytesIO(code.encode()))}
    assert found == {
        "It is odd: {problem}.", "At {place} too.", "And joined.", "region", "no point", "A value is one.", "Rank",
    }  # fmt: skip
