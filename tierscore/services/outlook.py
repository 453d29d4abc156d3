"""The second half of an answer: the way to a target tier, and the levers that act on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np

from tierscore.engine import gap as gaps
from tierscore.engine import need
from tierscore.engine.gap import Gap
from tierscore.engine.matrix import Absence, Floats
from tierscore.engine.scorecard import Scorecard
from tierscore.framework.model import CentralPlace
from tierscore.services.levers import levers_of, portfolio_of, ranking_of
from tierscore.services.sheet import Answer, Sheet, number


@dataclass(frozen=True)
class Outlook:
    """The way of some rows of a sheet to their targets, computed at once for all of them.

    places : of each row in `gap` and `needs`.
    """

    sheet: Sheet
    places: Mapping[int, int]
    gap: Gap
    needs: Floats

    @classmethod
    def of(cls, sheet: Sheet, rows: Sequence[int], target: int | None = None) -> Outlook:
        """`target` is the place of a tier, None for the next one of each row."""
        card, asked = sheet.card, np.array(rows, dtype=np.int64)
        goals = gaps.next_tier(card)[asked] if target is None else np.full(asked.shape, target)
        gap = gaps.towards(card, goals, asked)
        return cls(sheet, {row: place for place, row in enumerate(rows)}, gap, need.needs(card, gap))

    def needs_of(self, row: int) -> Floats:
        """What each deficit of one row weighs, (indicators,)."""
        own: Floats = self.needs[self.places[row]]
        return own

    def answer(self, row: int) -> Answer:
        """``{gap, levers, levers_for_unknown, portfolio}`` of one row."""
        levers, for_unknown = levers_of(self.sheet, row, self._target(row), self.needs_of(row))
        told = {"gap": self.way(row), "levers": levers, "levers_for_unknown": for_unknown}
        return told | {"portfolio": self._portfolio(row, bool(levers))}

    def _portfolio(self, row: int, some: bool) -> Answer:
        """The fewest levers that answer every deficit; none where no lever is asked for."""
        if not some:
            return {"levers": [], "unanswered": []}
        short = self.gap.short[self.places[row]]
        return portfolio_of(self.sheet, row, self._target(row), self.needs_of(row), short)

    def _target(self, row: int) -> int:
        return int(self.gap.target[self.places[row]])

    def brief(self, row: int) -> Answer:
        """``{gap, levers}`` of one row: the exemplars without their indicators, the levers without their passages."""
        levers = ranking_of(self.sheet, row, self._target(row), self.needs_of(row))
        return {"gap": self.way(row, brief=True), "levers": levers}

    def way(self, row: int, *, brief: bool = False) -> Answer:
        """What each test lacks, the deficits by their gain, the unknowns, the exemplars (in short, if `brief`)."""
        sheet, gap, place, target = self.sheet, self.gap, self.places[row], self._target(row)
        has_functions = isinstance(sheet.framework.sort, CentralPlace)
        has_quota = target >= sheet.card.parameters.rule.quota_from
        quota = {"coverage_gap": number(gap.coverage_gap[place]), "share_gap": number(gap.share_gap[place])}
        return {
            "target": sheet.tier(target),
            "score_gap": number(gap.score_gap[place]),
            "functions_gap": number(gap.functions_gap[place]) if has_functions else None,
            **_functions(sheet.card, row, target if has_functions else -1),
            "origination": quota if has_quota else None,
            "deficits": [self._deficit(row, column) for column in _by_gain(gap, place)],
            "unknown": _unknown(sheet, row) if target >= 0 else [],
            "exemplars": _exemplars(sheet, row, target, brief) if target >= 0 else [],
        }

    def _deficit(self, row: int, column: int) -> Answer:
        card, gap, place, indicator = self.sheet.card, self.gap, self.places[row], self.sheet.scored[column]
        value, required = float(card.measured.cells.values[row, column]), float(gap.required[place, column])
        return {
            "indicator": indicator.code,
            "value": number(value),
            "required": number(required),
            "shortfall": number(abs(required - value)),
            "unit": indicator.unit,
            "score_gain": number(gap.gain[place, column]),
            "need": float(self.needs[place, column]),
            "reason": _why_not(card, column) if isnan(required) else None,
        }


def _functions(card: Scorecard, row: int, target: int) -> Answer:
    """The weight of the functions supplied at the target, and what is needed of it; null without a target."""
    if target < 0:
        return {"functions_share": None, "functions_needed": None}
    share = number(card.tests.functions_share[row, target])
    return {"functions_share": share, "functions_needed": float(card.parameters.rule.cut)}


def _by_gain(gap: Gap, place: int) -> list[int]:
    """The deficits' columns, greatest gain first; gains equal to 1e-9 in the framework's order."""
    columns = np.flatnonzero(gap.short[place])
    found: list[int] = columns[np.argsort(-np.round(gap.gain[place, columns], 9), kind="stable")].tolist()
    return found


def _why_not(card: Scorecard, column: int) -> str:
    """Why no value is required: none reaches the tier, or a score that rests on the others cannot be turned round."""
    return "not_reachable" if np.isfinite(card.parameters.entries[column]).any() else "not_invertible"


def _unknown(sheet: Sheet, row: int) -> list[Answer]:
    card = sheet.card
    return [
        {
            "indicator": card.parameters.codes[column],
            "weight": float(card.parameters.weights[column]),
            "missing_reason": Absence(int(card.measured.absence[row, column])).name.lower(),
        }
        for column in np.flatnonzero(card.unknown[row])
    ]


def _exemplars(sheet: Sheet, row: int, target: int, brief: bool) -> list[Answer]:
    """The nearest regions of at least the target tier, beside this one indicator by indicator."""
    card, others = sheet.card, sheet.beside
    return [
        {
            "region": others.matrix.regions[other],
            "tier": sheet.tier(others.tier[other]),
            "score": float(others.score[other]),
            "difference": float(others.score[other] - card.score[row]),
        }
        | ({} if brief else _side_by_side(sheet, row, other))
        for other in gaps.exemplars(card, row, target, others)
    ]


def _side_by_side(sheet: Sheet, row: int, other: int) -> Answer:
    columns = range(len(sheet.card.parameters.codes))
    return {"indicators": [_beside(sheet, row, other, column) for column in columns]}


def _beside(sheet: Sheet, row: int, other: int, column: int) -> Answer:
    card, others = sheet.card, sheet.beside
    return {
        "indicator": card.parameters.codes[column],
        "value": number(others.measured.cells.values[other, column]),
        "score": number(others.scores[other, column]),
        "score_difference": number(others.scores[other, column] - card.scores[row, column]),
    }
