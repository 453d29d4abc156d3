"""Which addresses a reader may follow from a report."""

from __future__ import annotations

import re

_FOLLOWED = re.compile(r"(https?://|mailto:)[^\s\x00-\x1f]+")


def followed(link: str | None) -> str | None:
    """The address if it leads to a site or a mailbox; None for anything else, such as a script or a file.

    >>> followed("https://example.org/a?b=1"), followed("javascript:alert(1)"), followed(None)
    ('https://example.org/a?b=1', None, None)
    """
    return link if link is not None and _FOLLOWED.fullmatch(link) else None
