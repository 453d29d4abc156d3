"""Building blocks of the schemas. Answers are closed: what is not declared is not sent."""

from __future__ import annotations

from functools import partial
from typing import Any

from marshmallow import RAISE, Schema, fields
from marshmallow.validate import OneOf

Text = partial(fields.String, required=True)
MaybeText = partial(fields.String, required=True, allow_none=True)
Number = partial(fields.Float, required=True)
MaybeNumber = partial(fields.Float, required=True, allow_none=True)
Whole = partial(fields.Integer, required=True)
MaybeWhole = partial(fields.Integer, required=True, allow_none=True)
Truth = partial(fields.Boolean, required=True)
MaybeTruth = partial(fields.Boolean, required=True, allow_none=True)
Moment = partial(fields.String, required=True, metadata={"format": "date-time"})


class Answer(Schema):
    """Base of every answer."""

    class Meta:
        """Makes the contract say that there are no other names."""

        unknown = RAISE


def one(schema: type[Schema], description: str | None = None) -> fields.Field[Any]:
    """An object that is always there."""
    return fields.Nested(schema, required=True, metadata=_described(description))


def maybe(schema: type[Schema], description: str | None = None) -> fields.Field[Any]:
    """An object or null."""
    return fields.Nested(schema, required=True, allow_none=True, metadata=_described(description))


def many(
    inner: type[Schema] | fields.Field[Any], description: str | None = None, name: str | None = None
) -> fields.Field[Any]:
    """A list, which may be empty; `name` where Python or marshmallow has another use for it."""
    item = inner if isinstance(inner, fields.Field) else fields.Nested(inner)
    return fields.List(item, required=True, metadata=_described(description), attribute=name, data_key=name)


def maybe_many(inner: fields.Field[Any], description: str | None = None) -> fields.Field[Any]:
    """A list, or null where there is none."""
    return fields.List(inner, required=True, allow_none=True, metadata=_described(description))


def codes(description: str | None = None) -> fields.Field[Any]:
    """A list of codes, which may be empty."""
    return many(fields.String(), description)


def word(*choices: str, description: str | None = None) -> fields.Field[Any]:
    """One of some words."""
    return fields.String(required=True, validate=OneOf(choices), metadata=_described(description))


def maybe_word(*choices: str, description: str | None = None) -> fields.Field[Any]:
    """One of some words, or null."""
    return fields.String(required=True, allow_none=True, validate=OneOf(choices), metadata=_described(description))


def _described(description: str | None) -> dict[str, str]:
    return {} if description is None else {"description": description}


class Title(Answer):
    """A name in two languages."""

    zh = Text()
    en = Text()


class Paged(Answer):
    """A page of a list."""

    page = Whole()
    page_size = Whole()
    total = Whole(metadata={"description": "items on all pages"})


class FrameworkVersion(Answer):
    """The framework that made an answer."""

    id = Text()
    version = Text()
    digest = Text()


class DataVersion(Answer):
    """The data that an answer was made from; the digest is null before the first revision."""

    as_of = Moment()
    revision = Whole()
    digest = MaybeText()


class EngineVersion(Answer):
    """The engine that made an answer."""

    version = Text()
