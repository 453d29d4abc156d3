"""Footnotes of values."""

from __future__ import annotations

import pytest

from tierscore.reports.content.marks import LETTERS
from tierscore.reports.words import LANGUAGES, Words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_flag_that_has_a_letter_has_its_words(language: str) -> None:
    said = [Words(language).phrase(flag) for flag in LETTERS]
    assert len(set(said)) == len(LETTERS)
