"""Mistakes that services find in what a body says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from tierscore.errors import Invalid, UnknownCode, Violation


@contextmanager
def said_in_body() -> Iterator[None]:
    """Mistakes that would be of a query parameter are of the body's key of that name, and 422."""
    try:
        yield
    except UnknownCode as error:
        if error.parameter is None:
            raise
        raise Invalid("body", [_in_body(error.as_violation())]) from error
    except Invalid as error:
        raise Invalid("body", [_in_body(violation) for violation in error.violations]) from error


def _in_body(violation: Violation) -> Violation:
    if violation.parameter is None:
        return violation
    return replace(violation, parameter=None, pointer=f"/{violation.parameter}")
