"""The door to every use case: one `Service` per worker, which writes, and makes one `Reading` per request."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

from sqlalchemy.exc import DBAPIError, NoResultFound, SQLAlchemyError

from tierscore.errors import NotReady, TierscoreError
from tierscore.framework.catalogue import Group, Title
from tierscore.ingest.raw import RawTable
from tierscore.services import (
    analysing,
    assessments,
    confidence,
    failures,
    keys,
    listing,
    publishing,
    scenarios,
    what_if,
)
from tierscore.services.asked_groups import checked_group
from tierscore.services.held import Held
from tierscore.services.importer import Wanted
from tierscore.services.importing import Course, Settle, import_file
from tierscore.services.ingesting import IngestReport, Sender, ingest
from tierscore.services.jobs import Progress
from tierscore.services.once import Attempt, FirstAnswer, Work, once
from tierscore.services.query import AssessmentQuery, Saving
from tierscore.services.reading import Reading
from tierscore.services.regions import add_regions
from tierscore.services.sheet import Answer
from tierscore.services.shelf import Shelf
from tierscore.services.walking import nothing
from tierscore.storage import catalogue, confidences, events, frameworks, freshness, migrate, trail
from tierscore.storage import keys as key_rows
from tierscore.storage import scenarios as scenario_rows
from tierscore.storage.database import UNLIMITED, Database, Limits
from tierscore.storage.kept_stages import KeptStages
from tierscore.storage.long_batch import Tell, untold
from tierscore.storage.regions import Put
from tierscore.storage.scenarios import Draft, Scenario, Seen
from tierscore.storage.trail import Deed

NOBODY = "anonymous"
MOST_TOLD = 10  # revisions at once, when events are written

_log = logging.getLogger(__name__)


class Service(Held):
    """What a worker holds, and every use case that writes. Threads may share it."""

    def __init__(
        self, database: Database, *, dask: str | None = None, background: bool = False, shelf: Shelf | None = None
    ) -> None:
        """`dask` is the address of a cluster's scheduler; `background` lets it work without being asked.

        `shelf` is where the workers of a machine share what they read; None: each reads its own.
        """
        super().__init__(database, self.compute, self.import_received, dask=dask, background=background, shelf=shelf)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        dask: str | None = None,
        background: bool = False,
        pool_size: int = UNLIMITED.pool_size,
        statement_seconds: int | None = None,
        shelf: Shelf | None = None,
    ) -> Service:
        """A service on the database at an address; nothing is connected yet. The rest is as in `Limits`."""
        limits = Limits(pool_size, statement_seconds)
        return cls(Database.open(url, limits), dask=dask, background=background, shelf=shelf)

    def compute(self, request: Answer, progress: Progress) -> Answer:
        """What a job asks for; see `jobs.Jobs`."""
        asked = analysing.asked_of(request)
        found = self.reading().analysed(asked, progress)
        if request["kind"] == analysing.CONFIDENCE:
            self.keep_confidence(asked.query, found)
        return found

    def keep_confidence(self, query: AssessmentQuery, found: Answer) -> None:
        """Keeps how sure the tiers of a question are, for every worker."""
        key = confidence.key_of(self.reading().resolve(query))
        with self.database.write() as session:
            confidences.put(session, key, confidence.kept(found), datetime.now(UTC))

    def settle_confidence(self) -> None:
        """Computes how sure the tiers of the default question are, if that is not known: now, or by a job if large."""
        reading, query = self.reading(), AssessmentQuery()
        resolved, analysis = reading.analysis(confidence.analysis_of(query))
        if confidence.key_of(resolved) in reading.snapshot.confidences:
            return
        if analysis.large:
            reading.confidence(resolved)
        else:
            self.keep_confidence(query, analysis.answer(self.walk(nothing)))

    def reading(self) -> Reading:
        """Everything that one request may read, as of one state of the database: one small query.

        Raises NotReady when the database does not answer or has no tables yet.
        """
        try:
            return Reading(self, freshness.present(self.database))
        except (DBAPIError, NoResultFound) as error:
            raise NotReady(problem="the database cannot be read") from error

    def ingest(
        self,
        raw: RawTable,
        *,
        mode: str = "atomic",
        dry_run: bool = False,
        recorded_by: str = NOBODY,
        note: str = "",
        by: str | None = None,
    ) -> IngestReport:
        """Checks a batch and stores what is new as one revision; see `ingesting.ingest`.

        `by` is who is noted for it in the audit trail, `recorded_by` if not given; so it is with every change.
        """
        sender = Sender(recorded_by, note, by or recorded_by)
        report = ingest(self.database, self.reading().snapshot, raw, sender, mode=mode, dry_run=dry_run)
        return self._settled(report)

    def import_file(
        self,
        file: Path,
        *,
        mode: str = "atomic",
        dry_run: bool = False,
        recorded_by: str = NOBODY,
        note: str = "",
        by: str | None = None,
        tell: Tell = untold,
        kept: KeptStages | None = None,
    ) -> IngestReport:
        """The same with a file of any length that lies here; see `importing.import_file`.

        `kept` is where its rows wait for another attempt if this one is interrupted.
        """
        sender = Sender(recorded_by, note, by or recorded_by)
        return self._imported(file, sender, mode, dry_run, Course(tell, kept=kept))

    def import_received(self, file: Path, wanted: Wanted, tell: Tell, settle: Settle) -> IngestReport:
        """The same with a file that was received; see `import_jobs.Imports`. What is kept of it goes with it."""
        course = Course(tell, settle, KeptStages(file.parent / "stages"))
        return self._imported(
            file, Sender(wanted.recorded_by, "", wanted.recorded_by), wanted.mode, wanted.dry_run, course
        )

    def _imported(self, file: Path, sender: Sender, mode: str, dry_run: bool, course: Course) -> IngestReport:
        snapshot = self.reading().snapshot
        with failures.needing_room():
            report = import_file(self.database, snapshot, file, sender, mode=mode, dry_run=dry_run, course=course)
        return self._settled(report)

    def _settled(self, report: IngestReport) -> IngestReport:
        if report.stored:
            self.database.afterwards(lambda: self._is_stored(report))
        return report

    def _is_stored(self, report: IngestReport) -> None:
        self.count_rows(report.accepted)
        if self.background:
            with suppress(TierscoreError, SQLAlchemyError):  # the batch is stored whatever comes of it
                self.settle_confidence()
            self.aside.submit(self._tell_quietly)

    def once(self, attempt: Attempt, lifetime: timedelta, work: Work) -> FirstAnswer | None:
        """Has a request that may be a retry done once; see `once.once`."""
        return once(self.database, attempt, lifetime, work)

    def tell(self, most: int) -> None:
        """Writes the tier changes of revisions that are not told yet, the oldest first, at most so many revisions.

        Each in a transaction of its own, so what was told stays told whatever comes of the next one. Others may do
        the same at the same moment: whoever is second computed in vain.
        """
        for _ in range(most):
            reading = self.reading()
            revision = reading.state.told + 1
            if revision > reading.state.revision:
                return
            changes = reading.tier_changes(revision)
            with self.database.write() as session:
                events.tell(session, revision, changes)

    def _tell_quietly(self) -> None:
        """After an import, aside from any request; what fails here is made up for when events are asked for."""
        try:
            self.tell(MOST_TOLD)
        except Exception:  # nobody looks at what an executor's thread raises
            _log.warning("events could not be written now", exc_info=True)

    def create_key(self, name: str, scopes: Sequence[str], expires_in: str | None = None, by: str = NOBODY) -> str:
        """Makes a key, which is told this once and kept as a digest only; raises Invalid, AlreadyThere."""
        now = datetime.now(UTC)
        told, key = keys.make(name, scopes, expires_in, now)
        with self.database.write() as session:
            key_rows.add(session, key)
            trail.note(session, Deed(by, "key_created", name, keys.terms(key)), now)
        return told

    def revoke_key(self, name: str, by: str = NOBODY) -> bool:
        """Revokes a key, for every worker at once; False when it was revoked before. Raises UnknownCode."""
        now = datetime.now(UTC)
        with self.database.write() as session:
            revoked = key_rows.revoke(session, name, now)
            if revoked:
                trail.note(session, Deed(by, "key_revoked", name), now)
        return revoked

    def add_regions(self, data: bytes, name: str, by: str = NOBODY) -> Put:
        """Stores the regions of a CSV file, all or none; see `regions.add_regions`."""
        return add_regions(self.database, data, name, by)

    def add_group(self, code: str, name: dict[str, str], members: tuple[str, ...], by: str = NOBODY) -> Answer:
        """Stores a user's group of regions; raises AlreadyThere, and Invalid for members that are none."""
        checked = checked_group(self.reading().snapshot, Group(code, Title(**name), members))
        with self.database.write() as session:
            catalogue.add_group(session, checked)
            trail.note(session, Deed(by, "group_added", code, {"members": list(members)}), datetime.now(UTC))
        return listing.group(checked)

    def delete_group(self, code: str, by: str = NOBODY) -> None:
        """Removes a user's group; raises UnknownCode, Protected."""
        with self.database.write() as session:
            catalogue.delete_group(session, code)
            trail.note(session, Deed(by, "group_removed", code), datetime.now(UTC))

    def publish(self, document: Any, by: str = NOBODY) -> tuple[Answer, bool]:
        """Publishes a framework version for good: what it is in short, and whether it is new.

        Raises
        ------
        Invalid
            With every mistake of the document.
        AlreadyPublished
            When that version is published with another content.
        """
        framework, publication = publishing.sent(document, self.reading().snapshot)
        subject = f"{framework.id}@{framework.version}"
        with self.database.write() as session:
            new = frameworks.publish(session, *publication)
            if new:
                trail.note(session, Deed(by, "framework_published", subject), datetime.now(UTC))
        return listing.framework(framework), new

    def save_scenario(self, draft: Saving, seen: Scenario | None = None, by: str = NOBODY) -> Scenario:
        """Stores a new scenario, or one in the place of what was seen of it.

        Raises
        ------
        Invalid
            For a what-if that cannot be computed, with the pointers of its edits.
        UnknownCode, Stale
            For a scenario that is gone, or has changed since it was seen.
        """
        reading, now = self.reading(), datetime.now(UTC)
        resolved = reading.resolve(draft.asked.query)
        found = reading.edited(draft.asked)
        what_if.answer(reading.baseline(resolved), found, draft.asked)
        content = scenarios.content_of(draft.asked, found.before)
        stored = Draft(draft.title, draft.author, content)
        base = scenarios.base_of(resolved)
        with self.database.write() as session:
            if seen is None:
                saved = scenario_rows.create(session, token_hex(8), stored, base, now)
            else:
                saved = scenario_rows.change(session, Seen(seen.id, seen.edition), stored, base, now)
            trail.note(session, scenarios.deed(by, "created" if seen is None else "changed", saved), now)
        return saved

    def delete_scenario(self, seen: Scenario, by: str = NOBODY) -> None:
        """Removes a scenario; raises UnknownCode, Stale."""
        with self.database.write() as session:
            scenario_rows.delete(session, Seen(seen.id, seen.edition))
            trail.note(session, scenarios.deed(by, "removed", seen), datetime.now(UTC))

    def rebase_scenario(self, seen: Scenario, by: str = NOBODY) -> tuple[Scenario, Answer]:
        """Pins a scenario to the newest data, and says what that changed; raises as `save_scenario` does."""
        reading, now = self.reading(), datetime.now(UTC)
        asked = scenarios.asked_of(seen)
        newest = replace(asked, query=replace(asked.query, as_of=None))
        before, after = reading.edited(asked), reading.edited(newest)
        base = scenarios.base_of(reading.resolve(newest.query))
        with self.database.write() as session:
            rebased = scenario_rows.change(session, Seen(seen.id, seen.edition), seen.draft, base, now)
            trail.note(session, scenarios.deed(by, "rebased", rebased), now)
        versions = [assessments.versions(reading.resolve(item.query)) for item in (asked, newest)]
        return rebased, {
            "scenario": scenarios.answer(rebased),
            "framework": versions[1]["framework"],
            "engine": versions[1]["engine"],
            "from": versions[0]["data"],
            "to": versions[1]["data"],
            "moved": scenarios.moved(before, after),
        }

    def readiness(self) -> dict[str, bool]:
        """Whether the database answers and stands at the newest migration."""
        if not self.database.reachable():
            return {"database": False, "migrations": False}
        try:
            current, head = migrate.current_and_head(self.database)
        except SQLAlchemyError:
            return {"database": False, "migrations": False}
        return {"database": True, "migrations": current == head}

    def close(self) -> None:
        """Ends the threads, and closes every connection."""
        self.jobs.stop()
        self.imports.stop()
        self.aside.shutdown(cancel_futures=True)
        self.database.dispose()
