"""Several years side by side."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from tierscore.api.assessments import asked
from tierscore.api.context import reading
from tierscore.api.fields import Choice, WholeNumber, Word
from tierscore.api.heavy import heavy
from tierscore.api.observations import AS_OF
from tierscore.api.parsing import QuerySchema
from tierscore.api.resources import Resources
from tierscore.api.schemas.panel import PanelAnswer
from tierscore.services.panels import BOUNDS

blueprint = Resources("panels", "Several years side by side")


class PanelQuery(QuerySchema):
    """Which years, by which framework, of whom."""

    framework = Word(metadata={"description": "id of a framework; the default one if left out"})
    version = Word(metadata={"description": "its version; the newest if left out"})
    as_of = Word(metadata=AS_OF)
    period = fields.List(
        WholeNumber(1, 9999), metadata={"description": "years; the framework's own and the one before if left out"}
    )
    bounds = Choice(
        *BOUNDS,
        load_default=BOUNDS[0],
        metadata={"description": "whether ends that come from data come from each year alone or from all together"},
    )
    region = fields.List(Word(), metadata={"description": "region codes; all if left out"})


@blueprint.get("/panel")
@blueprint.query(PanelQuery)
@blueprint.answers(PanelAnswer)
@heavy
def get_panel(query: dict[str, Any]) -> dict[str, Any]:
    """Scores, ranks and tiers year by year, trends, and movements between tiers."""
    question = asked(
        {name: value for name, value in query.items() if name != "period"}, regions=tuple(query.get("region", ()))
    )
    return reading().panel(question, tuple(query.get("period", ())), query["bounds"])
