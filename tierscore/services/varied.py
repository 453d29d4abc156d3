"""Which factors an uncertainty analysis varies and how far: what the framework declares, and what is asked instead."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from tierscore.engine import factors as engine
from tierscore.engine.factors import Factor, Setting
from tierscore.engine.refused import Refused
from tierscore.engine.scorecard import Scorecard
from tierscore.errors import Violation
from tierscore.framework.model import Framework, Spread
from tierscore.framework.parse_spreads import FACTORS, spread_of
from tierscore.framework.reader import Reader
from tierscore.services.editing import no, refuse
from tierscore.services.sheet import Answer

__all__ = ["FACTORS", "Varied", "factor_of", "varied"]

CUT_TENTH = 0.1  # of a cut whose spread nobody declares
ASSUMPTION, ASKED = "assumption", "asked"


@dataclass(frozen=True)
class Varied:
    """A factor with the spread that it has here."""

    name: str
    spread: Spread

    def told(self, factor: Factor) -> Answer:
        """The factor as answers show it: its own numbers, and where they are from."""
        numbers: Answer = {
            "weights": {"distribution": factor.by, _width(factor): factor.spread},
            "knots": {"relative": factor.spread},
            "cut": {"low": factor.low, "high": factor.high},
            "missing": {"from": factor.by},
            "observation_error": dict(factor.errors),
        }
        return {
            "name": self.name,
            "parameters": numbers.get(self.name, {"options": list(factor.options)}),
            "reference": self.spread.reference or ASSUMPTION,
        }


def _width(factor: Factor) -> str:
    return "concentration" if factor.by == engine.DIRICHLET else "relative"


def varied(card: Scorecard, asked: Sequence[str]) -> tuple[list[Varied], Setting]:
    """The factors of an analysis, and the scorecard with them.

    None asked for: every factor that has something to vary here.

    Raises
    ------
    Invalid
        For an unknown factor, a wrong spread, and one that has nothing to vary here, with their pointers.
    """
    wanted = _read(card.framework, asked) if asked else _applicable(card)
    found = [factor_of(item, card.framework) for item in wanted]
    refuse(
        Violation("not_applicable", _why(card, factor), {"step": factor.name}, pointer=f"/factors/{place}")
        for place, factor in enumerate(found)
        if _why(card, factor)
    )
    return wanted, engine.setting(card, found)


def _applicable(card: Scorecard) -> list[Varied]:
    every = [Varied(item.name, getattr(card.framework.spreads, item.name)) for item in fields(card.framework.spreads)]
    return [item for item in every if not _why(card, factor_of(item, card.framework))]


def _why(card: Scorecard, factor: Factor) -> str:
    """Why a factor has nothing to vary; empty where it has."""
    try:
        engine.setting(card, [factor])
    except Refused as refused:
        return refused.template
    return ""


def _read(framework: Framework, asked: Sequence[str]) -> list[Varied]:
    found: list[Violation] = []
    items = [_item(framework, json.loads(text), f"/factors/{place}", found) for place, text in enumerate(asked)]
    names = [item.name for item in items]
    for place, name in enumerate(names):
        if name in names[:place]:
            found.append(Violation("duplicate", "A factor stands once.", pointer=f"/factors/{place}", value=name))
    refuse(found)
    return items


def _item(framework: Framework, raw: Any, pointer: str, found: list[Violation]) -> Varied:
    """A factor by its name, or by an object with its name and its own spread."""
    given = dict(raw) if isinstance(raw, dict) else {"name": raw}
    name = given.pop("name", None)
    if name not in FACTORS:
        found.append(no("factor", str(name), FACTORS, f"{pointer}/name" if isinstance(raw, dict) else pointer))
        return Varied(str(name), Spread())
    declared = getattr(framework.spreads, name)
    if not given:
        return Varied(name, declared)
    if "reference" in given:
        template = "There is no such name here."
        found.append(Violation("unknown_name", template, pointer=f"{pointer}/reference", value=given.pop("reference")))
    return Varied(name, replace(spread_of(name, Reader(given, pointer, found), declared), reference=ASKED))


def factor_of(item: Varied, framework: Framework) -> Factor:
    """The factor as the engine takes it."""
    spread = item.spread
    dirichlet = item.name == "weights" and spread.distribution == engine.DIRICHLET
    low, high = _cut(spread, framework) if item.name == "cut" else (0.0, 0.0)
    return Factor(
        name=item.name,
        spread=spread.concentration if dirichlet else spread.relative,
        low=low,
        high=high,
        by=spread.source if item.name == "missing" else spread.distribution if item.name == "weights" else "",
        errors=spread.errors,
        options=spread.options,
    )


def _cut(spread: Spread, framework: Framework) -> tuple[float, float]:
    """The declared ends, or a tenth below and above the cut."""
    cut = getattr(framework.sort, "cut", 0.0)
    tenth_below, tenth_above = cut * (1 - CUT_TENTH), min(cut * (1 + CUT_TENTH), 1.0)
    if spread.low is None and spread.high is None:
        return tenth_below, tenth_above
    low = min(tenth_below, spread.high or 0.0) if spread.low is None else spread.low
    return low, max(tenth_above, low) if spread.high is None else spread.high
