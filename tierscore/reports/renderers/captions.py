"""What stands at a table and at a chart: its kind and number, then what it shows."""

from __future__ import annotations

from tierscore.reports.document import Figure, Table
from tierscore.reports.words import Words

BETWEEN = {"zh": "\u3000", "en": ". "}


def label(block: Table | Figure, words: Words) -> str:
    """Kind and number, such as ``Table 3``."""
    if isinstance(block, Table):
        return words.say("Table {number}", number=block.number)
    return words.say("Figure {number}", number=block.number)


def caption(block: Table | Figure, words: Words) -> str:
    """The whole caption.

    >>> caption(Table("a", "Ranking", (), (), number=3), Words("en"))
    'Table 3. Ranking'
    """
    return label(block, words) + BETWEEN[words.language] + block.caption
