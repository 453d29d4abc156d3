"""gunicorn's configuration of the service, with a clock that can be set: `SHIFT_FILE` says how many seconds ahead.

The clock is injected: into `time.time`, and into every `datetime` of the service's own modules. (Debian's libfaketime
was tried first. It makes `time.sleep` of Python 3.11 fail, with which gunicorn ends.)
"""

from __future__ import annotations

import datetime
import os
import sys
import time
from pathlib import Path
from typing import Any

from tierscore.api.serving import *  # noqa: F403 - gunicorn reads the settings here

SHIFT = "SHIFT_FILE"
_real = time.time


class _Kind(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime.datetime)


class Shifted(datetime.datetime, metaclass=_Kind):
    """`now` is shifted; everything else is as ever."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return datetime.datetime.now(tz) + datetime.timedelta(seconds=shift())


def shift() -> float:
    return float(Path(os.environ[SHIFT]).read_text(encoding="utf-8"))


def post_worker_init(_worker: Any) -> None:
    """In the worker, once the application is loaded."""
    time.time = lambda: _real() + shift()
    for name, module in list(sys.modules.items()):
        if name.startswith("tierscore") and vars(module).get("datetime") is datetime.datetime:
            module.datetime = Shifted  # type: ignore[attr-defined]
