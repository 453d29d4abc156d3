"""Any framework on any data; nothing is stored."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from tierscore.api.guards import takes_up_to
from tierscore.api.heavy import heavy_if
from tierscore.api.resources import Resources
from tierscore.api.schemas.evaluation import Evaluation, EvaluationBody
from tierscore.api.scopes import needs
from tierscore.services.evaluating import Unit, evaluate
from tierscore.services.keys import READ

LARGEST_BODY = 32 * 1024 * 1024
MANY_UNITS = 100  # some 50 ms of computing

blueprint = Resources("evaluation", "Any framework on any data")


@blueprint.post("/assessments/evaluate")
@blueprint.body(EvaluationBody)
@blueprint.answers(Evaluation)
@takes_up_to(LARGEST_BODY)
@needs(READ)
@heavy_if(lambda body: len(body["units"]) > MANY_UNITS)
def evaluate_units(body: dict[str, Any]) -> Response:
    """Scores units by a framework document, with every step's matrix and what each step did to which cell."""
    units = [Unit(**item) for item in body["units"]]
    return jsonify(evaluate(body["framework"], units, steps=body["steps"]))  # as it is: a test holds its schema
