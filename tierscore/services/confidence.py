"""How sure the tiers of an assessment are: one fixed analysis for each question, computed once and kept.

An answer never waits for it. It is computed when data are seeded, and in the background when they change.
"""

from __future__ import annotations

from typing import Any

from tierscore.services.query import AssessmentQuery, UncertaintyAsked
from tierscore.services.resolved import Resolved
from tierscore.services.sheet import Answer
from tierscore.storage.confidences import Key

SAMPLES, SEED = 2000, 20221  # the declared design: draws, and the seed of all of them
KEPT = ("tier_probability", "present_probability", "at_least_present", "robust")


def analysis_of(query: AssessmentQuery) -> UncertaintyAsked:
    """The fixed analysis of a question: every factor that the framework declares and that applies."""
    return UncertaintyAsked(query, samples=SAMPLES, seed=SEED)


def key_of(resolved: Resolved) -> Key:
    """Under what it is kept how sure the tiers of a question are."""
    return resolved.as_of.digest, resolved.framework.digest, resolved.period


def kept(answer: Answer) -> Answer:
    """What is kept of the analysis: by the code of a region."""
    return {
        item["region"]["code"]: {name: item[name] for name in KEPT}
        for item in answer["regions"]
        if item["status"] == "assessed"
    }


def of_region(found: dict[str, Any] | None, code: str) -> Answer | None:
    """How sure the tier of a region is; None where that is not known yet, or there is no tier."""
    if found is None or code not in found:
        return None
    return {**found[code], "samples": SAMPLES, "seed": SEED}
