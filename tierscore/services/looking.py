"""What every answer starts from: one state of the database, and the sheet of a question on it."""

from __future__ import annotations

from datetime import UTC, datetime

from tierscore.engine.matrix import Matrix
from tierscore.errors import UnknownCode
from tierscore.services import assessments
from tierscore.services.held import Held
from tierscore.services.query import AssessmentQuery
from tierscore.services.resolved import Resolved
from tierscore.services.sheet import Answer, Sheet
from tierscore.services.snapshot import Snapshot, take
from tierscore.storage import observations
from tierscore.storage.freshness import State
from tierscore.storage.observations import AsOf

BEFORE_ANYTHING = datetime(1970, 1, 1, tzinfo=UTC)


class Looking:
    """One state of the database, as a worker sees it with what it holds."""

    def __init__(self, held: Held, state: State) -> None:
        self.held = held
        self.state = state

    @property
    def snapshot(self) -> Snapshot:
        """Catalogue and frameworks; read again only after one of them changed."""

        def read() -> Snapshot:
            with self.held.database.read() as session:
                return take(session)

        return self.held.snapshots.get(self.state.catalogue, read)

    @property
    def fingerprint(self) -> tuple[str, str]:
        """Digests of the data and of everything else: while both are the same, so is every answer."""
        return self.state.data_digest, self.snapshot.digest

    def as_of(self, text: str | None) -> AsOf:
        """The point in the data's history that a text names; None is the newest, known without a query."""
        if text is None:
            return AsOf(self.state.recorded_at or BEFORE_ANYTHING, self.state.revision, self.state.data_digest)

        def look_up() -> AsOf:
            with self.held.database.read() as session:
                return observations.resolve_as_of(session, text)

        return self.held.moments.get((self.state.data_digest, text), look_up)

    def resolve(self, query: AssessmentQuery) -> Resolved:
        """The question with its defaults filled in; no query when it asks for the newest data."""
        return assessments.resolve(self.snapshot, query, self.as_of(query.as_of))

    def matrix(self, resolved: Resolved) -> Matrix:
        """The values that a question is about."""
        return self.held.assessments.matrices.one(self.held.database, self.snapshot, resolved)

    def sheet(self, resolved: Resolved) -> Sheet:
        """The scorecard of a question with its labels."""
        card = self.held.assessments.card(self.held.database, self.snapshot, resolved)
        return Sheet(card, resolved.framework, self.snapshot)

    def head(self, resolved: Resolved) -> Answer:
        """What an answer begins with: the versions, and how final the framework is."""
        return assessments.versions(resolved) | {"framework_status": resolved.framework.status}

    def check_reference_region(self, region: str, resolved: Resolved) -> None:
        """Raises UnknownCode for what is no reference region of a question's framework."""
        if region not in resolved.framework.regions:
            raise UnknownCode("reference region", region, resolved.framework.regions)
