"""A what-if as text: what was edited, and who stands where before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tabulate import tabulate

from tierscore.reports.comparison import caution, versions
from tierscore.reports.numbers import MISSING, plain, rounded, signed
from tierscore.reports.words import Words

Answer = dict[str, Any]

MOST_REASONS = 3
HEADERS = ("Region", "Tier", "Score", "Change", "Rank", "Moved by")


@dataclass(frozen=True)
class Names:
    """What codes of tiers and indicators are called."""

    titles: Mapping[str, Mapping[str, str]]
    words: Words

    def of(self, code: str | None) -> str:
        """The title of a code in the reader's language; the code itself where it has none."""
        if code is None:
            return MISSING
        return self.words.name(dict(self.titles[code])) if code in self.titles else code


def what_if(answer: Answer, words: Words, titles: Mapping[str, Mapping[str, str]]) -> str:
    """Edits, changes of regions and groups, notes, and the versions behind them; `titles` are by code."""
    names = Names(titles, words)
    return "\n".join(
        [
            *_edits(answer, names),
            *_table(answer["changes"], names),
            *_groups(answer["groups"], names),
            *(names.of(note["indicator"]) + ": " + words.name(note["text"]) for note in answer["notes"]),
            "",
            versions(answer, words),
            *_unsaved(answer, words),
            *caution(answer["framework_status"], words),
        ]
    )


def _unsaved(answer: Answer, words: Words) -> Iterator[str]:
    if answer["edited_framework"] is not None:
        yield words.say("After: an unsaved framework, {digest}.", digest=answer["edited_framework"]["digest"][:12])


def _edits(answer: Answer, names: Names) -> Iterator[str]:
    words = names.words
    for edit in answer["edits"]:
        yield words.say(
            "{region} {indicator}: {old} becomes {new} {unit}",
            region=edit["region"],
            indicator=names.of(edit["indicator"]),
            old=plain(edit["old"]),
            new=plain(edit["new"]),
            unit=words.unit(edit["unit"]),
        ) + _effect(edit, words)
    for edit in answer["framework_edits"]:
        code = edit["indicator"] or edit["tier"]
        subject = "" if code is None else f" {names.of(code)}"
        yield f"{edit['op']}{subject}: {_said(edit['old'])} → {_said(edit['new'])}" + _effect(edit, words)


def _effect(edit: Answer, words: Words) -> str:
    return "" if edit["effect"] else words.say("; this moves no score")


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(plain(item) for item in value) + "]"
    return plain(value)


def _table(changes: Sequence[Answer], names: Names) -> Iterator[str]:
    words = names.words
    if not changes:
        yield words.say("No region moves.")
        return
    headers = [words.say(name) for name in HEADERS]
    yield tabulate(
        [_row(change, names) for change in changes], headers=headers, tablefmt="simple", disable_numparse=True
    )


def _row(change: Answer, names: Names) -> list[str]:
    before, after = change["before"], change["after"]
    return [
        names.words.name(change["region"]["name"]),
        _both(names.of(before["tier"]), names.of(after["tier"])),
        _both(rounded(before["score"]), rounded(after["score"])),
        signed(change["score_change"]),
        _both(str(before["rank"] or MISSING), str(after["rank"] or MISSING)),
        _reasons(change["moved_by"], names),
    ]


def _both(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _reasons(parts: Sequence[Answer], names: Names) -> str:
    """The indicators that moved the score most."""
    most = sorted(parts, key=lambda part: -abs(part["change"]))[:MOST_REASONS]
    return names.words.say(", ").join(f"{names.of(part['indicator'])} {signed(part['change'])}" for part in most)


def _groups(groups: Sequence[Answer], names: Names) -> Iterator[str]:
    words = names.words
    if groups:
        yield ""
        yield from _table(groups, names)
    for group in groups:
        yield words.say(
            "{group}, integrated to {integration}: lead {lead}; side by side {alone}; added up {together}",
            group=words.name(group["region"]["name"]),
            integration=plain(group["integration"]),
            lead=group["lead"]["after"],
            alone=names.of(group["side_by_side"]["after"]["tier"]),
            together=names.of(group["added_up"]["after"]["tier"]),
        )
