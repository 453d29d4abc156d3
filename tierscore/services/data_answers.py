"""What is stored: observations, revisions and what they changed, how good the data are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tierscore.errors import UnknownCode
from tierscore.services import assessments, history
from tierscore.services.coverage import coverage
from tierscore.services.looking import Looking
from tierscore.services.query import AssessmentQuery, ObservationQuery
from tierscore.services.sdmx_csv import sdmx_csv
from tierscore.services.sheet import Answer
from tierscore.storage import listing, observations, revisions
from tierscore.storage.observations import AsOf, Filters


class DataAnswers(Looking):
    """The data, their history and their quality."""

    def observations(self, query: ObservationQuery) -> Answer:
        """One page of observations as of a moment: ``{items, total, data}``."""
        self._check_filters(query)
        as_of = self.as_of(query.as_of)
        filters = Filters(query.regions, query.indicators, query.periods)
        with self.held.database.read() as session:
            items, total = listing.page(session, as_of.revision, filters, query.history, query.page, query.page_size)
        return {"items": items, "total": total, "data": assessments.data(as_of)}

    def export(self, query: ObservationQuery) -> Iterator[str]:
        """All observations as of a moment as SDMX-CSV, in the order of their cells, some lines at a time.

        Raises UnknownCode and Invalid at once, for what `observations` does.
        """
        self._check_filters(query)
        as_of = self.as_of(query.as_of)
        return self._exported(as_of.revision, Filters(query.regions, query.indicators, query.periods))

    def _exported(self, revision: int, filters: Filters) -> Iterator[str]:
        with self.held.database.read() as session:
            yield from sdmx_csv(listing.every_newest(session, revision, filters))

    def revisions(self, page: int, page_size: int) -> Answer:
        """One page of the revisions, newest first: ``{items, total}``."""
        with self.held.database.read() as session:
            items, total = revisions.listing(session, page, page_size)
        return {"items": items, "total": total}

    def revision(self, number: int) -> Answer:
        """One revision; raises UnknownCode."""
        self._check_revision(number)
        with self.held.database.read() as session:
            return revisions.one(session, number)

    def compare_revisions(self, first: int, second: int, query: AssessmentQuery) -> Answer:
        """What changed from one revision to another, and which tiers moved because of it; raises UnknownCode."""
        self._check_revision(first)
        self._check_revision(second)
        before, after = (self.resolve(replace(query, as_of=str(number))) for number in (first, second))
        changed = self._differences(before.as_of, after.as_of)
        return {
            "framework": assessments.versions(after)["framework"],
            "engine": assessments.versions(after)["engine"],
            "period": after.period,
            "from": assessments.data(before.as_of),
            "to": assessments.data(after.as_of),
            "changes_total": len(changed),
            "changes": changed,
            "tiers": history.moves(self.sheet(before), self.sheet(after)),
        }

    def _differences(self, before: AsOf, after: AsOf) -> list[Answer]:
        """The values that differ between two revisions; a revision never changes, so neither do they."""

        def look_up() -> list[Answer]:
            with self.held.database.read() as session:
                return history.changes(revisions.changed(session, before.revision, after.revision))

        return self.held.differences.get((before.digest, after.digest), look_up)

    def coverage(self, query: AssessmentQuery) -> Answer:
        """How good the data of a period are, and which missing values could move a tier."""
        resolved = self.resolve(query)
        return assessments.versions(resolved) | coverage(self.sheet(resolved))

    def periods(self, query: AssessmentQuery) -> list[int]:
        """The years from the first to the last observation of what a question's framework measures."""
        resolved = self.resolve(query)
        codes = tuple(indicator.code for indicator in resolved.framework.indicators)

        def look_up() -> list[int]:
            with self.held.database.read() as session:
                return observations.periods(session, resolved.as_of.revision, codes)

        return self.held.periods.get((resolved.as_of.digest, codes), look_up)

    def _check_filters(self, query: ObservationQuery) -> None:
        for region in query.regions:
            self.snapshot.region(region, "region")
        for indicator in query.indicators:
            if indicator not in self.snapshot.indicators:
                raise UnknownCode("indicator", indicator, self.snapshot.indicators, "indicator")

    def _check_revision(self, number: int) -> None:
        if not 1 <= number <= self.state.revision:
            raise UnknownCode("revision", str(number), [str(known) for known in (1, self.state.revision)])
