"""Uncertainty over HTTP: statuses, pointers, jobs, and the contract's shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import SETTINGS
from tests.api.fitting import misfits
from tests.holding import held_back
from tests.waiting import until
from tierscore.api import create_app
from tierscore.services import uncertainty
from tierscore.services.service import Service
from tierscore.storage.database import Database

ADDRESS = "/api/v1/uncertainty"
JOB = f"{ADDRESS}/{{job}}"
FEW: dict[str, Any] = {"samples": 100}

QUESTIONS: tuple[dict[str, Any], ...] = (
    {},
    FEW | {"draws": 3, "seed": 9},
    FEW | {"regions": ["CN-SC", "CN-HB"], "period": 2019, "as_of": "2022-06-30"},
    {"design": "saltelli", "samples": 64, "regions": ["CN-SC"], "draws": 1},
    FEW | {"factors": ["weights", {"name": "cut", "low": 0.5, "high": 0.8}, {"name": "missing", "from": "scale"}]},
    FEW | {"factors": [{"name": "normalisation", "options": ["declared", "minmax"]}], "draws": 2},
    FEW | {"factors": [{"name": "weights", "distribution": "dirichlet", "concentration": 20}], "draws": 1},
    FEW | {"framework": "cn-entropy-topsis", "version": "2021.1"},
)


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_every_answer_fits_the_contract(client: FlaskClient, question: dict[str, Any]) -> None:
    answer = client.post(ADDRESS, json=question)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert misfits(client.get("/openapi.json").json, ADDRESS, answer.json, "post") == []


def test_what_is_not_said_is_as_the_contract_says(client: FlaskClient) -> None:
    answer = client.post(ADDRESS, json={}).json
    assert (answer["samples"], answer["seed"], answer["design"], answer["drawn"]) == (2000, 0, "monte_carlo", [])


def test_the_same_question_has_the_same_bytes(client: FlaskClient) -> None:
    question = FEW | {"seed": 11, "draws": 1}
    assert client.post(ADDRESS, json=question).data == client.post(ADDRESS, json=question).data
    assert client.post(ADDRESS, json=question).data != client.post(ADDRESS, json=question | {"seed": 12}).data


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"regions": ["CN-SC", "CN-ZZ"]}, "/regions/1", "unknown_code"),
        ({"regions": ["CN"]}, "/regions/0", "unknown_code"),
        ({"regions": "CN-SC"}, "/regions", "wrong_type"),
        ({"regions": [5]}, "/regions/0", "wrong_type"),
        ({"framework": "none"}, "/framework", "unknown_code"),
        ({"version": "none"}, "/version", "unknown_code"),
        ({"period": 1}, "/period", "out_of_range"),
        ({"as_of": "soon"}, "/as_of", "bad_as_of"),
        ({"design": "latin"}, "/design", "unknown_word"),
        ({"samples": 0}, "/samples", "out_of_range"),
        ({"samples": 100_001}, "/samples", "out_of_range"),
        ({"samples": 2.5}, "/samples", "not_a_whole_number"),
        ({"samples": "100"}, "/samples", "not_a_whole_number"),
        ({"samples": None}, "/samples", "null"),
        ({"samples": 100, "design": "saltelli"}, "/samples", "not_a_power_of_two"),
        ({"seed": -1}, "/seed", "out_of_range"),
        ({"seed": 2**63}, "/seed", "out_of_range"),
        ({"draws": 1001}, "/draws", "out_of_range"),
        ({"factors": "weights"}, "/factors", "wrong_type"),
        ({"factors": [5]}, "/factors/0", "wrong_type"),
        ({"factors": [None]}, "/factors/0", "null"),
        ({"factors": ["nothing"]}, "/factors/0", "unknown_code"),
        ({"factors": ["cut", "cut"]}, "/factors/1", "duplicate"),
        ({"factors": [{"relative": 0.1}]}, "/factors/0/name", "unknown_code"),
        ({"factors": [{"name": "weights", "relative": 2}]}, "/factors/0/relative", "wrong_number"),
        ({"factors": [{"name": "weights", "width": 2}]}, "/factors/0/width", "unknown_key"),
        ({"factors": [{"name": "cut", "low": 0.8, "high": 0.7}]}, "/factors/0/low", "wrong_order"),
        ({"factors": ["weights", "imputation"]}, "/factors/1", "not_applicable"),
        ({"factors": ["weights"] * 10}, "/factors", "too_many"),
        ({"surprise": 1}, "/surprise", "unknown_name"),
    ],
)
def test_what_cannot_be_asked_is_named_with_its_place(
    client: FlaskClient, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = client.post(ADDRESS, json=FEW | change)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in answer.json["errors"]]


def test_everything_wrong_is_named_at_once(client: FlaskClient) -> None:
    answer = client.post(ADDRESS, json={"samples": 0, "seed": -1, "draws": -1, "regions": ["CN-ZZ"]})
    assert [error["pointer"] for error in answer.json["errors"]] == ["/samples", "/seed", "/draws", "/regions/0"]


def test_refusals_are_told_in_both_languages(client: FlaskClient) -> None:
    question = {"factors": ["missing"], "framework": "cn-entropy-topsis"}
    english = client.post(ADDRESS, json=question)
    chinese = client.post(ADDRESS, json=question, headers={"Accept-Language": "zh"})
    assert (english.status_code, chinese.status_code) == (422, 422)
    assert english.json["errors"][0]["message"] == "Step missing: nothing is missing."
    assert chinese.json["errors"][0]["message"] == "步骤 missing：没有缺失值。"


def test_what_cannot_be_computed_names_the_cell(client: FlaskClient) -> None:
    factor = {"name": "aggregation", "options": ["declared", "geometric"]}
    answer = client.post(ADDRESS, json=FEW | {"factors": [factor]})
    assert answer.status_code == 422
    assert "of which a geometric mean is not defined" in answer.json["errors"][0]["message"]


# --- jobs ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def own(seeded: Database) -> Iterator[Service]:
    """A service on a database of the test's own: jobs are stored."""
    service = Service(seeded)
    yield service
    service.jobs.stop()


@pytest.fixture
def asking(own: Service, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A client for whom every analysis is a large one."""
    monkeypatch.setattr(uncertainty, "LARGE", 0)
    application = create_app(SETTINGS, own)
    application.testing = True
    return application.test_client()


def test_a_large_analysis_is_asked_for_again_at_its_location(asking: FlaskClient) -> None:
    """202 with the place of the job, and in the end the same result as the answer given at once."""
    document = asking.get("/openapi.json").json
    answer = asking.post(ADDRESS, json=FEW | {"draws": 1})
    assert (answer.status_code, answer.mimetype) == (202, "application/json")
    assert misfits(document, ADDRESS, answer.json, "post", 202) == []
    assert answer.headers["Location"].endswith(f"{ADDRESS}/{answer.json['id']}")
    assert answer.headers["Retry-After"] == "1"
    assert (answer.json["state"], answer.json["samples_total"], answer.json["result"]) == ("queued", 100, None)
    done = until(lambda: found if (found := asking.get(answer.headers["Location"])).json["result"] else None)
    assert misfits(document, JOB, done.json, "get") == []
    assert (done.json["state"], done.json["samples_done"], done.json["problem"]) == ("done", 100, None)
    assert "Retry-After" not in done.headers


def test_the_result_of_a_job_is_the_answer(own: Service, asking: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    question = {"design": "saltelli", "samples": 32, "regions": ["CN-SC"], "factors": ["weights", "cut"]}
    location = asking.post(ADDRESS, json=question).headers["Location"]
    found = until(lambda: asking.get(location).json["result"])
    monkeypatch.setattr(uncertainty, "LARGE", 10**9)
    assert own.jobs.status(location.rsplit("/", 1)[1]).total == 128  # 32 base points, 2 + 2 rows each
    assert found == asking.post(ADDRESS, json=question).json


def test_a_waiting_job_says_so_and_can_be_cancelled(own: Service, asking: FlaskClient) -> None:
    gate = held_back(own)
    location = asking.post(ADDRESS, json=FEW).headers["Location"]
    waiting = asking.get(location)
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (200, "1")
    assert waiting.json["state"] in {"queued", "running"}
    document = asking.get("/openapi.json").json
    cancelled = asking.delete(location)
    assert (cancelled.status_code, cancelled.json["state"], cancelled.json["result"]) == (200, "cancelled", None)
    assert misfits(document, JOB, cancelled.json, "delete") == []
    assert "Retry-After" not in cancelled.headers
    gate.set()
    assert asking.get(location).json["state"] == "cancelled"
    assert asking.delete(location).json["state"] == "cancelled"


def test_a_finished_job_is_not_cancelled(asking: FlaskClient) -> None:
    location = asking.post(ADDRESS, json=FEW).headers["Location"]
    done = until(lambda: found if (found := asking.get(location).json)["state"] == "done" else None)
    assert asking.delete(location).json == done


def test_a_failed_job_says_why(asking: FlaskClient) -> None:
    factor = {"name": "aggregation", "options": ["declared", "geometric"]}
    location = asking.post(ADDRESS, json=FEW | {"factors": [factor]}).headers["Location"]
    failed = until(lambda: found if (found := asking.get(location).json)["state"] == "failed" else None)
    assert "of which a geometric mean is not defined" in failed["problem"]
    assert failed["result"] is None


@pytest.mark.parametrize("method", ["get", "delete"])
def test_an_unknown_job_is_not_found(client: FlaskClient, method: str) -> None:
    answer = getattr(client, method)(f"{ADDRESS}/0f1e2d3c")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_what_cannot_be_asked_is_no_job(asking: FlaskClient) -> None:
    for change in ({"samples": 0}, {"factors": ["imputation"]}, {"regions": ["CN-ZZ"]}):
        assert asking.post(ADDRESS, json=FEW | change).status_code == 422


# --- confidence of assessments ------------------------------------------------------------------------------------


def test_assessments_carry_how_sure_they_are_once_that_is_known(own: Service) -> None:
    """Null before; then the same in the list and in the answer, fitting the contract, under another ETag."""
    application = create_app(SETTINGS, own)
    client = application.test_client()
    one, every = "/api/v1/assessments/CN-SC", "/api/v1/assessments"
    before = client.get(one)
    assert before.json["confidence"] is None
    own.settle_confidence()
    after, listed = client.get(one, headers={"If-None-Match": before.headers["ETag"]}), client.get(every).json
    assert after.status_code == 200
    (item,) = [item for item in listed["items"] if item["region"]["code"] == "CN-SC"]
    assert item["confidence"] == after.json["confidence"]
    assert after.json["confidence"]["samples"] == 2000
    document = client.get("/openapi.json").json
    assert misfits(document, "/api/v1/assessments/{code}", after.json) == []
    assert misfits(document, every, listed) == []
