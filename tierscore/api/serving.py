"""How gunicorn runs the service: ``gunicorn --config python:tierscore.api.serving wsgi:app``.

Metrics of all workers are added up over files in one folder, a set for each worker. A worker that takes the place of a
dead one goes on with its files, so nothing that was counted is lost, and there are never more sets than workers.
"""

# gunicorn and prometheus_client declare no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger
from prometheus_client import values
from prometheus_client.multiprocess import mark_process_dead

from tierscore.api.logs import handler_of
from tierscore.api.metrics import FOLDER
from tierscore.operation import operation_of

# gunicorn reads these. Its manual says what each means; docs/operations.md says why they are as they are.
worker_class = "tierscore.api.receiving.ReceivingWorker"
threads = 4
timeout = 60
graceful_timeout = 30
keepalive = 5
limit_request_line = 8190
limit_request_fields = 64
forwarded_allow_ips = "192.0.2.0/32"  # nobody (RFC 5737): proxies are believed only by TIERSCORE_PROXY_COUNT
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
control_socket_disable = True  # nothing is commanded from outside

_OWN_FOLDER = "tierscore-metrics-"
_KINDS = ("counter", "histogram", "gauge_livesum")
_ROOM = 1024 * 1024  # bytes, many times what all routes and statuses need


class LogLines(Logger):
    """gunicorn's own events in the service's format."""

    def setup(self, cfg: Any) -> None:
        """Replaces the handlers that gunicorn would write with."""
        super().setup(cfg)
        self.error_log.handlers[:] = [handler_of(_format())]


logger_class = LogLines


def on_starting(_server: Any) -> None:
    """In the master, before there is any worker: an empty folder for metrics."""
    folder = os.environ.get(FOLDER)
    if folder is None:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix=_OWN_FOLDER)
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    for kind in ("counter", "gauge", "histogram"):
        for left in Path(folder).glob(f"{kind}_*.db"):
            left.unlink()


def pre_fork(server: Any, worker: Any) -> None:
    """In the master: the new worker's number, the lowest that no other one has."""
    taken = {other.number for other in server.WORKERS.values()}
    worker.number = next(number for number in range(len(taken) + 1) if number not in taken)


def post_fork(_server: Any, worker: Any) -> None:
    """In the worker, before the application is loaded: counts go to the files of its number."""
    _take_room(Path(os.environ[FOLDER]), worker.number)
    values.ValueClass = values.MultiProcessValue(lambda: worker.number)


def child_exit(_server: Any, worker: Any) -> None:
    """In the master: what a dead worker was busy with is over."""
    mark_process_dead(worker.number)


def on_exit(_server: Any) -> None:
    """In the master: removes the folder, if it was made here."""
    folder = Path(os.environ[FOLDER])
    if folder.name.startswith(_OWN_FOLDER):
        shutil.rmtree(folder, ignore_errors=True)


def _take_room(folder: Path, number: int) -> None:
    """Takes the whole room of a worker's files now: they are mapped into memory, so that a disk which is full when one
    of their pages is first written would end the worker without a word."""
    for kind in _KINDS:
        with (folder / f"{kind}_{number}.db").open("ab") as file:
            os.posix_fallocate(file.fileno(), 0, _ROOM)


def _format() -> str:
    """The log's format, whatever is set: that it is wrong is said when the application is loaded."""
    named = operation_of(os.environ).log_format
    return named if named in ("json", "text") else "text"
