"""Reports as files."""

from __future__ import annotations

from tierscore.reports.document import Section
from tierscore.reports.words import Words
from tierscore.services import reporting, scenarios
from tierscore.services.comparison_answers import ComparisonAnswers
from tierscore.services.handout import Document
from tierscore.services.query import ComparisonAsked
from tierscore.services.reporting import FileAsked
from tierscore.services.resolved import key_of
from tierscore.services.scenario_answers import ScenarioAnswers
from tierscore.storage.scenarios import Scenario


class ReportAnswers(ComparisonAnswers, ScenarioAnswers):
    """Comparisons, profiles and scenarios as documents. An unchanged one is made once."""

    def report(self, asked: ComparisonAsked, file: FileAsked) -> Document:
        """A report on some regions and groups; on one alone, its profile. Raises as `comparison`."""
        resolved = self.resolve(asked.query)
        key = (*key_of(self.snapshot, resolved), asked, file)

        def make() -> Document:
            answer = self.comparison(asked)
            return reporting.document_of(reporting.report_of(answer, asked, resolved, file), file)

        return self.held.documents.get(key, make)

    def findings(self, asked: ComparisonAsked, words: Words) -> tuple[Section, ...]:
        """What the report says of its subjects, section by section; no chart is drawn yet. Raises as `comparison`."""
        return reporting.findings_of(self.comparison(asked), self.resolve(asked.query), words)

    def scenario_report(self, scenario: Scenario, file: FileAsked) -> Document:
        """A report on a scenario against its baseline."""
        resolved = self.resolve(scenarios.asked_of(scenario).query)
        key = (*key_of(self.snapshot, resolved), scenario.id, scenario.edition, file)

        def make() -> Document:
            answer = self.scenario_result(scenario)
            return reporting.document_of(reporting.scenario_report_of(answer, resolved, file), file)

        return self.held.documents.get(key, make)
