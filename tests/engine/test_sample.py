"""A subject in every draw is what the draw's own framework and values make of it, before and after additions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.scoring import scored
from tests.frameworks import indicator, small_framework
from tests.plain_draws import Plain, framework_of, matrix_of, plain
from tests.random_cases import random_case
from tierscore.engine import factors, tier
from tierscore.engine.design import MONTE_CARLO, Design
from tierscore.engine.factors import Draws, Factor, Setting, drawn
from tierscore.engine.matrix import Floats, Matrix
from tierscore.engine.nodes import tree_of
from tierscore.engine.parameters import Parameters
from tierscore.engine.pipeline import score
from tierscore.engine.pooling import Members, pooled, values_by_degree
from tierscore.engine.refused import Refused
from tierscore.engine.sample import Confidence, Sample, Subject, sample
from tierscore.engine.scorecard import Scorecard

WEIGHTS, KNOTS = Factor("weights", spread=0.25, by="uniform"), Factor("knots", spread=0.1)
CUT = Factor("cut", low=0.5, high=0.8)
OWN, SCALE = Factor("missing", by="own"), Factor("missing", by="scale")
ERRORS = Factor("observation_error", errors=(("A", 0.1), ("E", 0.05), ("P", 0.02)))
AGGREGATION = Factor("aggregation", options=("declared", "median"))
DRAWS = 8


def applicable(card: Scorecard, wanted: Sequence[Factor]) -> Setting:
    """The setting of those of some factors that have something to vary."""
    return factors.setting(card, [factor for factor in wanted if _applies(card, factor)])


def _applies(card: Scorecard, factor: Factor) -> bool:
    try:
        factors.setting(card, [factor])
    except Refused:
        return False
    return True


def draws_of(setting: Setting, count: int = DRAWS, seed: int = 0) -> Draws:
    return drawn(setting, Design(MONTE_CARLO, count, seed, setting.widths).units(0))


def region(card: Scorecard, row: int) -> Subject:
    everything = np.ones(len(card.parameters.codes), dtype=np.bool_)
    return Subject(row, lambda matrix: matrix.cells.values[row], everything)


def moved(card: Scorecard, row: int, additions: Floats) -> Matrix:
    """The matrix once a row is added to and given totals grow with it; statuses stay."""
    given, matrix = card.parameters, card.matrix
    values, nation = matrix.cells.values.copy(), matrix.nation.values.copy()
    values[row, given.places] += given.direction * additions
    nation[given.places] += given.direction * additions
    return replace(matrix, cells=replace(matrix.cells, values=values), nation=replace(matrix.nation, values=nation))


@settings(max_examples=80, deadline=None)
@given(st.data(), st.sampled_from([OWN, SCALE]))
def test_each_draw_is_what_the_plain_way_gives_once_a_region_is_added_to(data: st.DataObject, missing: Factor) -> None:
    case = random_case(data.draw)
    card = score(case.matrix, case.framework)
    setting = applicable(card, (WEIGHTS, KNOTS, CUT, missing, ERRORS))
    draws = draws_of(setting)
    row = data.draw(st.integers(0, len(card.matrix.regions) - 1))
    amounts = data.draw(st.lists(st.sampled_from([0.0, 0.5, 3.0]), min_size=len(card.parameters.codes),
                                 max_size=len(card.parameters.codes)))  # fmt: skip
    additions = np.where(np.isnan(card.scores[row]), 0.0, amounts)
    found = sample(setting, draws, region(card, row))
    after = replace(setting, card=score(moved(card, row, additions), case.framework))
    for place in range(DRAWS):
        _agrees(found, plain(after, draws, place), place, row, additions)


def _agrees(found: Sample, expected: Plain, place: int, row: int, additions: Floats) -> None:
    """One draw: the score to 1e-9, and every tier but where a test hangs by a hair."""
    scores = found.scores(additions[np.newaxis])
    if not found.missing.all() and not np.isnan(expected.scores[row]):
        assert found.sums(scores, scores > 0)[0][place, 0] == pytest.approx(expected.scores[row], abs=1e-9)
    if not expected.near[row]:
        for target in range(1, found.given.rule.thresholds.size):
            assert found.holds(additions[np.newaxis], target)[place, 0] == (expected.tiers[row] >= target)


def small_card(**changes: object) -> Scorecard:
    """R0 has 6 of 20 things and is at a level of 4."""
    framework = small_framework(
        indicators=[
            indicator("i0", [0, 20, 40, 60], measure={"kind": "national_share"}),
            indicator("i1", [0, 5, 10, 20], measure={"kind": "level"}, stage="origination"),
        ],
        index={"code": "index", "children": [{"indicator": "i0", "weight": 1}, {"indicator": "i1", "weight": 3}]},
        **changes,
    )
    others = {"R1": {"i0": 10.0, "i1": 8.0}, "R2": {"i0": 4.0, "i1": 8.0}}
    return scored({"R0": {"i0": 6.0, "i1": 4.0}, **others}, framework)


def test_an_addition_that_leads_to_a_measure_leads_to_it_in_every_draw() -> None:
    card = small_card()
    setting = applicable(card, (WEIGHTS, KNOTS, CUT, ERRORS))
    found = sample(setting, draws_of(setting), region(card, 0))
    additions = found.addition_to(card.parameters.entries[:, 2])
    for place in range(DRAWS):  # the entry of a tier has the tier's score
        assert found.scores(additions[[place]])[place, 0] == pytest.approx([60.0, 60.0], abs=1e-9)


def test_without_anything_drawn_to_change_it_an_addition_is_as_by_hand() -> None:
    """40 % of all: (6 + a) / (20 + a) = 0.4, so a = 10/3; a level of 10 from 4."""
    card = small_card()
    setting = factors.setting(card, [CUT])
    found = sample(setting, draws_of(setting), region(card, 0))
    assert found.addition_to(np.array([40.0, 10.0]))[0] == pytest.approx([10 / 3, 6.0])
    assert found.part(np.array([10 / 3, 6.0]), 2) == 1.0
    assert found.part(np.zeros(2), 2) == 0.0


def test_a_part_of_the_draws_needs_as_many_of_them_as_it_is_at_least() -> None:
    card = small_card()
    setting = factors.setting(card, [CUT])
    found = sample(setting, draws_of(setting, 10), region(card, 0))
    assert [Confidence.at(found, part).needed for part in (0.0, 0.3, 0.31, 0.9, 1.0)] == [0, 3, 4, 9, 10]


def test_steps_of_the_framework_are_not_drawn() -> None:
    card = small_card()
    setting = factors.setting(card, [AGGREGATION])
    with pytest.raises(Refused, match="no plan is tried in draws"):
        sample(setting, draws_of(setting), region(card, 0))


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from([0.0, 0.4, 1.0]))
def test_a_group_is_pooled_of_the_drawn_values(data: st.DataObject, degree: float) -> None:
    """By the plain way: each draw's matrix pooled and scored by the draw's framework, missing scores put in."""
    case = random_case(data.draw)
    card = score(case.matrix, case.framework)
    setting = applicable(card, (WEIGHTS, KNOTS, CUT, OWN, ERRORS))
    draws, members = draws_of(setting), Members.of(card, range(len(card.matrix.regions)))
    summed = np.ones(len(card.parameters.codes), dtype=np.bool_)
    subject = Subject(
        members.lead, lambda matrix: values_by_degree(matrix, case.framework, members, np.array([degree]))[0], summed
    )
    found = sample(setting, draws, subject)
    for place in range(DRAWS):
        matrix, framework = matrix_of(setting, draws, place), framework_of(setting, draws, place)
        reference = score(matrix, framework)
        own = score(pooled(matrix, framework, members, np.array([degree]), "G"), framework, reference.measured)
        _same_tiers(found, place, own, _filled(own, setting, draws, place, members.lead))


def _filled(own: Scorecard, setting: Setting, draws: Draws, place: int, lead: int) -> Floats:
    """The group's scores in a draw with its missing ones put in: those that its lead misses and nobody else brings."""
    scores, known = own.scores.copy(), np.flatnonzero(~np.isnan(own.scores[0]))
    if draws.missing is not None:
        for cell in np.flatnonzero((setting.missing[0] == lead) & np.isnan(own.scores[0, setting.missing[1]])):
            pick = known[int(draws.missing[place, cell] * known.size)]
            scores[0, setting.missing[1, cell]] = own.scores[0, pick]
    return scores


def _same_tiers(found: Sample, place: int, own: Scorecard, scores: Floats) -> None:
    given = own.parameters
    total = tree_of(scores, given).values[given.index.code]
    tests = tier.run_tests(scores, given.compared(total), given.weights, given.rule)
    nothing = np.zeros((1, scores.shape[1]))
    known = ~found.missing
    assert found.scores(nothing)[place, 0, known] == pytest.approx(scores[0, known])
    if own.assessed[0] and not _near(tests, given, scores, total):
        for target in range(1, given.rule.thresholds.size):
            assert found.holds(nothing, target)[place, 0] == (tier.highest(tests.met)[0] >= target)


def _near(tests: tier.Tests, given: Parameters, scores: Floats, total: Floats) -> bool:
    """Whether a test hangs by a hair."""
    rule = given.rule
    gaps = [
        tests.functions_share - rule.cut,
        tests.origination_share - rule.quota_share,
        scores[..., np.newaxis] - rule.thresholds,
        total[..., np.newaxis] - rule.thresholds,
    ]
    return any((np.abs(gap[~np.isnan(gap)]) < 1e-8).any() for gap in gaps)
