"""What became of a batch."""

from __future__ import annotations

from tierscore.api.schemas.common import Answer, Whole, many
from tierscore.api.schemas.problem import Mistake


class Report(Answer):
    """How many rows were stored, and what is wrong with the others."""

    revision = Whole(metadata={"description": "the revision that holds the batch, the present one if none does"})
    accepted = Whole()
    unchanged = Whole(metadata={"description": "rows that say what is known already"})
    rejected = Whole()
    rows = many(Mistake, "the mistakes of the rejected rows, at most 1,000")
