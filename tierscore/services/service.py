"""The door to every use case that reads: one `Service` per worker, one `Reading` per request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import DBAPIError, NoResultFound

from tierscore.errors import NotReady, UnknownCode
from tierscore.ingest.raw import RawTable
from tierscore.services import assessments, history, listing, what_if
from tierscore.services.assessments import Assessments, Resolved
from tierscore.services.coverage import coverage
from tierscore.services.editing import edit
from tierscore.services.ingesting import IngestReport, Sender, ingest
from tierscore.services.kept import Kept
from tierscore.services.query import AssessmentQuery, ObservationQuery, WhatIf
from tierscore.services.sheet import Sheet
from tierscore.services.snapshot import Snapshot, take
from tierscore.services.template import template_of
from tierscore.services.what_if import Baseline
from tierscore.storage import freshness, migrate, observations, revisions
from tierscore.storage.database import Database
from tierscore.storage.freshness import State
from tierscore.storage.observations import AsOf, Filters

Answer = dict[str, Any]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEPT_SNAPSHOTS = 2
KEPT_MOMENTS = 256
KEPT_BASELINES = 16
BEFORE_ANYTHING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Document:
    """A file to be handed out: its name, media type and bytes."""

    name: str
    media_type: str
    content: bytes


class Service:
    """What a worker holds: the database and the computations kept so far. Threads may share it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.assessments = Assessments()
        self.snapshots: Kept[Snapshot] = Kept(KEPT_SNAPSHOTS)
        self.baselines: Kept[Baseline] = Kept(KEPT_BASELINES)
        self.moments: Kept[AsOf] = Kept(KEPT_MOMENTS)

    @classmethod
    def open(cls, url: str) -> Service:
        """A service on the database at an address; nothing is connected yet."""
        return cls(Database.open(url))

    def reading(self) -> Reading:
        """Everything that one request may read, as of one state of the database: one small query.

        Raises NotReady when the database does not answer or has no tables yet.
        """
        try:
            with self.database.read() as session:
                return Reading(self, freshness.state(session))
        except (DBAPIError, NoResultFound) as error:
            raise NotReady(problem="the database cannot be read") from error

    def ingest(
        self,
        raw: RawTable,
        *,
        mode: str = "atomic",
        dry_run: bool = False,
        recorded_by: str = "anonymous",
        note: str = "",
    ) -> IngestReport:
        """Checks a batch and stores what is new as one revision; see `ingesting.ingest`."""
        sender = Sender(recorded_by, note)
        return ingest(self.database, self.reading().snapshot, raw, sender, mode=mode, dry_run=dry_run)

    def readiness(self) -> dict[str, bool]:
        """Whether the database answers and stands at the newest migration."""
        if not self.database.reachable():
            return {"database": False, "migrations": False}
        try:
            current, head = migrate.current_and_head(self.database)
        except DBAPIError:
            return {"database": False, "migrations": False}
        return {"database": True, "migrations": current == head}

    def close(self) -> None:
        """Closes every connection."""
        self.database.dispose()


class Reading:
    """The answers of one state of the database, JSON-ready, in the contract's shapes.

    Unknown codes raise `UnknownCode`, impossible parameters `Invalid`.
    """

    def __init__(self, service: Service, state: State) -> None:
        self.service = service
        self.state = state

    @property
    def snapshot(self) -> Snapshot:
        """Catalogue and frameworks; read again only after one of them changed."""

        def read() -> Snapshot:
            with self.service.database.read() as session:
                return take(session)

        return self.service.snapshots.get(self.state.catalogue, read)

    @property
    def fingerprint(self) -> tuple[str, str]:
        """Digests of the data and of everything else: while both are the same, so is every answer."""
        return self.state.data_digest, self.snapshot.digest

    def regions(self) -> list[Answer]:
        """All regions and the nation."""
        return [listing.region(region) for region in self.snapshot.regions.values()]

    def region(self, code: str) -> Answer:
        """One region."""
        return listing.region(self.snapshot.region(code))

    def groups(self) -> list[Answer]:
        """All groups."""
        return [listing.group(group) for group in self.snapshot.groups.values()]

    def indicators(self) -> list[Answer]:
        """The indicator catalogue."""
        return [listing.indicator(indicator) for indicator in self.snapshot.indicators.values()]

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

    def observations(self, query: ObservationQuery) -> Answer:
        """One page of observations as of a moment: ``{items, total, data}``."""
        self._check_filters(query)
        as_of = self.as_of(query.as_of)
        filters = Filters(query.regions, query.indicators, query.periods)
        with self.service.database.read() as session:
            items, total = observations.page(
                session, as_of.revision, filters, query.history, query.page, query.page_size
            )
        return {"items": items, "total": total, "data": assessments.data(as_of)}

    def resolve(self, query: AssessmentQuery) -> Resolved:
        """The question with its defaults filled in; no query when it asks for the newest data."""
        return assessments.resolve(self.snapshot, query, self.as_of(query.as_of))

    def assessments(self, query: AssessmentQuery) -> Answer:
        """The short answers in rank order: ``{framework, data, engine, items}``."""
        resolved = self.resolve(query)
        return assessments.versions(resolved) | {"items": assessments.summaries(self._sheet(resolved), query)}

    def assessment(self, subject: str, query: AssessmentQuery) -> Answer:
        """One full answer, of a region or of a group."""
        resolved = self.resolve(query)
        answer = assessments.one(self._sheet(resolved), subject, resolved.target, query.integration)
        return assessments.versions(resolved) | answer

    def what_if(self, asked: WhatIf) -> Answer:
        """Before and after some edits; nothing is stored. Raises Invalid, naming the edits at fault."""
        resolved = self.resolve(asked.query)
        key = assessments.key_of(self.snapshot, resolved)
        baseline = self.service.baselines.get(key, lambda: Baseline(self._sheet(resolved)))
        found = edit(baseline.sheet, asked)
        return {
            **assessments.versions(resolved),
            "edited_framework": assessments.versions(replace(resolved, framework=found.after.framework))["framework"]
            if found.framework_changes
            else None,
            "period": resolved.period,
            **what_if.answer(baseline, found, asked),
        }

    def revisions(self, page: int, page_size: int) -> Answer:
        """One page of the revisions, newest first: ``{items, total}``."""
        with self.service.database.read() as session:
            items, total = revisions.listing(session, page, page_size)
        return {"items": items, "total": total}

    def revision(self, number: int) -> Answer:
        """One revision; raises UnknownCode."""
        self._check_revision(number)
        with self.service.database.read() as session:
            return revisions.one(session, number)

    def compare_revisions(self, first: int, second: int, query: AssessmentQuery) -> Answer:
        """What changed from one revision to another, and which tiers moved because of it; raises UnknownCode."""
        self._check_revision(first)
        self._check_revision(second)
        before, after = (self.resolve(replace(query, as_of=str(number))) for number in (first, second))
        with self.service.database.read() as session:
            changed = history.changes(revisions.changed(session, first, second))
        return {
            "framework": assessments.versions(after)["framework"],
            "engine": assessments.versions(after)["engine"],
            "period": after.period,
            "from": assessments.data(before.as_of),
            "to": assessments.data(after.as_of),
            "changes_total": len(changed),
            "changes": changed,
            "tiers": history.moves(self._sheet(before), self._sheet(after)),
        }

    def coverage(self, query: AssessmentQuery) -> Answer:
        """How good the data of a period are, and which missing values could move a tier."""
        resolved = self.resolve(query)
        return assessments.versions(resolved) | coverage(self._sheet(resolved))

    def template(self, query: AssessmentQuery, language: str) -> Document:
        """The XLSX workbook to be filled in for a framework, a year and regions; see `template.template_of`."""
        framework = self.snapshot.framework(query.framework, query.version).framework
        period = assessments.period_of(query.period, framework)
        content = template_of(self.snapshot, framework, period, query.regions, language)
        name = f"tierscore-{framework.id}-{framework.version}-{period}-{language}.xlsx"
        return Document(name, XLSX, content)

    def as_of(self, text: str | None) -> AsOf:
        """The point in the data's history that a text names; None is the newest, known without a query."""
        if text is None:
            return AsOf(self.state.recorded_at or BEFORE_ANYTHING, self.state.revision, self.state.data_digest)

        def look_up() -> AsOf:
            with self.service.database.read() as session:
                return observations.resolve_as_of(session, text)

        return self.service.moments.get((self.state.data_digest, text), look_up)

    def _sheet(self, resolved: Resolved) -> Sheet:
        card = self.service.assessments.card(self.service.database, self.snapshot, resolved)
        return Sheet(card, resolved.framework, self.snapshot)

    def _check_revision(self, number: int) -> None:
        if not 1 <= number <= self.state.revision:
            raise UnknownCode("revision", str(number), [str(known) for known in (1, self.state.revision)])

    def _check_filters(self, query: ObservationQuery) -> None:
        for region in query.regions:
            self.snapshot.region(region, "region")
        for indicator in query.indicators:
            if indicator not in self.snapshot.indicators:
                raise UnknownCode("indicator", indicator, self.snapshot.indicators, "indicator")
