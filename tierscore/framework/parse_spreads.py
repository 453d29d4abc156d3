"""The spreads of an uncertainty analysis in a raw document: how far each assumption may be off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tierscore.framework.interval import Interval
from tierscore.framework.model import Spread, Spreads
from tierscore.framework.parse_steps import IMPUTATIONS, NORMALISATIONS
from tierscore.framework.reader import Reader

DISTRIBUTIONS, SOURCES = ("uniform", "dirichlet"), ("own", "scale")
PART, POSITIVE = Interval(0, 1), Interval(0, open_below=True)
# Below 1, so that no factor reaches 0; errors are deviations, and three of a third are all there is.
RELATIVE, ERROR = Interval(0, 0.99), Interval(0, 0.33)
MEASURED = ("A", "E", "P", "D")
# What each step may be chosen from; `declared` is what the framework says.
OPTIONS = {
    "imputation": ("declared", "reweight", *IMPUTATIONS[1:5]),
    "treatment": ("declared", "none", "winsorise", "winsorise:1", "winsorise:3", "winsorise:5"),
    "normalisation": ("declared", "minmax", "zscore", "rank", "prank", "borda", "dist_to_max", "relative_to_mean"),
    "aggregation": ("declared", "arithmetic", "geometric", "harmonic", "median"),
}
assert set(OPTIONS["normalisation"][1:]) < set(NORMALISATIONS)  # noqa: S101 - both say the same words


def spreads(reader: Reader) -> Spreads:
    """The spreads that a document declares, the others as they are by default."""
    default = Spreads()
    found = {
        name: read(reader.mapping(name), getattr(default, name)) if reader.has(name) else _absent(reader, name, default)
        for name, read in READERS.items()
    }
    reader.finish()
    return Spreads(**found)


def _absent(reader: Reader, name: str, default: Spreads) -> Spread:
    reader.mapping(name, {})
    spread: Spread = getattr(default, name)
    return spread


def spread_of(name: str, reader: Reader, default: Spread) -> Spread:
    """One factor's spread, with what is not said as in `default` but its source, which says no other spread."""
    return READERS[name](reader, replace(default, reference=None))


def _relative(reader: Reader, default: Spread) -> Spread:
    found = replace(default, relative=reader.number("relative", default.relative, RELATIVE))
    return _finished(reader, found)


def _weights(reader: Reader, default: Spread) -> Spread:
    distribution = reader.word("distribution", DISTRIBUTIONS, default.distribution)
    found = replace(default, distribution=distribution)
    if distribution == "":
        reader.silence()
    if distribution == "dirichlet":
        found = replace(found, concentration=reader.number("concentration", default.concentration, POSITIVE))
        return _finished(reader, found)
    return _relative(reader, found)


def _cut(reader: Reader, default: Spread) -> Spread:
    low, high = reader.number("low", default.low, PART), reader.number("high", default.high, PART)
    if low is not None and high is not None and low > high:
        reader.note("wrong_order", "`low` must not be above `high`.", "low", value=low)
    return _finished(reader, replace(default, low=low, high=high))


def _missing(reader: Reader, default: Spread) -> Spread:
    return _finished(reader, replace(default, source=reader.word("from", SOURCES, default.source)))


def _errors(reader: Reader, default: Spread) -> Spread:
    """One deviation for each status that is named; the others keep theirs."""
    before = dict(default.errors)
    errors = {status: reader.number(status, before.get(status, 0.0), ERROR) for status in MEASURED}
    kept = tuple((status, error) for status, error in errors.items() if error > 0)
    return _finished(reader, replace(default, errors=kept))


def _options(step: str) -> Callable[[Reader, Spread], Spread]:
    def read(reader: Reader, default: Spread) -> Spread:
        options = reader.words("options", OPTIONS[step], default.options)
        for place, option in enumerate(options):
            if option != "" and option in options[:place]:
                reader.note("duplicate", "{value!r} is already there.", "options", place, value=option)
        return _finished(reader, replace(default, options=options))

    return read


def _finished(reader: Reader, spread: Spread) -> Spread:
    found = replace(spread, reference=reader.text("reference", spread.reference))
    reader.finish()
    return found


READERS: dict[str, Callable[[Reader, Spread], Spread]] = {
    "weights": _weights,
    "knots": _relative,
    "cut": _cut,
    "missing": _missing,
    "observation_error": _errors,
    **{step: _options(step) for step in OPTIONS},
}
FACTORS = tuple(READERS)
