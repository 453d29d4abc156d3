"""A question with every default filled in, and what its answers depend on."""

from __future__ import annotations

from dataclasses import dataclass

from tierscore.framework.model import Framework
from tierscore.services.snapshot import Snapshot
from tierscore.storage.observations import AsOf


@dataclass(frozen=True)
class Resolved:
    """Which framework, which year, which data."""

    framework: Framework
    period: int
    as_of: AsOf
    target: int | None


def key_of(snapshot: Snapshot, resolved: Resolved) -> tuple[object, ...]:
    """Everything that a matrix and its scorecard depend on."""
    return resolved.as_of.digest, resolved.framework.digest, resolved.period, snapshot.digest
