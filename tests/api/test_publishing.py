"""Frameworks published over HTTP: for good, for everybody at once, and only what can be kept and computed."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from tests.api.conftest import SETTINGS
from tests.conftest import QueryRecorder, as_text
from tests.framework.documents import put
from tests.keys import grant, with_key
from tierscore.api import create_app
from tierscore.services.service import Service
from tierscore.storage.database import Database

FRAMEWORKS = "/api/v1/frameworks"
YAML = {"Content-Type": "application/yaml"}
DOCUMENT: dict[str, Any] = {
    "schema_version": 1, "id": "实验室", "version": "1", "title": {"zh": "实验室", "en": "Laboratories"},
    "reference": {"period": 2021},
    "scale": {"min": 0, "max": 1},
    "tiers": [{"code": "low", "title": {"zh": "低", "en": "Low"}, "score": 0},
              {"code": "high", "title": {"zh": "高", "en": "High"}, "score": 0.5}],
    "indicators": [
        {"code": "national_key_labs", "title": {"zh": "实验室", "en": "Laboratories"}, "unit": "laboratories",
         "window": {"ahead": 3}, "direction": "higher_is_better",
         "normalise": {"method": "goalposts", "low": 0, "high": 50}},
    ],
    "index": {"code": "index", "children": [{"indicator": "national_key_labs", "weight": 1}]},
    "sort": {"method": "score_bands"},
}  # fmt: skip


@pytest.fixture
def own_app(seeded: Database) -> Flask:
    return create_app(SETTINGS, Service(seeded))


@pytest.fixture
def own(own_app: Flask) -> FlaskClient:
    return with_key(own_app)


def changed(*path: Any, value: Any) -> dict[str, Any]:
    document: dict[str, Any] = put(DOCUMENT, path, value)
    return document


def test_a_version_is_published_and_works_at_once_everywhere(seeded: Database, own: FlaskClient) -> None:
    other = create_app(SETTINGS, Service.open(as_text(seeded.url))).test_client()
    assert other.get(FRAMEWORKS).json["total"] == 5
    stored = own.post(FRAMEWORKS, json=DOCUMENT)
    assert (stored.status_code, stored.json["id"], stored.json["status"]) == (201, "实验室", "illustrative")
    found = other.get(stored.headers["Location"])
    assert (found.status_code, found.json["document"]) == (200, DOCUMENT)
    assert stored.json in other.get(FRAMEWORKS).json["items"]
    ranked = other.get("/api/v1/assessments", query_string={"framework": "实验室"}).json
    assert (ranked["framework"]["digest"], ranked["total"]) == (stored.json["digest"], 31)
    assert ranked["items"][0]["tier"] == "high"
    other.application.extensions["tierscore"].close()


def test_the_same_again_is_200_and_another_content_409(own: FlaskClient) -> None:
    first, again = (own.post(FRAMEWORKS, json=DOCUMENT) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert (again.json, again.headers["Location"]) == (first.json, first.headers["Location"])
    for document in (changed("tiers", 1, "score", value=0.6), changed("version", value="01")):
        refused = own.post(FRAMEWORKS, json=document)
        assert (refused.status_code, refused.json["type"]) == (409, "/problems/already-published")
    assert own.get(f"{FRAMEWORKS}/实验室/1").json["document"] == DOCUMENT
    notes = [item for item in own.get("/api/v1/audit?since=1").json["items"] if item["subject"] == "实验室@1"]
    assert [(note["actor"], note["action"]) for note in notes] == [("tester", "framework_published")]


def test_a_newer_version_answers_and_the_older_one_can_be_asked(own: FlaskClient) -> None:
    old = own.get(f"{FRAMEWORKS}/cn-innovation-centre/2021.1").json
    newer = put(put(old["document"], ("version",), "2021.10"), ("sort", "cut"), 0.2)
    assert own.post(FRAMEWORKS, json=newer).status_code == 201
    assert own.get("/api/v1/assessments/CN-SC").json["framework"]["version"] == "2021.10"
    before = own.get("/api/v1/assessments/CN-SC?version=2021.1").json
    assert (before["tier"], before["framework"]["digest"]) == ("provincial", old["digest"])


def test_many_frameworks_are_read_by_one_query(
    seeded: Database, own: FlaskClient, query_recorder: QueryRecorder
) -> None:
    counts = []
    for number in ("2", "3"):
        own.post(FRAMEWORKS, json=changed("version", value=number))
        with query_recorder(seeded) as statements:
            assert own.get(FRAMEWORKS).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_yaml_says_the_same(own: FlaskClient) -> None:
    text = yaml.safe_dump(DOCUMENT, allow_unicode=True).encode()
    assert own.post(FRAMEWORKS, data=text, headers=YAML).status_code == 201
    assert own.post(FRAMEWORKS, json=DOCUMENT).status_code == 200


BOMB = b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        (BOMB, 422, "aliases are not accepted"),
        (b"a: !!python/object/apply:os.system [id]\n", 422, "tags are not accepted"),
        (b"a: 1\na: 2\n", 422, "duplicate key 'a'"),
        (b"a: [\n", 422, "cannot be read at line 2"),
        (b"\xff\xfe\x00", 422, "it is not UTF-8"),
        (b"[" * 100_000, 422, "it nests too deeply"),
        (b"[" * 40 + b"]" * 40, 400, "deeper than 32 levels"),
        (b"", 422, "A mapping of keys is needed here."),
        (b"a: .nan\n", 422, "There is no key 'a' here."),
        (b"2021: 1\n", 422, "A key is a text"),
    ],
)
def test_hostile_yaml_is_refused(own: FlaskClient, text: bytes, status: int, said: str) -> None:
    answer = own.post(FRAMEWORKS, data=text, headers=YAML)
    told = [answer.json["detail"], *(item["message"] for item in answer.json["errors"])]
    assert answer.status_code == status
    assert any(said in sentence for sentence in told), told


@pytest.mark.parametrize(
    ("path", "value", "pointer", "code"),
    [
        (("sort",), {"method": "magic"}, "/sort/method", "unknown_word"),
        (("index", "children", 0, "indicator"), "luck", "/index/children/0/indicator", "unknown_code"),
        (("levers",), "../levers.yaml", "/levers", "wrong_type"),
        (("reference", "regions"), ["CN-SC", "CN-ZZ"], "/reference/regions/1", "unknown_code"),
        (("reference", "regions"), ["CN"], "/reference/regions/0", "unknown_code"),
        (("reference", "regions"), ["CN-CY"], "/reference/regions/0", "unknown_code"),
        (("id",), "a" * 201, "/id", "too_long"),
        (("version",), "1" + ".1" * 100, "/version", "too_long"),
        (("title", "zh"), "\0", "/title/zh", "unprintable"),
        (("indicators", 0, "unit"), "a\0b", "/indicators/0/unit", "unprintable"),
        (("index",), {"code": "i", "weights": {"method": "entropy"}, "children": [{"indicator": "national_key_labs"}]},
         "/index/weights", "not_frozen"),
    ],
)  # fmt: skip
def test_a_mistake_is_422_with_its_pointer(
    own: FlaskClient, path: tuple[Any, ...], value: Any, pointer: str, code: str
) -> None:
    answer = own.post(FRAMEWORKS, json=changed(*path, value=value))
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-input"), answer.text
    assert (pointer, code) in [(item["pointer"], item["code"]) for item in answer.json["errors"]], answer.text
    assert own.get(FRAMEWORKS).json["total"] == 5


def test_an_endless_number_is_a_mistake(own: FlaskClient) -> None:
    text = json.dumps(DOCUMENT).replace('"score": 0.5', '"score": 1e999')
    for kind in ("application/json", "application/yaml"):
        answer = own.post(FRAMEWORKS, data=text, headers={"Content-Type": kind})
        assert [item["pointer"] for item in answer.json["errors"]] == ["/tiers/1/score"]


def test_all_mistakes_are_told_at_once(own: FlaskClient) -> None:
    answer = own.post(FRAMEWORKS, json={"id": "-", "tiers": []}).json
    assert {"/schema_version", "/id", "/version", "/tiers", "/index"} <= {item["pointer"] for item in answer["errors"]}
    both = put(changed("id", value="a" * 201), ("reference", "regions"), ["CN-ZZ"])
    found = own.post(FRAMEWORKS, json=both).json["errors"]
    assert [item["pointer"] for item in found] == ["/reference/regions/0", "/id"]


def test_a_document_has_a_size(own: FlaskClient) -> None:
    one = DOCUMENT["indicators"][0]
    many = [{**one, "code": f"i{number}", "title": {"zh": "甲", "en": "A"}} for number in range(501)]
    crowded = put(changed("indicators", value=many), ("index", "children", 0, "indicator"), "i0")
    assert [item["code"] for item in own.post(FRAMEWORKS, json=crowded).json["errors"]] == ["too_many"]
    assert own.post(FRAMEWORKS, data=b" " * 300_000, headers=YAML).status_code == 413
    assert own.post(FRAMEWORKS, data=b"{}", headers={"Content-Type": "text/yaml"}).status_code == 415


def test_an_indicator_that_the_catalogue_lacks_is_missing_everywhere(own: FlaskClient) -> None:
    """Published frameworks about other places come with the service, too; their values come with the question."""
    document = put(changed("indicators", 0, "code", value="luck"), ("index", "children", 0, "indicator"), "luck")
    document = put(document, ("status",), "official")
    assert own.post(FRAMEWORKS, json=document).status_code == 201
    listed = own.get("/api/v1/assessments", query_string={"framework": "实验室"})
    assert listed.status_code == 200
    assert {(item["status"], item["tier"]) for item in listed.json["items"]} == {("insufficient_data", None)}
    whole = own.get("/api/v1/assessments/CN-SC", query_string={"framework": "实验室"}).json
    assert whole["indicators"][0]["missing_reason"] == "no_observation"


def test_who_only_reads_publishes_nothing(own_app: Flask) -> None:
    database = own_app.extensions["tierscore"].database
    reader = with_key(own_app, grant(database, "read", name="reader"))
    answer = reader.post(FRAMEWORKS, json=DOCUMENT)
    assert (answer.status_code, answer.json["type"]) == (403, "/problems/scope-missing")
    assert own_app.test_client().post(FRAMEWORKS, json=DOCUMENT).status_code == 401
    writer = with_key(own_app, grant(database, "write", name="writer"))
    assert writer.post(FRAMEWORKS, json=DOCUMENT).status_code == 201
