"""The contract: what each call answers, and that the OpenAPI document says the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import iscoroutinefunction, unwrap
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.exceptions import NotFound

from tests.api.conftest import SETTINGS
from tests.api.contract_table import CASES, Case
from tests.api.fitting import misfits
from tests.api.stand_in import StandIn
from tierscore.api import create_app
from tierscore.services.query import AssessmentQuery, ObservationQuery
from tierscore.services.service import Service


def values(body: Any, path: str) -> Iterator[Any]:
    """Everything that a dotted path leads to; KeyError where it leads nowhere."""
    name, _, rest = path.partition(".")
    inner = body[name.removesuffix("[]")]
    inners = inner if name.endswith("[]") else [inner]
    assert len(inners) > 0, path
    for value in inners:
        yield from values(value, rest) if rest else [value]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.status} {case.path}")
def test_every_call_answers_as_agreed(client: FlaskClient, case: Case) -> None:
    with client.get(case.path) as answer:
        assert answer.status_code == case.status
        expected = "application/json" if case.status == 200 else "application/problem+json"
        assert (answer.mimetype == expected) or not case.fields
        for path in case.fields:
            assert list(values(answer.json, path)) is not None


# What is not read with GET has tests of its own: test_sending.py, test_imports.py, test_what_if.py, test_groups.py,
# test_scenarios.py, test_evaluation.py, test_publishing.py.
FORMS = {"web.sign_in": "POST", "web.sign_out": "POST"}  # of pages; they store nothing
OTHERWISE = {
    "sending.send_observations": "POST",
    "sending.import_observations": "POST",
    "imports.cancel_import": "DELETE",
    "what-if.ask_what_if": "POST",
    "paths.ask_path": "POST",
    "uncertainty.ask_uncertainty": "POST",
    "uncertainty.cancel_uncertainty": "DELETE",
    "evaluation.evaluate_units": "POST",
    "frameworks.publish_framework": "POST",
    "regions.add_group": "POST",
    "regions.delete_group": "DELETE",
    "scenarios.create_scenario": "POST",
    "scenarios.replace_scenario": "PUT",
    "scenarios.delete_scenario": "DELETE",
    "scenarios.rebase_scenario": "POST",
}


def test_every_route_is_in_the_table(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    asked = {endpoint_of(adapter, case.path) for case in CASES}
    calls = {rule.endpoint for rule in app.url_map.iter_rules() if not rule.endpoint.startswith("web.")}
    assert calls - asked == set(OTHERWISE)


def operations_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    methods = ("get", "post", "put", "delete")
    return [item[method] for item in document["paths"].values() for method in methods if method in item]


def endpoint_of(adapter: Any, path: str) -> str | None:
    try:
        endpoint, _ = adapter.match(path.partition("?")[0])
    except NotFound:
        return None
    return str(endpoint)


def test_reading_routes_offer_nothing_but_reading(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        others = OTHERWISE | FORMS
        expected = {others[rule.endpoint]} if rule.endpoint in others else {"GET", "HEAD"}
        assert (rule.methods or set()) - {"OPTIONS"} == expected, rule


def test_the_document_is_valid_openapi_3_1(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_the_document_describes_every_route_but_its_own(app: Flask, client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    routes = {re.sub(r"<[^:>]+:(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()
              if not rule.endpoint.startswith(("docs.", "contract.", "web."))}  # fmt: skip
    assert set(document["paths"]) == routes


def test_every_method_of_every_route_is_in_the_document_and_no_other(app: Flask, client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    offered = {
        (re.sub(r"<[^:>]+:(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.endpoint.startswith(("docs.", "contract.", "web."))
    }
    methods = {"get", "put", "post", "delete", "patch", "options", "head", "trace"}
    assert offered == {(path, name) for path, item in document["paths"].items() for name in methods & set(item)}


def test_every_operation_declares_errors_as_problem_json(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    for name, response in document["components"]["responses"].items():
        if name != "NOT_MODIFIED":
            assert list(response["content"]) == ["application/problem+json"], name
    for operation in operations_of(document):
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/DEFAULT_ERROR"}


def test_every_operation_has_words_for_people_and_a_name_for_programs(client: FlaskClient) -> None:
    operations = operations_of(client.get("/openapi.json").json)
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    for operation in operations:
        assert operation["summary"]
        for parameter in operation.get("parameters", []):
            assert "$ref" in parameter or parameter.get("description"), parameter


def test_every_conditional_get_is_declared(client: FlaskClient) -> None:
    for path, item in client.get("/openapi.json").json["paths"].items():
        if path.startswith("/api/v1") and "get" in item:
            assert "304" in item["get"]["responses"], path
            assert "ETag" in item["get"]["responses"]["200"]["headers"], path


def test_every_answer_fits_its_schema(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    regions = [item["region"]["code"] for item in client.get("/api/v1/assessments").json["items"]]
    assert len(regions) == 31
    for case in CASES:
        if case.status == 200 and case.fields and case.path.startswith("/api/v1") and "/assessments/" not in case.path:
            assert misfits(document, template_of(case.path), client.get(case.path).json) == [], case.path
    for code in (*regions, "CN-CY"):
        for period in (2019, 2021):
            address = f"/api/v1/assessments/{code}?period={period}"
            assert misfits(document, "/api/v1/assessments/{code}", client.get(address).json) == [], address
    for integration in (0, 0.25, 1):
        address = f"/api/v1/assessments/CN-CY?integration={integration}&target=international"
        assert misfits(document, "/api/v1/assessments/{code}", client.get(address).json) == [], address


def template_of(path: str) -> str:
    """The path in the document that an address of the table belongs to."""
    path = path.partition("?")[0]
    compared = re.sub(r"/revisions/\d+/compare/\d+", "/revisions/{before}/compare/{after}", path)
    numbered = re.sub(r"/revisions/\d+$", "/revisions/{number}", compared)
    return re.sub(r"CN-\w+", "{code}", numbered).replace("cn-innovation-centre/2021.1", "{id}/{version}")


def test_limits_of_parameters_are_declared(client: FlaskClient) -> None:
    parameters = client.get("/openapi.json").json["paths"]["/api/v1/regions"]["get"]["parameters"]
    (page_size,) = [parameter for parameter in parameters if parameter.get("name") == "page_size"]
    assert page_size["schema"] == {"type": "integer", "default": 100, "minimum": 1, "maximum": 1000}


def test_schemas_send_all_that_services_say(app: Flask, client: FlaskClient) -> None:
    """A name that a schema does not declare would be dropped without a word."""
    reading = service_of(app).reading()
    pairs = [
        ("/regions", reading.regions()),
        ("/groups", reading.groups()),
        ("/indicators", reading.indicators()),
        ("/frameworks", reading.frameworks()),
        ("/levers", reading.levers()),
        ("/observations", reading.observations(ObservationQuery())["items"]),
        ("/assessments", reading.assessments(AssessmentQuery())["items"]),
    ]
    for path, said in pairs:
        assert client.get(f"/api/v1{path}").json["items"] == said, path


@pytest.mark.parametrize("region", ["CN-BJ", "CN-SC", "CN-HB", "CN-XZ", "CN-CY"])
@pytest.mark.parametrize("period", [2019, 2021])
def test_a_full_assessment_is_sent_as_it_was_computed(
    app: Flask, client: FlaskClient, region: str, period: int
) -> None:
    said = service_of(app).reading().assessment(region, AssessmentQuery(period=period))
    assert client.get(f"/api/v1/assessments/{region}?period={period}").json == said


def test_a_trace_is_sent_as_it_was_computed(app: Flask, client: FlaskClient) -> None:
    said = service_of(app).reading().trace("CN-SC", AssessmentQuery())
    assert client.get("/api/v1/assessments/CN-SC/trace").json == said


def test_a_framework_is_sent_as_it_was_published(app: Flask, client: FlaskClient) -> None:
    said = service_of(app).reading().framework_document("cn-innovation-centre", "2021.1")
    assert client.get("/api/v1/frameworks/cn-innovation-centre/2021.1").json == said


def service_of(app: Flask) -> Service:
    service: Service = app.extensions["tierscore"]
    return service


def test_json_is_compact_utf8_in_a_fixed_order(client: FlaskClient) -> None:
    answer = client.get("/api/v1/regions/CN-SC")
    assert answer.data.startswith(b'{"code":"CN-SC","adcode":"510000","name":{"zh":"' + "四川省".encode())


def test_health_needs_no_database(trapped: FlaskClient, stand_in: StandIn) -> None:
    stand_in.ready = {"database": False, "migrations": False}
    assert trapped.get("/healthz").json == {"status": "ok"}
    assert stand_in.readings == 0


@pytest.mark.parametrize(
    ("ready", "lacking"),
    [
        ({"database": False, "migrations": False}, "database, migrations"),
        ({"database": True, "migrations": False}, "migrations"),
    ],
)
def test_readiness_names_what_is_not_ready(
    trapped: FlaskClient, stand_in: StandIn, ready: dict[str, bool], lacking: str
) -> None:
    stand_in.ready = ready
    answer = trapped.get("/readyz")
    assert (answer.status_code, answer.json["type"]) == (503, "/problems/not-ready")
    assert lacking in answer.json["detail"]


@pytest.mark.parametrize("name", ["no/such/folder.db", "never_migrated.db"])
def test_a_database_that_cannot_serve_is_503_and_no_incident(tmp_path: Path, name: str) -> None:
    client = create_app(SETTINGS, Service.open(f"sqlite:///{tmp_path / name}")).test_client()
    assert client.get("/healthz").status_code == 200
    for path in ("/readyz", "/api/v1/regions", "/api/v1/assessments"):
        answer = client.get(path)
        assert (answer.status_code, answer.json["type"]) == (503, "/problems/not-ready"), path


def test_an_application_connects_to_nothing_before_its_first_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@192.0.2.1:1/nothing")
    monkeypatch.setenv("TIERSCORE_SECRET_KEY", "0" * 32)
    assert create_app().test_client().get("/healthz").status_code == 200


def test_no_view_and_no_hook_is_a_coroutine(app: Flask) -> None:
    """`Application.ensure_sync` hands on functions as they are."""
    kinds = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
    hooks = [hook for kind in kinds for hooked in kind.values() for hook in hooked]
    found = [*app.view_functions.values(), *hooks]
    assert len(found) > 50
    assert not [function for function in found if iscoroutinefunction(unwrap(function))]
