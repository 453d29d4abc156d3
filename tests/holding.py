"""Jobs that begin only when a test lets them."""

from __future__ import annotations

import threading
from typing import Any

from tierscore.services.jobs import Jobs, Progress
from tierscore.services.service import Service

LONGEST = 30.0


def held_back(service: Service) -> threading.Event:
    """Lets the service's jobs begin only once the event is set."""
    gate = threading.Event()

    def compute(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        assert gate.wait(LONGEST)
        return service.compute(request, progress)

    service.jobs = Jobs(service.database, compute)
    return gate
