"""Published frameworks: listed, named, frozen, and as a form to be filled in."""

from __future__ import annotations

from dataclasses import replace

from tierscore.framework.hierarchy import meant
from tierscore.framework.model import ElectreTriB, Framework
from tierscore.services import assessments, listing
from tierscore.services.freezing import frozen
from tierscore.services.handout import XLSX, Document
from tierscore.services.looking import Looking
from tierscore.services.query import AssessmentQuery
from tierscore.services.resolved import Resolved
from tierscore.services.sheet import Answer
from tierscore.services.template import template_of


class FrameworkAnswers(Looking):
    """What a framework says, and what is made of its document."""

    def frameworks(self) -> list[Answer]:
        """All published framework versions."""
        return [listing.framework(item.framework) for versions in self.snapshot.published.values() for item in versions]

    def framework_document(self, framework: str, version: str) -> Answer:
        """One published framework with its document."""
        return listing.framework_document(self.snapshot.framework(framework, version, parameter=None))

    def levers(self, framework: str | None = None, version: str | None = None) -> list[Answer]:
        """The lever catalogue of a framework."""
        published = self.snapshot.framework(framework, version).framework
        return [listing.lever(lever) for lever in published.levers]

    def titles(self, query: AssessmentQuery) -> dict[str, Answer]:
        """What the tiers and indicators of a question's framework are called, by code."""
        framework = self.resolve(query).framework
        tiers = {tier.code: listing.title(tier.title) for tier in framework.tiers}
        return tiers | {item.code: listing.title(item.title) for item in framework.indicators}

    def tiers(self, query: AssessmentQuery) -> list[Answer]:
        """The tiers of a question's framework, lowest first: ``{code, title, threshold}``, None if by profiles."""
        framework = self.resolve(query).framework
        by_profiles = isinstance(framework.sort, ElectreTriB)
        return [
            {"code": tier.code, "title": listing.title(tier.title), "threshold": None if by_profiles else tier.score}
            for tier in framework.tiers
        ]

    def frozen(self, document: Answer, framework: Framework, period: int | None, as_of: str | None) -> Answer:
        """A framework document with the weights that it derives from what is stored; raises as `freezing.frozen`."""
        wanted = assessments.period_of(period, framework)
        regions = framework.regions or meant(self.snapshot.regions, framework.region_rule)
        whole = replace(framework, regions=regions)
        resolved = Resolved(whole, wanted, self.as_of(as_of), None)
        return frozen(document, self.sheet(resolved).card)

    def template(self, query: AssessmentQuery, language: str) -> Document:
        """The XLSX workbook to be filled in for a framework, a year and regions; see `template.template_of`."""
        framework = self.snapshot.framework(query.framework, query.version).framework
        period = assessments.period_of(query.period, framework)
        content = template_of(self.snapshot, framework, period, query.regions, language)
        name = f"tierscore-{framework.id}-{framework.version}-{period}-{language}.xlsx"
        return Document(name, XLSX, content)
