"""How sure the tiers are, as far as that is known: no answer waits for it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from tierscore.errors import NotReady, TierscoreError
from tierscore.services import analysing, confidence
from tierscore.services.looking import Looking
from tierscore.services.query import AssessmentQuery
from tierscore.services.resolved import Resolved
from tierscore.services.sheet import Answer
from tierscore.services.uncertainty import Analysis
from tierscore.services.walking import nothing


class ConfidenceAnswers(Looking):
    """How sure the tiers of a question are, where that is known."""

    def confidence(self, resolved: Resolved) -> dict[str, Any] | None:
        """How sure the tiers of a question are, by region; None while that is not known.

        Asked of the newest data by a service that may work in the background, it is computed then.
        """
        key = confidence.key_of(resolved)
        found = self.snapshot.confidences.get(key)
        if found is None and self.held.background and resolved.as_of.digest == self.state.data_digest:
            with suppress(NotReady):  # where nothing can be stored just now, reading goes on
                self.held.wanted.get(key, lambda: self._want_confidence(resolved))
        return found

    def sure(self, resolved: Resolved) -> Answer | None:
        """The same, computed here and now where it is not known and is not large; None where it cannot be."""
        known = self.confidence(resolved)
        if known is not None:
            return known
        return self.held.confidences.get(confidence.key_of(resolved), lambda: self._computed(resolved))

    def _computed(self, resolved: Resolved) -> Answer | None:
        try:
            analysis = Analysis(self.sheet(resolved), confidence.analysis_of(AssessmentQuery()))
            return None if analysis.large else confidence.kept(analysis.answer(self.held.walk(nothing)))
        except TierscoreError:
            return None

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
