"""Parameters and bodies into values: unknown and repeated names are refused, all mistakes are told at once."""

# marshmallow declares no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, NoReturn

import flask
from marshmallow import RAISE, Schema, ValidationError, fields, validates_schema
from webargs import missing
from webargs.flaskparser import FlaskParser

from tierscore.api.fields import refusal
from tierscore.api.strict_json import parse
from tierscore.errors import Invalid, Violation

_SCHEMA_ERRORS = "_schema"

# What marshmallow says by itself, and the words for it here.
_STOCK: dict[str, tuple[str, str]] = {
    "Missing data for required field.": ("required", "A value is needed here."),
    "Field may not be null.": ("null", "A value is needed here, not null."),
    "Unknown field.": ("unknown_name", "There is no such name here."),
    "Invalid input type.": ("wrong_type", "An object is needed here."),
    "Invalid type.": ("wrong_type", "An object is needed here."),
    "Not a valid list.": ("wrong_type", "A list is needed here."),
    "Not a valid string.": ("wrong_type", "A text is needed here."),
}


class QuerySchema(Schema):
    """Base of every query string: unknown names and repeated single values are refused."""

    class Meta:
        """Unknown names raise."""

        unknown = RAISE

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def refuse_repeated(self, _data: Any, original: Any, **_kwargs: Any) -> None:
        """One value for each parameter that is not a list."""
        repeated = [name for name, field in self.fields.items() if _is_repeated(name, field, original)]
        if repeated:
            template = "{name} is given {times} times; once is enough."
            raise ValidationError(
                {
                    name: refusal("repeated", template, None, name=name, times=len(original.getlist(name))).messages
                    for name in repeated
                }
            )


class RequestParser(FlaskParser):
    """webargs' parser with strict JSON, strict names, and the service's own errors."""

    def _raw_load_json(self, req: flask.Request) -> Any:
        body = req.get_data(cache=True)
        return parse(body) if body else missing

    def handle_error(self, error: ValidationError, req: flask.Request, schema: Schema, **_kwargs: Any) -> NoReturn:
        """Raises Invalid with every mistake that marshmallow found."""
        ((location, messages),) = error.normalized_messages().items()
        found = list(_violations(location, messages, schema))
        if location == "json":
            raise Invalid("body", found) from None
        raise (Invalid("query", found) if location == "query" else Invalid("form", found)) from None


def _is_repeated(name: str, field: fields.Field[Any], original: Any) -> bool:
    return not isinstance(field, fields.List) and len(original.getlist(name)) > 1


def _violations(location: str, messages: Any, schema: Schema) -> Iterator[Violation]:
    for path, message in _leaves(messages, ()):
        yield _placed(location, path, _as_violation(message, path, schema))


def _leaves(messages: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every single message with the names that lead to it."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _leaves(inner, path if key == _SCHEMA_ERRORS else (*path, str(key)))
    else:
        yield from ((path, message) for message in messages)


def _as_violation(message: Any, path: tuple[str, ...], schema: Schema) -> Violation:
    if isinstance(message, Violation):
        return message
    code, template = _STOCK.get(message, ("invalid", "{text}"))
    allowed = _nearest(path[0], schema) if code == "unknown_name" and len(path) == 1 else ()
    return Violation(code, template, {"text": message}, allowed=allowed)


def _nearest(name: str, schema: Schema) -> tuple[str, ...]:
    """The known names most like an unknown one, or all of them."""
    return tuple(get_close_matches(name, schema.fields, n=3)) or tuple(schema.fields)


def _placed(location: str, path: tuple[str, ...], violation: Violation) -> Violation:
    if location == "json":
        steps = (step.replace("~", "~0").replace("/", "~1") for step in path)
        return replace(violation, pointer="".join(f"/{step}" for step in steps))
    return replace(violation, parameter=path[0] if path else None)
