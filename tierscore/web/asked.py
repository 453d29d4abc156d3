"""What the address of a page asks about: which framework, which year, which data."""

from __future__ import annotations

from flask import request

from tierscore.errors import Invalid, Violation
from tierscore.services.query import AssessmentQuery

# What stays the same from one page to the next.
CARRIED = ("framework", "version", "period", "as_of", "lang")


def asked() -> AssessmentQuery:
    """The question of the present address; raises Invalid for a period that is no number, or a degree that is none."""
    return AssessmentQuery(
        framework=_given("framework"),
        version=_given("version"),
        period=None if _given("period") is None else int(number("period", int)),
        as_of=_given("as_of"),
        target=_given("target"),
        integration=0.0 if _given("integration") is None else _degree(),
    )


def carried() -> dict[str, str]:
    """The parameters of the present address that other pages keep."""
    return {name: request.args[name] for name in CARRIED if request.args.get(name)}


def _given(name: str) -> str | None:
    return request.args.get(name) or None


def _degree() -> float:
    degree = number("integration", float)
    if 0 <= degree <= 1:
        return degree
    template, allowed, text = "A number from {low} to {high} is needed.", ("0 to 1",), request.args["integration"]
    limits = {"low": 0, "high": 1}
    raise Invalid(
        "query", [Violation("out_of_range", template, limits, parameter="integration", value=text, allowed=allowed)]
    )


def number(name: str, kind: type[int] | type[float]) -> float:
    """A parameter as a number; raises Invalid for anything else."""
    text = request.args[name]
    try:
        return kind(text)
    except ValueError:
        wrong = Violation("wrong_number", "{value!r} is no number.", {"value": text}, parameter=name, value=text)
        raise Invalid("query", [wrong]) from None
