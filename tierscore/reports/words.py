"""The reports' own words, English in the code, Chinese from the catalogue in tierscore/locale."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations

LANGUAGES = ("zh", "en")
LOCALE = Path(__file__).resolve().parents[1] / "locale"

Gettext = Callable[[str], str]

# What the words of an answer that are meant for programs say to a person.
PHRASES = {
    "no_observation": "never observed",
    "outside_window": "observed only in years outside the window",
    "withdrawn": "withdrawn",
    "status_not_accepted": "of another definition, not scored",
    "no_national_total": "the nation's total is unknown",
    "zero_total": "the nation's total is zero",
    "no_denominator": "what it is divided by is unknown",
    "not_reachable": "no value of its own reaches the tier",
    "not_invertible": "what it would take depends on the other regions",
    "imputed": "filled in from others",
    "winsorised": "taken back to the next value",
    "log_scale": "on a logarithmic scale",
    "sparse": "known for fewer than two thirds",
    "constant": "the same for all",
    "skewed": "skewed",
    "uneven": "mostly one value",
    "redundant": "nearly the same",
    "conflict": "against each other",
    "moved_by_values": "the values",
    "moved_by_data": "data that came or went",
    "measure": "measure",
    "transform": "transform",
    "impute": "imputation",
    "treat": "treatment",
    "normalise": "normalisation",
    "aggregate": "aggregation",
    "sort": "sort",
    "estimated": "estimated",
    "provisional": "provisional",
    "other_definition": "of another definition",
    "other_period": "of another year",
    "total_of_other_period": "the nation's total is of another year",
    "sparse_indicator": "known for fewer than two thirds of the regions",
    "mixed_periods": "put together of several years",
    "member_missing": "without the value of some member",
    "not_pooled": "the leading member's value alone",
    "given": "published",
    "summed": "summed over the regions",
    "designated": "designated",
    "claimed": "claimed",
}


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language; English needs none."""
    return Translations.load(LOCALE, [language]) if language != "en" else NullTranslations()


# What a unit is called in a sentence. One that is not here is said as it is stored.
UNITS = {
    "% of GDP": "per cent of GDP",
    "10 thousand persons": "ten thousand persons",
    "100 million CNY": "hundred million CNY",
    "rank": "(rank)",
    "score (0-100)": "points of 100",
    "companies": "companies",
    "enterprises": "enterprises",
    "facilities": "facilities",
    "laboratories": "laboratories",
    "patents": "patents",
    "persons": "persons",
    "platforms": "platforms",
    "projects": "projects",
    "universities": "universities",
    "zones": "zones",
}


class Words:
    """Says things in one language.

    >>> Words("en").say("Score {value:.2f}", value=42.5131)
    'Score 42.51'
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._gettext: Gettext = translations(language).gettext

    def say(self, template: str, **params: Any) -> str:
        """A sentence: translated first, filled in afterwards."""
        return self._gettext(template).format(**params)

    def phrase(self, code: str) -> str:
        """What a word meant for programs says to a person.

        >>> Words("en").phrase("other_period")
        'of another year'
        """
        return self._gettext(PHRASES[code])

    def unit(self, unit: str) -> str:
        """A unit in this language."""
        return self._gettext(UNITS[unit]) if unit in UNITS else unit

    def name(self, title: dict[str, str]) -> str:
        """A ``{zh, en}`` name in this language."""
        return title[self.language]
