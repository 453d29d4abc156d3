"""Whether an answer fits the schema that the OpenAPI document has for it."""

from __future__ import annotations

from typing import Any

from openapi_schema_validator import OAS31Validator


def misfits(document: dict[str, Any], path: str, body: Any, method: str = "get", status: int = 200) -> list[str]:
    """Where a body differs from the document's schema, names that the schema does not have among them."""
    response = document["paths"][path][method]["responses"][str(status)]
    schema = {**response["content"]["application/json"]["schema"], "components": document["components"]}
    return [f"{list(error.path)}: {error.message}" for error in OAS31Validator(schema).iter_errors(body)]
