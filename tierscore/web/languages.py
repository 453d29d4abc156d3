"""The language of a page: the one asked for, else the browser's, else Chinese."""

from __future__ import annotations

from flask import request

from tierscore.reports.words import LANGUAGES, Words

NAMES = {"zh": "中文", "en": "English"}
TAGS = {"zh": "zh-CN", "en": "en"}


def language() -> str:
    """``zh`` or ``en``."""
    wanted = request.args.get("lang", "")
    return wanted if wanted in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def words() -> Words:
    """The page's language, to say things in."""
    return Words(language())
