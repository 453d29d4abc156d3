"""An answer of a what-if in the words of the page.

The page's script says the same of every later answer (static/bench_said.js); a test holds both together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tierscore.reports.numbers import enough, percent, plain, rounded, signed, tenths
from tierscore.reports.words import Words

Answer = dict[str, Any]
Pair = dict[str, str]
MOST_LEVERS = 5

# What the script says, too; fields are filled in there.
SAID = {
    "ahead": "To {tier}",
    "top": "No tier is higher.",
    "none": "insufficient data",
    "needed": "needs {part}",
    "up": "up {count}",
    "down": "down {count}",
    "by_score": "by score alone {tier}",
    "required": "{value} needed",
    "met": "suffices",
    "missing": "not known",
    "new_lever": "new",
    "becomes": "{old} becomes {new} {unit}",
    "idle": "moves no score",
    "note": "{indicator}: {text}",
    "verdict": "{region}: {tier}, score {score}, rank {rank}.",
    "number": "A number is needed here.",
    "unreachable": "The service cannot be reached.",
    "score_only": "{count} more whose score alone moves",
    "nobody": "Nobody else moves.",
    "no_rank": "No other rank or tier moves.",
    "ends": "Side by side: {alone}. Added up: {together}.",
    "copied": "The link is copied.",
    "score": "score {score}",
    "rank": "rank {rank}",
    "revision": "revision {revision}",
    "opened": "On the bench: “{title}”.",
    "saved": "“{title}” is saved.",
    "clash": "Somebody has changed “{title}” since you opened it. Nothing was overwritten.",
    "changed": "Somebody has changed “{title}” meanwhile. The list is up to date now.",
    "deleted": "“{title}” is deleted.",
    "rebased": "“{title}” is on the newest data now; {count} outcomes moved.",
    "sure": "Delete for good?",
}


@dataclass(frozen=True)
class Names:
    """What codes are called in the page's language."""

    words: Words
    tiers: Mapping[str, str]
    indicators: Mapping[str, str]

    def tier(self, code: str | None) -> str:
        """A tier, or that there is none."""
        return self.words.say(SAID["none"]) if code is None else self.tiers[code]

    def tell(self, name: str, **fields: str) -> str:
        """One of the sentences that the script has, too."""
        return self.words.say(SAID[name], **fields)


def standing(change: Answer, names: Names) -> dict[str, Pair]:
    """Tier, score, rank and the two tests of the next tier: each before, after and a note."""
    before, after = change["before"], change["after"]
    return {
        "tier": _pair(names.tier(before["tier"]), names.tier(after["tier"]), _by_score(after, names)),
        "score": _pair(rounded(before["score"]), rounded(after["score"]), _change(change["score_change"])),
        "rank": _pair(plain(before["rank"]), plain(after["rank"]), _climb(change["rank_change"], names)),
        **_tests(before["gap"], after["gap"], names),
    }


def _pair(before: str, after: str, note: str = "") -> Pair:
    return {"before": "" if before == after else before, "after": after, "note": note}


def _by_score(after: Answer, names: Names) -> str:
    """The tier that the score alone would give, where the functions keep it back."""
    if after["tier_by_score"] in (None, after["tier"]):
        return ""
    return names.tell("by_score", tier=names.tier(after["tier_by_score"]))


def _change(change: float | None) -> str:
    return signed(change) if change else ""


def _climb(change: int | None, names: Names) -> str:
    if not change:
        return ""
    return names.tell("up", count=str(-change)) if change < 0 else names.tell("down", count=str(change))


def _tests(before: Answer, after: Answer, names: Names) -> dict[str, Pair]:
    """What the next tier asks for; what it was before only where the next tier is the same."""
    then = before if before["target"] == after["target"] else after
    needed = after["functions_needed"]
    note = "" if needed is None else names.tell("needed", part=tenths(needed))
    return {
        "functions": _pair(tenths(then["functions_share"]), tenths(after["functions_share"]), note),
        "score_gap": _pair(rounded(then["score_gap"]), rounded(after["score_gap"])),
    }


def ahead(change: Answer, names: Names) -> str:
    """Which tier is next."""
    target = change["after"]["gap"]["target"]
    return names.tell("top") if target is None else names.tell("ahead", tier=names.tier(target))


def parts(change: Answer, names: Names) -> list[Pair]:
    """What moved the score, the greatest part first."""
    most = sorted(change["moved_by"], key=lambda part: -abs(part["change"]))
    return [{"name": names.indicators[part["indicator"]], "change": signed(part["change"])} for part in most]


def levers(change: Answer, names: Names) -> list[Pair]:
    """The first levers for what is lacking then, with what each bears on before and after."""
    before = {lever["code"]: percent(lever["priority"]) for lever in change["before"]["levers"]}
    return [
        {
            "name": names.words.name(lever["title"]),
            "part": percent(lever["priority"]),
            "note": _was(before.get(lever["code"]), percent(lever["priority"]), names),
        }
        for lever in change["after"]["levers"][:MOST_LEVERS]
    ]


def _was(before: str | None, after: str, names: Names) -> str:
    return names.tell("new_lever") if before is None else "" if before == after else f"{before} →"


def others(answer: Answer, subject: str, names: Names) -> list[Pair]:
    """Who else moves: those whose tier or rank does, then those whose score alone does."""
    moved = [_moved(change, names) for change in answer["changes"] if _moves(change, subject)]
    return sorted(moved, key=lambda item: not item["shown"])


def _moves(change: Answer, subject: str) -> bool:
    return bool(change["region"]["code"] != subject and change["before"] != change["after"])


def _moved(change: Answer, names: Names) -> Pair:
    before, after = change["before"], change["after"]
    shown = change["tier_moved"] or change["rank_change"] != 0
    return {
        "name": names.words.name(change["region"]["name"]),
        "tier": _both(names.tier(before["tier"]), names.tier(after["tier"])),
        "rank": _both(plain(before["rank"]), plain(after["rank"])),
        "change": signed(change["score_change"]),
        "shown": "yes" if shown else "",
    }


def _both(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


def required(change: Answer | None, indicator: str, *, known: bool, names: Names) -> Answer:
    """What the next tier asks of one indicator: a text, the number that suffices, whether it is lacking."""
    gap = None if change is None else change["after"].get("gap")
    if gap is None or gap["target"] is None:
        return {"text": "", "value": None, "state": ""}
    lacking = next((item for item in gap["deficits"] if item["indicator"] == indicator), None)
    if lacking is None:
        return {"text": names.tell("met" if known else "missing"), "value": None, "state": "met" if known else ""}
    if lacking["required"] is None:
        return {"text": names.words.phrase(lacking["reason"]), "value": None, "state": "lacking"}
    value = enough(lacking["required"], upward=lacking["required"] > lacking["value"])
    return {"text": names.tell("required", value=plain(value)), "value": value, "state": "lacking"}


def edits(answer: Answer, regions: Mapping[str, str], names: Names) -> list[Pair]:
    """Each edit of a value: whose, of what, from what to what."""
    return [
        {
            "name": f"{regions[edit['region']]} · {names.indicators[edit['indicator']]}",
            "change": names.tell(
                "becomes", old=plain(edit["old"]), new=plain(edit["new"]), unit=names.words.unit(edit["unit"])
            ),
            "note": "" if edit["effect"] else names.tell("idle"),
        }
        for edit in answer["edits"]
    ]


def rules(answer: Answer, names: Names) -> list[Pair]:
    """Each edit of the framework."""
    return [
        {
            "name": " · ".join(filter(None, (names.words.say(KINDS[edit["op"]]), _subject(edit, names)))),
            "change": _both(_value(edit["old"]), _value(edit["new"])),
            "note": "" if edit["effect"] else names.tell("idle"),
        }
        for edit in answer["framework_edits"]
    ]


# What an edit of the framework is called.
KINDS = {
    "set_weight": "Weight",
    "set_knots": "Knots",
    "set_cut": "Functions needed",
    "set_threshold": "Score threshold",
    "drop": "Left out",
}


def _subject(edit: Answer, names: Names) -> str:
    if edit["tier"] is not None:
        return names.tier(edit["tier"])
    return "" if edit["indicator"] is None else names.indicators[edit["indicator"]]


def _value(value: Any) -> str:
    return "; ".join(map(plain, value)) if isinstance(value, list | tuple) else plain(value)


def notes(answer: Answer, names: Names) -> list[str]:
    """What a reader must know of the edits."""
    return [
        names.tell("note", indicator=names.indicators[note["indicator"]], text=names.words.name(note["text"]))
        for note in answer["notes"]
    ]


def ends(change: Answer, names: Names) -> str:
    """A group with its members side by side, and added up."""
    alone, together = (
        _both(*(names.tier(change[end][side]["tier"]) for side in ("before", "after")))
        for end in ("side_by_side", "added_up")
    )
    return names.tell("ends", alone=alone, together=together)


def verdict(change: Answer, name: str, names: Names) -> str:
    """Where the region or group stands then, in a sentence."""
    after = change["after"]
    return names.tell(
        "verdict",
        region=name,
        tier=names.tier(after["tier"]),
        score=rounded(after["score"]),
        rank=plain(after["rank"]),
    )
