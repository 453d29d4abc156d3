"""Assessments, and every step that led to them."""

from __future__ import annotations

from tierscore.services import assessments, confidence
from tierscore.services import trace as tracing
from tierscore.services.confidence_answers import ConfidenceAnswers
from tierscore.services.query import AssessmentQuery
from tierscore.services.sheet import Answer
from tierscore.storage import listing
from tierscore.storage.observations import Filters


class AssessmentAnswers(ConfidenceAnswers):
    """Where regions and groups stand, and why."""

    def assessments(self, query: AssessmentQuery) -> Answer:
        """The short answers in rank order: ``{framework, data, engine, items}``."""
        resolved = self.resolve(query)
        found = self.confidence(resolved)
        items = [
            item | {"confidence": confidence.of_region(found, item["region"]["code"])}
            for item in assessments.summaries(self.sheet(resolved), query)
        ]
        return assessments.versions(resolved) | {"items": items}

    def assessment(self, subject: str, query: AssessmentQuery) -> Answer:
        """One full answer, of a region or of a group."""
        resolved = self.resolve(query)
        key = (*assessments.key_of(self.snapshot, resolved), subject, resolved.target, query.integration)

        def compute() -> Answer:
            return assessments.one(self.sheet(resolved), subject, resolved.target, query.integration)

        sure = confidence.of_region(self.confidence(resolved), subject)
        return assessments.versions(resolved) | self.held.answers.get(key, compute) | {"confidence": sure}

    def trace(self, region: str, query: AssessmentQuery) -> Answer:
        """Every step from a region's tier to its observations and sources: one query beside the answer's own."""
        resolved = self.resolve(query)
        self.check_reference_region(region, resolved)
        answer, nation = self.assessment(region, query), self.snapshot.nation
        regions, periods = tracing.wanted(answer, nation)
        with self.held.database.read() as session:
            found = listing.newest_listed(session, resolved.as_of.revision, Filters(tuple(regions), (), tuple(periods)))
        tree = tracing.trace(answer, resolved.framework, found, nation)
        head = {name: answer[name] for name in ("region", "period", "status", "tier", "score")}
        return assessments.versions(resolved) | head | {"trace": tree}
