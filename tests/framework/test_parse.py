"""A valid document becomes the framework that it describes."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.framework.documents import every_key, good, leaves, minimal, put
from tierscore.errors import Invalid
from tierscore.framework.catalogue import Title
from tierscore.framework.model import (
    CentralPlace,
    Knots,
    Leaf,
    Lever,
    LeverReference,
    Measure,
    Node,
    Origination,
    Pooling,
    Reference,
    Scale,
    Spread,
    Spreads,
    Tier,
    Window,
)
from tierscore.framework.parse import parse
from tierscore.framework.parse_spreads import spread_of
from tierscore.framework.reader import Reader
from tierscore.framework.tree import leaves as index_leaves
from tierscore.framework.tree import nodes

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(), st.integers(), max_size=2), st.just(10**400),
)  # fmt: skip


def test_what_a_short_document_leaves_out_has_its_default() -> None:
    framework = parse(minimal())
    assert framework.status == "illustrative"
    assert (framework.period, framework.regions) == (None, ())
    assert (framework.missing, framework.min_coverage, framework.statuses) == ("reweight", 0.6, ("A", "E", "P"))
    assert (framework.levers, framework.references) == ((), ())
    assert framework.sort == CentralPlace(cut=2 / 3)
    assert framework.spreads == Spreads(
        weights=Spread(relative=0.25),
        knots=Spread(relative=0.1),
        observation_error=Spread(errors=(("E", 0.05), ("P", 0.02))),
    )
    assert framework.index == Node("all", 1.0, "arithmetic", 0.0, (Leaf("labs", 1.0),))
    labs = framework.indicators[0]
    assert (labs.measure, labs.window, labs.pooling) == (Measure("level"), Window(0, 0), None)
    assert (labs.integer, labs.actionable) == (False, False)
    assert (labs.stage, labs.force, labs.reference) == (None, None, None)


def test_every_key_of_a_document_is_in_the_framework() -> None:
    framework = parse(every_key())
    assert (framework.id, framework.version, framework.status) == ("every-key", "2021.10", "official")
    assert framework.title == Title(zh="全", en="Every key")
    assert (framework.period, framework.regions) == (2021, ("R0", "R1"))
    assert framework.scale == Scale(0, 10)
    assert framework.tiers[0] == Tier("low", Title("低", "Low"), 0.0, "book")
    assert (framework.missing, framework.min_coverage, framework.statuses) == ("fail", 0.5, ("A", "D"))
    assert framework.sort == CentralPlace(2 / 3, Origination("high", 1 / 2, 1 / 3, "guess"), "book")
    assert framework.references[0] == Reference("guess", "assumption", "Our own guess")
    assert framework.references[1] == Reference(
        "book", "book", "A book", "A. Author", 1933, "https://example.org", "Read."
    )


def test_every_key_of_an_indicator() -> None:
    labs, rank, population = parse(every_key()).indicators
    assert (labs.unit, labs.direction, rank.direction) == ("laboratories", 1, -1)
    assert labs.measure == Measure("per", "population", 1000.0)
    assert labs.window == Window(back=2, ahead=1)
    assert (labs.integer, labs.actionable) == (True, True)
    assert (labs.pooling, rank.pooling) == (Pooling("ratio", "population"), Pooling("best"))
    assert (labs.stage, labs.force, labs.reference) == ("origination", "cohesion", "book")
    assert labs.normalise == Knots((0.0, 0.25, 3.0))
    assert population.normalise is None


def test_every_key_of_a_lever() -> None:
    assert parse(every_key()).levers == (
        Lever(
            code="funding",
            title=Title("投入", "Funding"),
            description=Title("持续投入", "Steady funding"),
            category="finance",
            acts_on=(("rank", 0.3), ("labs_per_head", 1.0)),
            reference=LeverReference("book", "4", "持续投入"),
            tiers=("high",),
            groups_only=True,
            tags=("west",),
        ),
    )


def test_every_spread_is_read_as_it_is_written() -> None:
    assert parse(every_key()).spreads == Spreads(
        weights=Spread(relative=0.3, reference="book"),
        knots=Spread(relative=0.2, reference="guess"),
        cut=Spread(low=0.6, high=0.75, reference="book"),
        missing=Spread(source="scale", reference="guess"),
        observation_error=Spread(errors=(("A", 0.01), ("E", 0.1), ("D", 0.2)), reference="book"),
        imputation=Spread(options=("declared", "reweight", "median"), reference="guess"),
        treatment=Spread(options=("none", "winsorise:3"), reference="guess"),
        normalisation=Spread(options=("declared", "minmax"), reference="book"),
        aggregation=Spread(options=("declared", "geometric", "harmonic"), reference="book"),
    )
    weights = parse(good("every_step")).spreads.weights
    assert (weights.distribution, weights.concentration, weights.reference) == ("dirichlet", 50.0, "book")


@pytest.mark.parametrize(
    ("factor", "written", "meant"),
    [
        ("weights", {}, Spread(relative=0.25)),
        ("weights", {"relative": 0}, Spread()),
        ("weights", {"distribution": "dirichlet"}, Spread(0.25, "dirichlet", 100.0)),
        ("knots", {"relative": None}, Spread(relative=0.1)),
        ("knots", {"relative": 0.99}, Spread(relative=0.99)),
        ("cut", {"high": 1}, Spread(high=1.0)),
        ("cut", {"low": "1/2", "high": 0.5}, Spread(low=0.5, high=0.5)),
        ("missing", {}, Spread(source="own")),
        ("observation_error", {"E": 0.1}, Spread(errors=(("E", 0.1), ("P", 0.02)))),
        ("observation_error", {"D": 0.33, "P": 0}, Spread(errors=(("E", 0.05), ("D", 0.33)))),
        ("aggregation", {"options": ["median"]}, Spread(options=("median",))),
    ],
)
def test_what_is_not_said_of_a_spread_has_its_default(factor: str, written: Any, meant: Spread) -> None:
    spreads = parse({**minimal(), "uncertainty": {factor: written}}).spreads
    assert spreads == replace(Spreads(), **{factor: meant})


@pytest.mark.parametrize(("name", "asked", "meant"), [
    ("knots", {"relative": 0.4}, Spread(relative=0.4)),
    ("observation_error", {"P": 0}, Spread(errors=(("A", 0.01), ("E", 0.1), ("D", 0.2)))),
    ("weights", {"reference": "guess"}, Spread(relative=0.3, reference="guess")),
])  # fmt: skip
def test_a_spread_that_is_asked_for_stands_on_the_declared_one_but_not_on_its_source(
    name: str, asked: Any, meant: Spread
) -> None:
    declared = getattr(parse(every_key()).spreads, name)
    assert spread_of(name, Reader(asked, "", []), declared) == meant


def test_the_index_is_a_tree_whose_places_have_pointers() -> None:
    index = parse(every_key()).index
    assert [(pointer, node.code) for pointer, node in nodes(index)] == [
        ("/index", "all"),
        ("/index/children/0", "capacity"),
    ]
    assert [(pointer, leaf.indicator, leaf.weight) for pointer, leaf in index_leaves(index)] == [
        ("/index/children/0/children/0", "labs_per_head", 2.0),
        ("/index/children/1", "rank", 0.25),
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [(0, 0.0), (1, 1.0), ("2/3", 2 / 3), (" 1/4 ", 0.25), ("0/5", 0.0), (0.5, 0.5)],
)
def test_a_number_may_be_a_fraction_and_may_be_0(written: Any, meant: float) -> None:
    assert parse(put(minimal(), ("sort", "cut"), written)).sort.cut == meant


@pytest.mark.parametrize(
    "written", [nan, inf, -inf, 10**400, "2/0", "0.5", "1e-1", "", True, None, [0.5], "-1/2", "3/2"]
)
def test_what_is_no_number_from_0_to_1(written: Any) -> None:
    with pytest.raises(Invalid) as caught:
        parse(put(minimal(), ("sort", "cut"), written))
    assert [violation.pointer for violation in caught.value.violations] == ["/sort/cut"]


@pytest.mark.parametrize("version", ["1", "2021.1", "2021.10", "0.0.1"])
def test_versions_are_dotted_numbers(version: str) -> None:
    assert parse(put(minimal(), ("version",), version)).version == version


@pytest.mark.parametrize("version", [".", "1.", "v1", "1-2", "２０２１", "1 ", "1." * 3 + "9" * 10])
def test_what_is_no_version(version: str) -> None:
    with pytest.raises(Invalid, match="1 mistake"):
        parse(put(minimal(), ("version",), version))


@pytest.mark.parametrize("identifier", ["../up", "a b", "a@1", ".hidden", "a/b", "a\x00"])
def test_what_is_no_id(identifier: str) -> None:
    with pytest.raises(Invalid, match="1 mistake"):
        parse(put(minimal(), ("id",), identifier))


def test_weights_of_0_are_legal() -> None:
    framework = parse(put(every_key(), ("index", "children", 1, "weight"), 0))
    assert framework.index.children[1].weight == 0.0


def test_in_a_document_that_is_not_in_a_file_levers_are_a_list() -> None:
    with pytest.raises(Invalid) as caught:
        parse(put(minimal(), ("levers",), "levers.yaml"))
    assert [str(violation) for violation in caught.value.violations] == ["/levers: A list is needed here."]


@given(st.sampled_from([keys for keys, _ in leaves(every_key())]), ANYTHING)
def test_whatever_stands_in_a_document_it_is_parsed_or_refused(keys: tuple[str | int, ...], value: Any) -> None:
    document = put(every_key(), keys, value)
    try:
        framework = parse(document)
    except Invalid as refused:
        assert refused.violations
        assert all(str(violation) for violation in refused.violations)
    else:
        assert len(framework.digest) == 64
