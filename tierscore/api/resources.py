"""Blueprints that say with every view what goes in and what comes out; those under /api/v1 answer conditional GETs."""

# flask-smorest declares no types for what is called here.
# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar, cast

from flask import Flask
from flask_smorest.blueprint import Blueprint
from marshmallow import RAISE, Schema

from tierscore.api import etags, idempotency_key, scopes, upload
from tierscore.api.parsing import QuerySchema, RequestParser

PREFIX = "/api/v1"
View = TypeVar("View", bound=Callable[..., Any])

_LINK_HEADER = {"description": "first, prev, next and last page (RFC 8288)", "schema": {"type": "string"}}


def in_path(name: str, description: str, example: str) -> dict[str, str]:
    """Describes a part of the path for the OpenAPI document."""
    return {"in": "path", "name": name, "description": description, "example": example}


class Described(Blueprint):
    """Views with declared parameters and answers.

    `query` and `answers` are flask-smorest's `arguments` and `response` with what is the same everywhere.
    """

    ARGUMENTS_PARSER = RequestParser()

    def __init__(self, name: str, description: str, url_prefix: str | None = None) -> None:
        super().__init__(name, __name__, url_prefix=url_prefix, description=description)

    def register_views_in_doc(self, api: Any, app: Flask, spec: Any, **more: Any) -> None:
        """Leaves it until the document is asked for: nothing at a start would take longer."""
        api.later(partial(super().register_views_in_doc, api, app, spec, **more))

    def query(self, schema: type[QuerySchema]) -> Callable[[View], View]:
        """The view takes the parameters of this schema as its first argument."""
        return cast(Callable[[View], View], self.arguments(schema(), location="query", unknown=RAISE))

    def body(self, schema: type[Schema]) -> Callable[[View], View]:
        """The view takes a JSON body of this schema as its first argument."""
        return cast(Callable[[View], View], self.arguments(schema(), location="json", unknown=RAISE))

    def form(self, description: dict[str, Any]) -> Callable[[View], View]:
        """The view takes a form or a document, described as OpenAPI has it; `of_form` reads a form's parts."""
        return cast(Callable[[View], View], self.doc(requestBody=description))

    def of_form(self, schema: type[Schema], location: str) -> dict[str, Any]:
        """The ``files`` or the fields (``form``) of the present request's form, by a schema."""
        return cast(dict[str, Any], self.ARGUMENTS_PARSER.parse(schema(), location=location, unknown=RAISE))

    def answers(
        self,
        schema: type[Schema],
        *,
        paged: bool = False,
        errors: tuple[str, ...] = (),
        status: int = 200,
        also: Mapping[int, str] | None = None,
    ) -> Callable[[View], View]:
        """The view answers with this schema, in pages or whole.

        `errors` are those worth a line of their own; `also` are other statuses with the same schema, and their sense.
        """
        headers = {"Link": _LINK_HEADER} if paged else {}
        respond = self.response(status, schema, headers=headers, description="The answer")

        def decorate(view: View) -> View:
            described = self.doc(operationId=view.__name__)(respond(view))
            for other, sense in (also or {}).items():
                described = self.alt_response(other, schema=schema, description=sense)(described)
            for name in errors:
                described = self.alt_response(_STATUS[name], name)(described)
            return cast(View, described)

        return decorate

    def or_starts(self, schema: type[Schema], description: str) -> Callable[[View], View]:
        """The view may answer 202 with this schema: something was started, and goes on at Location."""
        headers = {
            "Location": {"description": "where to ask how far it is", "schema": {"type": "string"}},
            "Retry-After": {"description": "after how many seconds", "schema": {"type": "integer"}},
        }
        return cast(
            Callable[[View], View], self.alt_response(202, schema=schema, headers=headers, description=description)
        )

    def or_as(self, media_type: str) -> Callable[[View], View]:
        """The view may give the same answer in this form, where the Accept header asks for it."""
        content = {media_type: {"schema": _file(media_type)}}
        return cast(Callable[[View], View], self.doc(responses={200: {"content": content}}))

    def gives_nothing(self, *, errors: tuple[str, ...] = ()) -> Callable[[View], View]:
        """The view answers 204 without a body; `errors` are those worth a line of their own."""
        respond = self.response(204, description="Done")

        def decorate(view: View) -> View:
            described = self.doc(operationId=view.__name__)(respond(view))
            for name in errors:
                described = self.alt_response(_STATUS[name], name)(described)
            return cast(View, described)

        return decorate

    def hands_out(
        self,
        media_type: str,
        description: str,
        *,
        also: tuple[str, ...] = (),
        attached: bool = True,
        errors: tuple[str, ...] = (),
    ) -> Callable[[View], View]:
        """The view answers with this media type or another one, as a file to be saved unless said otherwise.

        `errors` as in `answers`.
        """
        named = {"Content-Disposition": {"description": "attachment and its name", "schema": {"type": "string"}}}
        headers = named if attached else {}
        respond = self.response(
            200, _file(media_type), content_type=media_type, headers=headers, description=description
        )
        others = {other: {"schema": _file(other)} for other in also}

        def decorate(view: View) -> View:
            described = self.doc(operationId=view.__name__, responses={200: {"content": others}})(respond(view))
            for name in errors:
                described = self.alt_response(_STATUS[name], name)(described)
            return cast(View, described)

        return decorate


def _file(media_type: str) -> dict[str, str]:
    return {"type": "string", "contentMediaType": media_type}


class Tagged(Described):
    """Views under /api/v1 whose GETs carry tags that they make themselves."""

    def __init__(self, name: str, description: str) -> None:
        super().__init__(name, description, PREFIX)
        self._prepare_doc_cbks += [self._prepare_access_doc, self._prepare_once_doc]

    @staticmethod
    def _prepare_access_doc(doc: Any, doc_info: Any, *, method: Any, **rest: Any) -> Any:
        """Which key an operation needs."""
        scopes.describe(doc, scopes.needed(doc_info.get("scope"), method), rest["app"].config["AUTH"])
        return doc

    @staticmethod
    def _prepare_once_doc(doc: Any, doc_info: Any, **_rest: Any) -> Any:
        """Idempotency-Key, where a view is marked with it."""
        if doc_info.get("once"):
            idempotency_key.describe(doc)
        if doc_info.get("preference"):
            doc.setdefault("parameters", []).append(upload.PREFERENCE)
        return doc

    def _prepare_etag_doc(
        self, doc: dict[str, Any], doc_info: dict[str, Any], *, method: str, **_rest: Any
    ) -> dict[str, Any]:
        """If-None-Match, 304 and ETag on every GET."""
        if method == "get":
            doc.setdefault("parameters", []).append("IF_NONE_MATCH")
            doc["responses"][304] = "NOT_MODIFIED"
            doc["responses"][200].setdefault("headers", {})["ETag"] = "ETAG"
        return doc


class Resources(Tagged):
    """Views of one kind of resource, whose tags say data, catalogue and question."""

    def __init__(self, name: str, description: str) -> None:
        super().__init__(name, description)
        self.before_request(etags.answer_unchanged)
        self.after_request(etags.tag_answer)


_STATUS = {
    "NOT_FOUND": 404,
    "CONFLICT": 409,
    "PRECONDITION_FAILED": 412,
    "PRECONDITION_REQUIRED": 428,
    "SERVICE_UNAVAILABLE": 503,
}
