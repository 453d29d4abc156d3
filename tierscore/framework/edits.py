"""Edits of a framework: typed changes of its document, which is then read like any other, with a digest of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from tierscore.errors import Invalid, Violation
from tierscore.framework.model import Framework
from tierscore.framework.parse import parse

Document = dict[str, Any]
Value = float | tuple[float, ...] | None


@dataclass(frozen=True)
class Change:
    """One edit: what is changed, of which indicator or tier, and to what."""

    op: str
    value: Value = None
    indicator: str | None = None
    tier: str | None = None


@dataclass(frozen=True)
class Changed:
    """What a change found (`old`) and left (`new`), and the part of the document that it touched."""

    old: Any
    new: Any
    pointer: str


def _plain(number: Any) -> Any:
    """A number of a document; it may be written as a fraction."""
    return float(Fraction(number)) if isinstance(number, str) else number


class _Refused(Exception):
    """An edit that cannot be made; the violation has no pointer yet, `part` is the key of the edit at fault."""

    def __init__(self, part: str, violation: Violation) -> None:
        super().__init__(violation.message)
        self.part = part
        self.violation = violation


def edited(document: Document, changes: Sequence[Change], at: str) -> tuple[Framework, list[Changed]]:
    """The framework with the changes made in their order, and what each of them did.

    Parameters
    ----------
    at : str
        JSON Pointer to the list of changes, to name the one at fault.

    Raises
    ------
    Invalid
        For a change of what is not there, or one that leaves no valid framework, each naming its change.
    """
    new = deepcopy(document)
    done: list[Changed] = []
    for place, change in enumerate(changes):
        try:
            done.append(OPERATIONS[change.op](new, change))
        except _Refused as refused:
            pointer = f"{at}/{place}/{refused.part}"
            raise Invalid("what-if", [replace(refused.violation, pointer=pointer)]) from None
    return _parsed(new, done, at), done


def _parsed(document: Document, done: Sequence[Changed], at: str) -> Framework:
    try:
        return parse(document)
    except Invalid as error:
        named = [replace(violation, pointer=_blamed(violation, done, at)) for violation in error.violations]
        raise Invalid("what-if", named) from None


def _blamed(violation: Violation, done: Sequence[Changed], at: str) -> str:
    """The last change that touched what is wrong now, else the last of all."""
    touched = [place for place, change in enumerate(done) if _near(change.pointer, violation.pointer or "")]
    return f"{at}/{touched[-1] if touched else len(done) - 1}"


def _near(touched: str, wrong: str) -> bool:
    return wrong.startswith(touched) or touched.startswith(wrong)


def _set_weight(document: Document, change: Change) -> Changed:
    entry, pointer = _leaf(document, change)
    old, entry["weight"] = _plain(entry.get("weight")), change.value
    return Changed(old, change.value, f"{pointer}/weight")


def _set_knots(document: Document, change: Change) -> Changed:
    place, indicator = _indicator(document, change)
    normalise = indicator.get("normalise")
    if not isinstance(normalise, dict):
        raise _Refused("indicator", Violation("not_scored", "{value!r} is not scored.", {"value": change.indicator}))
    knots = list(change.value) if isinstance(change.value, tuple) else change.value
    old, normalise["at"] = [_plain(knot) for knot in normalise.get("at", [])], knots
    return Changed(old, knots, f"/indicators/{place}/normalise")


def _set_cut(document: Document, change: Change) -> Changed:
    old, document["sort"]["cut"] = _plain(document["sort"].get("cut")), change.value
    return Changed(old, change.value, "/sort/cut")


def _set_threshold(document: Document, change: Change) -> Changed:
    tiers = {str(tier["code"]): place for place, tier in enumerate(document["tiers"])}
    place = _known("tier", "tier", change.tier, tiers)
    tier = document["tiers"][place]
    old, tier["score"] = _plain(tier["score"]), change.value
    return Changed(old, change.value, f"/tiers/{place}/score")


def _drop(document: Document, change: Change) -> Changed:
    """Out of the index, and out of what levers act on; it stays an indicator that others may be divided by."""
    entry, pointer = _leaf(document, change)
    siblings = next(node["children"] for node, _ in _nodes(document["index"]) if entry in node["children"])
    siblings.remove(entry)
    levers = [_without(lever, str(change.indicator)) for lever in document.get("levers", [])]
    document["levers"] = [lever for lever in levers if lever["acts_on"]]
    return Changed(_plain(entry.get("weight")), None, pointer.rpartition("/")[0])


def _without(lever: Document, code: str) -> Document:
    return lever | {"acts_on": {name: part for name, part in lever["acts_on"].items() if name != code}}


OPERATIONS: Mapping[str, Callable[[Document, Change], Changed]] = {
    "set_weight": _set_weight,
    "set_knots": _set_knots,
    "set_cut": _set_cut,
    "set_threshold": _set_threshold,
    "drop": _drop,
}


def _indicator(document: Document, change: Change) -> tuple[int, Document]:
    places = {str(indicator["code"]): place for place, indicator in enumerate(document["indicators"])}
    place = _known("indicator", "indicator", change.indicator, places)
    return place, document["indicators"][place]


def _leaf(document: Document, change: Change) -> tuple[Document, str]:
    """The entry of an indicator in the index."""
    found = {
        str(child["indicator"]): (child, f"{pointer}/children/{place}")
        for node, pointer in _nodes(document["index"])
        for place, child in enumerate(node["children"])
        if "indicator" in child
    }
    entry: tuple[Document, str] = _known("indicator", "indicator of the index", change.indicator, found)
    return entry


def _nodes(node: Document, pointer: str = "/index") -> Iterator[tuple[Document, str]]:
    yield node, pointer
    for place, child in enumerate(node["children"]):
        if "children" in child:
            yield from _nodes(child, f"{pointer}/children/{place}")


def _known(part: str, kind: str, code: str | None, found: Mapping[str, Any]) -> Any:
    if code is None or code not in found:
        template = "There is no {kind} {value!r}."
        violation = Violation("unknown_code", template, {"kind": kind, "value": code}, value=code, allowed=tuple(found))
        raise _Refused(part, violation)
    return found[code]
