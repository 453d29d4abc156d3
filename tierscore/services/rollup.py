"""What the parts of a region add up to, as an answer: the value, of which parts, and which of them are not known.

Assessments never use it: a region without an observation of its own stays without one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tierscore.engine.matrix import Absence, Cells
from tierscore.engine.rollup import Lack, RolledUp, Rules, roll_up
from tierscore.errors import UnknownCode
from tierscore.framework.catalogue import LEVELS
from tierscore.framework.hierarchy import below
from tierscore.framework.model import Framework, Indicator, Window
from tierscore.services import listing
from tierscore.services.sheet import Answer, number
from tierscore.services.snapshot import Snapshot


@dataclass(frozen=True)
class Branch:
    """A region, everything below it and what a framework measures of them; the first code is the region's."""

    codes: tuple[str, ...]
    framework: Framework
    wanted: tuple[int, ...]

    @property
    def indicators(self) -> tuple[str, ...]:
        """Codes of what is asked for, and of what it is weighted by."""
        asked = [self.framework.indicators[place] for place in self.wanted]
        weights = [item.pooling.weight for item in asked if item.pooling is not None and item.pooling.weight]
        return tuple(dict.fromkeys([*(item.code for item in asked), *weights]))

    def weight_of(self, column: int) -> int | None:
        """The column that a ratio is weighted by."""
        rule = self.framework.indicators[column].pooling
        codes = [item.code for item in self.framework.indicators]
        return None if rule is None or rule.weight is None else codes.index(rule.weight)


def branch(snapshot: Snapshot, region: str, framework: Framework, indicators: Sequence[str]) -> Branch:
    """What has to be known of a region's parts: values of the very year, so that no sum mixes years.

    Raises
    ------
    UnknownCode
        For a region that is not there, and an indicator that the framework does not measure.
    """
    codes = (snapshot.region(region).code, *below(snapshot.children, region))
    places = {item.code: place for place, item in enumerate(framework.indicators)}
    for code in indicators:
        if code not in places:
            raise UnknownCode("indicator", code, places, "indicator")
    of_the_year = tuple(replace(item, window=Window()) for item in framework.indicators)
    wanted = tuple(dict.fromkeys(places[code] for code in indicators)) or tuple(range(len(of_the_year)))
    return Branch(codes, replace(framework, regions=codes, indicators=of_the_year), wanted)


def answer(asked: Branch, cells: Cells, snapshot: Snapshot) -> Answer:
    """What a region's parts add up to, indicator by indicator; `cells` are of the branch's codes, in their order."""
    rows = {code: row for row, code in enumerate(asked.codes)}
    regions = [snapshot.regions[code] for code in asked.codes]
    parents = np.array([-1, *(rows[region.parent or ""] for region in regions[1:])], dtype=np.int64)
    levels = np.array([LEVELS[region.kind] for region in regions], dtype=np.int64)
    found = roll_up(cells.values, parents, levels, Rules.of(asked.framework.indicators))
    children = np.flatnonzero(parents == 0).tolist()
    return {
        "region": dict(snapshot.heads[asked.codes[0]]),
        "children": len(children),
        "indicators": [_indicator(asked, cells, found, children, column) for column in asked.wanted],
    }


def _indicator(asked: Branch, cells: Cells, found: RolledUp, children: Sequence[int], column: int) -> Answer:
    described, lack = asked.framework.indicators[column], Lack(int(found.lack[0, column]))
    weight = asked.weight_of(column)
    return {
        "code": described.code,
        "title": listing.title(described.title),
        "unit": described.unit,
        "pooling": _pooling(described),
        "value": number(found.of_children[0, column]),
        "reason": None if lack is Lack.NOTHING else lack.name.lower(),
        "known": int(found.known[0, column]),
        "own": _observed(cells, 0, column),
        "parts": [
            {"region": asked.codes[row]}
            | _part(cells, found, row, column)
            | {"weight": None if weight is None else number(found.values[row, weight])}
            for row in children
        ],
    }


def _pooling(described: Indicator) -> Answer | None:
    rule = described.pooling
    return None if rule is None else {"kind": rule.kind, "weight": rule.weight}


def _observed(cells: Cells, row: int, column: int) -> Answer | None:
    """A region's own observation, None where it has none."""
    value = number(cells.values[row, column])
    if value is None:
        return None
    return {"value": value, "status": cells.statuses[row, column], "source": cells.sources[row, column]}


def _part(cells: Cells, found: RolledUp, row: int, column: int) -> Answer:
    own, value = _observed(cells, row, column), number(found.values[row, column])
    kind = None if value is None else "rolled_up" if own is None else "observed"
    return {
        "value": value,
        "kind": kind,
        "missing_reason": None if kind else _reason(cells, found, row, column),
        "status": None if own is None else own["status"],
        "source": None if own is None else own["source"],
    }


def _reason(cells: Cells, found: RolledUp, row: int, column: int) -> str:
    """Why a part has no value: its own parts lack one, or it has no parts and nothing was observed."""
    if found.children[row] > 0:
        return Lack(int(found.lack[row, column])).name.lower()
    return Absence(int(cells.absence[row, column])).name.lower()
