"""Observations."""

from __future__ import annotations

from tierscore.api.schemas.common import Answer, DataVersion, MaybeNumber, Moment, Paged, Text, Whole, many, one


class Observation(Answer):
    """A value as one revision has it; null with status M is a value withdrawn."""

    region = Text()
    indicator = Text()
    period = Whole()
    value = MaybeNumber()
    unit = Text()
    status = Text(metadata={"description": "A normal, E estimated, P provisional, D another definition, M missing"})
    source = Text()
    vintage = Text()
    note = Text()
    revision = Whole()
    recorded_at = Moment()
    recorded_by = Text()


class ObservationPage(Paged):
    """Observations, and the data version they are read from."""

    data = one(DataVersion)
    items = many(Observation)
