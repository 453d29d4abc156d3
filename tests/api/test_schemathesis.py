"""Generated requests against every operation: the answers keep to the OpenAPI document, whatever is asked."""

from __future__ import annotations

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.conftest import SETTINGS as SERVICE_SETTINGS
from tests.keys import bearing, grant
from tierscore.api import create_app
from tierscore.services.service import Service
from tierscore.storage.database import Database

CHECKED = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
REFUSED = {401, 403, 429}  # the key opens everything, so every call gets to where it is checked
SETTINGS = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture
def app(seeded: Database) -> Flask:
    """The application on a database of its own, since some requests store."""
    application = create_app(SERVICE_SETTINGS, Service(seeded))
    application.testing = True
    return application


def test_answers_keep_to_the_document(app: Flask, subtests: pytest.Subtests) -> None:
    key = bearing(grant(app.extensions["tierscore"].database))
    operations = [found.ok() for found in schemathesis.openapi.from_wsgi("/openapi.json", app).get_all_operations()]
    assert len(operations) == 49
    for operation in operations:
        with subtests.test(operation.label):
            check(operation, key)


def check(operation: schemathesis.APIOperation, key: dict[str, str]) -> None:
    @SETTINGS
    @given(case=operation.as_strategy())
    def keeps_to_the_document(case: schemathesis.Case) -> None:
        assert case.call_and_validate(checks=CHECKED, headers=key).status_code not in REFUSED

    keeps_to_the_document()
