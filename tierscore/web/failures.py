"""What a person sees when a page cannot be made: what is wrong, what would be right, and where to go on."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, make_response

from tierscore.errors import OWN_WORDS, CannotScore, Invalid, NotReady, TierscoreError, UnknownCode, Violation
from tierscore.reports.words import Words
from tierscore.web.languages import words
from tierscore.web.site import blueprint, places, render

LONGEST_VALUE = 200
STATUSES: dict[type[TierscoreError], int] = {UnknownCode: 404, Invalid: 422, CannotScore: 422, NotReady: 503}


def _show(error: TierscoreError) -> Response:
    """The page of an error, with its status; where the database cannot be read, without anything from there."""
    status = STATUSES[type(error)]
    said = words()
    known = [] if status == 503 else places()
    found = list(mistakes(error, said))
    page = render("failure.html", status=status, sentence=sentence(error, said), mistakes=found, places=known)
    response = make_response(page)
    response.status_code = status
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


for _kind in STATUSES:
    blueprint.register_error_handler(_kind, _show)


def sentence(error: TierscoreError | Violation, said: Words) -> str:
    """What is wrong, in the reader's language."""
    return said.say(error.template, **{name: _said(name, value, said) for name, value in error.params.items()})


def mistakes(error: TierscoreError, said: Words) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each single mistake with what is allowed instead."""
    found = (error.as_violation(),) if isinstance(error, UnknownCode) else error.violations
    for violation in found:
        yield sentence(violation, said), violation.allowed


def _said(name: str, value: object, said: Words) -> object:
    """Our own words in a sentence are translated; what was sent is cut, and numbers stay."""
    if isinstance(value, str) and value:
        return said.say(value) if name in OWN_WORDS else value[:LONGEST_VALUE]
    return value
