"""The same page of observations as JSON and as SDMX-CSV, by the Accept header."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tierscore.ingest.sdmx import COMPONENTS, MEDIA_TYPE

ADDRESS = "/api/v1/observations?region=CN-SC&period=2021&page_size=5"
CSV, JSON = "application/vnd.sdmx.data+csv", "application/json"


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        (None, JSON), ("*/*", JSON), ("", JSON), ("application/*", JSON), ("text/html", JSON), ("nonsense", JSON),
        (MEDIA_TYPE, CSV), (CSV, CSV), ("application/vnd.sdmx.data+csv;version=1.0.0", JSON),
        (f"{MEDIA_TYPE};q=0.5, application/json;q=0.4", CSV), (f"{MEDIA_TYPE};q=0.4, application/json;q=0.5", JSON),
        (f"application/json, {MEDIA_TYPE}", CSV), (f"{MEDIA_TYPE}, */*;q=0.1", CSV), (f"{MEDIA_TYPE};q=0", JSON),
        ("text/html, application/vnd.sdmx.data+csv;q=0.2", CSV),
    ],
)  # fmt: skip
def test_the_form_that_weighs_most(client: FlaskClient, accept: str | None, mimetype: str) -> None:
    answer = client.get(ADDRESS, headers={} if accept is None else {"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, mimetype)
    assert "Accept" in answer.vary


def test_the_rows_and_pages_of_the_json(client: FlaskClient) -> None:
    plain, answer = client.get(ADDRESS), client.get(ADDRESS, headers={"Accept": MEDIA_TYPE})
    assert answer.content_type == f"{MEDIA_TYPE}; charset=utf-8"
    assert answer.headers["Link"] == plain.headers["Link"]
    header, *lines = answer.text.splitlines()
    assert header == ",".join(["STRUCTURE", "STRUCTURE_ID", "ACTION", *COMPONENTS])
    assert [line.split(",")[3:6] for line in lines] == [
        [item["region"], item["indicator"], str(item["period"])] for item in plain.json["items"]
    ]


def test_each_form_has_its_own_tag(client: FlaskClient) -> None:
    plain, answer = client.get(ADDRESS), client.get(ADDRESS, headers={"Accept": MEDIA_TYPE})
    assert plain.headers["ETag"] != answer.headers["ETag"]
    again = client.get(ADDRESS, headers={"Accept": MEDIA_TYPE, "If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, "Accept" in again.vary) == (304, True)
    other = client.get(ADDRESS, headers={"Accept": MEDIA_TYPE, "If-None-Match": plain.headers["ETag"]})
    assert (other.status_code, other.mimetype) == (200, CSV)


def test_replaced_revisions_have_no_place_in_it(client: FlaskClient) -> None:
    answer = client.get(f"{ADDRESS}&history=true", headers={"Accept": MEDIA_TYPE})
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["errors"][0]["parameter"] == "history"


def test_other_answers_do_not_depend_on_it(client: FlaskClient) -> None:
    answer = client.get("/api/v1/indicators", headers={"Accept": MEDIA_TYPE})
    assert (answer.mimetype, "Accept" in answer.vary) == (JSON, False)


def test_the_contract_names_both(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").json["paths"]
    assert set(paths["/api/v1/observations"]["get"]["responses"]["200"]["content"]) == {JSON, MEDIA_TYPE}
