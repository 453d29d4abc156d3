"""JSON Pointers (RFC 6901): where in a document a mistake is."""

from __future__ import annotations


def below(pointer: str, *keys: str | int) -> str:
    """The pointer of a path below another one.

    >>> below("/levers/0", "acts_on", "R/D ~ GDP")
    '/levers/0/acts_on/R~1D ~0 GDP'
    """
    return pointer + "".join(f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in keys)


def covers(pointer: str, other: str) -> bool:
    """Whether the other pointer is the same or lies below.

    >>> covers("/tiers/1", "/tiers/1/score"), covers("/tiers/1", "/tiers/10")
    (True, False)
    """
    return other == pointer or other.startswith(f"{pointer}/")
