"""Lists in pages."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

REGIONS = "/api/v1/regions"


def links(header: str) -> dict[str, str]:
    return {name: address for address, name in re.findall(r'<([^>]+)>; rel="(\w+)"', header)}


def codes(client: FlaskClient, address: str) -> list[str]:
    return [item["code"] for item in client.get(address).json["items"]]


def test_a_list_has_a_hundred_items_on_its_first_page(trapped: FlaskClient) -> None:
    body = trapped.get(REGIONS).json
    assert {name: body[name] for name in ("page", "page_size", "total")} == {"page": 1, "page_size": 100, "total": 5}


def test_next_leads_through_the_whole_list_and_stops(trapped: FlaskClient) -> None:
    address, found = f"{REGIONS}?page_size=2", []
    for _ in range(3):
        answer = trapped.get(address)
        found += [item["code"] for item in answer.json["items"]]
        address = links(answer.headers["Link"]).get("next", "")
    assert found == ["R1", "R2", "R3", "R4", "R5"]
    assert address == ""


def test_links_in_the_middle(trapped: FlaskClient) -> None:
    found = links(trapped.get(f"{REGIONS}?page=2&page_size=2").headers["Link"])
    assert found == {name: f"{REGIONS}?page_size=2&page={page}" for name, page in
                     {"first": 1, "prev": 1, "next": 3, "last": 3}.items()}  # fmt: skip


def test_there_is_no_previous_page_at_the_start(trapped: FlaskClient) -> None:
    assert set(links(trapped.get(f"{REGIONS}?page_size=2").headers["Link"])) == {"first", "next", "last"}


def test_a_page_beyond_the_end_is_empty_and_leads_back(trapped: FlaskClient) -> None:
    answer = trapped.get(f"{REGIONS}?page=9&page_size=2")
    assert (answer.status_code, answer.json["items"], answer.json["total"]) == (200, [], 5)
    assert links(answer.headers["Link"])["prev"] == f"{REGIONS}?page_size=2&page=3"
    assert "next" not in links(answer.headers["Link"])


@pytest.mark.parametrize("page_size", [1, 1000])
def test_the_limits_of_a_page_are_allowed(trapped: FlaskClient, page_size: int) -> None:
    assert trapped.get(f"{REGIONS}?page_size={page_size}").status_code == 200


def test_links_keep_the_other_parameters(client: FlaskClient) -> None:
    answer = client.get("/api/v1/observations?region=CN-SC&region=CN-CQ&indicator=gdp&page_size=1")
    address = links(answer.headers["Link"])["next"]
    following = client.get(address).json
    assert (following["page"], following["total"]) == (2, answer.json["total"])
    assert following["items"] != answer.json["items"]


def test_an_empty_list_is_200(client: FlaskClient) -> None:
    answer = client.get("/api/v1/observations?period=1900")
    assert (answer.status_code, answer.json["items"], answer.json["total"]) == (200, [], 0)
    assert set(links(answer.headers["Link"])) == {"first", "last"}
