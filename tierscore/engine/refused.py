"""What a step cannot compute, by places; `labelled` turns the places into the names that a reader knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from tierscore.engine.matrix import Flags
from tierscore.errors import CannotScore


class Refused(Exception):
    """A step cannot be computed.

    `template` is the sentence, with the fields `step`, `indicator` and `unit` where it names them; `row` and `column`
    are the places of the unit and the indicator; a node of the index stands for itself by its code.
    """

    def __init__(self, template: str, row: int | None = None, column: int | str | None = None, **params: Any) -> None:
        super().__init__(template)
        self.template = template
        self.row = row
        self.column = column
        self.params = params


@contextmanager
def labelled(step: str, units: Sequence[str], codes: Sequence[str]) -> Iterator[None]:
    """Raises CannotScore for a refusal within, with the step and the names of its unit and indicator."""
    try:
        yield
    except Refused as refused:
        raise CannotScore(
            refused.template,
            step=step,
            unit=None if refused.row is None else units[refused.row],
            indicator=codes[refused.column] if isinstance(refused.column, int) else refused.column,
            **refused.params,
        ) from None


def first(wrong: Flags) -> tuple[int, int] | None:
    """Row and column of the first flagged cell of (..., units, indicators), None where there is none.

    >>> first(np.array([[False, False], [False, True]])), first(np.array([[False]]))
    ((1, 1), None)
    """
    if not wrong.any():
        return None
    row, column = np.argwhere(wrong)[0][-2:]
    return int(row), int(column)
