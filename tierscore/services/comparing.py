"""Several regions and groups side by side: who stands where among all, against which peers, and since when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tierscore.errors import Invalid, UnknownCode, Violation
from tierscore.services import answer, groups
from tierscore.services.change import Changed
from tierscore.services.profile import profile_of
from tierscore.services.query import ComparisonAsked
from tierscore.services.sheet import Answer, Sheet
from tierscore.services.snapshot import Snapshot

MOST = 40


def checked(asked: ComparisonAsked, snapshot: Snapshot, regions: Sequence[str]) -> None:
    """Raises Invalid for no subject, too many, or one that is there twice; UnknownCode for what is none."""
    if not 1 <= len(asked.subjects) <= MOST:
        template = "From 1 to {most} regions or groups are needed, here are {count}."
        raise _wrong("wrong_count", template, {"most": MOST, "count": len(asked.subjects)}, None)
    for code, count in Counter(asked.subjects).items():
        if code not in regions and code not in snapshot.groups:
            raise UnknownCode("reference region or group", code, [*regions, *snapshot.groups], "region")
        if count > 1:
            raise _wrong("named_twice", "{code!r} is named more than once.", {"code": code}, code)
    for code in asked.peers:
        if code not in regions:
            raise UnknownCode("reference region", code, regions, "peer")
    if asked.query.integration != 0 and not any(code in snapshot.groups for code in asked.subjects):
        template = "Only a group has a degree of integration."
        raise Invalid(
            "query", [Violation("no_group", template, parameter="integration", value=asked.query.integration)]
        )


def _wrong(code: str, template: str, params: Answer, value: str | None) -> Invalid:
    return Invalid("query", [Violation(code, template, params, parameter="region", value=value)])


@dataclass(frozen=True)
class Years:
    """The reference regions in the earlier year and in the one that is asked about."""

    before: Sheet
    after: Sheet

    def sheets(self, subject: str, integration: float) -> tuple[Sheet, Sheet, int]:
        """Both years of a region or group, and its row in each."""
        known = self.after.snapshot.groups
        if subject not in known:
            return self.before, self.after, self.after.card.matrix.regions.index(subject)
        pair = [groups.sheet_of(sheet, known[subject], integration) for sheet in (self.before, self.after)]
        return pair[0], pair[1], groups.ASKED


def beside(years: Years, asked: ComparisonAsked, full: Callable[[str, float], Answer]) -> list[Answer]:
    """The full answers of all subjects, best score first, each with its peers and its change.

    `full` gives the answer of a subject at a degree of integration.
    """
    found = list(_items(years, asked, full))
    return sorted(found, key=lambda item: (item["tier"] is None, -(item["score"] or 0.0)))


def _items(years: Years, asked: ComparisonAsked, full: Callable[[str, float], Answer]) -> Iterator[Answer]:
    together = Changed.between(years.before, years.after)
    for subject in asked.subjects:
        degree = asked.query.integration if subject in years.after.snapshot.groups else 0.0
        before, after, row = years.sheets(subject, degree)
        changed = together if after is years.after else Changed.between(before, after)
        yield full(subject, degree) | {
            "peers": profile_of(after, row, asked.peers),
            "change": changed.answer(row),
        }


def standings(sheet: Sheet) -> list[Answer]:
    """The short answers of all reference regions in rank order, with their views."""
    return [
        answer.summary(sheet, row) | {"views": answer.views(sheet.card, row)}
        for row in answer.in_rank_order(sheet.card)
    ]
