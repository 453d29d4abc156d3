"""Waiting for what others do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

LONGEST = 60.0


def until(happens: Callable[[], Any]) -> Any:
    """What a call returns once that is something, within a deadline."""
    deadline = time.monotonic() + LONGEST
    while not (found := happens()):
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.005)
    return found
