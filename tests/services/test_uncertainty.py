"""How sure tiers are, on the published data: reproducible, recomputable, refused with pointers, kept, done as jobs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.holding import held_back
from tests.plain_draws import weighed
from tests.waiting import until
from tierscore.engine import aggregate, nodes, tier
from tierscore.engine.factors import names_of_children
from tierscore.engine.pipeline import score
from tierscore.engine.scorecard import Scorecard
from tierscore.errors import CannotScore, Invalid, TierscoreError, UnknownCode
from tierscore.framework.model import CentralPlace, Knots
from tierscore.ingest.rows import from_json
from tierscore.services import analysing, confidence, jobs, uncertainty
from tierscore.services.jobs import Jobs
from tierscore.services.query import AssessmentQuery, FrameworkEdit, UncertaintyAsked, WhatIf
from tierscore.services.reading import Reading
from tierscore.services.service import Service
from tierscore.services.walking import nothing
from tierscore.storage.database import Database
from tierscore.storage.jobs import Job

Answer = dict[str, Any]
TIERS = ("provincial", "regional", "quasi_national", "international")
QUERY = AssessmentQuery()
EVERY = ("weights", "knots", "cut", "missing", "observation_error")


@pytest.fixture(scope="module")
def reading(seeded_url: str) -> Iterator[Reading]:
    """The published data, only read."""
    service = Service.open(seeded_url)
    yield service.reading()
    service.close()


@pytest.fixture
def service(seeded: Database) -> Iterator[Service]:
    """A service on a database of the test's own, which does nothing unasked."""
    found = Service(seeded)
    yield found
    found.jobs.stop()


def asked(*factors: Any, regions: tuple[str, ...] = (), framework: str | None = None, **more: Any) -> UncertaintyAsked:
    """A question; factors are names, or mappings with a name and a spread."""
    query = AssessmentQuery(regions=regions, framework=framework, period=more.pop("period", None))
    return UncertaintyAsked(query, tuple(json.dumps(factor) for factor in factors), **{"samples": 200, **more})


def ask(reading: Reading, *factors: Any, **more: Any) -> Answer:
    found = reading.uncertainty(asked(*factors, **more))
    assert isinstance(found, dict)
    return found


def by_region(answer: Answer) -> dict[str, Answer]:
    return {item["region"]["code"]: item for item in answer["regions"]}


# --- what an answer says ------------------------------------------------------------------------------------------


def test_an_answer_says_what_it_rests_on(reading: Reading) -> None:
    answer, other = ask(reading, seed=7), reading.assessment("CN-SC", AssessmentQuery())
    assert all(answer[name] == other[name] for name in ("framework", "data", "engine", "period"))
    assert answer["framework_status"] == "illustrative"
    assert (answer["seed"], answer["samples"], answer["design"], answer["draws"]) == (7, 200, "monte_carlo", 200)
    assert answer["told_apart_from"] == 0.95
    assert (answer["drawn"], answer["sobol"]) == ([], None)


def test_every_factor_that_applies_is_told_with_its_numbers_and_their_source(reading: Reading) -> None:
    """Nobody declares a spread for this framework, so all are assumptions: a tenth around the cut of 2/3."""
    told = {item["name"]: item for item in ask(reading)["factors"]}
    assert tuple(told) == EVERY
    assert {item["reference"] for item in told.values()} == {"assumption"}
    assert told["weights"]["parameters"] == {"distribution": "uniform", "relative": 0.25}
    assert told["knots"]["parameters"] == {"relative": 0.1}
    assert told["cut"]["parameters"] == pytest.approx({"low": 0.6, "high": 2.2 / 3})
    assert told["missing"]["parameters"] == {"from": "own"}
    assert told["observation_error"]["parameters"] == {"E": 0.05, "P": 0.02}


def test_spreads_of_ones_own_are_told_as_such(reading: Reading) -> None:
    own = [
        {"name": "weights", "distribution": "dirichlet", "concentration": 30},
        {"name": "cut", "low": 0.5, "high": 0.9},
        {"name": "observation_error", "A": 0.1},
        {"name": "normalisation", "options": ["declared", "minmax"]},
        "missing",
    ]
    told = ask(reading, *own)["factors"]
    assert [item["reference"] for item in told] == ["asked"] * 4 + ["assumption"]
    assert [item["parameters"] for item in told] == [
        {"distribution": "dirichlet", "concentration": 30}, {"low": 0.5, "high": 0.9},
        {"A": 0.1, "E": 0.05, "P": 0.02}, {"options": ["declared", "minmax"]}, {"from": "own"},
    ]  # fmt: skip


def test_probabilities_are_a_whole(reading: Reading) -> None:
    told = [item for item in ask(reading, samples=700)["regions"] if item["status"] == "assessed"]
    assert len(told) > 20
    for item in told:
        parts = item["tier_probability"]
        assert tuple(parts) == TIERS
        assert sum(parts.values()) + item["no_tier_probability"] == pytest.approx(1.0, abs=1e-12)
        assert item["present_probability"] == parts[item["tier"]]
        at_least = sum(parts[code] for code in TIERS[TIERS.index(item["tier"]) :])
        assert item["at_least_present"] == pytest.approx(at_least, abs=1e-12)
        assert item["robust"] is (item["present_probability"] >= 0.9)
        assert item["score"]["p5"] <= item["score"]["p50"] <= item["score"]["p95"]
        assert all(rank.is_integer() for rank in item["rank"].values())


def test_the_present_tiers_are_those_of_assessments(reading: Reading) -> None:
    told = {item["region"]["code"]: (item["tier"], item["status"]) for item in ask(reading)["regions"]}
    summaries = reading.assessments(AssessmentQuery())["items"]
    assert told == {item["region"]["code"]: (item["tier"], item["status"]) for item in summaries}


def test_outranking_and_tie_groups_are_of_the_regions_in_their_order(reading: Reading) -> None:
    """Chances of a pair add up to no more than 1; everybody with a rank is in one group, the best first."""
    answer = ask(reading, samples=400)
    chances = np.array(answer["outranking"]["probability"])
    assert answer["outranking"]["regions"] == [item["region"]["code"] for item in answer["regions"]]
    assert (chances + chances.T <= 1.0 + 1e-12).all()
    assert (np.diag(chances) == 0).all()
    ranked = [code for group in answer["tie_groups"] for code in group]
    assert sorted(ranked) == sorted(code for code, item in by_region(answer).items() if item["tier"] is not None)
    assert answer["tie_groups"][0][0] == "CN-BJ"


def test_pairs_of_many_regions_are_not_told(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of 2,900 counties would be eight million numbers; of some of them they are there."""
    monkeypatch.setattr(uncertainty, "MOST_PAIRED", 2)
    found = ask(reading, seed=31)
    assert found["outranking"] is None
    assert found["tie_groups"]
    assert ask(reading, seed=31, regions=("CN-SC", "CN-BJ"))["outranking"] is not None


def test_more_drawn_numbers_than_can_be_told_are_refused(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    _, analysis = reading.analysis(UncertaintyAsked(AssessmentQuery(), samples=10, draws=3))
    monkeypatch.setattr(uncertainty, "MOST_TOLD", 3 * sum(analysis.design.widths))
    assert len(ask(reading, samples=10, draws=3)["drawn"]) == 3
    with pytest.raises(Invalid) as refused:
        ask(reading, samples=10, draws=4)
    assert [(found.pointer, found.value, found.params["high"]) for found in refused.value.violations] == [
        ("/draws", 4, 3)
    ]


def test_some_regions_are_told_as_among_all(reading: Reading) -> None:
    whole, some = ask(reading), ask(reading, regions=("CN-SC", "CN-BJ"))
    codes = whole["outranking"]["regions"]
    places = [codes.index(code) for code in ("CN-SC", "CN-BJ")]
    assert some["regions"] == [whole["regions"][place] for place in places]
    assert some["outranking"] == {
        "regions": ["CN-SC", "CN-BJ"],
        "probability": [[whole["outranking"]["probability"][row][column] for column in places] for row in places],
    }
    assert some["tie_groups"] == whole["tie_groups"]


def test_a_year_with_little_known_has_regions_without_numbers(reading: Reading) -> None:
    answer = ask(reading, period=2019)
    unknown = [item for item in answer["regions"] if item["status"] == "insufficient_data"]
    assert answer["period"] == 2019
    assert unknown
    for item in unknown:
        assert {item[name] for name in ("tier", "tier_probability", "no_tier_probability", "score")} == {None}
        assert {item[name] for name in ("present_probability", "at_least_present", "rank")} == {None}
        assert item["robust"] is False


# --- reproducible, and recomputable -------------------------------------------------------------------------------


def test_a_seed_makes_the_answer(seeded_url: str) -> None:
    """Each of another service, so that nothing was kept; 0 is a seed like any other."""
    found = []
    for seed in (0, 5, 0, 5, 6):
        service = Service.open(seeded_url)
        found.append(json.dumps(service.reading().uncertainty(asked(seed=seed, samples=600, draws=2))))
        service.close()
    assert (found[0], found[1]) == (found[2], found[3])
    assert len(set(found)) == 3


def test_the_same_question_is_computed_once(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ask(reading, seed=99)
    monkeypatch.setattr(uncertainty, "run", None)
    assert ask(reading, seed=99) == first


def test_as_many_draws_are_told_as_are_asked_for_and_made(reading: Reading) -> None:
    """Across two chunks of 500; the first ones are the same however many are told."""
    found = {draws: ask(reading, samples=700, draws=draws)["drawn"] for draws in (1, 600, 1000)}
    assert [len(told) for told in found.values()] == [1, 600, 700]
    assert found[600][:1] == found[1]
    assert found[1000][:600] == found[600]
    assert len({json.dumps(draw) for draw in found[1000]}) == 700


def test_what_is_not_varied_is_told_as_nothing(reading: Reading) -> None:
    (draw,) = ask(reading, "cut", draws=1)["drawn"]
    assert draw == {
        "weights": None, "knots": None, "cut": draw["cut"], "missing": [], "errors": [], "chosen": {},
    }  # fmt: skip
    options = {"name": "aggregation", "options": ["declared", "median"]}
    assert ask(reading, options, draws=1)["drawn"][0]["chosen"]["aggregation"] in options["options"]


def card_of(reading: Reading, query: AssessmentQuery) -> Scorecard:
    return reading.baseline(reading.resolve(query)).sheet.card


def told_numbers(answer: Answer) -> dict[str, tuple[str | None, float, float]]:
    """Of an answer of a single draw: its tiers, scores and ranks, which are those of every quantile."""
    return {
        code: (
            max(item["tier_probability"], key=item["tier_probability"].get),
            item["score"]["p5"],
            item["rank"]["p95"],
        )
        for code, item in by_region(answer).items()
        if item["status"] == "assessed"
    }


def test_a_told_draw_is_a_what_if(reading: Reading) -> None:
    """Weights, knots and cut of a draw as edits of the framework: another way through the service."""
    answer = ask(reading, "weights", "knots", "cut", samples=1, draws=1, seed=3)
    (draw,) = answer["drawn"]
    framework = card_of(reading, AssessmentQuery()).framework
    edits = [FrameworkEdit("set_weight", weight, indicator=code) for code, weight in draw["weights"].items()]
    edits += [
        FrameworkEdit("set_knots", tuple(knot * draw["knots"][item.code] for knot in item.normalise.at), item.code)
        for item in framework.indicators
        if isinstance(item.normalise, Knots)
    ]
    edits.append(FrameworkEdit("set_cut", draw["cut"]))
    changes = reading.what_if(WhatIf(AssessmentQuery(), (), tuple(edits), regions=framework.regions))["changes"]
    after = {change["region"]["code"]: change["after"] for change in changes}
    numbers = told_numbers(answer)
    assert len(numbers) > 20
    for code, (tier_code, points, rank) in numbers.items():
        assert (after[code]["tier"], after[code]["rank"]) == (tier_code, rank)
        assert after[code]["score"] == pytest.approx(points, abs=1e-10)


def test_a_told_draw_of_every_factor_can_be_computed_again(reading: Reading) -> None:
    """By its names alone: values, knots, weights and cut into the plain way, then the missing scores put in."""
    answer = ask(reading, samples=1, draws=1, seed=4)
    (draw,) = answer["drawn"]
    card = replayed(card_of(reading, AssessmentQuery()), draw)
    scores, given = card.scores.copy(), card.parameters
    for cell in draw["missing"]:
        row, column = card.matrix.regions.index(cell["region"]), given.columns[cell["indicator"]]
        own = card.scores[row, ~np.isnan(card.scores[row])]
        scores[row, column] = own[int(cell["drawn"] * own.size)]
    total = nodes.tree_of(scores, given).values[given.index.code]
    attained = tier.highest(tier.run_tests(scores, total, given.weights, given.rule).met)
    ranks = aggregate.rank(total, card.assessed)
    numbers = told_numbers(answer)
    assert len(draw["errors"]) > 10
    assert len(draw["missing"]) > 10
    for code, (tier_code, points, rank) in numbers.items():
        row = card.matrix.regions.index(code)
        assert (TIERS[attained[row]], ranks[row]) == (tier_code, rank)
        assert total[row] == pytest.approx(points, abs=1e-10)


def replayed(card: Scorecard, draw: Answer) -> Scorecard:
    """The scorecard of a draw's framework and values, without its missing scores."""
    matrix, framework = card.matrix, card.framework
    values, nation = matrix.cells.values.copy(), matrix.nation.values.copy()
    for cell in draw["errors"]:
        column = matrix.indicators.index(cell["indicator"])
        if cell["region"] == "nation":
            nation[column] *= cell["drawn"]
        else:
            values[matrix.regions.index(cell["region"]), column] *= cell["drawn"]
    indicators = []
    for item in framework.indicators:
        if isinstance(item.normalise, Knots):
            at = tuple(knot * draw["knots"][item.code] for knot in item.normalise.at)
            item = replace(item, normalise=replace(item.normalise, at=at))  # noqa: PLW2901 - the same with other knots
        indicators.append(item)
    assert isinstance(framework.sort, CentralPlace)
    assert list(draw["weights"]) == names_of_children(framework.index)
    drawn = replace(
        framework,
        indicators=tuple(indicators),
        index=weighed(framework.index, list(draw["weights"].values())),
        sort=replace(framework.sort, cut=draw["cut"]),
    )
    cells = replace(matrix.cells, values=values)
    return score(replace(matrix, cells=cells, nation=replace(matrix.nation, values=nation)), drawn)


# --- indices ------------------------------------------------------------------------------------------------------


def test_indices_say_which_factor_matters(reading: Reading) -> None:
    """Of Sichuan's score: the cut has no part in any score, and missing values have the largest part.

    First orders never come to more than 1, a first order to no more than the total; both within the intervals.
    """
    answer = ask(reading, design="saltelli", samples=512, regions=("CN-SC", "CN-HB"))
    found = answer["sobol"]
    assert answer["draws"] == 512 * 7
    assert found["factors"] == list(EVERY)
    assert (
        [item["region"] for item in found["score"]] == [item["region"] for item in found["tier"]] == ["CN-SC", "CN-HB"]
    )
    first, total = (
        {name: found["score"][0][kind][place] for place, name in enumerate(EVERY)} for kind in ("first", "total")
    )
    assert first["cut"] == total["cut"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert max(total, key=lambda name: total[name]["value"]) == "missing"
    assert total["missing"]["value"] > 0.5
    assert sum(item["low"] for item in first.values()) <= 1.0
    for name in EVERY:
        assert first[name]["low"] <= total[name]["high"]
        for item in (first[name], total[name]):
            assert item["low"] <= item["value"] <= item["high"]


def test_a_tier_that_never_moves_has_no_indices(reading: Reading) -> None:
    """Sichuan is provincial in every draw, so nothing has a part in the variance of its tier."""
    answer = ask(reading, design="saltelli", samples=64, regions=("CN-SC",))
    nothing = {"value": None, "low": None, "high": None}
    assert by_region(answer)["CN-SC"]["tier_probability"]["provincial"] == 1.0
    assert answer["sobol"]["tier"][0] == {"region": "CN-SC", "first": [nothing] * 5, "total": [nothing] * 5}


def test_the_mean_shift_of_ranks_has_indices_too(reading: Reading) -> None:
    """Two factors: the cut moves no rank, so the weights are all there is; first order and total are 1."""
    found = ask(reading, "weights", "cut", design="saltelli", samples=256)["sobol"]["rank_shift"]
    (weights, cut), (all_of_weights, all_of_cut) = found["first"], found["total"]
    assert all_of_weights["value"] == pytest.approx(1.0, abs=0.1)
    assert weights["value"] == pytest.approx(1.0, abs=0.25)
    assert cut["value"] == all_of_cut["value"] == 0.0


def test_only_independent_draws_count_for_probabilities(reading: Reading) -> None:
    """Of one factor with 64 base points those are 128 of 192 rows: all parts are multiples of 1/128."""
    answer = ask(reading, "weights", design="saltelli", samples=64)
    parts = [part for item in answer["regions"] for part in (item["tier_probability"] or {}).values()]
    assert answer["draws"] == 192
    assert all((part * 128).is_integer() for part in parts)
    assert any(0 < part < 1 for part in parts)


# --- what is refused ----------------------------------------------------------------------------------------------


def refusals(reading: Reading, question: UncertaintyAsked) -> list[tuple[str | None, str]]:
    with pytest.raises(Invalid) as caught:
        reading.uncertainty(question)
    return [(violation.pointer, violation.code) for violation in caught.value.violations]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"design": "latin"}, [("/design", "unknown_code")]),
        ({"samples": 0}, [("/samples", "out_of_range")]),
        ({"samples": 100_001}, [("/samples", "out_of_range")]),
        ({"samples": 1000, "design": "saltelli"}, [("/samples", "not_a_power_of_two")]),
        ({"samples": 32_768, "design": "saltelli"}, [("/samples", "out_of_range")]),
        ({"samples": 0, "design": "saltelli"}, [("/samples", "out_of_range")]),
        ({"seed": -1}, [("/seed", "out_of_range")]),
        ({"seed": 2**63}, [("/seed", "out_of_range")]),
        ({"draws": -1}, [("/draws", "out_of_range")]),
        ({"draws": 1001}, [("/draws", "out_of_range")]),
        ({"regions": ("CN-SC", "CN-ZZ", "CN")}, [("/regions/1", "unknown_code"), ("/regions/2", "unknown_code")]),
        (
            {"samples": 0, "seed": -1, "draws": -1, "regions": ("CN-ZZ",)},
            [("/samples", "out_of_range"), ("/seed", "out_of_range"), ("/draws", "out_of_range"),
             ("/regions/0", "unknown_code")],
        ),
    ],
    ids=str,
)  # fmt: skip
def test_designs_that_cannot_be_are_refused(reading: Reading, more: dict[str, Any], expected: list[Any]) -> None:
    assert refusals(reading, asked(**more)) == expected


@pytest.mark.parametrize("more", [{"samples": 1}, {"samples": 1, "design": "saltelli"}, {"seed": 2**63 - 1}], ids=str)
def test_designs_at_their_ends_are_computed(reading: Reading, more: dict[str, Any]) -> None:
    assert ask(reading, "weights", "cut", **more)["factors"]


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        (["nothing"], [("/factors/0", "unknown_code")]),
        (["cut", {"name": "nothing", "relative": 0.1}], [("/factors/1/name", "unknown_code")]),
        ([{}], [("/factors/0/name", "unknown_code")]),
        ([{"name": ["cut"]}], [("/factors/0/name", "unknown_code")]),
        (["cut", "weights", "cut"], [("/factors/2", "duplicate")]),
        (["cut", {"name": "cut", "low": 0.1}], [("/factors/1", "duplicate")]),
        ([{"name": "weights", "relative": 1}], [("/factors/0/relative", "wrong_number")]),
        ([{"name": "weights", "distribution": "normal"}], [("/factors/0/distribution", "unknown_word")]),
        (
            [{"name": "weights", "distribution": "dirichlet", "concentration": 0}],
            [("/factors/0/concentration", "wrong_number")],
        ),
        ([{"name": "weights", "concentration": 5}], [("/factors/0/concentration", "unknown_key")]),
        ([{"name": "knots", "relative": "wide"}], [("/factors/0/relative", "wrong_number")]),
        ([{"name": "cut", "low": 0.8, "high": 0.7}], [("/factors/0/low", "wrong_order")]),
        ([{"name": "cut", "high": 2}], [("/factors/0/high", "wrong_number")]),
        ([{"name": "missing", "from": "others"}], [("/factors/0/from", "unknown_word")]),
        ([{"name": "observation_error", "E": 0.5}], [("/factors/0/E", "wrong_number")]),
        ([{"name": "observation_error", "Z": 0.1}], [("/factors/0/Z", "unknown_key")]),
        ([{"name": "cut", "reference": "huang2022"}], [("/factors/0/reference", "unknown_name")]),
        ([{"name": "treatment", "options": ["declared", "none", "none"]}], [("/factors/0/options/2", "duplicate")]),
        ([{"name": "treatment", "options": ["cleaned"]}], [("/factors/0/options/0", "unknown_word")]),
        (["weights", "imputation"], [("/factors/1", "not_applicable")]),
        ([{"name": "aggregation", "options": ["median"]}], [("/factors/0", "not_applicable")]),
    ],
    ids=str,
)
def test_factors_that_cannot_be_are_refused(reading: Reading, factors: list[Any], expected: list[Any]) -> None:
    assert refusals(reading, asked(*factors)) == expected


@pytest.mark.parametrize(
    ("factor", "sentence"),
    [
        ("knots", "Step knots: this framework has indicators without knots."),
        ("cut", "Step cut: this framework has no functions test whose cut could vary."),
        ("missing", "Step missing: nothing is missing."),
    ],
)
def test_a_factor_with_nothing_to_vary_is_refused_and_not_asked_for_it_is_left_out(
    reading: Reading, factor: str, sentence: str
) -> None:
    """The framework of entropy and TOPSIS: min-max, bands of the score, every value there."""
    with pytest.raises(Invalid) as caught:
        ask(reading, "weights", factor, framework="cn-entropy-topsis")
    assert [(item.pointer, item.message) for item in caught.value.violations] == [("/factors/1", sentence)]
    names = [item["name"] for item in ask(reading, framework="cn-entropy-topsis")["factors"]]
    assert "weights" in names
    assert factor not in names


def test_a_question_about_what_is_not_there_is_refused(reading: Reading) -> None:
    with pytest.raises(UnknownCode):
        ask(reading, framework="none")
    with pytest.raises(Invalid):
        ask(reading, period=1)


def test_an_option_that_cannot_be_computed_names_the_cell(reading: Reading) -> None:
    """Some functions have a score of 0, of which there is no geometric mean; it is found while draws are made."""
    with pytest.raises(CannotScore) as caught:
        ask(reading, {"name": "aggregation", "options": ["declared", "geometric"]})
    assert (caught.value.step, caught.value.params["value"]) == ("uncertainty", 0.0)
    assert caught.value.unit is not None and caught.value.unit.startswith("CN-")
    assert "geometric mean is not defined" in caught.value.message


# --- kept with the data -------------------------------------------------------------------------------------------


def confidences(service: Service, query: AssessmentQuery = QUERY) -> dict[str, Answer | None]:
    items = service.reading().assessments(query)["items"]
    return {item["region"]["code"]: item["confidence"] for item in items}


def change(service: Service) -> None:
    """One more laboratory in Sichuan in the assessed year: other data."""
    labs = {"region": "CN-SC", "indicator": "national_key_labs", "period": 2021, "value": 16}
    assert service.ingest(from_json([labs])).stored


def test_nobody_is_sure_before_it_was_computed(service: Service) -> None:
    assert set(confidences(service).values()) == {None}
    assert service.reading().assessment("CN-SC", AssessmentQuery())["confidence"] is None


def test_it_is_settled_once_and_carried_by_every_answer(service: Service) -> None:
    service.settle_confidence()
    settled = service.reading().state
    service.settle_confidence()
    assert service.reading().state == settled
    found = confidences(service)
    assert found["CN-SC"] == service.reading().assessment("CN-SC", AssessmentQuery())["confidence"]
    assert set(found["CN-SC"] or {}) == {
        "tier_probability", "present_probability", "at_least_present", "robust", "samples", "seed",
    }  # fmt: skip


def test_it_is_seen_by_every_worker(service: Service, seeded: Database) -> None:
    other = Service(seeded)
    assert set(confidences(other).values()) == {None}
    service.settle_confidence()
    assert confidences(other) == confidences(service) != dict.fromkeys(confidences(other))


def test_its_numbers_are_those_of_the_analysis_that_it_names(service: Service) -> None:
    service.settle_confidence()
    answer = service.reading().uncertainty(confidence.analysis_of(AssessmentQuery()))
    assert isinstance(answer, dict)
    assert (answer["samples"], answer["seed"]) == (2000, 20221)
    for code, found in confidences(service).items():
        told = by_region(answer)[code]
        if told["status"] == "insufficient_data":
            assert found is None
        else:
            kept = {name: told[name] for name in confidence.KEPT}
            assert found == {**kept, "samples": 2000, "seed": 20221}


def test_who_has_no_tier_and_who_is_a_group_has_none(service: Service) -> None:
    """Of 2019 too little is known of most; a group is another question."""
    service.settle_confidence()
    assert service.reading().assessment("CN-CY", AssessmentQuery())["confidence"] is None
    query = AssessmentQuery(period=2019)
    service.keep_confidence(query, service.reading().analysed(confidence.analysis_of(query), lambda _: None))
    items = service.reading().assessments(query)["items"]
    assert {item["status"] for item in items} >= {"insufficient_data"}
    assert all((item["confidence"] is None) is (item["tier"] is None) for item in items)


def test_other_frameworks_and_years_are_other_questions(service: Service) -> None:
    service.settle_confidence()
    for query in (AssessmentQuery(period=2020), AssessmentQuery(framework="cn-entropy-topsis")):
        assert set(confidences(service, query).values()) == {None}


def test_new_data_are_sure_of_nothing_until_it_is_computed_again(service: Service) -> None:
    service.settle_confidence()
    before = confidences(service)
    change(service)
    assert set(confidences(service).values()) == {None}
    service.settle_confidence()
    after = confidences(service)
    assert after["CN-BJ"] is not None
    assert after != before


def test_a_service_in_the_background_computes_it_and_no_answer_waits(seeded: Database) -> None:
    """The computation is held back, so that only an answer that does not wait comes at all."""
    service = Service(seeded, background=True)
    gate = held_back(service)
    assert set(confidences(service).values()) == {None}
    assert service.reading().assessment("CN-SC", AssessmentQuery())["confidence"] is None
    gate.set()
    found = until(lambda: confidences(service)["CN-SC"])
    assert found["samples"] == 2000
    again = Service(seeded)
    again.settle_confidence()
    assert confidences(again)["CN-SC"] == found
    service.jobs.stop()


def test_however_often_it_is_asked_for_one_job_is_queued(seeded: Database) -> None:
    service = Service(seeded, background=True)
    submitted: list[tuple[Answer, int]] = []
    service.jobs = Noting(seeded, submitted)
    for _ in range(3):
        confidences(service)
        service.reading().assessment("CN-SC", AssessmentQuery())
    assert [(request["kind"], total) for request, total in submitted] == [(analysing.CONFIDENCE, 2000)]
    confidences(service, AssessmentQuery(period=2020))
    assert len(submitted) == 2
    confidences(service, AssessmentQuery(as_of="2"))  # past data have none
    assert len(submitted) == 2


def test_new_data_settle_how_sure_the_tiers_are_before_they_are_answered(seeded: Database) -> None:
    service = Service(seeded, background=True)
    submitted: list[tuple[Answer, int]] = []
    service.jobs = Noting(seeded, submitted)
    change(service)
    assert confidences(service)["CN-SC"] is not None
    assert submitted == []
    service.close()


def test_where_that_is_large_new_data_leave_it_to_a_job(seeded: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uncertainty, "LARGE", 1)
    service = Service(seeded, background=True)
    submitted: list[tuple[Answer, int]] = []
    service.jobs = Noting(seeded, submitted)
    change(service)
    assert set(confidences(service).values()) == {None}
    assert [request["asked"]["query"]["as_of"] for request, _ in submitted] == ["4"]
    service.close()


class Noting(Jobs):
    """Notes what is submitted, and computes nothing."""

    def __init__(self, database: Database, submitted: list[tuple[Answer, int]]) -> None:
        super().__init__(database, lambda request, _: request)
        self._submitted = submitted

    def submit(self, request: Answer, total: int) -> Any:
        self._submitted.append((request, total))
        return type("Submitted", (), {"id": "a"})


# --- as jobs ------------------------------------------------------------------------------------------------------


@pytest.fixture
def all_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uncertainty, "LARGE", 0)


def finished(service: Service, job: Answer | Job) -> Job:
    assert isinstance(job, Job)
    states = ("done", "failed", "cancelled")
    found: Job = until(lambda: now if (now := service.jobs.status(job.id)).state in states else None)
    return found


QUESTIONS = (
    asked(samples=700, seed=2, draws=3),
    asked("weights", {"name": "cut", "low": 0.5}, regions=("CN-SC", "CN-BJ"), design="saltelli", samples=64),
    asked(period=2020),
    replace(asked(), query=AssessmentQuery(as_of="2", framework="cn-innovation-centre", version="2021.1")),
)


@pytest.mark.parametrize("question", QUESTIONS, ids=["seed", "saltelli", "year", "revision"])
def test_a_large_analysis_is_a_job_with_the_same_result(
    service: Service, question: UncertaintyAsked, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = service.reading().uncertainty(question)
    assert isinstance(expected, dict)
    monkeypatch.setattr(uncertainty, "LARGE", 0)
    job = service.reading().uncertainty(question)
    found = finished(service, job)
    assert (found.state, found.problem, found.total) == ("done", None, expected["draws"])
    assert found.result == expected
    assert jobs.answer(found)["result"] == expected


def test_what_is_large_goes_by_draws_regions_and_indicators(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """200 draws of 31 regions and 12 functions."""
    monkeypatch.setattr(uncertainty, "LARGE", 200 * 31 * 12)
    assert isinstance(service.reading().uncertainty(asked()), dict)
    assert isinstance(service.reading().uncertainty(asked(samples=201)), Job)


@pytest.mark.usefixtures("all_large")
def test_a_job_is_about_the_data_of_when_it_was_asked(service: Service) -> None:
    """Data that come in while it waits are not in its result; asked again, they are."""
    gate = held_back(service)
    before = service.reading().analysed(asked(), lambda _: None)
    job = service.reading().uncertainty(asked())
    change(service)
    gate.set()
    found = finished(service, job)
    assert found.result == before
    assert before["data"]["revision"] == 3
    after = finished(service, service.reading().uncertainty(asked())).result
    assert after is not None
    assert after["data"]["revision"] == 4
    assert after["regions"] != before["regions"]
    service.jobs.stop()


@pytest.mark.usefixtures("all_large")
def test_what_cannot_be_asked_is_refused_before_it_is_a_job(service: Service) -> None:
    for question in (asked("imputation"), asked(samples=0), asked(regions=("CN-ZZ",))):
        with pytest.raises(TierscoreError):
            service.reading().uncertainty(question)


@pytest.mark.usefixtures("all_large")
def test_a_job_that_cannot_be_computed_says_why(service: Service) -> None:
    options = {"name": "aggregation", "options": ["declared", "geometric"]}
    found = finished(service, service.reading().uncertainty(asked(options)))
    assert found.state == "failed"
    assert "geometric mean is not defined" in (found.problem or "")


@pytest.mark.parametrize("question", QUESTIONS, ids=["seed", "saltelli", "year", "revision"])
def test_a_request_as_json_is_the_question(question: UncertaintyAsked) -> None:
    """But for what is pinned: framework, version, year, revision."""
    request = analysing.request_of(question, analysing.ANALYSIS, ("some", "1"), 2021, 3)
    pinned = replace(question.query, framework="some", version="1", period=2021, as_of="3")
    assert analysing.asked_of(json.loads(json.dumps(request))) == replace(question, query=pinned)


def test_what_is_of_older_data_never_takes_the_place_of_what_is_of_newer(seeded: Database) -> None:
    """A confidence that was begun before data arrived is finished after theirs."""
    service = Service(seeded)
    before, query = service.reading(), AssessmentQuery()
    late = before.analysed(confidence.analysis_of(query), nothing)
    old = replace(query, as_of=str(before.state.revision))
    service.ingest(from_json([{"region": "CN-SC", "indicator": "national_key_labs", "period": 2021, "value": 18}]))
    service.settle_confidence()
    kept = service.reading().snapshot.confidences
    service.keep_confidence(old, late)
    assert service.reading().snapshot.confidences == kept != {}


def test_more_scores_than_can_be_held_are_refused(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uncertainty, "MOST_ROWS", 31 * 999)
    with pytest.raises(Invalid) as caught:
        reading.uncertainty(UncertaintyAsked(AssessmentQuery(), samples=1000))
    (violation,) = caught.value.violations
    assert (violation.pointer, violation.allowed) == ("/samples", ("a whole number from 1 to 999",))
