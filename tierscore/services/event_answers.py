"""Tier changes: computed for a revision, and read as events."""

from __future__ import annotations

from collections.abc import Iterator

from tierscore.engine.scorecard import Scorecard
from tierscore.errors import CannotScore
from tierscore.framework.model import Framework
from tierscore.services import tier_changes
from tierscore.services.looking import Looking
from tierscore.services.resolved import Resolved
from tierscore.services.sheet import Answer
from tierscore.storage import events
from tierscore.storage.events import TierChange, Touched

FIRST_REVISION = 1  # it changed nothing: with it everything began


class EventAnswers(Looking):
    """Which tiers a revision changed, and what is written of it."""

    def tier_changes(self, revision: int) -> list[TierChange]:
        """The tiers that a revision changed, by the newest version of each framework, in every year that it can move.

        In the order of frameworks, years, and regions as the framework has them, groups after them.
        """
        if revision == FIRST_REVISION:
            return []
        with self.held.database.read() as session:
            touched = events.touched(session, revision)
        return [change for framework in self._frameworks() for change in self._changes(framework, touched, revision)]

    def events(self, since: int, page: int, page_size: int) -> Answer:
        """One page of the events after the one numbered `since`, oldest first: ``{items, total, told}``."""
        with self.held.database.read() as session:
            items, total, told = events.page(session, since, page, page_size)
        return {"items": items, "total": total, "told": told}

    def _frameworks(self) -> Iterator[Framework]:
        """The newest version of each framework about regions that the catalogue has."""
        for versions in self.snapshot.published.values():
            framework = versions[-1].framework
            if self.snapshot.regions.keys() >= set(framework.regions):
                yield framework

    def _changes(self, framework: Framework, touched: Touched, revision: int) -> Iterator[TierChange]:
        groups = tier_changes.groups_of(self.snapshot, framework)
        for period in tier_changes.periods_to_look_at(framework, touched):
            before, after = (
                tier_changes.standings(self._card(framework, period, number), framework, groups)
                for number in (revision - 1, revision)
            )
            yield from tier_changes.changes(framework, period, self.snapshot, groups, (before, after))

    def _card(self, framework: Framework, period: int, revision: int) -> Scorecard | None:
        """The scorecard of a year as of a revision, as assessments keep it; None where it cannot be computed."""
        try:
            return self.sheet(Resolved(framework, period, self.as_of(str(revision)), None)).card
        except CannotScore:
            return None
