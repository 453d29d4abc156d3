"""What an uncertainty analysis varies, and what a point of the unit cube makes of it (methodology, section 10).

Each factor takes some columns of the cube: one for each child of the index for weights, one for each indicator for
knots, one for each missing cell, one for each cell with an error; a cut or a choice takes a single one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tierscore.engine.matrix import Floats, Ints
from tierscore.engine.refused import Refused
from tierscore.engine.scorecard import Scorecard
from tierscore.framework.model import Knots, Node
from tierscore.framework.tree import nodes

OWN, SCALE = "own", "scale"  # where a missing value's score is drawn from
UNIFORM, DIRICHLET = "uniform", "dirichlet"
LEAST_LEFT = 1e-6  # of a value with an error, so that no total becomes nothing
STEPS = ("imputation", "treatment", "normalisation", "aggregation")  # those of which one is chosen


@dataclass(frozen=True)
class Factor:
    """One thing that is varied.

    name : weights, knots, cut, missing, observation_error, or one of `STEPS`.
    spread : relative half width of weights and knots, concentration of Dirichlet weights.  low, high : of a cut.
    by : the distribution of weights, or where missing scores are drawn from.
    errors : relative standard deviations by status.  options : what is chosen from, each as likely.
    """

    name: str
    spread: float = 0.0
    low: float = 0.0
    high: float = 0.0
    by: str = ""
    errors: tuple[tuple[str, float], ...] = ()
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Setting:
    """A scorecard and what is varied about it.

    missing : (2, cells), rows and columns of scores that are drawn.  wrong : (2, cells), rows (the nation comes after
    the regions) and scored columns of values with an error; deviations : (cells,), relative.
    widths : how many columns each factor takes.
    """

    card: Scorecard
    factors: tuple[Factor, ...]
    missing: Ints
    wrong: Ints
    deviations: Floats

    @property
    def widths(self) -> tuple[int, ...]:
        """How many columns of the unit cube each factor takes."""
        return tuple(self._width(factor) for factor in self.factors)

    @property
    def columns(self) -> dict[str, slice]:
        """Where in the unit cube the columns of each factor are, by its name."""
        ends = np.cumsum((0, *self.widths)).tolist()
        names = (factor.name for factor in self.factors)
        return dict(zip(names, map(slice, ends[:-1], ends[1:]), strict=True))

    @property
    def from_own(self) -> bool:
        """Whether a missing score is drawn from the region's own present ones; else from the scale."""
        return any(factor.name == "missing" and factor.by == OWN for factor in self.factors)

    def _width(self, factor: Factor) -> int:
        sizes = {
            "weights": children_of(self.card.parameters.index),
            "knots": len(self.card.parameters.codes),
            "missing": self.missing.shape[1],
            "observation_error": self.wrong.shape[1],
        }
        width: int = sizes.get(factor.name, 1)
        return width


@dataclass(frozen=True)
class Draws:
    """What some rows of a design come to; None for what is not varied.

    weights : (draws, children), of every child of the index, node by node, the root first.  knots : (draws,
    indicators), by which all knots of an indicator are multiplied.  cut : (draws,).
    missing : (draws, cells) in [0, 1).  errors : (draws, cells), by which values are multiplied.
    chosen : (draws, steps) places of options, 0 where a step is not varied.
    """

    count: int
    weights: Floats | None
    knots: Floats | None
    cut: Floats | None
    missing: Floats | None
    errors: Floats | None
    chosen: Ints

    def children(self, index: Node) -> Floats:
        """The weights of all children, as declared where they are not varied: (draws, children)."""
        if self.weights is not None:
            return self.weights
        declared = declared_children(index)
        return np.broadcast_to(declared, (self.count, declared.size))

    def cuts(self, declared: float) -> Floats:
        """The cut, as declared where it is not varied: (draws,)."""
        return np.full(self.count, declared) if self.cut is None else self.cut

    def some(self, rows: Ints) -> Draws:
        """Some of the draws."""
        parts = {name: getattr(self, name) for name in ("weights", "knots", "cut", "missing", "errors")}
        taken = {name: None if values is None else values[rows] for name, values in parts.items()}
        return Draws(count=rows.size, chosen=self.chosen[rows], **taken)


def setting(card: Scorecard, factors: Sequence[Factor]) -> Setting:
    """What is varied about a scorecard.

    Raises
    ------
    Refused
        For a factor that has nothing to vary here, as none is skipped, for a sort by profiles, and for the benefit of
        the doubt.
    """
    if card.parameters.outranking is not None:
        raise Refused("Step {step}: draws are not computed for a sort by profiles.")
    if any(node.weights is not None for _, node in nodes(card.parameters.index)):  # those it derives are derived
        raise Refused("Step {step}: draws are not computed for weights that differ from unit to unit.")
    by_name = {factor.name: factor for factor in factors}
    missing = np.argwhere(np.isnan(card.scores) & (~np.isnan(card.scores)).any(axis=1, keepdims=True)).T
    wrong, deviations = _wrong(card, by_name.get("observation_error"))
    found = Setting(card, tuple(factors), missing, wrong, deviations)
    for factor in factors:
        _refuse_idle(found, factor)
    return found


def _wrong(card: Scorecard, factor: Factor | None) -> tuple[Ints, Floats]:
    """Cells of the regions and the nation's own with an error of their status: places and relative deviations."""
    given = card.parameters
    errors = dict(factor.errors) if factor is not None else {}
    of_nation = card.matrix.nation.statuses[given.places].numbers(errors)
    nation = np.where(card.measured.totals_given, of_nation, errors.get("", 0.0))
    deviations = np.vstack([card.measured.cells.statuses.numbers(errors), nation])
    places = np.argwhere(deviations > 0).T
    return places, deviations[tuple(places)]


def _refuse_idle(found: Setting, factor: Factor) -> None:
    given = found.card.parameters
    knots = all(isinstance(item.normalise, Knots) for item in found.card.framework.indicators if item.normalise)
    wrong = {
        "knots": (not knots, "Step {step}: this framework has indicators without knots."),
        "cut": (given.rule.cut == 0, "Step {step}: this framework has no functions test whose cut could vary."),
        "missing": (found.missing.shape[1] == 0, "Step {step}: nothing is missing."),
        "observation_error": (found.wrong.shape[1] == 0, "Step {step}: no value used has a status with an error."),
    }
    idle, template = wrong.get(factor.name, (False, ""))
    if factor.name in STEPS:
        idle, template = len(factor.options) < 2, "Step {step}: no options are declared to choose from."
    if idle:
        raise Refused(template)


def children_of(node: Node) -> int:
    """How many children all nodes of a tree have."""
    return len(node.children) + sum(children_of(child) for child in node.children if isinstance(child, Node))


def drawn(found: Setting, units: Floats) -> Draws:
    """What rows of a design come to, (draws, columns) in [0, 1)."""
    return drawn_of(found, {name: units[:, columns] for name, columns in found.columns.items()}, len(units))


def drawn_of(found: Setting, parts: Mapping[str, Floats], count: int) -> Draws:
    """The same from the columns of some factors, (draws, columns of the factor) each; the others are not varied."""
    by_name = {factor.name: factor for factor in found.factors}
    chosen = np.zeros((count, len(STEPS)), dtype=np.int64)
    for place, step in enumerate(STEPS):
        if step in parts:
            chosen[:, place] = np.floor(parts[step][:, 0] * len(by_name[step].options))
    cut = by_name["cut"] if "cut" in parts else None
    return Draws(
        count=count,
        weights=_weights(found, by_name["weights"], parts["weights"]) if "weights" in parts else None,
        knots=_around_one(by_name["knots"].spread, parts["knots"]) if "knots" in parts else None,
        cut=None if cut is None else cut.low + (cut.high - cut.low) * parts["cut"][:, 0],
        missing=parts.get("missing"),
        errors=_errors(found, parts["observation_error"]) if "observation_error" in parts else None,
        chosen=chosen,
    )


def _around_one(spread: float, units: Floats) -> Floats:
    factors: Floats = 1.0 + spread * (2.0 * units - 1.0)
    return factors


def _errors(found: Setting, units: Floats) -> Floats:
    """Normal relative errors; one of -100 % or more, which no spread in use comes near, leaves next to nothing."""
    from scipy import special  # noqa: PLC0415 - slow to load, and few need it

    inside = np.clip(units, np.finfo(np.float64).tiny, 1.0 - np.finfo(np.float64).epsneg)
    factors: Floats = np.maximum(1.0 + found.deviations * special.ndtri(inside), LEAST_LEFT)
    return factors


def _weights(found: Setting, factor: Factor, units: Floats) -> Floats:
    declared = declared_children(found.card.parameters.index)
    if factor.by == DIRICHLET:
        return _dirichlet(found.card.parameters.index, factor.spread, units)
    return declared * _around_one(factor.spread, units)


def declared_children(node: Node) -> Floats:
    """The weights of all children, node by node, the root first: (children,)."""
    own = [child.weight for child in node.children]
    below = [declared_children(child) for child in node.children if isinstance(child, Node)]
    return np.concatenate([np.array(own), *below])


def names_of_children(node: Node) -> list[str]:
    """The codes of all children in the order of `declared_children`."""
    own = [child.code if isinstance(child, Node) else child.indicator for child in node.children]
    return own + [name for child in node.children if isinstance(child, Node) for name in names_of_children(child)]


def _dirichlet(node: Node, concentration: float, units: Floats) -> Floats:
    """Within each node shares with the declared means; the sum of a node's children stays the declared one."""
    from scipy import special  # noqa: PLC0415 - slow to load, and few need it

    count = len(node.children)
    weights = np.array([child.weight for child in node.children])
    alphas = concentration * weights / weights.sum()
    gammas = np.where(alphas > 0, special.gammaincinv(np.where(alphas > 0, alphas, 1.0), units[:, :count]), 0.0)
    own = weights.sum() * gammas / gammas.sum(axis=1, keepdims=True)
    parts, begin = [own], count
    for child in node.children:
        if isinstance(child, Node):
            size = children_of(child)
            parts.append(_dirichlet(child, concentration, units[:, begin : begin + size]))
            begin += size
    return np.hstack(parts)
