"""How sure the tiers are: analyses of the uncertainty, computed at once or by a job."""

from __future__ import annotations

from dataclasses import replace

from tierscore.services import analysing, uncertainty
from tierscore.services.jobs import Progress
from tierscore.services.looking import Looking
from tierscore.services.query import UncertaintyAsked
from tierscore.services.resolved import Resolved, key_of
from tierscore.services.sheet import Answer
from tierscore.services.uncertainty import Analysis
from tierscore.services.walking import nothing
from tierscore.storage.jobs import Job


class UncertaintyAnswers(Looking):
    """Analyses of how sure the tiers are."""

    def uncertainty(self, asked: UncertaintyAsked) -> Answer | Job:
        """How sure the tiers are: the answer, or the job that computes it where it is large.

        Raises
        ------
        UnknownCode, Invalid
            For what is not there, a design that cannot be, factors that are none or have nothing to vary.
        CannotScore
            For a sort by profiles, and where a drawn framework cannot be computed on these data.
        """
        resolved, analysis = self.analysis(asked)
        if analysis.large:
            framework = (resolved.framework.id, resolved.framework.version)
            request = analysing.request_of(
                asked, analysing.ANALYSIS, framework, resolved.period, resolved.as_of.revision
            )
            return self.held.jobs.submit(request, analysis.design.rows)
        key = (*key_of(self.snapshot, resolved), asked)
        found = self.held.analyses.get(key, lambda: analysis.answer(self.held.walk(nothing)))
        return self.head(resolved) | found

    def analysed(self, asked: UncertaintyAsked, progress: Progress) -> Answer:
        """The same, computed here and now whatever its size."""
        resolved, analysis = self.analysis(asked)
        return self.head(resolved) | analysis.answer(self.held.walk(progress))

    def analysis(self, asked: UncertaintyAsked) -> tuple[Resolved, Analysis]:
        """What is to be computed for an analysis; raises as `uncertainty`."""
        resolved = self.resolve(replace(asked.query, regions=()))
        uncertainty.checked(asked, resolved.framework)
        return resolved, Analysis(self.sheet(resolved), asked)
