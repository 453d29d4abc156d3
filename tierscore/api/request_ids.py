"""Every request has an identifier: the client's own, if it is a harmless one, else a new one."""

from __future__ import annotations

import re
from secrets import token_hex

HEADER = "X-Request-ID"
LONGEST = 64

_HARMLESS = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST - 1}}}")


def accepted(given: str | None) -> str:
    """What a client calls its request, unless that is too long or could mean something in a log; else a new name.

    >>> accepted("job-17.3"), accepted("a b") == "a b"
    ('job-17.3', False)
    """
    return given if given is not None and _HARMLESS.fullmatch(given) else token_hex(8)
