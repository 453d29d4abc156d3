"""What an address of the bench says, and back: readable enough to be typed.

``region=CN-SC`` is who is looked at: a region, a group, or the members of one's own group (``CN-HN,CN-AH``).
``edit=CN-SC:rd_expenditure:1300`` sets a value; ``edit=CN-SC:unicorns:add:2`` and ``…:multiply:1.1`` start from it.
``rule=drop:unicorns``, ``rule=set_cut:0.5``, ``rule=set_weight:unicorns:0.1`` edit the framework.
``group=CN-CY:0.5`` is a group's degree of integration, ``scenario=id.edition`` the saved what-if that it began with.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from werkzeug.datastructures import MultiDict

from tierscore.errors import Violation
from tierscore.services.editing import refuse
from tierscore.services.query import OPERATIONS, AssessmentQuery, CellEdit, FrameworkEdit, GroupAsked, WhatIf

Part = TypeVar("Part")
Given = MultiDict[str, str]
Parameters = dict[str, Any]
SET = "set"
# What stands between an edit of the framework and its value.
SUBJECTS = {"set_weight": "indicator", "set_knots": "indicator", "set_threshold": "tier", "drop": "indicator"}
VALUED = ("set_weight", "set_knots", "set_threshold", "set_cut")


@dataclass(frozen=True)
class Bench:
    """What is on the bench.

    region : who is looked at, None if the address does not say.  scenario : ``id.edition`` of what it began with.
    """

    region: str | None = None
    edits: tuple[CellEdit, ...] = ()
    rules: tuple[FrameworkEdit, ...] = ()
    groups: tuple[tuple[str, float], ...] = ()
    scenario: str | None = None

    def asked(self, query: AssessmentQuery, regions: Iterable[str], known: Iterable[str]) -> WhatIf:
        """The what-if of these edits, told for some regions; `known` are the codes of groups."""
        known = set(known)
        return WhatIf(
            AssessmentQuery(query.framework, query.version, query.period, query.as_of),
            self.edits,
            self.rules,
            tuple(group_asked(group, degree, known) for group, degree in self.groups),
            tuple(regions),
        )


def group_asked(group: str, integration: float, known: Iterable[str]) -> GroupAsked:
    """A group by its code where there is one, else by its members."""
    if group in known:
        return GroupAsked(code=group, integration=integration)
    return GroupAsked(members=tuple(group.split(",")), integration=integration)


def read(given: Given) -> Bench:
    """What an address says; raises Invalid for every part that does not say what it should."""
    wrong: list[Violation] = []
    bench = Bench(
        given.get("region") or None,
        tuple(_all(given, "edit", _edit, wrong)),
        tuple(_all(given, "rule", _rule, wrong)),
        tuple(_all(given, "group", _group, wrong)),
        given.get("scenario") or None,
    )
    refuse(wrong)
    return bench


def write(bench: Bench) -> Parameters:
    """The parameters that say so."""
    return {
        "region": bench.region,
        "edit": [edit_text(edit) for edit in bench.edits],
        "rule": [rule_text(rule) for rule in bench.rules],
        "group": [f"{group}:{plain(degree)}" for group, degree in bench.groups],
        "scenario": bench.scenario,
    }


def edit_text(edit: CellEdit) -> str:
    """An edit as it stands in an address.

    >>> edit_text(CellEdit("set", "CN-SC", "unicorns", 15.0)), edit_text(CellEdit("add", "CN-SC", "unicorns", 0.5))
    ('CN-SC:unicorns:15', 'CN-SC:unicorns:add:0.5')
    """
    how = () if edit.op == SET else (edit.op,)
    return ":".join((edit.region, edit.indicator, *how, plain(edit.value)))


def rule_text(rule: FrameworkEdit) -> str:
    """An edit of the framework as it stands in an address.

    >>> rule_text(FrameworkEdit("set_knots", (0.0, 4.4), indicator="unicorns"))
    'set_knots:unicorns:0,4.4'
    """
    subject = getattr(rule, SUBJECTS[rule.op]) if rule.op in SUBJECTS else None
    value = rule.value if isinstance(rule.value, tuple | list) else () if rule.value is None else (rule.value,)
    return ":".join(filter(None, (rule.op, subject, ",".join(map(plain, value)))))


def plain(value: Any) -> str:
    """A number in full, as JavaScript writes it.

    >>> plain(15.0), plain(0.1), plain(1388.6947)
    ('15', '0.1', '1388.6947')
    """
    number = float(value)
    return str(int(number)) if number.is_integer() else repr(number)


def as_json(bench: Bench) -> Parameters:
    """The same for the page's script: edits as the call takes them, edits of the framework with their text."""
    rules = [{"text": rule_text(rule), "body": _without_none(asdict(rule))} for rule in bench.rules]
    return {
        "region": bench.region,
        "edits": [asdict(edit) for edit in bench.edits],
        "rules": rules,
        "groups": [{"group": group, "integration": degree} for group, degree in bench.groups],
        "scenario": bench.scenario,
    }


def _all(given: Given, name: str, part: Callable[[str], Part], wrong: list[Violation]) -> Iterator[Part]:
    for text in given.getlist(name):
        try:
            yield part(text)
        except (ValueError, KeyError):
            template = "{value!r} is not understood here."
            wrong.append(Violation("not_understood", template, {"value": text}, parameter=name, value=text))


def _edit(text: str) -> CellEdit:
    region, indicator, *how, value = text.split(":")
    if how and (len(how) > 1 or how[0] not in OPERATIONS):
        raise ValueError(text)
    return CellEdit(how[0] if how else SET, region, indicator, _number(value))


def _rule(text: str) -> FrameworkEdit:
    operation, *rest = text.split(":")
    subject: Mapping[str, Any] = {SUBJECTS[operation]: rest.pop(0)} if operation in SUBJECTS and rest else {}
    numbers = [_number(item) for part in rest for item in part.split(",")]
    if len(rest) != (operation in VALUED) or (operation in SUBJECTS) != bool(subject):
        raise ValueError(text)
    value = tuple(numbers) if operation == "set_knots" else numbers[0] if numbers else None
    return FrameworkEdit(operation, value, **subject)


def _group(text: str) -> tuple[str, float]:
    group, _, degree = text.rpartition(":")
    if not group:
        raise ValueError(text)
    return group, _number(degree)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _without_none(values: Parameters) -> Parameters:
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in values.items() if value is not None
    }
