"""Query strings: nothing unknown, nothing twice, nothing taken for something else."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

ASSESSMENTS = "/api/v1/assessments"
OBSERVATIONS = "/api/v1/observations"


def only_mistake(client: FlaskClient, address: str) -> dict[str, object]:
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), answer.text
    (mistake,) = answer.json["errors"]
    return dict(mistake)


@pytest.mark.parametrize(
    "path",
    [
        "/regions", "/regions/CN-SC", "/groups", "/indicators", "/frameworks", "/levers", "/observations",
        "/frameworks/cn-innovation-centre/2021.1", "/assessments", "/assessments/CN-SC", "/events",
    ],
)  # fmt: skip
def test_an_unknown_parameter_is_refused_everywhere(client: FlaskClient, path: str) -> None:
    mistake = only_mistake(client, f"/api/v1{path}?nonsense=1")
    assert (mistake["parameter"], mistake["code"]) == ("nonsense", "unknown_name")


def test_a_misspelt_parameter_comes_with_the_nearest(client: FlaskClient) -> None:
    assert "period" in only_mistake(client, f"{ASSESSMENTS}?perod=2021")["allowed"]


def test_what_is_like_no_parameter_comes_with_all(client: FlaskClient) -> None:
    assert set(only_mistake(client, "/api/v1/groups?zzz=1")["allowed"]) == {"page", "page_size"}


@pytest.mark.parametrize("address", [f"{ASSESSMENTS}?period=2020&period=2021", f"{ASSESSMENTS}?page=1&page=1"])
def test_a_repeated_single_value_is_refused(client: FlaskClient, address: str) -> None:
    mistake = only_mistake(client, address)
    assert mistake["code"] == "repeated"
    assert mistake["parameter"] in address


def test_a_list_may_be_repeated(client: FlaskClient) -> None:
    answer = client.get(f"{ASSESSMENTS}?region=CN-SC&region=CN-CQ")
    assert {item["region"]["code"] for item in answer.json["items"]} == {"CN-SC", "CN-CQ"}


@pytest.mark.parametrize(
    "text", ["2021.0", "2e3", "０", "二〇二一", "+2021", " 2021", "2_021", "", "0x7e5", "true", "NaN", "9" * 5000]
)
def test_a_year_is_plain_digits(client: FlaskClient, text: str) -> None:
    answer = client.get(ASSESSMENTS, query_string={"period": text})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["code"] == "not_a_whole_number"


@pytest.mark.parametrize("page_size", ["0", "-1", "1001", "999999999999999999"])
def test_a_page_has_1_to_1000_items(client: FlaskClient, page_size: str) -> None:
    mistake = only_mistake(client, f"/api/v1/regions?page_size={page_size}")
    assert (mistake["parameter"], mistake["code"], mistake["value"]) == ("page_size", "out_of_range", page_size)


@pytest.mark.parametrize("text", ["1", "yes", "True", ""])
def test_a_flag_is_true_or_false(client: FlaskClient, text: str) -> None:
    assert only_mistake(client, f"{OBSERVATIONS}?history={text}")["allowed"] == ["true", "false"]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("framework", "", "empty"),
        ("framework", "x" * 201, "too_long"),
        ("version", "2021\x00", "unprintable"),
        ("as_of", "", "empty"),
        ("region", "", "empty"),
    ],
)
def test_a_word_is_printable_and_not_endless(client: FlaskClient, name: str, value: str, code: str) -> None:
    answer = client.get(ASSESSMENTS, query_string={name: value})
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, code)
    assert answer.json["errors"][0]["parameter"] == name


@pytest.mark.parametrize(
    ("address", "status", "parameter"),
    [
        (f"{ASSESSMENTS}?framework=nothing", 404, "framework"),
        (f"{ASSESSMENTS}?version=9", 422, "version"),
        (f"{ASSESSMENTS}?region=CN-ZZ", 422, "region"),
        (f"{ASSESSMENTS}?as_of=yesterday", 422, "as_of"),
        (f"{ASSESSMENTS}?as_of=99", 422, "as_of"),
        (f"{ASSESSMENTS}?period=1", 422, "period"),
        (f"{ASSESSMENTS}/CN-SC?target=heaven", 422, "target"),
        (f"{OBSERVATIONS}?region=CN-ZZ", 422, "region"),
        (f"{OBSERVATIONS}?indicator=luck", 422, "indicator"),
        ("/api/v1/levers?framework=nothing", 404, "framework"),
        ("/api/v1/levers?version=9", 422, "version"),
    ],
)
def test_an_unknown_code_is_404_only_where_it_is_what_is_asked_for(
    client: FlaskClient, address: str, status: int, parameter: str
) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["errors"][0]["parameter"] == parameter


@pytest.mark.parametrize(
    "path",
    ["/regions/CN-ZZ", "/frameworks/nothing/1", "/frameworks/cn-innovation-centre/9", "/assessments/CN-ZZ"],
)
def test_an_unknown_code_in_the_path_is_404(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/api/v1{path}")
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/unknown-code")


def test_all_mistakes_are_told_at_once(client: FlaskClient) -> None:
    answer = client.get(f"{OBSERVATIONS}?page=x&period=2021&period=y&history=1&history=1&nonsense=1")
    assert {(mistake["parameter"], mistake["code"]) for mistake in answer.json["errors"]} == {
        ("page", "not_a_whole_number"),
        ("period", "not_a_whole_number"),
        ("history", "not_a_flag"),
        ("history", "repeated"),
        ("nonsense", "unknown_name"),
    }
