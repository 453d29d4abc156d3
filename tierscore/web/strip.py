"""The functions of a region as one strip: a cell for each, as wide as its weight, those of the highest tier first.

Where a tier needs functions of a part of the known weight, the cell at that part is the tier that the functions carry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

Answer = dict[str, Any]

WIDTH, HEIGHT, BETWEEN = 920.0, 40.0, 16.0


@dataclass(frozen=True)
class Piece:
    """An indicator's cell: where it begins, how wide it is, and the tier that it supplies (None: missing)."""

    item: Answer
    x: float
    width: float
    tier: Answer | None


@dataclass(frozen=True)
class Strip:
    """The cells from left to right, and where the needed part of the known weight ends (None: none is needed)."""

    pieces: tuple[Piece, ...]
    cut: float | None
    width: float = WIDTH
    height: float = HEIGHT

    def count(self, tier: str | None) -> int:
        """How many functions supply a tier and no higher one; of None, how many are missing."""
        return sum(piece.item["supplies_tier"] == tier for piece in self.pieces)


def strip(answer: Answer, tiers: Sequence[Answer]) -> Strip:
    """The strip of a full answer: the known by tier, the highest first, then the missing."""
    by_code = {tier["code"]: tier for tier in tiers}
    order = list(by_code)
    known = [item for item in answer["indicators"] if item["supplies_tier"] is not None]
    known.sort(key=lambda item: -order.index(item["supplies_tier"]))
    missing = [item for item in answer["indicators"] if item["supplies_tier"] is None]
    unit = _unit(known, missing)
    pieces = list(_pieces(known, 0.0, unit, by_code))
    pieces += _pieces(missing, _end(pieces) + BETWEEN if known else 0.0, unit, by_code)
    needs = known and answer["rule"]["sort"] == "central_place"
    return Strip(tuple(pieces), answer["rule"]["cut"] * unit * _weight(known) if needs else None)


def _pieces(items: Sequence[Answer], x: float, unit: float, tiers: Mapping[str, Answer]) -> Iterator[Piece]:
    for item in items:
        piece = Piece(item, x, item["weight"] * unit, tiers.get(item["supplies_tier"]))
        yield piece
        x += piece.width


def _end(pieces: Sequence[Piece]) -> float:
    return pieces[-1].x + pieces[-1].width if pieces else 0.0


def _weight(items: Sequence[Answer]) -> float:
    return fsum(item["weight"] for item in items)


def letters(tiers: Sequence[Answer], language: str) -> dict[str, str]:
    """A mark for each tier beside its colour: the first letter of its name, or its place where these are not distinct.

    >>> letters([{"code": "a", "title": {"en": "Low"}}, {"code": "b", "title": {"en": "High"}}], "en")
    {'a': 'L', 'b': 'H'}
    >>> letters([{"code": "a", "title": {"en": "Low"}}, {"code": "b", "title": {"en": "Lower"}}], "en")
    {'a': '1', 'b': '2'}
    """
    first = [tier["title"][language][:1].upper() for tier in tiers]
    marks = first if len(set(first)) == len(first) else [str(place) for place in range(1, len(tiers) + 1)]
    return {tier["code"]: mark for tier, mark in zip(tiers, marks, strict=True)}


def _unit(known: Sequence[Answer], missing: Sequence[Answer]) -> float:
    """Pixels of a weight of 1, so that all cells and the space before the missing fill the strip."""
    whole = _weight([*known, *missing])
    return (WIDTH - (BETWEEN if known and missing else 0.0)) / whole if whole > 0 else 0.0
