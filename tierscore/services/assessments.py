"""Assessments: from a question to the versions it means, the scorecard, and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tierscore import __version__
from tierscore.engine.matrix import Matrix
from tierscore.engine.patched import differing
from tierscore.engine.pipeline import score
from tierscore.engine.rescore import rescore
from tierscore.engine.scorecard import Scorecard
from tierscore.errors import Invalid, UnknownCode, Violation
from tierscore.framework.model import Framework
from tierscore.services import answer, groups
from tierscore.services.catching_up import Known
from tierscore.services.kept import Kept
from tierscore.services.matrices import Matrices, matrix_key
from tierscore.services.query import AssessmentQuery
from tierscore.services.resolved import Resolved, key_of
from tierscore.services.sheet import Sheet
from tierscore.services.shelf import Shelf
from tierscore.services.snapshot import Snapshot
from tierscore.storage import observations
from tierscore.storage.database import Database
from tierscore.storage.observations import AsOf

FIRST_PERIOD, LAST_PERIOD = 1900, 2100
CARD_BYTES, KEPT_CARDS = 256 << 20, 256
BYTES_A_CARD, BYTES_A_CELL = 32_000, 80  # of a scorecard, with what it computes when it is first asked for it


@dataclass(frozen=True)
class Older:
    """The scorecard of a question on the newest data that it was asked on."""

    as_of: AsOf
    card: Scorecard

    @property
    def known(self) -> Known:
        """What the matrix of newer data begins with."""
        return Known(self.as_of, self.card.matrix)


class Assessments:
    """Scores on demand and keeps the scorecards; one per worker."""

    def __init__(self, shelf: Shelf | None = None) -> None:
        """For `shelf` see `Matrices`."""
        self.matrices = Matrices(shelf)
        self.cards: Kept[Scorecard] = Kept(CARD_BYTES, size_of, KEPT_CARDS)
        self._newest: Kept[Older] = Kept(CARD_BYTES, lambda older: size_of(older.card), KEPT_CARDS)

    def card(self, database: Database, snapshot: Snapshot, resolved: Resolved) -> Scorecard:
        """The scorecard of a resolved question; the database is asked only when it is not kept."""

        return self.cards.get(key_of(snapshot, resolved), lambda: self._computed(database, snapshot, resolved))

    def _computed(self, database: Database, snapshot: Snapshot, resolved: Resolved) -> Scorecard:
        """From what is known of older data, unless the question is about still older ones."""
        question = matrix_key(snapshot, resolved)
        newest = self._newest.find(question)
        if newest is not None and newest.as_of.revision >= resolved.as_of.revision:
            return score(self.matrices.one(database, snapshot, resolved), resolved.framework)
        known = None if newest is None else newest.known
        card = _scored(self.matrices.one(database, snapshot, resolved, known), resolved, newest)
        self._newest.put(question, Older(resolved.as_of, card), 0.0)
        return card


def _scored(matrix: Matrix, resolved: Resolved, older: Older | None) -> Scorecard:
    """The scorecard of a matrix; what older data differ in is scored again, where there was a scorecard of those."""
    if older is None:
        return score(matrix, resolved.framework)
    return rescore(older.card, matrix, differing(older.card.matrix, matrix))


def size_of(card: Scorecard) -> int:
    """The bytes of a scorecard, about."""
    return BYTES_A_CARD + BYTES_A_CELL * card.matrix.cells.values.size


def resolve(snapshot: Snapshot, query: AssessmentQuery, as_of: AsOf) -> Resolved:
    """Fills in the defaults of a question.

    Raises
    ------
    UnknownCode
        For a framework, version, region or target that is not there.
    Invalid
        For a period that is no year.
    """
    framework = snapshot.framework(query.framework, query.version).framework
    for code in query.regions:
        if code not in framework.regions:
            raise UnknownCode("reference region", code, framework.regions, "region")
    return Resolved(framework, period_of(query.period, framework), as_of, _target(query.target, framework))


def period_of(period: int | None, framework: Framework, parameter: str = "period") -> int:
    """The year that is meant, the framework's own unless said otherwise; raises Invalid for what is no year."""
    wanted = period if period is not None else framework.period
    if wanted is None:
        raise Invalid(
            "query",
            [Violation("missing_parameter", "This framework has no reference period; give one.", parameter=parameter)],
        )
    if not FIRST_PERIOD <= wanted <= LAST_PERIOD:
        raise Invalid(
            "query",
            [
                Violation(
                    "out_of_range",
                    "A period is a year from {first} to {last}.",
                    {"first": FIRST_PERIOD, "last": LAST_PERIOD},
                    parameter=parameter,
                    value=wanted,
                    allowed=(f"{FIRST_PERIOD} to {LAST_PERIOD}",),
                )
            ],
        )
    return wanted


def ranked(sheet: Sheet, query: AssessmentQuery) -> list[int]:
    """The rows of the regions asked for, or of all, in rank order."""
    wanted, regions = set(query.regions or sheet.framework.regions), sheet.card.matrix.regions
    return [row for row in answer.in_rank_order(sheet.card) if regions[row] in wanted]


def one(sheet: Sheet, subject: str, target: int | None, integration: float = 0.0) -> dict[str, Any]:
    """The full answer of one region, or of one group at a degree of integration.

    Raises
    ------
    UnknownCode
        For what is neither.
    Invalid
        For a degree of integration of a single region.
    """
    regions, known = sheet.card.matrix.regions, sheet.snapshot.groups
    if subject in known:
        return groups.assessment(groups.sheet_of(sheet, known[subject], integration), integration, target)
    if subject not in regions:
        raise UnknownCode("reference region or group", subject, [*regions, *known])
    if integration != 0:
        template = "Only a group has a degree of integration."
        raise Invalid("query", [Violation("no_group", template, parameter="integration", value=integration)])
    return answer.full(sheet, regions.index(subject), target)


def versions(resolved: Resolved) -> dict[str, Any]:
    """What every computed answer carries: framework, data and engine versions."""
    return {
        "framework": {
            "id": resolved.framework.id,
            "version": resolved.framework.version,
            "digest": resolved.framework.digest,
        },
        "data": data(resolved.as_of),
        "engine": {"version": __version__},
    }


def data(as_of: AsOf) -> dict[str, Any]:
    """The data version: the moment, the revision known by then, and its digest (null before the first)."""
    return {"as_of": observations.iso_utc(as_of.moment), "revision": as_of.revision, "digest": as_of.digest or None}


def _target(target: str | None, framework: Framework) -> int | None:
    codes = [tier.code for tier in framework.tiers]
    if target is None:
        return None
    if target not in codes:
        raise UnknownCode("tier", target, codes, "target")
    return codes.index(target)
