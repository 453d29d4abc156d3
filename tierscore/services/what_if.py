"""What would be if: before, after, and what moved it; nothing is stored (methodology, section 11)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

from tierscore.engine import edits as folding
from tierscore.engine.matrix import Floats
from tierscore.engine.scorecard import Scorecard
from tierscore.framework.catalogue import Group
from tierscore.reports.words import LANGUAGES, Words
from tierscore.services import groups
from tierscore.services.answer import in_rank_order, summaries, summary
from tierscore.services.asked_groups import asked_groups
from tierscore.services.assessments import size_of
from tierscore.services.editing import Edited, no, refuse
from tierscore.services.outlook import Outlook
from tierscore.services.query import WhatIf
from tierscore.services.said import Said
from tierscore.services.sheet import Answer, Sheet, number

REGIONS = "/regions"
RANK = "rank"
BYTES_A_SUMMARY = 1200  # with what was written of it

NOTES = {
    "ranks_are_zero_sum": "A better rank of one region is a worse one of another; here only the edited one is moved.",
    "total_moved": "The nation's total moves with the edit, and with it every region's share.",
    "indicator_appears": "Every region has a value now, so the total is known and the indicator counts for all.",
    "indicator_vanishes": "The total is not above zero any more, so the indicator is missing for all.",
}


class Baseline:
    """The side before all edits, which many what-ifs share: its sheet, its short answers, its ways ahead."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.summaries = [Said(item) for item in summaries(sheet)]
        self._ways: dict[int, Said] = {}

    @property
    def size(self) -> int:
        """The bytes of it, about; its scorecard may be kept by it alone."""
        return size_of(self.sheet.card) + BYTES_A_SUMMARY * len(self.summaries)

    def side(self, row: int) -> Said:
        """The short answer of a region with its way ahead; two threads that miss make equal ones."""
        if row not in self._ways:
            self._ways[row] = Said(self.summaries[row] | Outlook.of(self.sheet, [row]).brief(row))
        return self._ways[row]


def answer(baseline: Baseline, found: Edited, asked: WhatIf) -> Answer:
    """What each edit did, and before, after and the reasons for every region asked for or moved, and for the groups."""
    named = asked_groups(found.before, asked.groups)
    return {
        "edits": _edits(found, asked, pools=bool(named)),
        "framework_edits": _framework_edits(found, asked),
        "notes": _notes(found),
        "changes": _changes(baseline, found, _rows_asked(found, asked)),
        "groups": [_group_change(found, group, integration) for group, integration in named],
    }


def _rows_asked(found: Edited, asked: WhatIf) -> list[int]:
    """The regions asked for, else those edited, each once."""
    if not asked.regions:
        return list(dict.fromkeys(item.row for item in found.edits))
    regions = found.before.card.matrix.regions
    refuse(
        no("reference region", code, regions, f"{REGIONS}/{place}")
        for place, code in enumerate(asked.regions)
        if code not in regions
    )
    return list(dict.fromkeys(regions.index(code) for code in asked.regions))


def _edits(found: Edited, asked: WhatIf, *, pools: bool) -> list[Answer]:
    cells = list(folding.last_of_cells(found.edits))
    before, after = found.before.card, found.after.card
    moved = folding.matters(before, after, cells)
    matters = dict(zip(cells, moved, strict=True))
    weights = {item.pooling.weight for item in found.after.framework.indicators if item.pooling} if pools else set()
    return [
        {
            "op": item.op,
            "region": item.region,
            "indicator": item.indicator,
            "value": item.value,
            "old": number(step.old),
            "new": number(step.new),
            "unit": found.before.framework.indicators[place.column].unit,
            "effect": step.old != step.new and (matters[place.cell] or item.indicator in weights),
        }
        for item, place, step in zip(asked.edits, found.edits, found.steps, strict=True)
    ]


def _framework_edits(found: Edited, asked: WhatIf) -> list[Answer]:
    return [
        {
            "op": item.op,
            "indicator": item.indicator,
            "tier": item.tier,
            "old": change.old,
            "new": change.new,
            "effect": change.old != change.new,
        }
        for item, change in zip(asked.framework_edits, found.framework_changes, strict=True)
    ]


def _notes(found: Edited) -> list[Answer]:
    """What a reader must know of the edits, in both languages, by indicator in the framework's order."""
    columns = sorted({item.column for item in found.edits})
    return [note for column in columns for note in _notes_of(found, column)]


def _notes_of(found: Edited, column: int) -> Iterator[Answer]:
    code = found.before.card.matrix.indicators[column]
    known = found.before.snapshot.indicators.get(code)
    if known is not None and known.kind == RANK and _changed(found, column):
        yield _note("ranks_are_zero_sum", code)
    before, after = (_total(sheet.card, code) for sheet in (found.before, found.after))
    if before != after:
        yield _note(_of_totals(before, after), code, before, after)


def _changed(found: Edited, column: int) -> bool:
    before, after = (sheet.card.matrix.cells.values[:, column] for sheet in (found.before, found.after))
    return not folding.same(before, after).all()


def _of_totals(before: float | None, after: float | None) -> str:
    if before is None:
        return "indicator_appears"
    return "indicator_vanishes" if after is None or after <= 0 else "total_moved"


def _total(card: Scorecard, code: str) -> float | None:
    column = card.parameters.columns.get(code)
    return None if column is None else number(card.measured.totals[column])


def _note(code: str, indicator: str, before: float | None = None, after: float | None = None) -> Answer:
    return {"code": code, "indicator": indicator, "total_before": before, "total_after": after, "text": _text(code)}


@cache
def _text(code: str) -> Said:
    return Said({language: Words(language).say(NOTES[code]) for language in LANGUAGES})


def _changes(baseline: Baseline, found: Edited, asked: Sequence[int]) -> list[Answer]:
    """The regions asked for in their order, with the way ahead; then the others that moved, by their later rank."""
    then, moved, outlook = baseline.summaries, _moved(found), Outlook.of(found.after, asked)
    rows = [*asked, *(row for row in in_rank_order(found.after.card) if moved[row] and row not in asked)]
    parts = Parts(found.before.card, found.after.card, rows)
    now = dict(zip(rows, summaries(found.after, rows), strict=True))
    return [
        *(_change(baseline.side(row), now[row] | outlook.brief(row), parts.of(row), asked_for=True) for row in asked),
        *(_change(then[row], now[row], parts.of(row), asked_for=False) for row in rows[len(asked) :]),
    ]


def _moved(found: Edited) -> list[bool]:
    """Of each region whether its short answer says anything else than before."""
    before, after = found.before.card, found.after.card
    stays = folding.same(before.score, after.score) & folding.same(before.coverage, after.coverage)
    for name in ("assessed", "rank", "tier", "tier_by_score"):
        stays &= getattr(before, name) == getattr(after, name)
    moved: list[bool] = (~stays).tolist()
    return moved


def _side(sheet: Sheet, row: int) -> Answer:
    return summary(sheet, row) | Outlook.of(sheet, [row]).brief(row)


def _change(then: Answer, now: Answer, moved_by: list[Answer], *, asked_for: bool) -> Answer:
    return {
        "region": now["region"],
        "asked_for": asked_for,
        "tier_moved": then["tier"] != now["tier"],
        "score_change": _difference(then["score"], now["score"]),
        "rank_change": _difference(then["rank"], now["rank"]),
        "moved_by": moved_by,
        "before": then,
        "after": now,
    }


def _difference(before: Any, after: Any) -> Any:
    return None if before is None or after is None else after - before


class Parts:
    """Each indicator's part in the change of the score of some rows, adding up to it.

    An indicator's part is effective weight' x score' - effective weight x score, 0 where it is missing.
    """

    def __init__(self, before: Scorecard, after: Scorecard, rows: Sequence[int]) -> None:
        codes = tuple(dict.fromkeys((*before.parameters.codes, *after.parameters.codes)))
        parts = _spread(after, codes, rows) - _spread(before, codes, rows)
        moved = np.flatnonzero(parts.any(axis=0))
        self._codes = [codes[column] for column in moved]
        self._rows = dict(zip(rows, parts[:, moved].tolist(), strict=True))

    def of(self, row: int) -> list[Answer]:
        """The parts of one row; those without any are left out."""
        parts = zip(self._codes, self._rows[row], strict=True)
        return [{"indicator": code, "change": part} for code, part in parts if part != 0]


def _spread(card: Scorecard, codes: tuple[str, ...], rows: Sequence[int]) -> Floats:
    """Contributions of (rows, all codes of both sides), 0 where there is none."""
    contributions = card.contributions[np.array(rows, dtype=np.int64)]
    own = np.where(np.isnan(contributions), 0.0, contributions)
    if codes == card.parameters.codes:
        return own
    spread = np.zeros((len(rows), len(codes)))
    spread[:, [codes.index(code) for code in card.parameters.codes]] = own
    return spread


def _group_change(found: Edited, group: Group, integration: float) -> Answer:
    before, after = (groups.sheet_of(sheet, group, integration) for sheet in (found.before, found.after))
    then, now = (_side(sheet, groups.ASKED) for sheet in (before, after))
    ends = {"side_by_side": groups.SIDE_BY_SIDE, "added_up": groups.ADDED_UP}
    parts = Parts(before.card, after.card, [groups.ASKED]).of(groups.ASKED)
    return _change(then, now, parts, asked_for=True) | {
        "members": list(group.members),
        "integration": integration,
        "lead": {"before": groups.lead_of(before), "after": groups.lead_of(after)},
        **{name: {"before": summary(before, row), "after": summary(after, row)} for name, row in ends.items()},
    }
