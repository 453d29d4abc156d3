"""Texts of many cells as places in a short list of names: a byte a cell where an object would take eight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

NOTHING = 0  # the place of the empty text, the first of the names


@dataclass(frozen=True, eq=False)
class Labels:
    """Texts of any shape.

    places : whole numbers, where in `names` each text stands.  names : without doubles, the empty text first.

    >>> labels = Labels.of(np.array(["A", "", "E"], dtype=object))
    >>> labels[2], labels[:2].texts.tolist(), labels.are("A").tolist()
    ('E', ['A', ''], [True, False, False])
    """

    places: npt.NDArray[Any]
    names: tuple[str, ...]

    @classmethod
    def of(cls, texts: Any) -> Self:
        """The same texts, from an array of objects."""
        places, found = pd.factorize(np.ravel(np.asarray(texts, dtype=object)))
        return cls.at(places.reshape(np.shape(texts)), found.tolist())

    @classmethod
    def at(cls, places: npt.NDArray[Any], found: Sequence[str]) -> Self:
        """The texts at some places of a list."""
        names = ("", *(name for name in found if name))
        known = {name: place for place, name in enumerate(names)}
        moved = np.array([known[name] for name in found], dtype=_fit(names))
        return cls(moved[places] if len(found) else np.zeros(places.shape, dtype=_fit(names)), names)

    @classmethod
    def empty(cls, shape: tuple[int, ...], names: Sequence[str] = ()) -> Self:
        """Empty texts, which may become some of the names."""
        known = tuple(dict.fromkeys(("", *names)))
        return cls(np.full(shape, NOTHING, dtype=_fit(known)), known)

    @classmethod
    def joined(cls, parts: Sequence[Labels]) -> Self:
        """Several arrays of texts, one below the other."""
        names = tuple(dict.fromkeys(name for part in parts for name in part.names))
        return cls(np.concatenate([part.within(names).places for part in parts]), names)

    @property
    def texts(self) -> npt.NDArray[np.object_]:
        """The texts themselves."""
        found: npt.NDArray[np.object_] = np.array(self.names, dtype=object)[self.places]
        return found

    def are(self, name: str) -> npt.NDArray[np.bool_]:
        """Which texts are that one."""
        return self.among([name])

    def among(self, names: Iterable[str]) -> npt.NDArray[np.bool_]:
        """Which texts are some of these."""
        wanted = set(names)
        found: npt.NDArray[np.bool_] = np.array([name in wanted for name in self.names])[self.places]
        return found

    def numbers(self, of: Mapping[str, float]) -> npt.NDArray[np.float64]:
        """The number that stands for each text, 0 where none does."""
        found: npt.NDArray[np.float64] = np.array([of.get(name, 0.0) for name in self.names])[self.places]
        return found

    def among_places(self, codes: Sequence[str]) -> npt.NDArray[np.int64]:
        """The place of each text in another list, -1 where it is not there."""
        places = {code: place for place, code in enumerate(codes) if code}
        found: npt.NDArray[np.int64] = np.array([places.get(name, -1) for name in self.names])[self.places]
        return found

    def within(self, names: tuple[str, ...]) -> Labels:
        """The same texts as places in another list of names, which has all that are used."""
        if names == self.names:
            return self
        known = {name: place for place, name in enumerate(names)}
        moved = np.array([known.get(name, NOTHING) for name in self.names], dtype=_fit(names))
        return Labels(moved[self.places], names)

    def copy(self, order: Any = "C") -> Self:
        """The same texts, whose places may be written to."""
        return type(self)(self.places.copy(order), self.names)

    def __getitem__(self, key: Any) -> Any:
        """One text, or some of them."""
        found = self.places[key]
        return self.names[found] if np.ndim(found) == 0 else type(self)(found, self.names)


def _fit(names: Sequence[str]) -> np.dtype[Any]:
    """The smallest whole numbers that tell so many names apart."""
    return np.min_scalar_type(len(names))
