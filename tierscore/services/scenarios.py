"""Scenarios: saved what-ifs, always computed again from the base that they are pinned to, so that they never drift."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from tierscore.framework.catalogue import Group, Title
from tierscore.services import history, listing
from tierscore.services.asked_groups import asked_groups
from tierscore.services.editing import Edited
from tierscore.services.query import AssessmentQuery, CellEdit, FrameworkEdit, GroupAsked, WhatIf
from tierscore.services.resolved import Resolved
from tierscore.services.sheet import Answer, Sheet
from tierscore.storage.observations import iso_utc
from tierscore.storage.scenarios import Base, Scenario
from tierscore.storage.trail import Deed

Saved = Scenario
Content = dict[str, Any]


def content_of(asked: WhatIf, sheet: Sheet) -> Content:
    """What is saved of a what-if. Its groups are kept with their members: who changes a group changes no scenario."""
    return {
        "edits": [asdict(item) for item in asked.edits],
        "framework_edits": [_without_none(asdict(item)) for item in asked.framework_edits],
        "groups": [_group(group, integration) for group, integration in asked_groups(sheet, asked.groups)],
        "regions": list(asked.regions),
    }


def _without_none(values: Content) -> Content:
    return {name: value for name, value in values.items() if value is not None}


def _group(group: Group, integration: float) -> Content:
    return {**listing.group(group), "integration": integration}


def deed(actor: str, what: str, scenario: Scenario) -> Deed:
    """What was done to a scenario, for the audit trail."""
    details = {"title": scenario.draft.title, "edition": scenario.edition}
    return Deed(actor, f"scenario_{what}", scenario.id, details)


def base_of(resolved: Resolved) -> Base:
    """What a question is about, with every default filled in."""
    return Base(resolved.framework.id, resolved.framework.version, resolved.period, resolved.as_of.revision)


def asked_of(scenario: Scenario) -> WhatIf:
    """The what-if that a scenario saved, on its own base."""
    content, base = scenario.draft.content, scenario.base
    return WhatIf(
        query=AssessmentQuery(base.framework, base.version, base.period, str(base.revision)),
        edits=tuple(CellEdit(**item) for item in content["edits"]),
        framework_edits=tuple(_framework_edit(item) for item in content["framework_edits"]),
        groups=tuple(_pinned(item) for item in content["groups"]),
        regions=tuple(content["regions"]),
    )


def _framework_edit(item: Content) -> FrameworkEdit:
    value = item.get("value")
    return FrameworkEdit(**{**item, "value": tuple(value) if isinstance(value, list) else value})


def _pinned(item: Content) -> GroupAsked:
    group = Group(item["code"], Title(**item["name"]), tuple(item["members"]), item["own"])
    return GroupAsked(pinned=group, integration=item["integration"])


def tag(scenario: Scenario) -> str:
    """What an ETag says of a scenario: another one after every change."""
    return f"{scenario.id}.{scenario.edition}"


def answer(scenario: Scenario) -> Answer:
    """A scenario as it was saved, and on what."""
    base = scenario.base
    return {
        "id": scenario.id,
        "title": scenario.draft.title,
        "author": scenario.draft.author,
        "framework": base.framework,
        "version": base.version,
        "period": base.period,
        "revision": base.revision,
        **scenario.draft.content,
        "created_at": iso_utc(scenario.created_at),
        "changed_at": iso_utc(scenario.changed_at),
    }


def head(scenario: Scenario) -> Answer:
    """A scenario in short, for results and comparisons."""
    return {name: answer(scenario)[name] for name in ("id", "title", "author", "revision", "changed_at")}


def moved(before: Edited, after: Edited) -> list[Answer]:
    """The regions whose edited outcome differs between two bases, in the order of the later ranks."""
    return history.moves(before.after, after.after)


def beside(scenarios: list[Scenario], found: list[Edited]) -> list[Answer]:
    """Scenarios region by region: the outcome of each, for the regions that any of them is about.

    Regions are in the order of the scenarios; one that a scenario's framework does not have is null there.
    """
    wanted = dict.fromkeys(code for edited in found for code in _about(edited))
    return [
        {
            "region": code,
            "outcomes": [
                {"scenario": scenario.id, **_outcome(edited, code)}
                for scenario, edited in zip(scenarios, found, strict=True)
            ],
        }
        for code in wanted
    ]


def _about(edited: Edited) -> list[str]:
    """The regions edited; all whose tier moved too."""
    card = edited.after.card
    moved_rows = (card.tier != edited.before.card.tier).nonzero()[0].tolist()
    return [card.matrix.regions[row] for row in dict.fromkeys([*(item.row for item in edited.edits), *moved_rows])]


def _outcome(edited: Edited, code: str) -> Answer:
    regions = edited.after.card.matrix.regions
    if code not in regions:
        return {"before": None, "after": None}
    row = regions.index(code)
    return {side: history.standing(sheet, row) for side, sheet in (("before", edited.before), ("after", edited.after))}
