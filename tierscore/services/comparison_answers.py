"""Comparisons: several regions and groups side by side."""

from __future__ import annotations

from dataclasses import replace

from tierscore.services import assessments, comparing, confidence
from tierscore.services.assessment_answers import AssessmentAnswers
from tierscore.services.comparing import Years
from tierscore.services.listing import title
from tierscore.services.query import ComparisonAsked
from tierscore.services.sheet import Answer, Sheet


class ComparisonAnswers(AssessmentAnswers):
    """Where some stand beside each other, and among all."""

    def comparison(self, asked: ComparisonAsked) -> Answer:
        """``{framework, data, engine, framework_status, framework_title, period, since, items, standings}``.

        Raises
        ------
        Invalid, UnknownCode
            For no subjects, too many, one named twice, or one that is not there; for a year that is none.
        CannotScore
            For a group, where the framework compares the regions with each other.
        """
        resolved = self.resolve(asked.query)
        comparing.checked(asked, self.snapshot, resolved.framework.regions)
        since = resolved.period - 1 if asked.since is None else asked.since
        earlier = replace(resolved, period=assessments.period_of(since, resolved.framework, "since"))
        years = Years(self.sheet(earlier), self.sheet(resolved))

        sure = self.sure(resolved)

        def full(subject: str, integration: float) -> Answer:
            answer = self.assessment(subject, replace(asked.query, integration=integration))
            return answer | {"confidence": confidence.of_region(sure, subject)}

        return self.head(resolved) | {
            "framework_title": title(resolved.framework.title),
            "period": resolved.period,
            "since": since,
            "items": comparing.beside(years, asked, full),
            "standings": _standings(years.after, sure),
        }


def _standings(sheet: Sheet, sure: Answer | None) -> list[Answer]:
    return [
        item | {"confidence": confidence.of_region(sure, item["region"]["code"])} for item in comparing.standings(sheet)
    ]
