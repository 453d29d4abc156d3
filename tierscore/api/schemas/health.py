"""Health and readiness."""

from __future__ import annotations

from marshmallow import fields

from tierscore.api.schemas.common import Answer, word


class Health(Answer):
    """The process lives."""

    status = word("ok")


class Readiness(Answer):
    """The service can work."""

    status = word("ready")
    checks = fields.Dict(keys=fields.String(), values=fields.Boolean(), required=True)
