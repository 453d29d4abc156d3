"""The tier rule of a raw document: `central_place`, `score_bands` or `electre_tri_b`."""

from __future__ import annotations

from collections.abc import Callable

from tierscore.framework.interval import Interval
from tierscore.framework.model import CentralPlace, ElectreTriB, Origination, ScoreBands, Sort, Thresholds
from tierscore.framework.reader import Reader

PART = Interval(0, 1)
DISTANCE = Interval(0)
MOST_DECIMALS = 9


def sort(reader: Reader) -> Sort:
    """The rule by its method."""
    method = reader.variant("method", tuple(METHODS))
    rule = METHODS.get(method, _central_place)(reader)
    reader.finish()
    return rule


def _central_place(reader: Reader) -> CentralPlace:
    return CentralPlace(
        cut=reader.number("cut", within=PART),
        origination=_origination(reader),
        reference=reader.text("reference", None),
    )


def _score_bands(reader: Reader) -> ScoreBands:
    return ScoreBands(
        decimals=reader.whole("decimals", None, 0, MOST_DECIMALS),
        reference=reader.text("reference", None),
    )


def _electre_tri_b(reader: Reader) -> ElectreTriB:
    return ElectreTriB(
        cut=reader.number("cut", within=PART),
        profiles=tuple(_profile(item) for item in reader.items("profiles")),
        thresholds=tuple(_thresholds(code, item) for code, item in reader.entries("thresholds")),
        reference=reader.text("reference", None),
    )


METHODS: dict[str, Callable[[Reader], Sort]] = {
    CentralPlace.method: _central_place,
    ScoreBands.method: _score_bands,
    ElectreTriB.method: _electre_tri_b,
}


def _origination(reader: Reader) -> Origination | None:
    if not reader.has("origination"):
        reader.mapping("origination", {})
        return None
    inner = reader.mapping("origination")
    quota = Origination(
        start=inner.text("from"),
        coverage=inner.number("coverage", within=PART),
        share=inner.number("share", within=PART),
        reference=inner.text("reference", None),
    )
    inner.finish()
    return quota


def _profile(reader: Reader) -> tuple[tuple[str, float], ...]:
    return tuple((code, reader.number(code)) for code in reader.raw)


def _thresholds(code: str, reader: Reader) -> Thresholds:
    thresholds = Thresholds(
        indicator=code,
        q=reader.number("q", 0.0, DISTANCE),
        p=reader.number("p", 0.0, DISTANCE),
        v=reader.number("v", None, DISTANCE),
    )
    reader.finish()
    return thresholds
