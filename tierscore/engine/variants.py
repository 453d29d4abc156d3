"""The frameworks that choices of steps lead to: each is a framework like any other (methodology, section 10)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tierscore.engine.factors import STEPS, Factor
from tierscore.framework.model import Framework, Imputation, Indicator, Node, Scaling, Treatment

DECLARED = "declared"  # the option that leaves a step as the framework has it
REWEIGHT = "reweight"


def variant(framework: Framework, factors: tuple[Factor, ...], chosen: tuple[int, ...]) -> Framework:
    """The framework with the options that are chosen, one place for each of `STEPS`."""
    by_name = {factor.name: factor for factor in factors}
    for step, place in zip(STEPS, chosen, strict=True):
        if step in by_name and (option := by_name[step].options[place]) != DECLARED:
            framework = CHANGES[step](framework, option)
    return framework


def _imputed(framework: Framework, option: str) -> Framework:
    if option == REWEIGHT:
        return replace(framework, impute=Imputation())
    return replace(framework, impute=replace(framework.impute, method=option))


def _treated(framework: Framework, option: str) -> Framework:
    """``none``, ``winsorise``, or ``winsorise:5`` with another number of points at most."""
    method, _, points = option.partition(":")
    treat = framework.treat if framework.treat.method == method else Treatment(method=method)
    return replace(framework, treat=replace(treat, max_points=int(points)) if points else treat)


def _normalised(framework: Framework, option: str) -> Framework:
    return replace(framework, indicators=tuple(_rescaled(item, option) for item in framework.indicators))


def _rescaled(indicator: Indicator, method: str) -> Indicator:
    return indicator if indicator.normalise is None else replace(indicator, normalise=Scaling(method=method))


def _aggregated(framework: Framework, option: str) -> Framework:
    return replace(framework, index=_node(framework.index, option))


def _node(node: Node, method: str) -> Node:
    children = tuple(_node(child, method) if isinstance(child, Node) else child for child in node.children)
    return replace(node, aggregate=method, children=children)


CHANGES: dict[str, Callable[[Framework, str], Framework]] = {
    "imputation": _imputed,
    "treatment": _treated,
    "normalisation": _normalised,
    "aggregation": _aggregated,
}
