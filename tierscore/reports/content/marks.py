"""Footnote letters of values: estimates, other years, other definitions and what else a reader must know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tierscore.reports.document import Table
from tierscore.reports.words import Words

# In the order in which they stand behind a value.
LETTERS = {
    "estimated": "e",
    "provisional": "p",
    "other_definition": "d",
    "other_period": "y",
    "total_of_other_period": "t",
    "imputed": "i",
    "winsorised": "w",
    "log_scale": "l",
    "mixed_periods": "m",
    "member_missing": "g",
    "not_pooled": "n",
    "sparse_indicator": "s",
}


def marks_of(flags: Sequence[str], but: Sequence[str] = ()) -> tuple[str, ...]:
    """The letters of an indicator's flags; those in `but` are left out.

    >>> marks_of(["sparse_indicator", "estimated", "other_period"], but=["sparse_indicator"])
    ('e', 'y')
    """
    return tuple(letter for flag, letter in LETTERS.items() if flag in flags and flag not in but)


def with_meanings(table: Table, words: Words) -> Table:
    """The same table, what each of the letters used means below it."""
    used = {mark for row in table.rows for cell in row for mark in cell.marks}
    meanings = tuple((letter, words.phrase(flag)) for flag, letter in LETTERS.items() if letter in used)
    said = words.say("; ").join(f"{letter} {meaning}" for letter, meaning in meanings)
    return replace(table, meanings=meanings, notes=(*table.notes, said) if said else table.notes)
