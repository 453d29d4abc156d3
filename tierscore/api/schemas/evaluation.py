"""Any framework on any data: what is sent, and what is answered."""

from __future__ import annotations

from marshmallow import Schema, fields

from tierscore.api.fields import Document, Truth, Values, Word
from tierscore.api.schemas.common import (
    Answer,
    EngineVersion,
    FrameworkVersion,
    MaybeNumber,
    MaybeText,
    MaybeWhole,
    Number,
    Text,
    many,
    one,
    word,
)

FRAMEWORK = {
    "type": "object",
    "description": "a framework document, as docs/framework-format.md describes it",
    "example": {
        "schema_version": 1,
        "id": "two-tiers",
        "version": "1",
        "title": {"zh": "示例", "en": "Example"},
        "scale": {"min": 0, "max": 1},
        "tiers": [
            {"code": "low", "title": {"zh": "低", "en": "Low"}, "score": 0},
            {"code": "high", "title": {"zh": "高", "en": "High"}, "score": 0.5},
        ],
        "indicators": [
            {
                "code": "labs",
                "title": {"zh": "实验室", "en": "Laboratories"},
                "unit": "laboratories",
                "direction": "higher_is_better",
                "normalise": {"method": "minmax"},
            }
        ],
        "index": {"code": "all", "children": [{"indicator": "labs", "weight": 1}]},
        "sort": {"method": "score_bands"},
    },
}
VALUES = {
    "type": "object",
    "description": "by indicator; null or left out is missing",
    "additionalProperties": {"type": ["number", "null"]},
    "example": {"labs": 5},
}


class UnitBody(Schema):
    """A unit to be scored."""

    code = Word(required=True)
    group = Word(allow_none=True, metadata={"description": "whose means fill its gaps, where the framework says so"})
    values = Values(required=True, metadata=VALUES)


class EvaluationBody(Schema):
    """A framework and units; nothing is stored."""

    framework = Document(required=True, metadata=FRAMEWORK)
    units = fields.List(fields.Nested(UnitBody), required=True)
    steps = Truth(
        load_default=True, metadata={"description": "nodes and every step's value of each cell", "default": True}
    )


class SentData(Answer):
    """The data that were sent: of no revision, with a digest of their own."""

    as_of = fields.String(required=True, allow_none=True)
    revision = MaybeWhole()
    digest = Text()


class Steps(Answer):
    """One cell after each step; null where it is missing there."""

    raw = MaybeNumber()
    measured = MaybeNumber()
    transformed = MaybeNumber()
    imputed = MaybeNumber()
    treated = MaybeNumber()
    normalised = MaybeNumber()
    weight = MaybeNumber(metadata={"description": "its relative weight in the root, among what is present"})


class UnitResult(Answer):
    """One unit, scored."""

    code = Text()
    status = word("assessed", "insufficient_data")
    score = MaybeNumber()
    score_compared = MaybeNumber(metadata={"description": "rounded where the framework says so"})
    rank = MaybeWhole()
    tier = MaybeText()
    tier_optimistic = MaybeText(metadata={"description": "by profiles only: the class by the optimistic procedure"})
    coverage = Number()
    nodes = fields.Dict(keys=fields.String(), values=fields.Float(allow_none=True))
    indicators = fields.Dict(keys=fields.String(), values=fields.Nested(Steps))


class StepReport(Answer):
    """What a step did to an indicator or node."""

    step = word("measure", "transform", "impute", "treat", "normalise", "aggregate", "sort")
    subject = MaybeText(metadata={"description": "an indicator, or a node of the index"})
    method = Text()
    parameters = fields.Dict(required=True)
    cells = fields.List(fields.Dict(), required=True, metadata={"description": "the units that it changed, and how"})


class Evaluation(Answer):
    """Every unit's answer and the report of the steps."""

    framework = one(FrameworkVersion)
    data = one(SentData)
    engine = one(EngineVersion)
    units = many(UnitResult)
    report = many(StepReport)
