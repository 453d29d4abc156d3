"""Processes that send batches at the same moment: python senders.py URL KEY PLANS. One line of JSON for each answer.

A plan is one process: the Idempotency-Key, the value of all its rows, and where it dies, if it does.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests.api.conftest import SETTINGS
from tests.keys import with_key
from tierscore.api import create_app
from tierscore.services.service import Service
from tierscore.storage import batch, first_answers
from tierscore.storage.together import Together

IMPORT = "/api/v1/observations/import"
PERIODS = range(1950, 2050)


@dataclass(frozen=True)
class Plan:
    key: str
    value: int
    dies: str = ""


# After which step a process dies: rows inserted, answer kept, both committed.
DEATHS: dict[str, tuple[Any, str]] = {
    "rows": (batch, "insert_rows"),
    "kept": (first_answers, "keep"),
    "committed": (Together, "keep"),
}


def send(url: str, key: str, plan: Plan) -> TestResponse:
    """Sends one batch by an application of its own."""
    service = Service.open(url)
    rows = "".join(f"CN-SC,national_key_labs,{period},{plan.value}\n" for period in PERIODS)
    file = io.BytesIO(f"region,indicator,period,value\n{rows}".encode())
    client = with_key(create_app(SETTINGS, service), key)
    try:
        return client.post(IMPORT, data={"file": (file, "b.csv")}, headers={"Idempotency-Key": plan.key})
    finally:
        service.close()


def die_after(place: Any, name: str) -> None:
    step: Callable[..., Any] = getattr(place, name)

    def last(*args: Any, **kwargs: Any) -> None:
        step(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(place, name, last)


def main(url: str, key: str, plans: list[Plan]) -> None:
    start, go = os.pipe()
    children = [child for plan in plans if (child := fork(lambda plan=plan: told(url, key, plan), start, go))]
    os.close(go)  # whoever waits to read goes on
    for child in children:
        os.waitpid(child, 0)


def fork(work: Callable[[], str], start: int, go: int) -> int:
    child = os.fork()
    if child == 0:
        os.close(go)
        os.read(start, 1)
        os.write(1, work().encode())
        os._exit(0)
    return child


def told(url: str, key: str, plan: Plan) -> str:
    if plan.dies:
        die_after(*DEATHS[plan.dies])
    answer = send(url, key, plan)
    replayed = "Idempotency-Replayed" in answer.headers
    return (
        json.dumps({"plan": asdict(plan), "status": answer.status_code, "body": answer.text, "replayed": replayed})
        + "\n"
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], [Plan(**plan) for plan in json.loads(sys.argv[3])])
