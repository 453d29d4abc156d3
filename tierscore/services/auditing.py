"""What an auditor asks of a framework and its data: every part of the analysis, with labels (methodology, audit)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tierscore.engine import breaks, influence, reliability
from tierscore.engine.correlate import CONFLICTING, LEAST_UNITS, REDUNDANT, Correlations, correlate, flag
from tierscore.engine.describe import LEAST_OBSERVED, MOST_ALIKE, describe
from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.nodes import children_of, name_of
from tierscore.engine.scorecard import Scorecard
from tierscore.framework.model import Leaf, Node
from tierscore.framework.tree import nodes
from tierscore.services.profile import profile
from tierscore.services.sheet import Answer, number


def audit(
    card: Scorecard, others: Sequence[Scorecard] = (), unit: int | None = None, peers: Sequence[int] = ()
) -> Answer:
    """The whole analysis of one scorecard.

    Parameters
    ----------
    others : scorecards of the same units by other frameworks, to be compared with.
    unit : the row whose trade-offs, strengths and weaknesses are told; the one of the middle rank unless given.
    peers : the rows that it is compared with; all others unless given.
    """
    row = _middle(card) if unit is None else unit
    values = card.nodes
    return {
        "conventions": _conventions(),
        "indicators": _descriptions(card),
        "availability": _availability(card),
        "correlations": _correlations(card, values),
        "nodes": [_node(card, node, values) for _, node in nodes(card.parameters.index)],
        "influence": _influence(card),
        "trade_offs": None if row is None else _trade_offs(card, row),
        "leave_one_out": [_left_out(card, item) for item in influence.without_each(card)],
        "frameworks": _comparison(card, others),
        "profile": None if row is None else profile(card, row, peers),
        "natural_breaks": _breaks(card),
    }


def _conventions() -> Answer:
    """What the flags go by; conventions of the field, not tests."""
    return {
        "sparse_below": LEAST_OBSERVED,
        "uneven_above": MOST_ALIKE,
        "redundant_above": REDUNDANT,
        "conflict_below": CONFLICTING,
        "least_units": LEAST_UNITS,
        "seed": breaks.SEED,
    }


def _middle(card: Scorecard) -> int | None:
    ranked = np.flatnonzero(card.rank > 0)
    if ranked.size == 0:
        return None
    order = ranked[np.argsort(card.rank[ranked], kind="stable")]
    return int(order[order.size // 2])


def _descriptions(card: Scorecard) -> list[Answer]:
    found = describe(card.steps.measured)
    names = ("mean", "median", "deviation", "least", "greatest", "skewness", "kurtosis")
    return [
        {
            "indicator": code,
            "count": int(found.count[column]),
            **{name: number(getattr(found, name)[column]) for name in names},
            "most_frequent": number(found.alike[column]),
            "flags": [name for name, flags in found.flags.items() if flags[column]],
        }
        for column, code in enumerate(card.parameters.codes)
    ]


def _availability(card: Scorecard) -> list[Answer]:
    """Per unit: how many of its indicators were observed, and which share of each node's weight."""
    present = ~np.isnan(card.steps.measured)
    inside = [(node.code, _columns_below(card, node)) for _, node in nodes(card.parameters.index)]
    weights = card.parameters.weights
    return [
        {
            "unit": unit,
            "observed": int(present[row].sum()),
            "coverage": number(card.coverage[row]),
            "nodes": {
                code: number(_share(weights[columns], present[row, columns])) for code, columns in inside
            },
        }
        for row, unit in enumerate(card.matrix.regions)
    ]  # fmt: skip


def _share(weights: Floats, present: Flags) -> float:
    total = float(weights.sum())
    return float(weights[present].sum()) / total if total > 0 else np.nan


def _columns_below(card: Scorecard, node: Node) -> list[int]:
    columns = card.parameters.columns
    found: list[int] = []
    for child in node.children:
        found += [columns[child.indicator]] if isinstance(child, Leaf) else _columns_below(card, child)
    return found


def _correlations(card: Scorecard, values: dict[str, Floats]) -> Answer:
    """Between the parts of each node, and of each part with the nodes above it."""
    found = correlate(np.column_stack([card.scores, *values.values()]))
    # a node may be called like an indicator: nodes stand behind all indicators
    below = {code: place for place, code in enumerate(card.parameters.codes)}
    above = {code: len(below) + place for place, code in enumerate(values)}
    return {
        "within": list(_within(card.parameters.index, found, below, above)),
        "between": list(_between(card.parameters.index, found, below, above, ())),
    }


def _within(node: Node, found: Correlations, below: dict[str, int], above: dict[str, int]) -> Iterator[Answer]:
    for place, one in enumerate(node.children):
        for other in node.children[place + 1 :]:
            pair = _place(one, below, above), _place(other, below, above)
            yield {
                "node": node.code,
                "one": name_of(one),
                "other": name_of(other),
                **_values(found, pair),
                "flag": flag(float(found.pearson[pair])),
            }
    for child in node.children:
        if isinstance(child, Node):
            yield from _within(child, found, below, above)


def _between(
    node: Node, found: Correlations, below: dict[str, int], above: dict[str, int], ancestors: tuple[Node, ...]
) -> Iterator[Answer]:
    lineage = (*ancestors, node)
    for child in node.children:
        for ancestor in reversed(lineage):
            pair = _place(child, below, above), above[ancestor.code]
            low = "conflict" if found.pearson[pair] < CONFLICTING else None
            yield {"part": name_of(child), "node": ancestor.code, **_values(found, pair), "flag": low}
        if isinstance(child, Node):
            yield from _between(child, found, below, above, lineage)


def _place(child: Node | Leaf, below: dict[str, int], above: dict[str, int]) -> int:
    return below[child.indicator] if isinstance(child, Leaf) else above[child.code]


def _values(found: Correlations, pair: tuple[int, int]) -> Answer:
    return {name: number(getattr(found, name)[pair]) for name in ("pearson", "spearman", "kendall")}


def _node(card: Scorecard, node: Node, values: dict[str, Floats]) -> Answer:
    """Whether the parts of a node measure one thing."""
    table = children_of(node, card.scores, card.parameters.columns, values)
    found = reliability.components(table)
    names = [name_of(child) for child in node.children]
    return {
        "node": node.code,
        "parts": names,
        "units": len(reliability.complete(table)),
        "alpha": number(reliability.cronbach(table)),
        "alpha_standardised": number(reliability.standardised(correlate(table).pearson)),
        "components": None
        if found is None
        else [
            {
                "eigenvalue": float(found.eigenvalues[place]),
                "explained": float(found.explained[place]),
                "loadings": dict(zip(names, found.loadings[:, place].tolist(), strict=True)),
            }
            for place in range(found.eigenvalues.size)
        ],
    }


def _influence(card: Scorecard) -> list[Answer]:
    found = influence.influences(card)
    return [
        {"indicator": code, "weight": float(card.parameters.weights[column]), "influence": number(found[column])}
        for column, code in enumerate(card.parameters.codes)
    ]


def _trade_offs(card: Scorecard, row: int) -> Answer:
    """What one more of each is worth to a unit, in points of its score and in each other indicator."""
    found, codes = influence.gains(card, row), card.parameters.codes
    table = influence.worth(found)
    units = {item.code: item.unit for item in card.framework.indicators}
    return {
        "unit": card.matrix.regions[row],
        "indicators": [
            {
                "indicator": code,
                "step": int(card.parameters.direction[column]),
                "native_unit": units[code],
                "score_gain": number(found[column]),
                "worth": {other: number(table[column, place]) for place, other in enumerate(codes) if place != column},
            }
            for column, code in enumerate(codes)
        ],
    }


def _left_out(card: Scorecard, found: influence.LeftOut) -> Answer:
    codes = [tier.code for tier in card.framework.tiers]

    def tier(of: Scorecard | None, row: int) -> str | None:
        return codes[of.tier[row]] if of is not None and of.tier[row] >= 0 else None

    return {
        "indicator": found.indicator,
        "scored": found.card is not None,
        "mean_rank_shift": number(found.rank_shift),
        "greatest_rank_shift": found.greatest_shift,
        "spearman": number(found.spearman),
        "tiers_moved": [
            {"unit": card.matrix.regions[row], "before": tier(card, int(row)), "after": tier(found.card, int(row))}
            for row in found.moved
        ],
    }


def _comparison(card: Scorecard, others: Sequence[Scorecard]) -> Answer:
    """Units by this framework and by others, side by side; and how alike the orders are."""
    sides = [_Side.of(item, card.matrix.regions) for item in (card, *others)]
    found = correlate(np.column_stack([side.score for side in sides]))
    return {
        "frameworks": [side.name for side in sides],
        "agreement": [
            {"one": sides[one].name, "other": sides[other].name, **_values(found, (one, other))}
            for one in range(len(sides))
            for other in range(one + 1, len(sides))
        ],
        "units": [
            {
                "unit": unit,
                "ranks": [int(side.rank[row]) or None for side in sides],
                "scores": [number(side.score[row]) for side in sides],
                "tiers": [side.tiers[row] for side in sides],
            }
            for row, unit in enumerate(card.matrix.regions if others else ())
        ],
    }


@dataclass(frozen=True)
class _Side:
    """One framework's ranks, scores and tiers of some units, in their order."""

    name: str
    rank: Ints
    score: Floats
    tiers: list[str | None]

    @classmethod
    def of(cls, card: Scorecard, units: Sequence[str]) -> _Side:
        places = {unit: row for row, unit in enumerate(card.matrix.regions)}
        rows = [places[unit] for unit in units]
        codes = [tier.code for tier in card.framework.tiers]
        tiers = [codes[place] if place >= 0 else None for place in card.tier[rows]]
        return cls(f"{card.framework.id}@{card.framework.version}", card.rank[rows], card.score[rows], tiers)


def _breaks(card: Scorecard) -> list[Answer]:
    """How the scores fall into as many groups as there are tiers, beside the declared tiers; a check, no rule."""
    rows = np.flatnonzero(card.assessed & ~np.isnan(card.score))
    if rows.size < 2:
        return []
    return [_break(card, rows, method) for method in breaks.METHODS]


def _break(card: Scorecard, rows: Ints, method: str) -> Answer:
    from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415 - takes longer to load than all the rest

    found = breaks.group(card.score[rows], len(card.framework.tiers), method)
    return {
        "method": method,
        "entries": found.entries.tolist(),
        "declared": [number(value) for value in card.parameters.rule.thresholds[1:]],
        "agreement": float(adjusted_rand_score(card.tier[rows], found.classes)),
        "groups": [
            [card.matrix.regions[row] for row in rows[found.classes == place]]
            for place in range(int(found.classes.max()) + 1)
        ],
    }
