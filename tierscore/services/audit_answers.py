"""The auditor's analysis of a framework."""

from __future__ import annotations

from dataclasses import replace

from tierscore.engine.scorecard import Scorecard
from tierscore.errors import Invalid, UnknownCode, Violation
from tierscore.services import assessments
from tierscore.services.auditing import audit
from tierscore.services.looking import Looking
from tierscore.services.query import AssessmentQuery
from tierscore.services.resolved import Resolved, key_of
from tierscore.services.sheet import Answer


class AuditAnswers(Looking):
    """What an auditor asks of a framework."""

    def audit(self, query: AssessmentQuery, against: tuple[str, ...] = (), peers: tuple[str, ...] = ()) -> Answer:
        """The auditor's analysis of a framework on the data of a period.

        Parameters
        ----------
        query : the first of its regions, if any, is the one whose trade-offs, strengths and weaknesses are told.
        against : other frameworks, each ``id`` or ``id@version``.
        peers : regions that this one is compared with; all others if none.
        """
        self.snapshot.framework(query.framework, query.version, parameter=None)
        resolved = self.resolve(query)
        card = self.sheet(resolved).card
        others = [self._against(text, resolved) for text in against]
        rows = [self._row(card, code, "peer") for code in peers]
        row = self._row(card, query.regions[0], "region") if query.regions else None
        key = (*key_of(self.snapshot, resolved), against, query.regions, peers)
        found = self.held.audits.get(key, lambda: audit(card, others, row, rows))
        return assessments.versions(resolved) | {"period": resolved.period} | found

    def _against(self, text: str, resolved: Resolved) -> Scorecard:
        """The same regions by another framework; raises UnknownCode, and Invalid where it has other regions."""
        identifier, _, version = text.partition("@")
        if identifier not in self.snapshot.published:
            raise UnknownCode("framework", identifier, self.snapshot.published, parameter="against")
        framework = self.snapshot.framework(identifier, version or None, parameter="against").framework
        if set(framework.regions) != set(resolved.framework.regions):
            template = "The framework {value!r} has other regions."
            raise Invalid(
                "query", [Violation("other_regions", template, {"value": text}, parameter="against", value=text)]
            )
        return self.sheet(replace(resolved, framework=framework)).card

    def _row(self, card: Scorecard, code: str, parameter: str) -> int:
        if code not in card.matrix.regions:
            raise UnknownCode("reference region", code, card.matrix.regions, parameter)
        return card.matrix.regions.index(code)
