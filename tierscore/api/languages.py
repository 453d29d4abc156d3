"""Chinese and English: which one a request wants, and sentences filled in that language."""

# Flask-Babel declares no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, request
from flask_babel import Babel, gettext

from tierscore.errors import OWN_WORDS, Violation

LANGUAGES = ("en", "zh")
LONGEST_VALUE = 200
DIRECTORY = Path(__file__).parent.parent / "locale"


def init_app(app: Flask) -> None:
    """Sets up Flask-Babel; English is the default of the API."""
    Babel(app, default_locale="en", default_translation_directories=str(DIRECTORY), locale_selector=_wanted)


def language() -> str:
    """``zh`` or ``en``, as the request's Accept-Language says; asked of every request, so without Babel's detour."""
    return _wanted() or LANGUAGES[0]


def fill(template: str, params: Mapping[str, Any]) -> str:
    """A sentence in the request's language; the template is looked up first and filled afterwards."""
    translated: str = gettext(template)
    return translated.format(**{name: _said(name, value) for name, value in params.items()})


def sentence(violation: Violation) -> str:
    """The message of one mistake in the request's language."""
    return fill(violation.template, violation.params)


def shortened(text: str) -> str:
    """A text cut to a reasonable length: nobody is helped by a megabyte of their own words."""
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _said(name: str, value: Any) -> Any:
    """A value as a sentence says it: our own words translated, the client's cut, numbers as they are."""
    if isinstance(value, str) and value != "":
        return shortened(gettext(value) if name in OWN_WORDS else value)
    return shortened(repr(value)) if isinstance(value, list | dict) else value


def _wanted() -> str | None:
    return request.accept_languages.best_match(LANGUAGES)
