"""Counties added to the catalogue, reference sets by rule, and what parts add up to; on made-up data."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import QueryRecorder, as_text
from tests.factories import REGIONS, small_catalogue
from tests.frameworks import indicator, small_document
from tests.synthetic import Synthetic
from tierscore.errors import AlreadyPublished, Invalid, UnknownCode
from tierscore.framework.catalogue import Observation, Title
from tierscore.framework.parse import parse
from tierscore.services.evaluating import Unit, evaluate
from tierscore.services.query import AssessmentQuery, FrameworkEdit, WhatIf
from tierscore.services.service import Service
from tierscore.storage import batch, catalogue, trail
from tierscore.storage.catalogue import replace_catalogue
from tierscore.storage.database import Database

SHAPE = Synthetic()
COUNTIES = {"kind": "county"}
HEADER = "region,kind,parent,name_zh,name_en"
PERIOD = 2021


def document(regions: Any, version: str = "1", **more: Any) -> dict[str, Any]:
    """An amount, a share of the nation, and a ratio."""
    indicators = [
        indicator("x0", [0, 100, 200, 1e6], pooling={"kind": "sum"}),
        indicator("x1", [0, 1, 2, 100], measure={"kind": "national_share"}, pooling={"kind": "sum"}),
        indicator("x2", [0, 100, 200, 1e6], pooling={"kind": "ratio", "weight": "x0"}),
        indicator("x3", [0, 100, 200, 1e6], pooling={"kind": "best"}),
    ]
    children = [{"indicator": item["code"], "weight": 1} for item in indicators]
    return small_document(
        id="counties", version=version, reference={"period": PERIOD, "regions": regions}, indicators=indicators,
        index={"code": "index", "children": children}, sort={"method": "score_bands"}, **more,
    )  # fmt: skip


@pytest.fixture
def service(database: Database) -> Iterator[Service]:
    """The made-up nation with its counties' values."""
    with database.write() as session:
        replace_catalogue(session, SHAPE.catalogue())
        batch.append(session, SHAPE.observations(), datetime(2022, 1, 1, tzinfo=UTC), "synthetic", "")
    yield Service(database)


def query(version: str = "1", **more: Any) -> AssessmentQuery:
    return AssessmentQuery(framework="counties", version=version, **more)


def store(service: Service, *rows: tuple[str, str, float]) -> None:
    with service.database.write() as session:
        observations = [Observation(*row[:2], PERIOD, row[2], "units", "A", "SYNTHETIC") for row in rows]
        batch.append(session, observations, datetime(2022, 6, 1, tzinfo=UTC), "synthetic", "")


def add(service: Service, *lines: str) -> tuple[int, int, int]:
    done = service.add_regions("\n".join([HEADER, *lines]).encode(), "counties.csv", by="office")
    return done.added, done.changed, done.unchanged


def assessed(service: Service, version: str = "1") -> list[str]:
    return sorted(item["region"]["code"] for item in service.reading().assessments(query(version))["items"])


def codes(**wanted: str) -> set[str]:
    return {region.code for region in SHAPE.regions() if all(getattr(region, key) == wanted[key] for key in wanted)}


# Regions.


def test_regions_are_added_told_in_the_trail_and_seen_at_once(service: Service) -> None:
    before = service.reading().state.catalogue
    lines = "X-09-01-01,county,X-09-01,县,County", "X-09,province,X,省,Province", "X-09-01,city,X-09,市,City"
    assert add(service, *lines) == (3, 0, 0)
    assert add(service, *lines) == (0, 0, 3)
    reading = service.reading()
    assert reading.state.catalogue == before + 1
    assert [item["code"] for item in reading.regions(within="X-09")] == ["X-09-01-01", "X-09-01"]
    with service.database.read() as session:
        changes, _ = trail.page(session, 0, 1, 10)
    assert [(item["actor"], item["action"], item["details"]) for item in changes] == [
        ("office", "regions_imported", {"added": 3, "changed": 0})
    ]


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        (["X-09,county,X-01-01-01,县,A", ",county,X,县,"], ["2 parent wrong_order", "3 region required",
                                                           "3 name_en required"]),
        (["X/09,county,X,县,A"], ["2 region wrong_code"]),
        (["X-09,county,X"], ["2 None wrong_width"]),
        (["X-09,county,Y,县,A"], ["2 parent unknown_code"]),
    ],
)  # fmt: skip
def test_all_mistakes_and_nothing_stored(service: Service, lines: list[str], wrong: list[str]) -> None:
    before = service.reading().state
    with pytest.raises(Invalid) as caught:
        add(service, "X-08,province,X,省,A", *lines)
    found = [f"{item.row - 1} {item.field} {item.code}" for item in caught.value.violations]
    assert sorted(found) == sorted(wrong)
    assert service.reading().state == before


def test_a_group_keeps_its_code_and_a_region_what_is_not_said(database: Database) -> None:
    with database.write() as session:
        replace_catalogue(session, small_catalogue())
    service = Service(database)
    with pytest.raises(Invalid) as caught:
        add(service, "CN-CY,city,CN-SC,市,A")
    assert [item.code for item in caught.value.violations] == ["taken"]
    assert add(service, "CN-SC,province,CN,四川,Sichuan") == (0, 1, 0)
    with database.read() as session:
        (changed,) = [item for item in catalogue.regions(session) if item.code == "CN-SC"]
    assert changed == replace(REGIONS[1], name=Title("四川", "Sichuan"), parent="CN")


def test_lists_by_kind_parent_and_all_below(service: Service, query_recorder: QueryRecorder) -> None:
    reading = service.reading()

    def listed(**wanted: str) -> set[str]:
        return {item["code"] for item in reading.regions(**wanted)}

    assert listed(kind="county") == codes(kind="county")
    with query_recorder(service.database) as statements:
        assert listed(parent="X-01") == codes(parent="X-01")
        assert listed(within="X-01") == {code for code in codes() if code.startswith("X-01-")}
        assert listed(within="X", kind="city", parent="X-02") == codes(parent="X-02")
        assert listed(within="X-01-01-01") == set()
    assert statements == []
    for wanted in ({"kind": "village"}, {"parent": "Y"}, {"within": "Y"}):
        with pytest.raises(UnknownCode) as caught:
            reading.regions(**wanted)
        assert caught.value.parameter in wanted


# Reference sets.


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (COUNTIES, codes(kind="county")),
        ({"kind": ["county", "city"], "within": "X-02"}, {code for code in codes() if code.startswith("X-02-")}),
        ({"parent": "X-01-02"}, codes(parent="X-01-02")),
        ({"parent": "X"}, codes(kind="province")),
        (None, codes(kind="province")),
    ],
    ids=["counties", "cities and counties below one", "parts of a city", "parts of the top", "no rule"],
)
def test_a_rule_means_regions_of_the_catalogue(service: Service, rule: Any, expected: set[str]) -> None:
    service.publish(document(rule))
    assert assessed(service) == sorted(expected)
    assert set(service.reading().framework_document("counties", "1")["regions"]) == expected


@pytest.mark.parametrize("rule", [COUNTIES, None], ids=str)
def test_the_set_is_kept_when_the_catalogue_grows(service: Service, rule: Any) -> None:
    service.publish(document(rule))
    before = service.reading().assessments(query())
    add(service, "X-09,province,X,省,A", "X-09-01,city,X-09,市,A", "X-09-01-01,county,X-09-01,县,A")
    store(service, ("X-09-01-01", "x0", 5.0))
    assert service.publish(document(rule))[1] is False
    after = service.reading().assessments(query(as_of="1"))
    assert after["items"] == before["items"]
    assert after["framework"] == before["framework"]
    other = Service.open(as_text(service.database.url))  # a worker that never saw the catalogue as it was
    assert other.reading().assessments(query(as_of="1"))["items"] == before["items"]
    other.close()
    service.publish(document(rule, "2"))
    new = {"X-09-01-01"} if rule else {"X-09"}
    assert set(assessed(service, "2")) - set(assessed(service)) == new


def test_a_version_keeps_its_rule(service: Service) -> None:
    service.publish(document(COUNTIES))
    with pytest.raises(AlreadyPublished):
        service.publish(document({"kind": "city"}))


@pytest.mark.parametrize(
    ("rule", "pointers"),
    [
        ({"parent": "Y", "within": "Z"}, ["/parent", "/within"]),
        ({"kind": "county", "parent": "X"}, [""]),
        ({"within": "X-01-01-01"}, [""]),
    ],
    ids=str,
)
def test_a_rule_that_means_nobody_is_refused(service: Service, rule: Any, pointers: list[str]) -> None:
    with pytest.raises(Invalid) as caught:
        service.publish(document(rule))
    assert [item.pointer for item in caught.value.violations] == [f"/reference/regions{place}" for place in pointers]


def test_the_same_document_has_the_same_digest_wherever_it_is_published(service: Service) -> None:
    digest = parse(document({"kind": ["city", "county"]})).digest
    assert parse(document({"kind": ["county", "city"]})).digest == digest
    assert service.publish(document({"kind": ["county", "city"]}))[0]["digest"] == digest
    assert parse(document(COUNTIES)).digest == parse(document({"kind": ["county"]})).digest != digest


def test_what_answers_rest_on_differs_with_the_set(service: Service) -> None:
    """Two databases may have one document and different counties: nothing kept from one may pass for the other."""
    service.publish(document(COUNTIES))
    snapshot = service.reading().snapshot
    (published,) = snapshot.published["counties"]
    fewer = replace(published, framework=replace(published.framework, regions=published.framework.regions[1:]))
    assert replace(snapshot, published={"counties": (fewer,)}).digest != snapshot.digest


def test_sent_units_need_no_catalogue_and_have_their_nation_all_the_same() -> None:
    values = {"x0": 1.0, "x1": 20.0, "x2": 1.0, "x3": 1.0}
    units = [Unit("A", values), Unit("B", values), Unit("CN", {"x1": 1000.0})]
    found = evaluate(document(COUNTIES), units)["units"]
    assert [(item["code"], item["indicators"]["x1"]["measured"]) for item in found] == [("A", 2), ("B", 2)]


def test_an_edit_of_the_framework_leaves_the_set_as_it_is(service: Service) -> None:
    service.publish(document({"parent": "X-01-01"}))
    found = service.reading().edited(WhatIf(query(), framework_edits=(FrameworkEdit("drop", indicator="x1"),)))
    assert set(found.after.card.matrix.regions) == codes(parent="X-01-01")
    assert len(found.framework_changes) == 1


# Totals.


def test_a_countys_share_is_of_the_nations_own_total_else_of_the_whole_sum(service: Service) -> None:
    service.publish(document({"kind": "county", "within": "X-01"}))
    inside = {
        row.region: row.value
        for row in SHAPE.observations()
        if (row.indicator, row.period) == ("x1", PERIOD) and row.region.startswith("X-01-")
    }
    county = next(iter(inside))
    store(service, (county, "x1", 20.0))  # a value of a revision that is known here
    inside[county] = 20.0

    def told() -> dict[str, Any]:
        items = service.reading().assessment(county, query())["indicators"]
        return next(item for item in items if item["code"] == "x1")

    counties = {code for code in codes(kind="county") if code.startswith("X-01-")}
    for late in sorted(counties - inside.keys()):
        assert (told()["total"], told()["missing_reason"]) == (None, "no_national_total")
        store(service, (late, "x1", 30.0))
        inside[late] = 30.0
    assert (inside.keys(), told()["total"]["kind"]) == (counties, "summed")
    assert told()["measured"] == pytest.approx(100 * 20 / sum(inside.values()), rel=1e-12)
    store(service, ("X", "x1", 1e6))
    assert told()["total"] == {"value": 1e6, "period": PERIOD, "kind": "given"}
    assert told()["measured"] == pytest.approx(20 / 1e4, rel=1e-12)


# Parts added up.


def rolled(service: Service, region: str, **more: Any) -> dict[str, dict[str, Any]]:
    found = service.reading().rollup(region, query(**more))
    return {item["code"]: item for item in found["indicators"]}


@pytest.fixture
def filled(service: Service) -> Service:
    """Every gap of the year closed, so that all sums are known."""
    known = {(row.region, row.indicator) for row in SHAPE.observations() if row.period == PERIOD}
    gaps = [(code, item) for code in sorted(codes(kind="county")) for item in SHAPE.codes if (code, item) not in known]
    assert gaps
    store(service, *((*gap, 50.0) for gap in gaps))
    service.publish(document(COUNTIES))
    return service


def test_the_nation_is_the_sum_of_all_counties(filled: Service) -> None:
    frame = {row.region: row.value for row in SHAPE.observations() if (row.indicator, row.period) == ("x0", PERIOD)}
    values = [frame.get(code, 50.0) for code in codes(kind="county")]
    found = rolled(filled, "X")["x0"]
    assert found["value"] == pytest.approx(math.fsum(values), rel=1e-12)
    assert (found["known"], found["reason"], found["own"]) == (3, None, None)
    assert [part["kind"] for part in found["parts"]] == ["rolled_up"] * 3
    best = {row.region: row.value for row in SHAPE.observations() if (row.indicator, row.period) == ("x3", PERIOD)}
    assert rolled(filled, "X")["x3"]["value"] == max(best.get(code, 50.0) for code in codes(kind="county"))


def test_a_missing_county_is_told_all_the_way_up(filled: Service) -> None:
    with filled.database.write() as session:
        gone = Observation("X-01-01-01", "x0", PERIOD, None, "units", "M", "SYNTHETIC")
        batch.append(session, [gone], datetime(2022, 7, 1, tzinfo=UTC), "synthetic", "")
    nation, city = rolled(filled, "X"), rolled(filled, "X-01-01")
    assert (nation["x0"]["value"], nation["x0"]["known"], nation["x0"]["reason"]) == (None, 2, "children_missing")
    assert nation["x0"]["parts"][0]["missing_reason"] == "children_missing"
    assert (city["x0"]["known"], city["x0"]["parts"][0]["missing_reason"]) == (3, "withdrawn")
    assert city["x2"]["reason"] == "weights_missing"
    assert nation["x3"]["value"] is not None
    assert rolled(filled, "X", as_of="2")["x0"]["value"] is not None


def test_an_own_observation_stands_beside_what_the_parts_say_and_assessments_take_nothing(filled: Service) -> None:
    below = rolled(filled, "X-01")["x0"]["value"]
    store(filled, ("X-01", "x0", 7.0))
    found = rolled(filled, "X-01")["x0"]
    assert (found["value"], found["own"]) == (below, {"value": 7.0, "status": "A", "source": "SYNTHETIC"})
    part = rolled(filled, "X")["x0"]["parts"][0]
    assert (part["value"], part["kind"], part["source"]) == (7.0, "observed", "SYNTHETIC")
    filled.publish(document({"kind": "city"}, "2"))
    (summary, *_) = filled.reading().assessments(query("2"))["items"]
    assert (summary["coverage"], summary["score"]) == (0, None)


def test_a_county_has_no_parts_and_what_is_unknown_is_named(filled: Service) -> None:
    found = filled.reading().rollup("X-01-01-01", query(), ("x2",))
    assert (found["children"], [item["reason"] for item in found["indicators"]]) == (0, ["no_children"])
    for region, indicators in (("Y", ()), ("X", ("x9",))):
        with pytest.raises(UnknownCode):
            filled.reading().rollup(region, query(), indicators)


def test_one_statement_whatever_the_branch(filled: Service, query_recorder: QueryRecorder) -> None:
    reading = filled.reading()
    assert reading.snapshot.nation == "X"
    for region in ("X", "X-01", "X-01-01"):
        with query_recorder(filled.database) as statements:
            reading.rollup(region, query())
        assert len([text for text in statements if "observations" in text]) == len(statements) == 1
