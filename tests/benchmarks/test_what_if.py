"""A what-if of ten edits, over HTTP, beside a bare JSON endpoint of the same application. Run by `make bench`."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient
from pytest_benchmark.fixture import BenchmarkFixture

from tests.api.conftest import SETTINGS
from tierscore.api import create_app
from tierscore.services.service import Service
from tierscore.storage.database import Database

CELLS = ("national_key_labs", "unicorns", "star_market_companies", "invention_patents_in_force", "rd_expenditure")
EDITS = [
    {"op": "add", "region": region, "indicator": indicator, "value": 2}
    for region in ("CN-SC", "CN-BJ")
    for indicator in CELLS
]


@pytest.fixture
def client(seeded: Database) -> FlaskClient:
    return create_app(SETTINGS, Service(seeded)).test_client()


NEVER_ASKED = count(1)  # the same body again would get the answer that was kept


def ask(client: FlaskClient, **more: Any) -> None:
    edits = [*EDITS[:-1], EDITS[-1] | {"value": next(NEVER_ASKED) / 1000}]
    assert client.post("/api/v1/what-if", json={"edits": edits, "regions": ["CN-SC"], **more}).status_code == 200


@pytest.mark.benchmark(group="what-if of ten edits by HTTP, target: under 5 ms above a bare endpoint")
def test_ten_edits(benchmark: BenchmarkFixture, client: FlaskClient) -> None:
    """Ten edits of two regions, all 31 scored again, one told with its way ahead and all others that move."""
    benchmark(lambda: ask(client))


@pytest.mark.benchmark(group="what-if of ten edits by HTTP, target: under 5 ms above a bare endpoint")
def test_ten_edits_and_a_group(benchmark: BenchmarkFixture, client: FlaskClient) -> None:
    """The same and a group at a degree of integration."""
    benchmark(lambda: ask(client, groups=[{"code": "CN-CY", "integration": 0.5}]))


@pytest.mark.benchmark(group="what-if of ten edits by HTTP, target: under 5 ms above a bare endpoint")
def test_floor_bare_endpoint(benchmark: BenchmarkFixture, client: FlaskClient) -> None:
    """`/healthz`: routing and a JSON body of one key."""
    benchmark(lambda: client.get("/healthz"))
