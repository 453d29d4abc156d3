"""What the parts of a region add up to."""

from __future__ import annotations

from tierscore.engine.matrix import select
from tierscore.services import rollup
from tierscore.services.looking import Looking
from tierscore.services.query import AssessmentQuery
from tierscore.services.sheet import Answer
from tierscore.storage import observations
from tierscore.storage.observations import Filters

MOST_NAMED = 1000  # regions in a condition; of more, everything is read and what is not meant left out


class RollupAnswers(Looking):
    """Aggregation upwards, asked for as such."""

    def rollup(self, region: str, query: AssessmentQuery, indicators: tuple[str, ...] = ()) -> Answer:
        """What a region's parts add up to in a year, by a framework's pooling rules: one query for the data.

        Raises
        ------
        UnknownCode
            For a region, framework, version or indicator that is not there.
        Invalid
            For a period that is no year.
        """
        resolved = self.resolve(query)
        asked = rollup.branch(self.snapshot, region, resolved.framework, indicators)
        named = asked.codes if len(asked.codes) <= MOST_NAMED else ()
        filters = Filters(named, asked.indicators, (resolved.period,))
        with self.held.database.read() as session:
            frame = observations.newest_within(session, resolved.as_of.revision, filters)
        cells = select(frame, asked.framework, resolved.period, nation="").cells
        return self.head(resolved) | {"period": resolved.period} | rollup.answer(asked, cells, self.snapshot)
