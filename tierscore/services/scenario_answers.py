"""Saved what-ifs: listed, computed again, side by side."""

from __future__ import annotations

from tierscore.services import assessments, scenarios
from tierscore.services.sheet import Answer
from tierscore.services.what_if_answers import WhatIfAnswers
from tierscore.storage import scenarios as scenario_rows
from tierscore.storage.scenarios import Scenario


class ScenarioAnswers(WhatIfAnswers):
    """Scenarios, and what each comes to on its own base."""

    def scenarios(self, page: int, page_size: int) -> tuple[list[Scenario], int]:
        """One page of the scenarios, newest first, and how many there are."""
        with self.held.database.read() as session:
            return scenario_rows.listing(session, page, page_size)

    def scenario(self, identifier: str) -> Scenario:
        """One scenario; raises UnknownCode."""
        with self.held.database.read() as session:
            return scenario_rows.one(session, identifier)

    def some_scenarios(self, identifiers: tuple[str, ...]) -> list[Scenario]:
        """Scenarios by id; raises UnknownCode."""
        with self.held.database.read() as session:
            return scenario_rows.several(session, identifiers)

    def scenario_result(self, scenario: Scenario) -> Answer:
        """What a scenario comes to on its own base."""
        return {"scenario": scenarios.head(scenario), **self.what_if(scenarios.asked_of(scenario))}

    def compare_scenarios(self, wanted: list[Scenario]) -> Answer:
        """Scenarios side by side, each on its own base: ``{engine, scenarios, regions}``."""
        questions = [scenarios.asked_of(scenario) for scenario in wanted]
        versions = [assessments.versions(self.resolve(asked.query)) for asked in questions]
        heads = [
            {**scenarios.head(scenario), "framework": version["framework"], "data": version["data"]}
            for scenario, version in zip(wanted, versions, strict=True)
        ]
        found = [self.edited(asked) for asked in questions]
        return {"engine": versions[0]["engine"], "scenarios": heads, "regions": scenarios.beside(wanted, found)}
