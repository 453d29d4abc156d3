"""Draws of an ensemble one at a time: each as a framework and a matrix of its own, scored like any other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from tierscore.engine import aggregate, nodes, tier
from tierscore.engine.factors import OWN, STEPS, Draws, Setting
from tierscore.engine.matrix import Cells, Flags, Floats, Ints, Matrix
from tierscore.engine.pipeline import score
from tierscore.engine.scorecard import Scorecard
from tierscore.engine.threshold import EPS
from tierscore.engine.tier import Tests
from tierscore.framework.model import CentralPlace, Framework, Imputation, Indicator, Knots, Node, Scaling, Treatment

NEAR = 1e-10  # to a test's border; either side is right then


@dataclass(frozen=True)
class Plain:
    """One draw's scores (NaN without a tier), tiers and ranks.

    near : the regions where a test hangs by a hair; torn : whether ranks hang on the last digit that is compared.
    """

    scores: Floats
    tiers: Ints
    ranks: Ints
    near: Flags
    torn: bool


def plain(setting: Setting, draws: Draws, place: int) -> Plain:
    """One draw by the plain way: its framework over its matrix, its missing scores put in."""
    card = score(matrix_of(setting, draws, place), framework_of(setting, draws, place))
    given = card.parameters
    scores = card.scores if draws.missing is None else filled(setting, card, draws.missing[place])
    total = nodes.tree_of(scores, given).values[given.index.code]
    tests = tier.run_tests(scores, given.compared(total), given.weights, given.rule)
    assessed = ~np.isnan(total) & (card.coverage >= card.framework.min_coverage - EPS)
    found = Plain(
        scores=np.where(assessed, total, np.nan),
        tiers=np.where(assessed, tier.highest(tests.met), -1),
        ranks=aggregate.rank(given.compared(total), assessed),
        near=_near(card, scores, given.compared(total), tests),
        torn=bool((np.abs(given.compared(total) * 1e9 % 1.0 - 0.5) < 1e-3).any()),
    )
    assert draws.missing is not None or _is(card, found)
    return found


def _is(card: Scorecard, found: Plain) -> bool:
    """Whether it is the scorecard's own answer, as it is where nothing was put in."""
    same = (np.where(card.assessed, card.score, 0.0) == np.nan_to_num(found.scores)).all()
    return bool(same and (card.tier == found.tiers).all() and (card.rank == found.ranks).all())


def _near(card: Scorecard, scores: Floats, total: Floats, tests: Tests) -> Flags:
    rule = card.parameters.rule
    shares = ((tests.functions_share, rule.cut), (tests.origination_share, rule.quota_share))
    found = _close(card.coverage, card.framework.min_coverage) | _close(tests.origination_coverage, rule.quota_coverage)
    for threshold in rule.thresholds:
        found |= _close(scores, threshold).any(axis=-1) | _close(total, threshold)
    for share, border in shares:
        found |= _close(share, border).any(axis=-1)
    return found


def _close(values: Floats, border: float) -> Flags:
    near: Flags = np.abs(values - (border - EPS)) < NEAR
    return near


def filled(setting: Setting, card: Scorecard, units: Floats) -> Floats:
    """The scores with the drawn ones put in: of the region's own present scores, in order, or of the scale."""
    scores, scale = card.scores.copy(), card.framework.scale
    factor = next(item for item in setting.factors if item.name == "missing")
    for row, column, unit in zip(*setting.missing.tolist(), units.tolist(), strict=True):
        own = card.scores[row, ~np.isnan(setting.card.scores[row])]
        drawn = own[int(unit * own.size)] if factor.by == OWN else scale.low + (scale.high - scale.low) * unit
        scores[row, column] = drawn
    return scores


def matrix_of(setting: Setting, draws: Draws, place: int) -> Matrix:
    """The matrix with the drawn errors: of the regions' values, and of the nation's own."""
    matrix = setting.card.matrix
    if draws.errors is None:
        return matrix
    values, nation = matrix.cells.values.copy(), matrix.nation.values.copy()
    places = setting.card.parameters.places[setting.wrong[1]]
    for row, column, error in zip(setting.wrong[0], places, draws.errors[place], strict=True):
        if row == len(matrix.regions):
            nation[column] *= error
        else:
            values[row, column] *= error
    return replace(matrix, cells=_with(matrix.cells, values), nation=_with(matrix.nation, nation))


def _with(cells: Cells, values: Floats) -> Cells:
    return replace(cells, values=values)


def framework_of(setting: Setting, draws: Draws, place: int) -> Framework:
    """The framework with the drawn knots, weights, cut and choices; weights that it derives are those of the data."""
    framework, given = setting.card.framework, setting.card.parameters
    framework = chosen(setting, draws.chosen[place], replace(framework, index=given.index))
    if draws.knots is not None:
        by_code = dict(zip(given.codes, draws.knots[place].tolist(), strict=True))
        indicators = tuple(_stretched(item, by_code.get(item.code, 1.0)) for item in framework.indicators)
        framework = replace(framework, indicators=indicators)
    if draws.weights is not None:
        framework = replace(framework, index=weighed(framework.index, draws.weights[place].tolist()))
    if draws.cut is not None:
        assert isinstance(framework.sort, CentralPlace)
        framework = replace(framework, sort=replace(framework.sort, cut=float(draws.cut[place])))
    return framework


def _stretched(indicator: Indicator, factor: float) -> Indicator:
    rule = indicator.normalise
    if not isinstance(rule, Knots):
        return indicator
    return replace(indicator, normalise=replace(rule, at=tuple(knot * factor for knot in rule.at)))


def weighed(node: Node, weights: list[float]) -> Node:
    """The tree with other weights: those of the root's children, then all of its first inner child's, and so on."""
    children, rest = [], iter(weights[len(node.children) :])
    for child, weight in zip(node.children, weights, strict=False):
        inner = weighed(child, _taken(child, rest)) if isinstance(child, Node) else child
        children.append(replace(inner, weight=weight))
    return replace(node, children=tuple(children))


def _taken(node: Node, rest: Iterator[float]) -> list[float]:
    own = [next(rest) for _ in node.children]
    below = [weight for child in node.children if isinstance(child, Node) for weight in _taken(child, rest)]
    return own + below


def chosen(setting: Setting, places: Ints, framework: Framework) -> Framework:
    """The framework with the drawn options, in the words that a document would have for them."""
    options = {factor.name: factor.options for factor in setting.factors}
    for step, place in zip(STEPS, places.tolist(), strict=True):
        if step in options and options[step][place] != "declared":
            framework = CHOICES[step](framework, options[step][place])
    return framework


def _imputation(framework: Framework, option: str) -> Framework:
    return replace(framework, impute=Imputation("none" if option == "reweight" else option))


def _treatment(framework: Framework, option: str) -> Framework:
    method, _, points = option.partition(":")
    treat = framework.treat if framework.treat.method == method else Treatment(method)
    return replace(framework, treat=replace(treat, max_points=int(points or treat.max_points)))


def _normalisation(framework: Framework, option: str) -> Framework:
    scored = [item if item.normalise is None else replace(item, normalise=Scaling(option)) for item in
              framework.indicators]  # fmt: skip
    return replace(framework, indicators=tuple(scored))


def _aggregation(framework: Framework, option: str) -> Framework:
    return replace(framework, index=_combined(framework.index, option))


def _combined(node: Node, option: str) -> Node:
    children = tuple(_combined(child, option) if isinstance(child, Node) else child for child in node.children)
    return replace(node, aggregate=option, children=children)


CHOICES: dict[str, Callable[[Framework, str], Framework]] = {
    "imputation": _imputation,
    "treatment": _treatment,
    "normalisation": _normalisation,
    "aggregation": _aggregation,
}
