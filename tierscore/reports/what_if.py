"""A what-if as text: what was edited, and who stands where before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tabulate import tabulate

from tierscore.reports.comparison import caution, versions
from tierscore.reports.numbers import MISSING, plain, rounded
from tierscore.reports.words import Words

Answer = dict[str, Any]

MOST_REASONS = 3
HEADERS = ("Region", "Tier", "Score", "Change", "Rank", "Moved by")


def what_if(answer: Answer, words: Words) -> str:
    """Edits, changes of regions and groups, notes, and the versions behind them."""
    return "\n".join(
        [
            *_edits(answer, words),
            *_table(answer["changes"], words),
            *_groups(answer["groups"], words),
            *(note["indicator"] + ": " + words.name(note["text"]) for note in answer["notes"]),
            "",
            versions(answer, words),
            *_unsaved(answer, words),
            *caution(answer["framework_status"], words),
        ]
    )


def _unsaved(answer: Answer, words: Words) -> Iterator[str]:
    if answer["edited_framework"] is not None:
        yield words.say("After: an unsaved framework, {digest}.", digest=answer["edited_framework"]["digest"][:12])


def _edits(answer: Answer, words: Words) -> Iterator[str]:
    for edit in answer["edits"]:
        yield words.say(
            "{region} {indicator}: {old} becomes {new} {unit}",
            region=edit["region"],
            indicator=edit["indicator"],
            old=plain(edit["old"]),
            new=plain(edit["new"]),
            unit=words.unit(edit["unit"]),
        ) + _effect(edit, words)
    for edit in answer["framework_edits"]:
        subject = edit["indicator"] or edit["tier"] or ""
        yield f"{edit['op']} {subject}: {_said(edit['old'])} → {_said(edit['new'])}" + _effect(edit, words)


def _effect(edit: Answer, words: Words) -> str:
    return "" if edit["effect"] else words.say("; this moves no score")


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(plain(item) for item in value) + "]"
    return plain(value)


def _table(changes: Sequence[Answer], words: Words) -> Iterator[str]:
    if not changes:
        yield words.say("No region moves.")
        return
    headers = [words.say(name) for name in HEADERS]
    yield tabulate(
        [_row(change, words) for change in changes], headers=headers, tablefmt="simple", disable_numparse=True
    )


def _row(change: Answer, words: Words) -> list[str]:
    before, after = change["before"], change["after"]
    return [
        words.name(change["region"]["name"]),
        _both(before["tier"] or MISSING, after["tier"] or MISSING),
        _both(rounded(before["score"]), rounded(after["score"])),
        _signed(change["score_change"]),
        _both(str(before["rank"] or MISSING), str(after["rank"] or MISSING)),
        _reasons(change["moved_by"], words),
    ]


def _both(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _signed(change: float | None) -> str:
    return MISSING if change is None else f"{change:+.2f}"


def _reasons(parts: Sequence[Answer], words: Words) -> str:
    """The indicators that moved the score most."""
    most = sorted(parts, key=lambda part: -abs(part["change"]))[:MOST_REASONS]
    return words.say(", ").join(f"{part['indicator']} {_signed(part['change'])}" for part in most)


def _groups(groups: Sequence[Answer], words: Words) -> Iterator[str]:
    if groups:
        yield ""
        yield from _table(groups, words)
    for group in groups:
        yield words.say(
            "{group}, integrated to {integration}: lead {lead}; side by side {alone}; added up {together}",
            group=words.name(group["region"]["name"]),
            integration=plain(group["integration"]),
            lead=group["lead"]["after"],
            alone=group["side_by_side"]["after"]["tier"] or MISSING,
            together=group["added_up"]["after"]["tier"] or MISSING,
        )
