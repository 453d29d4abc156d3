"""Every draw of an ensemble is what its framework and its values give by the plain way, whoever computes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import evaluations
from tests.engine.scoring import scored
from tests.frameworks import indicator, small_document, small_framework
from tests.plain_draws import plain
from tests.random_cases import random_case
from tests.references import document_of, units_of
from tierscore.engine import ensemble, factors, points
from tierscore.engine import runner as module
from tierscore.engine.design import CHUNK, MONTE_CARLO, SALTELLI, Design
from tierscore.engine.ensemble import Ensemble, pieces, run
from tierscore.engine.factors import Draws, Factor, Setting, drawn
from tierscore.engine.matrix import Floats
from tierscore.engine.pipeline import score
from tierscore.engine.refused import Refused
from tierscore.engine.runner import Part, Runner
from tierscore.engine.scorecard import Scorecard
from tierscore.framework.parse import parse
from tierscore.services import evaluating
from tierscore.services.query import AssessmentQuery
from tierscore.services.service import Service

WEIGHTS = Factor("weights", spread=0.25, by="uniform")
SHARES = Factor("weights", spread=50.0, by="dirichlet")
KNOTS = Factor("knots", spread=0.1)
CUT = Factor("cut", low=0.5, high=0.8)
OWN, SCALE = Factor("missing", by="own"), Factor("missing", by="scale")
ERRORS = Factor("observation_error", errors=(("A", 0.1), ("E", 0.05), ("P", 0.02)))
IMPUTATION = Factor("imputation", options=("declared", "reweight", "mean", "median"))
TREATMENT = Factor("treatment", options=("declared", "none", "winsorise", "winsorise:1"))
NORMALISATION = Factor("normalisation", options=("declared", "minmax", "zscore", "rank"))
POSITIVE = Factor("normalisation", options=("declared", "rank"))
AGGREGATION = Factor("aggregation", options=("declared", "arithmetic", "median"))
MEANS = Factor("aggregation", options=("arithmetic", "geometric", "harmonic"))
EVERY = (WEIGHTS, SHARES, KNOTS, CUT, OWN, SCALE, ERRORS, IMPUTATION, TREATMENT, NORMALISATION, AGGREGATION)


def named(factor: Factor) -> str:
    return " ".join([factor.name, factor.by]).strip()


def design_of(setting: Setting, samples: int, seed: int = 0, kind: str = MONTE_CARLO) -> Design:
    return Design(kind, samples, seed, setting.widths)


def agreeing(card: Scorecard, varied: Sequence[Factor], samples: int = 12, kind: str = MONTE_CARLO) -> Ensemble:
    """An ensemble, once each of its draws was found to be what the plain way gives."""
    setting = factors.setting(card, varied)
    design = design_of(setting, samples, kind=kind)
    found, draws = run(setting, design), draws_of(setting, design)
    assert found.scores.shape == found.tiers.shape == found.ranks.shape == (design.rows, len(card.matrix.regions))
    for place in range(design.rows):
        agree(found, setting, draws, place)
    return found


def draws_of(setting: Setting, design: Design) -> Draws:
    """All draws of a design of one chunk."""
    assert len(design.chunks) == 1
    return drawn(setting, design.units(0))


def agree(found: Ensemble, setting: Setting, draws: Draws, place: int) -> None:
    expected = plain(setting, draws, place)
    np.testing.assert_allclose(found.scores[place], expected.scores, rtol=1e-12, atol=1e-12)
    assert (found.tiers[place] == expected.tiers)[~expected.near].all()
    assert expected.torn or (found.ranks[place] == expected.ranks).all()


def in_bytes(found: Part) -> tuple[bytes, bytes, bytes]:
    return found.scores.tobytes(), found.tiers.tobytes(), found.ranks.tobytes()


# --- on the published data ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def card(seeded_url: str) -> Iterator[Scorecard]:
    """31 regions and 12 functions; 31 scores are missing."""
    service = Service.open(seeded_url)
    reading = service.reading()
    yield reading.baseline(reading.resolve(AssessmentQuery())).sheet.card
    service.close()


@pytest.mark.parametrize("factor", [WEIGHTS, SHARES, KNOTS, OWN, SCALE, ERRORS, NORMALISATION, AGGREGATION], ids=named)
def test_each_factor_alone_on_the_default_framework(card: Scorecard, factor: Factor) -> None:
    found = agreeing(card, [factor])
    assert (np.nanstd(found.scores, axis=0) > 0).any()


@pytest.mark.parametrize("factor", [CUT, TREATMENT, IMPUTATION], ids=named)
def test_what_seldom_moves_a_score_alone_on_the_default_framework(card: Scorecard, factor: Factor) -> None:
    agreeing(card, [factor])


@pytest.mark.parametrize(
    "varied",
    [
        (WEIGHTS, KNOTS, CUT, OWN, ERRORS),
        (SHARES, KNOTS, CUT, SCALE, ERRORS, IMPUTATION, TREATMENT, NORMALISATION, AGGREGATION),
        (OWN, IMPUTATION),
        (KNOTS, NORMALISATION),
        (CUT, OWN),
        (ERRORS, CUT),
    ],
    ids=lambda varied: "+".join(map(named, varied)),
)
def test_factors_together_on_the_default_framework(card: Scorecard, varied: tuple[Factor, ...]) -> None:
    agreeing(card, varied, samples=40)


def test_every_row_of_a_saltelli_design(card: Scorecard) -> None:
    """8 base points, (5 + 2) rows each; of each block the second row differs from the first in the weights only."""
    found = agreeing(card, (WEIGHTS, KNOTS, CUT, OWN, ERRORS), samples=8, kind=SALTELLI)
    assert len(found.scores) == 56


def test_the_frozen_framework_of_entropy_and_topsis(seeded_url: str) -> None:
    service = Service.open(seeded_url)
    reading = service.reading()
    resolved = reading.resolve(AssessmentQuery(framework="cn-entropy-topsis"))
    agreeing(reading.baseline(resolved).sheet.card, (WEIGHTS, ERRORS, NORMALISATION))
    service.close()


# --- on nested trees ----------------------------------------------------------------------------------------------


def reference(case: str) -> Scorecard:
    _, framework = document_of(case)
    return score(evaluating.matrix_of(units_of(case), framework), framework)


def test_asem_three_levels_with_choices_at_every_step() -> None:
    """51 units, 49 indicators; group means, winsorised or logged, min-max, arithmetic means of three levels."""
    varied = (WEIGHTS, IMPUTATION, TREATMENT, NORMALISATION, AGGREGATION)
    setting = factors.setting(reference("asem"), varied)
    design = design_of(setting, 30)
    found, draws = run(setting, design), draws_of(setting, design)
    for place in range(30):
        agree(found, setting, draws, place)
    assert [set(column) for column in draws.chosen.T.tolist()] == [
        set(range(4)),
        set(range(4)),
        set(range(4)),
        {0, 1, 2},
    ]


def test_hdi_ranks_are_those_of_rounded_values() -> None:
    """Geometric means; a score is rounded to three decimals before ranks and tiers: some of 193 are equal then."""
    card = reference("hdi")
    found = agreeing(card, (WEIGHTS, Factor("aggregation", options=("declared", "arithmetic"))))
    assert any(len(np.unique(found.scores[place])) > len(np.unique(found.ranks[place])) for place in range(12))


REGIONS = [f"R{row}" for row in range(8)]
CODES = [f"i{place}" for place in range(6)]


def tree(**changes: Any) -> dict[str, Any]:
    """Three levels: i0, [i1, i2, [i3, i4]], i5; 200 times one value is an outlier."""
    deepest = {"code": "deepest", "weight": 2, "children": [leaf("i3", 1), leaf("i4", 4)]}
    inner = {"code": "inner", "weight": 3, "min_coverage": 0.4, "children": [leaf("i1", 2), leaf("i2", 1), deepest]}
    return small_document(
        reference={"period": 2021, "regions": REGIONS},
        indicators=[
            indicator(code, [0, 20, 40, 100], stage="origination" if place < 3 else "extension", force="cohesion")
            for place, code in enumerate(CODES)
        ],
        index={"code": "index", "min_coverage": 0.3, "children": [leaf("i0", 2), inner, leaf("i5", 0)]},
        min_coverage=0.5,
        **changes,
    )


def leaf(code: str, weight: float) -> dict[str, Any]:
    return {"indicator": code, "weight": weight}


def uneven_table(missing: float) -> dict[str, dict[str, float | None]]:
    random = np.random.default_rng(20211231)
    values = random.gamma(1.0, 25.0, (8, 6)) + 1.0
    values[0, 1] *= 30.0
    values[random.random((8, 6)) < missing] = np.nan
    rows = [[None if np.isnan(value) else float(value) for value in row] for row in values]
    return {region: dict(zip(CODES, row, strict=True)) for region, row in zip(REGIONS, rows, strict=True)}


def nested(missing: float = 0.25, **changes: Any) -> Scorecard:
    return scored(uneven_table(missing), parse(tree(**changes)))


@pytest.mark.parametrize("factor", EVERY, ids=named)
def test_each_factor_alone_on_a_nested_tree(factor: Factor) -> None:
    """A quarter of the values is missing; inner nodes and the root ask for a part of their weight, one weight is 0."""
    card = nested(impute={"method": "mean"} if factor == IMPUTATION else {"method": "none"})
    found = agreeing(card, [factor], samples=24)
    assert (found.tiers == -1).any() or factor == IMPUTATION


@pytest.mark.parametrize(
    "varied", [(WEIGHTS, POSITIVE, MEANS, OWN), (SHARES, KNOTS, ERRORS, MEANS)], ids=lambda varied: varied[0].by
)
def test_geometric_and_harmonic_means_of_positive_scores(varied: tuple[Factor, ...]) -> None:
    agreeing(nested(), varied, samples=40)


def test_everything_together_on_a_nested_tree() -> None:
    varied = (WEIGHTS, KNOTS, CUT, OWN, ERRORS, IMPUTATION, TREATMENT, NORMALISATION, AGGREGATION)
    agreeing(nested(treat={"method": "winsorise"}), varied, samples=100)


def test_a_declared_imputation_can_be_left_out() -> None:
    """Imputed cells are no missing ones; under the option `reweight` they are, and some regions have no tier then."""
    card = nested(missing=0.4, impute={"method": "mean"})
    assert (card.tier >= 0).all()
    found = agreeing(card, [WEIGHTS, IMPUTATION], samples=40)
    assert 0 < (found.tiers == -1).any(axis=1).mean() < 1


# --- what a framework may also say --------------------------------------------------------------------------------


def test_knots_that_are_not_of_the_measure_itself() -> None:
    """Knots of a logarithm: multiplied, they are not those of a divided value."""
    indicators = [
        indicator("labs", [0, 0.5, 1, 2], transform="log10", stage="origination"),
        indicator("share", [0, 20, 40, 60], measure={"kind": "national_share"}, stage="origination"),
    ]
    index = {"code": "index", "children": [leaf("labs", 1), leaf("share", 2)]}
    framework = small_framework(indicators=indicators, index=index)
    card = scored({f"R{row}": {"labs": 3.0 + 9 * row, "share": 20.0 + row} for row in range(3)}, framework)
    agreeing(card, [KNOTS])
    agreeing(card, [KNOTS, ERRORS, WEIGHTS])


def test_knots_of_values_that_treatment_took_to_a_logarithm() -> None:
    """Of 12 laboratories two are far off; with one of them replaced the column still fails."""
    regions = [f"R{row}" for row in range(12)]
    framework = small_framework(
        reference={"period": 2021, "regions": regions},
        treat={"method": "winsorise", "skew": 0.5, "kurtosis": 0.5, "max_points": 1},
        indicators=[
            indicator("labs", [-3, 0, 3, 9], stage="origination"),
            indicator("share", [0, 2, 5, 9], stage="origination"),
        ],
        index={"code": "index", "children": [leaf("labs", 1), leaf("share", 2)]},
    )
    labs = [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 300, 900]
    card = scored({code: {"labs": labs[row], "share": 1.0 + row} for row, code in enumerate(regions)}, framework)
    assert card.steps.logged.tolist() == [True, False]
    agreeing(card, [KNOTS])
    agreeing(card, [KNOTS, TREATMENT, ERRORS], samples=40)


def compared_with_r1(**more: Any) -> Scorecard:
    indicators = [
        evaluations.indicator("a", {"method": "dist_to_reference", "unit": "R1"}),
        evaluations.indicator("b", evaluations.MINMAX, **more),
    ]
    document = evaluations.document(indicators, reference={"period": 2021, "regions": ["R0", "R1", "R2"]})
    return scored({"R0": {"a": 1, "b": 2}, "R1": {"a": 5, "b": 5}, "R2": {"a": 3, "b": 9}}, parse(document))


def test_distances_to_a_unit() -> None:
    agreeing(compared_with_r1(), [WEIGHTS, ERRORS])


def test_an_error_of_what_another_indicator_is_measured_per() -> None:
    """b is per a: a draw's error of a moves both."""
    agreeing(compared_with_r1(measure={"kind": "per", "denominator": "a", "scale": 100}), [ERRORS])


@pytest.mark.parametrize("given", [True, False])
def test_an_error_of_a_total(given: bool) -> None:
    """The nation's own total has an error of its own; a summed one has those of its parts."""
    table = {f"R{row}": {"labs": 10.0 + row, "share": 20.0 + row, "rank": 4.0 + row} for row in range(3)}
    card = scored({**table, "CN": {"share": 70.0 if given else None}}, small_framework())
    setting = factors.setting(card, [ERRORS])
    assert setting.wrong.shape == (2, 10 if given else 9)
    assert (setting.wrong[0] == 3).sum() == given
    agreeing(card, [ERRORS])


@pytest.mark.parametrize("method", ["copeland", "topsis", "median", "power", "harmonic"])
def test_every_way_to_aggregate(method: str) -> None:
    """Copeland's rule and the closeness of TOPSIS compare units under the draw's own weights."""
    indicators = [evaluations.indicator(code, {"method": "minmax", "range": [1, 2]}) for code in CODES]
    index = {"aggregate": method, **({"power": 2} if method == "power" else {})}
    card = scored(
        uneven_table(0.0),
        parse(evaluations.document(indicators, index, reference={"period": 2021, "regions": REGIONS})),
    )
    found = agreeing(card, [WEIGHTS])
    assert (np.std(found.scores, axis=0) > 0).any()


@pytest.mark.parametrize("method", ["entropy", "critic", "pca"])
def test_weights_that_were_derived_are_varied_around_those_of_the_data(method: str) -> None:
    indicators = [evaluations.indicator(code, {"method": "minmax", "range": [1, 2]}) for code in CODES]
    document = evaluations.document(
        indicators, evaluations.derived(method, 6), reference={"period": 2021, "regions": REGIONS}
    )
    card = scored(uneven_table(0.0), parse(document))
    agreeing(card, [WEIGHTS])
    agreeing(card, [ERRORS])


# --- on random frameworks -----------------------------------------------------------------------------------------


def applicable(card: Scorecard, varied: Sequence[Factor]) -> list[Factor]:
    def applies(factor: Factor) -> bool:
        try:
            return bool(factors.setting(card, [factor]))
        except Refused:
            return False

    return [factor for factor in varied if applies(factor)]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_random_frameworks(data: st.DataObject) -> None:
    """Values right on knots, all weights, unknown totals, quotas of all kinds; every set of the early factors."""
    case = random_case(data.draw)
    card = score(case.matrix, case.framework)
    sets = [(WEIGHTS, SHARES), (KNOTS,), (CUT,), (OWN, SCALE), (ERRORS,)]
    wanted = [data.draw(st.sampled_from((None, *kinds))) for kinds in sets]
    varied = applicable(card, [factor for factor in wanted if factor is not None])
    agreeing(card, varied or [WEIGHTS], samples=4)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_without_any_spread_every_draw_is_the_baseline(data: st.DataObject) -> None:
    case = random_case(data.draw)
    card = score(case.matrix, case.framework)
    cut = card.parameters.rule.cut
    still = [
        Factor("weights", spread=0.0, by="uniform"),
        Factor("knots", spread=0.0),
        Factor("cut", low=cut, high=cut),
        Factor("treatment", options=("declared", "none")),
        Factor("imputation", options=("declared", "reweight")),
    ]
    setting = factors.setting(card, applicable(card, still))
    found = run(setting, design_of(setting, 5))
    scores = np.where(card.assessed, card.score, np.nan)
    np.testing.assert_allclose(found.scores, np.broadcast_to(scores, found.scores.shape), rtol=1e-12, atol=1e-12)
    assert (found.ranks == card.rank).all()
    assert (found.tiers == card.tier).all()


def test_without_any_spread_all_draws_have_the_same_bytes(card: Scorecard) -> None:
    still = [Factor("weights", spread=0.0, by="uniform"), Factor("knots", spread=0.0)]
    setting = factors.setting(card, still)
    found = run(setting, design_of(setting, 2 * CHUNK))
    assert (found.tiers == card.tier).all()
    assert (found.ranks == card.rank).all()
    for values in (found.scores, found.tiers, found.ranks):
        assert {row.tobytes() for row in values} == {values[0].tobytes()}


# --- numbers that are drawn ---------------------------------------------------------------------------------------


def test_weights_stay_within_their_spread_and_keep_their_mean(card: Scorecard) -> None:
    """Uniform: the mean of 2,000 has an error of 0.25 / sqrt(3 x 2000) = 0.0032 of a weight; five of them."""
    draws = many(card, WEIGHTS)
    declared = factors.declared_children(card.parameters.index)
    part = draws.weights / declared
    assert (part.min(), part.max()) == (pytest.approx(0.75, abs=0.001), pytest.approx(1.25, abs=0.001))
    assert np.abs(part.mean(axis=0) - 1.0).max() < 0.016


def test_dirichlet_weights_keep_the_declared_mean_and_sum() -> None:
    """Of a share m under concentration c the variance is m (1 - m) / (c + 1); 2,000 draws, five errors of the mean."""
    card = nested()
    weights = many(card, SHARES).weights
    assert weights is not None
    for begin, end, declared in ((0, 3, [2, 3, 0]), (3, 6, [2, 1, 2]), (6, 8, [1, 4])):
        share = np.array(declared) / sum(declared)
        drawn_shares = weights[:, begin:end] / sum(declared)
        error = np.sqrt(share * (1 - share) / 51 / 2000)
        assert np.abs(drawn_shares.sum(axis=1) - 1.0).max() < 1e-12
        assert (np.abs(drawn_shares.mean(axis=0) - share) <= 5 * error).all()
        np.testing.assert_allclose(drawn_shares.var(axis=0), share * (1 - share) / 51, rtol=0.2)


def test_errors_are_normal_with_the_deviation_of_their_status(card: Scorecard) -> None:
    """2,000 draws of a deviation have an error of 1 / sqrt(4000) = 1.6 % of it, means one of 2.2 %; six of each."""
    setting = factors.setting(card, [ERRORS])
    draws = many(card, ERRORS)
    off = (draws.errors - 1.0) / setting.deviations
    assert np.abs(off.mean(axis=0)).max() < 0.134
    assert np.abs(off.std(axis=0) - 1.0).max() < 0.095
    assert set(setting.deviations.tolist()) <= {0.1, 0.05, 0.02}


def test_an_error_leaves_something(card: Scorecard) -> None:
    """Units at the ends of [0, 1), and a deviation that no framework may declare: finite and above 0."""
    setting = factors.setting(card, [Factor("observation_error", errors=(("A", 5.0),))])
    units = np.zeros((2, sum(setting.widths)))
    units[1] = np.nextafter(1.0, 0.0)
    errors = drawn(setting, units).errors
    assert errors is not None
    assert np.isfinite(errors).all()
    assert errors.min() == 1e-6


def test_a_cut_and_options_are_uniform(card: Scorecard) -> None:
    """Of 2,000 draws a quarter each, with an error of sqrt(0.1875 / 2000) = 0.0097; five of them."""
    setting = factors.setting(card, [CUT, NORMALISATION])
    draws = drawn(setting, np.random.default_rng(0).random((2000, 2)))
    assert draws.cut is not None
    assert (draws.cut.min(), draws.cut.max()) == (pytest.approx(0.5, abs=0.01), pytest.approx(0.8, abs=0.01))
    quarters = np.bincount(draws.chosen[:, factors.STEPS.index("normalisation")]) / 2000
    assert np.abs(quarters - 0.25).max() < 0.049


def many(card: Scorecard, factor: Factor) -> Any:
    setting = factors.setting(card, [factor])
    return drawn(setting, np.random.default_rng(0).random((2000, sum(setting.widths))))


# --- what is refused ----------------------------------------------------------------------------------------------


def refused(card: Scorecard, factor: Factor) -> str:
    with pytest.raises(Refused) as found:
        factors.setting(card, [factor])
    return found.value.template


def test_factors_that_have_nothing_to_vary_are_refused() -> None:
    whole = {f"R{row}": {"labs": 10.0 + row, "share": 20.0 + row, "rank": 4.0 + row} for row in range(3)}
    without_cut = small_framework(sort={"method": "score_bands"})
    assert "no functions test whose cut" in refused(scored(whole, without_cut), CUT)
    assert "nothing is missing" in refused(scored(whole, small_framework()), OWN)
    assert "no value used has a status" in refused(
        scored(whole, small_framework()), Factor("observation_error", errors=(("E", 0.1),))
    )
    assert "indicators without knots" in refused(compared_with_r1(), KNOTS)
    for options in ((), ("declared",)):
        assert "no options are declared" in refused(compared_with_r1(), Factor("treatment", options=options))


def test_a_region_of_which_nothing_is_known_has_nothing_missing() -> None:
    """There is no present score of its own to draw from, and no tier in any draw."""
    card = scored({"R0": {"labs": 3.0, "rank": 4.0}, "R1": {"labs": 5.0, "rank": 2.0}}, small_framework())
    setting = factors.setting(card, [SCALE])
    assert setting.missing.tolist() == [[0, 1], [1, 1]]
    found = agreeing(card, [SCALE])
    assert (found.tiers[:, 2] == -1).all()
    assert (found.ranks[:, 2] == 0).all()


def test_sorts_and_weights_of_which_no_draws_are_computed() -> None:
    """By profiles, and by the benefit of the doubt, whose weights differ from unit to unit."""
    indicators = [evaluations.indicator(f"i{place}", {"method": "minmax"}) for place in range(2)]
    table = {"R0": {"i0": 1.0, "i1": 5.0}, "R1": {"i0": 2.0, "i1": 1.0}, "R2": {"i0": 9.0, "i1": 2.0}}
    regions = {"period": 2021, "regions": list(table)}
    profiles = {"method": "electre_tri_b", "cut": 0.7, "profiles": [{"i0": 2, "i1": 2}]}
    by_profiles = evaluations.document(indicators, sort=profiles, reference=regions)
    by_profiles["tiers"] = [{"code": code, "title": evaluations.TITLE} for code in ("low", "high")]
    doubt = evaluations.document(indicators, evaluations.derived("benefit_of_the_doubt", 2), reference=regions)
    assert "sort by profiles" in refused(scored(table, parse(by_profiles)), WEIGHTS)
    assert "differ from unit to unit" in refused(scored(table, parse(doubt)), WEIGHTS)


@pytest.mark.parametrize("varied", [(MEANS,), (MEANS, WEIGHTS), (MEANS, OWN)], ids=len)
def test_a_mean_that_is_not_defined_of_a_score_is_refused(varied: tuple[Factor, ...]) -> None:
    """R2 has no laboratories: a score of 0, of which there is no geometric mean."""
    table = {"R0": {"labs": 30.0, "rank": 4.0}, "R1": {"labs": 5.0, "rank": 2.0}, "R2": {"labs": 0.0, "rank": 9.0}}
    setting = factors.setting(scored(table, small_framework()), varied)
    with pytest.raises(Refused) as found:
        run(setting, design_of(setting, 20))
    assert (found.value.row, found.value.column) == (2, "labs")
    assert (found.value.params["value"], found.value.params["method"]) in [(0.0, "geometric"), (0.0, "harmonic")]


# --- who computes it ----------------------------------------------------------------------------------------------

TOGETHER = (WEIGHTS, KNOTS, CUT, OWN, ERRORS, NORMALISATION, AGGREGATION)


@pytest.mark.parametrize(("kind", "samples"), [(MONTE_CARLO, 3 * CHUNK - 1), (SALTELLI, 128)])
def test_neither_the_order_of_chunks_nor_threads_move_a_byte(card: Scorecard, kind: str, samples: int) -> None:
    setting = factors.setting(card, TOGETHER)
    design = design_of(setting, samples, kind=kind)
    expected, chunks = in_bytes(run(setting, design)), pieces(design, card.scores.size)
    backwards = Runner(setting, design)
    parts = {chunk: backwards.part(chunk) for chunk in reversed(chunks)}
    assert in_bytes(run(setting, design, lambda _, chunks: [parts[chunk] for chunk in chunks])) == expected
    with ThreadPoolExecutor(4) as pool:
        assert in_bytes(run(setting, design, pool.map)) == expected
    assert all(in_bytes(Runner(setting, design).part(chunk)) == in_bytes(parts[chunk]) for chunk in chunks)


@pytest.mark.parametrize("varied", [TOGETHER, (WEIGHTS, KNOTS, CUT, OWN, ERRORS), (WEIGHTS,)], ids=len)
@pytest.mark.parametrize("kind", [MONTE_CARLO, SALTELLI])
def test_neither_blocks_nor_pieces_move_a_byte(
    card: Scorecard, kind: str, varied: Sequence[Factor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few cells are computed at once, and however few draws are a piece of work."""
    setting = factors.setting(card, varied)
    design = design_of(setting, 64 if kind == SALTELLI else CHUNK + 60, kind=kind)
    expected = in_bytes(run(setting, design))
    for block, piece in [(1, ensemble.PIECE), (7, 11), (50, 23)]:
        monkeypatch.setattr(module, "BLOCK", block * card.scores.size)
        monkeypatch.setattr(points, "WHOLE", 1)
        monkeypatch.setattr(ensemble, "PIECE", piece * card.scores.size)
        assert in_bytes(run(setting, design)) == expected


def test_a_draw_is_the_same_however_many_are_made(card: Scorecard) -> None:
    """Of 40 and of 400 draws of a Saltelli design the first are the same points; sums may differ in a last digit."""
    setting = factors.setting(card, TOGETHER)
    few, more = (run(setting, design_of(setting, samples, kind=SALTELLI)) for samples in (4, 64))
    count = len(few.scores)
    np.testing.assert_allclose(few.scores, more.scores[:count], rtol=1e-12)
    assert (few.ranks == more.ranks[:count]).all()
    assert (few.tiers == more.tiers[:count]).all()


def test_an_ensemble_leaves_the_scorecard_as_it_was(card: Scorecard) -> None:
    def state() -> list[bytes]:
        arrays: list[Floats] = [card.scores, card.score, card.measured.values, card.measured.cells.values]
        return [array.tobytes() for array in arrays]

    before = state()
    for varied, samples in product(((OWN,), (KNOTS, OWN), (ERRORS, SCALE), TOGETHER), (1, 3)):
        setting = factors.setting(card, varied)
        run(setting, design_of(setting, samples))
    assert state() == before


def test_many_regions_are_ranked_by_sorting_as_few_by_comparing(
    card: Scorecard, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting = factors.setting(card, (WEIGHTS, KNOTS, NORMALISATION))
    expected = run(setting, design_of(setting, 50))
    monkeypatch.setattr(module, "COMPARED", 1)
    assert in_bytes(run(setting, design_of(setting, 50))) == in_bytes(expected)


def test_equal_scores_share_a_rank() -> None:
    """R0 and R1 have the same values, and the best ones."""
    table = {region: {"labs": 30.0, "share": 5.0, "rank": 4.0} for region in ("R0", "R1")}
    card = scored({**table, "R2": {"labs": 1.0, "share": 4.0, "rank": 30.0}}, small_framework())
    setting = factors.setting(card, [WEIGHTS, KNOTS])
    assert (run(setting, design_of(setting, 30)).ranks == [1, 1, 3]).all()


def test_seed_zero_is_a_seed_like_any_other(card: Scorecard) -> None:
    setting = factors.setting(card, [WEIGHTS, OWN])
    found = [in_bytes(run(setting, design_of(setting, 20, seed))) for seed in (0, 1, 0, 2)]
    assert found[0] == found[2]
    assert len(set(found)) == 3
