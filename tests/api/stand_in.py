"""A service that holds one state and a few regions, for tests of the HTTP shell alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tierscore.errors import UnknownCode
from tierscore.services.kept import Usage
from tierscore.storage.freshness import State


class StandIn:
    """Service and reading in one; tests change its attributes."""

    def __init__(self) -> None:
        self.state = State(revision=3, data_digest="d3", catalogue=7, recorded_at=datetime(2025, 6, 30, tzinfo=UTC))
        self.framework_digest = "f1"
        self.ready = {"database": True, "migrations": True}
        self.readings = 0
        self.rows_ingested = 0
        self.usages: tuple[tuple[str, Usage], ...] = ()

    def reading(self) -> StandIn:
        self.readings += 1
        return self

    def readiness(self) -> dict[str, bool]:
        return self.ready

    def change(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)

    @property
    def fingerprint(self) -> tuple[str, str]:
        return self.state.data_digest, f"{self.state.catalogue} {self.framework_digest}"

    def frameworks(self) -> list[dict[str, Any]]:
        title = {"zh": "甲", "en": "A"}
        return [{"id": "a", "version": "1", "digest": self.framework_digest, "status": "illustrative", "title": title}]

    def regions(self) -> list[dict[str, Any]]:
        return [self.region(f"R{number}") for number in range(1, 6)]

    def region(self, code: str) -> dict[str, Any]:
        known = [f"R{number}" for number in range(1, 6)]
        if code not in known:
            raise UnknownCode("region", code, known)
        return {
            "code": code,
            "adcode": "000000",
            "name": {"zh": "四川", "en": code},
            "kind": "province",
            "macro_region": None,
            "tags": [],
            "parent": None,
        }
