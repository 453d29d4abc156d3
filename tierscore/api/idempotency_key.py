"""The header Idempotency-Key: what it may be, and how the contract describes it."""

from __future__ import annotations

import re
from typing import Any

from tierscore.api.problems import HeaderViolation
from tierscore.errors import Invalid

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST = 255

_KEY = "[!-~]([ -~]*[!-~])?"
_PARAMETER = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "names this request, so that sending it again stores nothing twice; the first answer is given again",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": f"^{_KEY}$"},
}
_MARK = {"description": "true: this is the first answer to the key, again", "schema": {"const": "true"}}


def checked(key: str) -> str:
    """The key as it is; raises Invalid for one that is none."""
    if len(key) <= LONGEST and re.fullmatch(_KEY, key):
        return key
    template = "1 to {longest} printable ASCII characters are needed."
    raise Invalid("header", [HeaderViolation("bad_key", template, {"longest": LONGEST}, header=HEADER)])


def describe(operation: dict[str, Any]) -> None:
    """Adds to an operation of the contract the header, and what may come of it."""
    operation.setdefault("parameters", []).append(_PARAMETER)
    responses = operation["responses"]
    for status, response in responses.items():
        if str(status).startswith("2"):
            response.setdefault("headers", {})[REPLAYED] = _MARK
    responses.setdefault(409, "CONFLICT")
    responses.setdefault(422, "UNPROCESSABLE_ENTITY")
