"""Assessments, and every step that led to them."""

from __future__ import annotations

from tierscore.services import answer, assessments, confidence
from tierscore.services import trace as tracing
from tierscore.services.confidence_answers import ConfidenceAnswers
from tierscore.services.query import AssessmentQuery
from tierscore.services.resolved import key_of
from tierscore.services.sheet import Answer
from tierscore.storage import listing
from tierscore.storage.observations import Filters

EVERYTHING = slice(None)


class AssessmentAnswers(ConfidenceAnswers):
    """Where regions and groups stand, and why."""

    def assessments(self, query: AssessmentQuery, part: slice = EVERYTHING) -> Answer:
        """The short answers in rank order, or a part of them: ``{framework, data, engine, items, total}``."""
        resolved = self.resolve(query)
        found, sheet = self.confidence(resolved), self.sheet(resolved)
        rows = assessments.ranked(sheet, query)
        items = [
            item | {"confidence": confidence.of_region(found, item["region"]["code"])}
            for item in answer.summaries(sheet, rows[part])
        ]
        return assessments.versions(resolved) | {"items": items, "total": len(rows)}

    def assessment(self, subject: str, query: AssessmentQuery) -> Answer:
        """One full answer, of a region or of a group."""
        resolved = self.resolve(query)
        key = (*key_of(self.snapshot, resolved), subject, resolved.target, query.integration)

        def compute() -> Answer:
            return assessments.one(self.sheet(resolved), subject, resolved.target, query.integration)

        sure = confidence.of_region(self.confidence(resolved), subject)
        return assessments.versions(resolved) | self.held.answers.get(key, compute) | {"confidence": sure}

    def trace(self, region: str, query: AssessmentQuery) -> Answer:
        """Every step from a region's tier to its observations and sources: one query beside the answer's own."""
        resolved = self.resolve(query)
        self.check_reference_region(region, resolved)
        told, nation = self.assessment(region, query), self.snapshot.nation
        regions, periods = tracing.wanted(told, nation)
        with self.held.database.read() as session:
            found = listing.newest_listed(session, resolved.as_of.revision, Filters(tuple(regions), (), tuple(periods)))
        tree = tracing.trace(told, resolved.framework, found, nation)
        head = {name: told[name] for name in ("region", "period", "status", "tier", "score")}
        return assessments.versions(resolved) | head | {"trace": tree}
