"""The columns of a file, and what can be wrong with its header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from tierscore.errors import Violation


@dataclass(frozen=True)
class Columns:
    """The columns that a file must and may have; an optional one that is not there reads as empty."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """All of them."""
        return self.required + self.optional


def header_violations(header: Sequence[str], columns: Columns) -> list[Violation]:
    """Every column that is missing, unknown or there twice; line 1."""
    missing = [name for name in columns.required if name not in header]
    unknown = [name for name in dict.fromkeys(header) if name not in columns.known]
    doubled = [name for name in columns.known if header.count(name) > 1]
    return [
        *(_column("missing_column", "The column {name} is missing.", name) for name in missing),
        *(_column("unknown_column", "There is no column {name!r}.", name, _nearest(name, columns)) for name in unknown),
        *(_column("doubled_column", "The column {name} stands more than once.", name) for name in doubled),
    ]


def _nearest(name: str, columns: Columns) -> tuple[str, ...]:
    return tuple(get_close_matches(name, columns.known, n=1)) or columns.known


def _column(code: str, template: str, name: str, allowed: tuple[str, ...] = ()) -> Violation:
    return Violation(code=code, template=template, params={"name": name}, row=1, field=name, allowed=allowed)
