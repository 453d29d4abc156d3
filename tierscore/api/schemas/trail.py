"""The audit trail."""

from __future__ import annotations

from marshmallow import fields

from tierscore.api.schemas.common import Answer, Moment, Paged, Text, Whole, many


class TrailEntry(Answer):
    """One change."""

    number = Whole(metadata={"description": "grows by one with each change"})
    recorded_at = Moment()
    actor = Text(metadata={"description": "name of a key; `seed`; `shell:` and a user of the server"})
    action = Text(metadata={"description": "such as `revision_stored`, `group_added`, `key_revoked`"})
    subject = Text(metadata={"description": "what it was done to: a code, a number, an id"})
    details = fields.Dict(keys=fields.String(), required=True, metadata={"description": "what the action has to say"})


class TrailPage(Paged):
    """Changes, oldest first."""

    items = many(TrailEntry)
