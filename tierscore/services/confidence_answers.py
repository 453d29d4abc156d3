"""How sure the tiers are, as far as that is known: no answer waits for it."""

from __future__ import annotations

from typing import Any

from tierscore.errors import TierscoreError
from tierscore.services import analysing, confidence
from tierscore.services.assessments import Resolved
from tierscore.services.looking import Looking
from tierscore.services.query import AssessmentQuery


class ConfidenceAnswers(Looking):
    """How sure the tiers of a question are, where that is known."""

    def confidence(self, resolved: Resolved) -> dict[str, Any] | None:
        """How sure the tiers of a question are, by region; None while that is not known.

        Asked of the newest data by a service that may work in the background, it is computed then.
        """
        key = confidence.key_of(resolved)
        found = self.snapshot.confidences.get(key)
        if found is None and self.held.background and resolved.as_of.digest == self.state.data_digest:
            self.held.wanted.get(key, lambda: self._want_confidence(resolved))
        return found

    def settled(self, query: AssessmentQuery) -> bool:
        """Whether it is known how sure the tiers of a question are; false for a question that cannot be."""
        try:
            return confidence.key_of(self.resolve(query)) in self.snapshot.confidences
        except TierscoreError:
            return False

    def _want_confidence(self, resolved: Resolved) -> str:
        framework = (resolved.framework.id, resolved.framework.version)
        asked = confidence.analysis_of(AssessmentQuery())
        request = analysing.request_of(asked, analysing.CONFIDENCE, framework, resolved.period, resolved.as_of.revision)
        return self.held.jobs.submit(request, asked.samples).id
