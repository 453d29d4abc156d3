"""What-ifs: what is asked, and what is answered."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from tierscore.api.fields import Choice, NumberOrNumbers, StrictNumber, Word, Year, at_most, refusal
from tierscore.api.schemas.assessment import (
    BriefGap,
    Computed,
    Reason,
    RegionName,
    Summary,
)
from tierscore.api.schemas.common import (
    Answer,
    FrameworkVersion,
    MaybeNumber,
    MaybeText,
    MaybeWhole,
    Number,
    Text,
    Title,
    Truth,
    Whole,
    codes,
    many,
    maybe,
    one,
    word,
)
from tierscore.services.query import FRAMEWORK_OPERATIONS, OPERATIONS

MOST_EDITS, MOST_FRAMEWORK_EDITS, MOST_GROUPS, MOST_REGIONS = 1000, 200, 50, 200

# Which keys each edit of a framework has, beside `op`.
KEYS = {
    "set_weight": {"indicator", "value"},
    "set_knots": {"indicator", "value"},
    "set_cut": {"value"},
    "set_threshold": {"tier", "value"},
    "drop": {"indicator"},
}


class EditBody(Schema):
    """A change of one value. `add` and `multiply` start from the value as the edits before left it."""

    op = Choice(*OPERATIONS, required=True)
    region = Word(required=True)
    indicator = Word(required=True)
    value = StrictNumber(required=True)


class FrameworkEditBody(Schema):
    """A change of the framework."""

    op = Choice(*FRAMEWORK_OPERATIONS, required=True)
    indicator = Word()
    tier = Word()
    value = NumberOrNumbers(
        metadata={
            "type": ["number", "array"],
            "items": {"type": "number"},
            "description": "a weight, a cut, a threshold, or the knots",
        }
    )

    @validates_schema(skip_on_field_errors=True)
    def has_its_keys(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Each kind of edit has its own keys."""
        wanted, given = KEYS[data["op"]], set(data) - {"op"}
        wrong = {name: refusal("required", "A value is needed here.", None).messages for name in wanted - given}
        wrong |= {
            name: refusal("unknown_name", "There is no such name here.", None).messages for name in given - wanted
        }
        if wrong:
            raise ValidationError(wrong)


class AskedGroupBody(Schema):
    """A group by its code or by its members."""

    code = Word()
    members = fields.List(Word(), validate=at_most(MOST_REGIONS))
    integration = StrictNumber(load_default=0.0, metadata={"minimum": 0, "maximum": 1})


class WhatIfBody(Schema):
    """Edits over the answer to a question; nothing is stored."""

    framework = Word()
    version = Word()
    period = Year()
    as_of = Word(metadata={"description": "digits are a data revision, else an ISO 8601 date or time"})
    edits = fields.List(fields.Nested(EditBody), load_default=list, validate=at_most(MOST_EDITS))
    framework_edits = fields.List(
        fields.Nested(FrameworkEditBody), load_default=list, validate=at_most(MOST_FRAMEWORK_EDITS)
    )
    groups = fields.List(fields.Nested(AskedGroupBody), load_default=list, validate=at_most(MOST_GROUPS))
    regions = fields.List(
        Word(),
        load_default=list,
        validate=at_most(MOST_REGIONS),
        metadata={"description": "whose way ahead is told; the regions edited if left out"},
    )


class EditResult(Answer):
    """One edit, and what it did."""

    op = Text()
    region = Text()
    indicator = Text()
    value = Number()
    old = MaybeNumber(metadata={"description": "the value that it found"})
    new = Number(metadata={"description": "the value that it left"})
    unit = Text()
    effect = Truth(metadata={"description": "whether any score of any region moves with it"})


class FrameworkEditResult(Answer):
    """One edit of the framework, and what it did."""

    op = Text()
    indicator = MaybeText()
    tier = MaybeText()
    old = fields.Raw(required=True, allow_none=True, metadata={"description": "a number or the knots"})
    new = fields.Raw(required=True, allow_none=True, metadata={"description": "a number, the knots, null if dropped"})
    effect = Truth()


class Note(Answer):
    """What a reader must know of the edits of an indicator."""

    code = Text()
    indicator = Text()
    total_before = MaybeNumber()
    total_after = MaybeNumber()
    text = one(Title)


class RankedLever(Answer):
    """A lever that answers deficits; `GET /levers` has its passage."""

    code = Text()
    title = one(Title)
    category = Text()
    priority = Number()
    because = many(Reason)


class Side(Summary):
    """Where a region stands; the way ahead is there for those asked for."""

    gap = fields.Nested(BriefGap)
    levers = fields.List(fields.Nested(RankedLever))


class Part(Answer):
    """An indicator's part in a change of the score."""

    indicator = Text()
    change = Number()


class RegionChange(Answer):
    """One region before and after."""

    region = one(RegionName)
    asked_for = Truth()
    tier_moved = Truth()
    score_change = MaybeNumber()
    rank_change = MaybeWhole(metadata={"description": "below 0: up"})
    moved_by = many(Part, "adding up to the change of the score")
    before = one(Side)
    after = one(Side)


class BothSides(Answer):
    """Short answers before and after."""

    before = one(Summary)
    after = one(Summary)


class Leads(Answer):
    """The member that leads."""

    before = Text()
    after = Text()


class GroupChange(RegionChange):
    """One group before and after."""

    members = codes()
    integration = Number()
    lead = one(Leads)
    side_by_side = one(BothSides)
    added_up = one(BothSides)


class WhatIfAnswer(Computed):
    """Before, after, and what moved it."""

    framework_status = word("illustrative", "official")
    edited_framework = maybe(FrameworkVersion, "the unsaved framework with its own digest; null if it was not edited")
    period = Whole()
    edits = many(EditResult)
    framework_edits = many(FrameworkEditResult)
    notes = many(Note)
    changes = many(RegionChange, "those asked for, then the others that moved, by rank")
    groups = many(GroupChange)
