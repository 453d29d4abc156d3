"""Scenarios: saved what-ifs."""

from __future__ import annotations

from marshmallow import fields

from tierscore.api.fields import Word
from tierscore.api.schemas.common import (
    Answer,
    DataVersion,
    EngineVersion,
    FrameworkVersion,
    Moment,
    Number,
    Paged,
    Text,
    Title,
    Truth,
    Whole,
    codes,
    many,
    maybe,
    one,
)
from tierscore.api.schemas.revision import Move, Standing
from tierscore.api.schemas.what_if import WhatIfAnswer, WhatIfBody


class ScenarioBody(WhatIfBody):
    """A what-if to be kept, pinned to the framework version, year and data that it asks for."""

    title = Word(required=True)
    author = Word(load_default="anonymous")


class SavedEdit(Answer):
    """An edit as it was saved."""

    op = Text()
    region = Text()
    indicator = Text()
    value = Number()


class SavedFrameworkEdit(Answer):
    """An edit of the framework as it was saved."""

    op = Text()
    indicator = fields.String()
    tier = fields.String()
    value = fields.Raw(metadata={"description": "a number, or the knots"})


class SavedGroup(Answer):
    """A group as it was when the scenario was saved."""

    code = Text()
    name = one(Title)
    members = codes()
    own = Truth()
    integration = Number()


class Scenario(Answer):
    """A saved what-if and the base that it is pinned to."""

    id = Text()
    title = Text()
    author = Text()
    framework = Text()
    version = Text()
    period = Whole()
    revision = Whole(metadata={"description": "the data revision that it is computed on"})
    edits = many(SavedEdit)
    framework_edits = many(SavedFrameworkEdit)
    groups = many(SavedGroup)
    regions = codes()
    created_at = Moment()
    changed_at = Moment()


class ScenarioPage(Paged):
    """Scenarios, newest first."""

    items = many(Scenario)


class ScenarioHead(Answer):
    """A scenario in short."""

    id = Text()
    title = Text()
    author = Text()
    revision = Whole()
    changed_at = Moment()


class ScenarioResult(WhatIfAnswer):
    """What a scenario comes to, always computed from its own base."""

    scenario = one(ScenarioHead)


class Rebased(Answer):
    """A scenario on the newest data, and what they changed."""

    scenario = one(Scenario)
    framework = one(FrameworkVersion)
    engine = one(EngineVersion)
    start = fields.Nested(DataVersion, required=True, data_key="from", attribute="from")
    to = one(DataVersion)
    moved = many(Move, "regions whose outcome under the scenario differs")


class ComparedScenario(ScenarioHead):
    """A scenario of a comparison, and what it was computed on."""

    framework = one(FrameworkVersion)
    data = one(DataVersion)


class ScenarioOutcome(Answer):
    """A region under one scenario; null where its framework does not have the region."""

    scenario = Text()
    before = maybe(Standing)
    after = maybe(Standing)


class ComparedRegion(Answer):
    """One region under every scenario."""

    region = Text()
    outcomes = many(ScenarioOutcome)


class ScenarioComparison(Answer):
    """Scenarios side by side."""

    engine = one(EngineVersion)
    scenarios = many(ComparedScenario)
    regions = many(ComparedRegion, "edited in any of them, or of another tier because of them")
