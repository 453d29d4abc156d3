"""Parts of answers that stand in many answers, word for word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Said(dict[str, Any]):
    """Such a part. Requests share it, so it is read only; and what was written of it once is kept with it.

    >>> said = Said(code="CN-SC")
    >>> said.written(lambda part: b"once"), said.written(lambda part: b"twice")
    (b'once', b'once')
    """

    __slots__ = ("_written",)
    _written: bytes

    def written(self, write: Callable[[Said], bytes]) -> bytes:
        """The part as it is written; always by the same writer. Two threads that write at once write the same."""
        try:
            return self._written
        except AttributeError:
            self._written = write(self)
            return self._written
