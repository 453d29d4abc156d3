"""Transforms of a measured value before anything else is done to it: log, log10, sqrt (methodology, section 3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tierscore.engine.matrix import Floats
from tierscore.engine.refused import Refused, first

Function = Callable[[Floats], Floats]
FUNCTIONS: dict[str, Function] = {"log": np.log, "log10": np.log10, "sqrt": np.sqrt}
INVERSES: dict[str, Function] = {"log": np.exp, "log10": lambda values: 10.0**values, "sqrt": np.square}


def transform(values: Floats, names: Sequence[str]) -> Floats:
    """The values of each column under its own transform, (..., units, indicators); NaN stays NaN.

    Parameters
    ----------
    names : (indicators,)
        ``none``, ``log``, ``log10`` or ``sqrt``.

    Raises
    ------
    Refused
        For a logarithm of what is not above 0, a root of what is below; with the cell's place.

    Examples
    --------
    >>> transform(np.array([[100.0, 9.0, -1.0]]), ["log10", "sqrt", "none"])
    array([[ 2.,  3., -1.]])
    """
    _check(values, names)
    result = values.copy()
    for column, name in enumerate(names):
        if name != "none":
            result[..., column] = FUNCTIONS[name](values[..., column])
    return result


def inverse(values: Floats, names: Sequence[str]) -> Floats:
    """Back from the transformed values, (..., indicators).

    >>> inverse(np.array([2.0, 3.0, -1.0]), ["log10", "sqrt", "none"])
    array([100.,   9.,  -1.])
    """
    result = values.copy()
    for column, name in enumerate(names):
        if name != "none":
            result[..., column] = INVERSES[name](values[..., column])
    return result


def _check(values: Floats, names: Sequence[str]) -> None:
    logs = np.array([name.startswith("log") for name in names])
    roots = np.array([name == "sqrt" for name in names])
    if wrong := first((values <= 0) & logs):
        template = "Step {step}: indicator {indicator} of {unit} is {value:g}, and a logarithm needs a value above 0."
        raise Refused(template, *wrong, value=float(values[..., wrong[0], wrong[1]].min()))
    if wrong := first((values < 0) & roots):
        template = "Step {step}: indicator {indicator} of {unit} is {value:g}, and a root needs a value of at least 0."
        raise Refused(template, *wrong, value=float(values[..., wrong[0], wrong[1]].min()))
