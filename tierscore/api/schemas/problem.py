"""Problem details, RFC 9457."""

from __future__ import annotations

from marshmallow import fields

from tierscore.api.schemas.common import Answer, Text, Whole, many


class Mistake(Answer):
    """One thing wrong with the request; `pointer`, `parameter` or `header` says where."""

    pointer = fields.String(metadata={"description": "JSON Pointer into the body"})
    parameter = fields.String(metadata={"description": "query parameter"})
    header = fields.String(metadata={"description": "request header"})
    row = fields.Integer(metadata={"description": "line of the file; the header is line 1"})
    field = fields.String(metadata={"description": "column or key of that row"})
    value = fields.Raw(metadata={"description": "what was given"})
    code = Text(metadata={"description": "a fixed word for programs"})
    message = Text(metadata={"description": "a sentence for people, in the language asked for"})
    allowed = fields.List(fields.String(), metadata={"description": "what would have been accepted"})


class Problem(Answer):
    """An error."""

    type = Text(metadata={"description": "URI of the type of problem, relative to the service"})
    title = Text()
    status = Whole()
    detail = Text()
    incident = fields.String(metadata={"description": "number of the incident in the log (500 only)"})
    errors = many(Mistake, "at most 1,000 are listed")
    errors_total = Whole()


class ProblemType(Answer):
    """A type of problem."""

    type = Text(metadata={"description": "the URI that problems of this type carry, relative to the service"})
    status = Whole(metadata={"description": "the HTTP status that such a problem usually has"})
    title = Text()
    remedy = Text(metadata={"description": "what to do about it"})
