"""Whether the process lives, and whether it can work."""

from __future__ import annotations

from typing import Any

from tierscore.api.context import service
from tierscore.api.resources import Described
from tierscore.api.schemas.health import Health, Readiness
from tierscore.errors import NotReady

blueprint = Described("health", "Whether the service lives and is ready")


@blueprint.get("/healthz")
@blueprint.answers(Health)
def get_health() -> dict[str, str]:
    """The process lives; nothing else is asked."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@blueprint.answers(Readiness, errors=("SERVICE_UNAVAILABLE",))
def get_readiness() -> dict[str, Any]:
    """The database answers and stands at the newest migration."""
    checks = service().readiness()
    lacking = [name for name, is_ready in checks.items() if not is_ready]
    if lacking:
        raise NotReady(problem=", ".join(lacking))
    return {"status": "ready", "checks": checks}
