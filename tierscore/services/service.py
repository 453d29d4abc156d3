"""The door to every use case that reads: one `Service` per worker, one `Reading` per request."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from sqlalchemy.exc import DBAPIError, NoResultFound

from tierscore.engine.matrix import Matrix
from tierscore.engine.panel import Panel, score_panel
from tierscore.engine.scorecard import Scorecard
from tierscore.errors import Invalid, NotReady, TierscoreError, UnknownCode, Violation
from tierscore.framework.catalogue import Group, Title
from tierscore.framework.model import Framework
from tierscore.ingest.raw import RawTable
from tierscore.services import (
    analysing,
    assessments,
    confidence,
    history,
    listing,
    panels,
    paths,
    scenarios,
    uncertainty,
    what_if,
)
from tierscore.services import trace as tracing
from tierscore.services.asked_groups import checked_group
from tierscore.services.assessments import Assessments, Resolved
from tierscore.services.auditing import audit
from tierscore.services.coverage import coverage
from tierscore.services.departure import departure
from tierscore.services.editing import Edited, edit
from tierscore.services.freezing import frozen
from tierscore.services.ingesting import IngestReport, Sender, ingest
from tierscore.services.jobs import Jobs, Progress
from tierscore.services.kept import Kept
from tierscore.services.planning import Planning
from tierscore.services.query import AssessmentQuery, ObservationQuery, PathAsked, Saving, UncertaintyAsked, WhatIf
from tierscore.services.sheet import Sheet
from tierscore.services.snapshot import Snapshot, take
from tierscore.services.template import template_of
from tierscore.services.uncertainty import Analysis
from tierscore.services.walking import nothing, walker
from tierscore.services.what_if import Baseline
from tierscore.storage import catalogue, confidences, freshness, migrate, observations, revisions
from tierscore.storage import scenarios as scenario_rows
from tierscore.storage.database import Database
from tierscore.storage.freshness import State
from tierscore.storage.jobs import Job
from tierscore.storage.observations import AsOf, Filters
from tierscore.storage.scenarios import Draft, Scenario, Seen

Answer = dict[str, Any]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEPT_SNAPSHOTS = 2
KEPT_MOMENTS = 256
KEPT_BASELINES = 16
KEPT_AUDITS = 16
KEPT_ANALYSES = 32
KEPT_ANSWERS = 512
KEPT_PATHS = 128
KEPT_PANELS = 16
BEFORE_ANYTHING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Document:
    """A file to be handed out: its name, media type and bytes."""

    name: str
    media_type: str
    content: bytes


class Service:
    """What a worker holds: the database and the computations kept so far. Threads may share it."""

    def __init__(self, database: Database, *, dask: str | None = None, background: bool = False) -> None:
        """`dask` is the address of a cluster's scheduler; `background` lets it work without being asked."""
        self.database = database
        self.background = background
        self.walk = walker(dask)
        self.jobs = Jobs(database, self.compute)
        self.assessments = Assessments()
        self.snapshots: Kept[Snapshot] = Kept(KEPT_SNAPSHOTS)
        self.baselines: Kept[Baseline] = Kept(KEPT_BASELINES)
        self.moments: Kept[AsOf] = Kept(KEPT_MOMENTS)
        self.panels: Kept[Panel] = Kept(KEPT_PANELS)
        self.audits: Kept[Answer] = Kept(KEPT_AUDITS)
        self.analyses: Kept[Answer] = Kept(KEPT_ANALYSES)
        self.wanted: Kept[str] = Kept(KEPT_MOMENTS)
        self.answers: Kept[Answer] = Kept(KEPT_ANSWERS)
        self.paths: Kept[Answer] = Kept(KEPT_PATHS)

    @classmethod
    def open(cls, url: str, *, dask: str | None = None, background: bool = False) -> Service:
        """A service on the database at an address; nothing is connected yet."""
        return cls(Database.open(url), dask=dask, background=background)

    def compute(self, request: Answer, progress: Progress) -> Answer:
        """What a job asks for; see `jobs.Jobs`."""
        asked = analysing.asked_of(request)
        found = self.reading().analysed(asked, progress)
        if request["kind"] == analysing.CONFIDENCE:
            self.keep_confidence(asked.query, found)
        return found

    def keep_confidence(self, query: AssessmentQuery, found: Answer) -> None:
        """Keeps how sure the tiers of a question are, for every worker."""
        key = confidence_key(self.reading().resolve(query))
        with self.database.write() as session:
            confidences.put(session, key, confidence.kept(found), datetime.now(UTC))

    def settle_confidence(self) -> None:
        """Computes how sure the tiers of the default question are, if that is not known: now, or by a job if large."""
        reading, query = self.reading(), AssessmentQuery()
        resolved, analysis = reading.analysis(confidence.analysis_of(query))
        if confidence_key(resolved) in reading.snapshot.confidences:
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
            with self.database.look() as connection:
                return Reading(self, freshness.state(connection))
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
        report = ingest(self.database, self.reading().snapshot, raw, sender, mode=mode, dry_run=dry_run)
        if report.stored and self.background:
            with suppress(TierscoreError):  # the batch is stored whatever comes of it
                self.settle_confidence()
        return report

    def add_group(self, code: str, name: dict[str, str], members: tuple[str, ...]) -> Answer:
        """Stores a user's group of regions; raises AlreadyThere, and Invalid for members that are none."""
        checked = checked_group(self.reading().snapshot, Group(code, Title(**name), members))
        with self.database.write() as session:
            catalogue.add_group(session, checked)
        return listing.group(checked)

    def delete_group(self, code: str) -> None:
        """Removes a user's group; raises UnknownCode, Protected."""
        with self.database.write() as session:
            catalogue.delete_group(session, code)

    def save_scenario(self, draft: Saving, seen: Scenario | None = None) -> Scenario:
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
                return scenario_rows.create(session, token_hex(8), stored, base, now)
            return scenario_rows.change(session, Seen(seen.id, seen.edition), stored, base, now)

    def delete_scenario(self, seen: Scenario) -> None:
        """Removes a scenario; raises UnknownCode, Stale."""
        with self.database.write() as session:
            scenario_rows.delete(session, Seen(seen.id, seen.edition))

    def rebase_scenario(self, seen: Scenario) -> tuple[Scenario, Answer]:
        """Pins a scenario to the newest data, and says what that changed; raises as `save_scenario` does."""
        reading = self.reading()
        asked = scenarios.asked_of(seen)
        newest = replace(asked, query=replace(asked.query, as_of=None))
        before, after = reading.edited(asked), reading.edited(newest)
        base = scenarios.base_of(reading.resolve(newest.query))
        with self.database.write() as session:
            rebased = scenario_rows.change(session, Seen(seen.id, seen.edition), seen.draft, base, datetime.now(UTC))
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
        except DBAPIError:
            return {"database": False, "migrations": False}
        return {"database": True, "migrations": current == head}

    def close(self) -> None:
        """Ends the thread of jobs, and closes every connection."""
        self.jobs.stop()
        self.database.dispose()


def confidence_key(resolved: Resolved) -> confidences.Key:
    """Under what it is kept how sure the tiers of a question are."""
    return resolved.as_of.digest, resolved.framework.digest, resolved.period


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
        found = self.confidence(resolved)
        items = [
            item | {"confidence": confidence.of_region(found, item["region"]["code"])}
            for item in assessments.summaries(self._sheet(resolved), query)
        ]
        return assessments.versions(resolved) | {"items": items}

    def assessment(self, subject: str, query: AssessmentQuery) -> Answer:
        """One full answer, of a region or of a group."""
        resolved = self.resolve(query)
        key = (*assessments.key_of(self.snapshot, resolved), subject, resolved.target, query.integration)

        def compute() -> Answer:
            return assessments.one(self._sheet(resolved), subject, resolved.target, query.integration)

        sure = confidence.of_region(self.confidence(resolved), subject)
        return assessments.versions(resolved) | self.service.answers.get(key, compute) | {"confidence": sure}

    def trace(self, region: str, query: AssessmentQuery) -> Answer:
        """Every step from a region's tier to its observations and sources: one query beside the answer's own."""
        resolved = self.resolve(query)
        self._check_reference_region(region, resolved)
        answer, nation = self.assessment(region, query), self.snapshot.nation
        regions, periods = tracing.wanted(answer, nation)
        with self.service.database.read() as session:
            found = observations.newest_listed(
                session, resolved.as_of.revision, Filters(tuple(regions), (), tuple(periods))
            )
        tree = tracing.trace(answer, resolved.framework, found, nation)
        head = {name: answer[name] for name in ("region", "period", "status", "tier", "score")}
        return assessments.versions(resolved) | head | {"trace": tree}

    def scenarios(self, page: int, page_size: int) -> tuple[list[Scenario], int]:
        """One page of the scenarios, newest first, and how many there are."""
        with self.service.database.read() as session:
            return scenario_rows.listing(session, page, page_size)

    def scenario(self, identifier: str) -> Scenario:
        """One scenario; raises UnknownCode."""
        with self.service.database.read() as session:
            return scenario_rows.one(session, identifier)

    def some_scenarios(self, identifiers: tuple[str, ...]) -> list[Scenario]:
        """Scenarios by id; raises UnknownCode."""
        with self.service.database.read() as session:
            return scenario_rows.several(session, identifiers)

    def scenario_result(self, scenario: Scenario) -> Answer:
        """What a scenario comes to on its own base."""
        return {"scenario": scenarios.head(scenario), **self.what_if(scenarios.asked_of(scenario))}

    def compare_scenarios(self, wanted: list[Scenario]) -> Answer:
        """Scenarios side by side, each on its own base: ``{engine, scenarios, regions}``."""
        questions = [scenarios.asked_of(scenario) for scenario in wanted]
        versions = [assessments.versions(self.resolve(asked.query)) for asked in questions]
        heads = [
            {**scenarios.head(scenario), "framework": version["framework"], "data": version["data"]}
            for scenario, version in zip(wanted, versions, strict=True)
        ]
        found = [self.edited(asked) for asked in questions]
        return {"engine": versions[0]["engine"], "scenarios": heads, "regions": scenarios.beside(wanted, found)}

    def edited(self, asked: WhatIf) -> Edited:
        """Both sides of a what-if. Raises Invalid, naming the edits at fault."""
        return edit(self.baseline(self.resolve(asked.query)).sheet, asked)

    def baseline(self, resolved: Resolved) -> Baseline:
        """The side before all edits; kept, since many what-ifs share it."""
        key = assessments.key_of(self.snapshot, resolved)
        return self.service.baselines.get(key, lambda: Baseline(self._sheet(resolved)))

    def what_if(self, asked: WhatIf) -> Answer:
        """Before and after some edits; nothing is stored. Raises Invalid, naming the edits at fault."""
        resolved = self.resolve(asked.query)
        baseline, found = self.baseline(resolved), self.edited(asked)
        after = assessments.versions(replace(resolved, framework=found.after.framework))["framework"]
        return {
            **assessments.versions(resolved),
            "framework_status": resolved.framework.status,
            "edited_framework": after if found.framework_changes else None,
            "period": resolved.period,
            **what_if.answer(baseline, found, asked),
        }

    def path(self, asked: PathAsked) -> Answer:
        """The least effort that reaches a tier; nothing is stored.

        Raises
        ------
        UnknownCode, Invalid
            For what is not there, and for terms that cannot be met, with their pointers.
        CannotScore
            For a framework under which no least effort is computed.
        """
        resolved = self.resolve(asked.query)
        key = (*assessments.key_of(self.snapshot, resolved), asked)

        def compute() -> Answer:
            stage = departure(self._sheet(resolved), asked, lambda year: self._values(resolved, year))
            return paths.answer(Planning.of(stage, asked, resolved.target))

        head = {"framework_status": resolved.framework.status}
        return assessments.versions(resolved) | head | self.service.paths.get(key, compute)

    def confidence(self, resolved: Resolved) -> dict[str, Any] | None:
        """How sure the tiers of a question are, by region; None while that is not known.

        Asked of the newest data by a service that may work in the background, it is computed then.
        """
        key = confidence_key(resolved)
        found = self.snapshot.confidences.get(key)
        if found is None and self.service.background and resolved.as_of.digest == self.state.data_digest:
            self.service.wanted.get(key, lambda: self._want_confidence(resolved))
        return found

    def settled(self, query: AssessmentQuery) -> bool:
        """Whether it is known how sure the tiers of a question are; false for a question that cannot be."""
        try:
            return confidence_key(self.resolve(query)) in self.snapshot.confidences
        except TierscoreError:
            return False

    def _want_confidence(self, resolved: Resolved) -> str:
        framework = (resolved.framework.id, resolved.framework.version)
        asked = confidence.analysis_of(AssessmentQuery())
        request = analysing.request_of(asked, analysing.CONFIDENCE, framework, resolved.period, resolved.as_of.revision)
        return self.service.jobs.submit(request, asked.samples).id

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
            return self.service.jobs.submit(request, analysis.design.rows)
        key = (*assessments.key_of(self.snapshot, resolved), asked)
        found = self.service.analyses.get(key, lambda: analysis.answer(self.service.walk(nothing)))
        return self._with_versions(resolved) | found

    def analysed(self, asked: UncertaintyAsked, progress: Progress) -> Answer:
        """The same, computed here and now whatever its size."""
        resolved, analysis = self.analysis(asked)
        return self._with_versions(resolved) | analysis.answer(self.service.walk(progress))

    def analysis(self, asked: UncertaintyAsked) -> tuple[Resolved, Analysis]:
        """What is to be computed for an analysis; raises as `uncertainty`."""
        resolved = self.resolve(replace(asked.query, regions=()))
        uncertainty.checked(asked, resolved.framework)
        return resolved, Analysis(self._sheet(resolved), asked)

    def _with_versions(self, resolved: Resolved) -> Answer:
        return assessments.versions(resolved) | {"framework_status": resolved.framework.status}

    def titles(self, query: AssessmentQuery) -> dict[str, Answer]:
        """What the tiers and indicators of a question's framework are called, by code."""
        framework = self.resolve(query).framework
        tiers = {tier.code: listing.title(tier.title) for tier in framework.tiers}
        return tiers | {item.code: listing.title(item.title) for item in framework.indicators}

    def frozen(self, document: Answer, framework: Framework, period: int | None, as_of: str | None) -> Answer:
        """A framework document with the weights that it derives from what is stored; raises as `freezing.frozen`."""
        wanted = assessments.period_of(period, framework)
        everywhere = tuple(code for code in self.snapshot.regions if code != self.snapshot.nation)
        whole = framework if framework.regions else replace(framework, regions=everywhere)
        resolved = Resolved(whole, wanted, self.as_of(as_of), None)
        return frozen(document, self.service.assessments.card(self.service.database, self.snapshot, resolved))

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

    def panel(self, query: AssessmentQuery, periods: tuple[int, ...], bounds: str) -> Answer:
        """Several years of the reference regions, in one query; on common or on each year's own bounds.

        Raises
        ------
        Invalid
            For a period that is there twice.
        CannotScore
            As an assessment; on common bounds.
        """
        resolved = self.resolve(query)
        wanted = panels.checked_periods(periods or (resolved.period - 1, resolved.period))
        for code in query.regions:
            self._check_reference_region(code, resolved)

        def compute() -> Panel:
            each = [replace(resolved, period=assessments.period_of(year, resolved.framework)) for year in wanted]
            kept = self.service.assessments
            matrices = [kept.matrix(self.service.database, self.snapshot, one) for one in each]
            return score_panel(matrices, resolved.framework, common=bounds == "common")

        key = (*assessments.key_of(self.snapshot, resolved), wanted, bounds)
        found = self.service.panels.get(key, compute)
        told = panels.answer(found, resolved.framework, self.snapshot, query.regions, bounds)
        return assessments.versions(resolved) | told

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
        card = self._sheet(resolved).card
        others = [self._against(text, resolved) for text in against]
        rows = [self._row(card, code, "peer") for code in peers]
        row = self._row(card, query.regions[0], "region") if query.regions else None
        key = (*assessments.key_of(self.snapshot, resolved), against, query.regions, peers)
        found = self.service.audits.get(key, lambda: audit(card, others, row, rows))
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
        return self._sheet(replace(resolved, framework=framework)).card

    def _row(self, card: Scorecard, code: str, parameter: str) -> int:
        if code not in card.matrix.regions:
            raise UnknownCode("reference region", code, card.matrix.regions, parameter)
        return card.matrix.regions.index(code)

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

    def _check_reference_region(self, region: str, resolved: Resolved) -> None:
        if region not in resolved.framework.regions:
            raise UnknownCode("reference region", region, resolved.framework.regions)

    def _values(self, resolved: Resolved, year: int) -> Matrix:
        """The values of another year of the same question."""
        period = assessments.period_of(year, resolved.framework)
        return self.service.assessments.matrix(self.service.database, self.snapshot, replace(resolved, period=period))

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
