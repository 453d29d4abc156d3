"""Numbers of a document: how they may be written, and within which bounds."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

_FRACTION = re.compile(r"(-?[0-9]{1,15})/([1-9][0-9]{0,14})")


@dataclass(frozen=True)
class Interval:
    """The numbers from `low` to `high`, without `low` itself if `open_below`.

    >>> 0 in Interval(0, 1), 0 in Interval(0, 1, open_below=True)
    (True, False)
    """

    low: float = -math.inf
    high: float = math.inf
    open_below: bool = False

    def __contains__(self, number: float) -> bool:
        return (self.low < number if self.open_below else self.low <= number) and number <= self.high

    @property
    def sentence(self) -> str:
        """What is needed, with fields for `low` and `high`."""
        if math.isinf(self.low):
            return "A finite number is needed here."
        if math.isinf(self.high):
            return "A number above {low:g} is needed here." if self.open_below else _AT_LEAST
        return "A number above {low:g} and up to {high:g} is needed here." if self.open_below else _FROM_TO

    @property
    def allowed(self) -> str:
        """The same as a phrase.

        >>> Interval(0, 1).allowed
        'a number from 0 to 1, or a fraction such as "2/3"'
        """
        phrase = self.sentence.removesuffix(" is needed here.").format(low=self.low, high=self.high)
        return f'{phrase.replace("A", "a", 1)}, or a fraction such as "2/3"'


_AT_LEAST = "A number of at least {low:g} is needed here."
_FROM_TO = "A number from {low:g} to {high:g} is needed here."


def as_number(value: Any) -> float | None:
    """The finite number that a value is, also as a fraction in a text; None if it is none.

    >>> as_number("1/4"), as_number(2), as_number(True), as_number("2"), as_number(float("nan"))
    (0.25, 2.0, None, None, None)
    """
    if isinstance(value, str) and (match := _FRACTION.fullmatch(value.strip())):
        return int(match[1]) / int(match[2])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
