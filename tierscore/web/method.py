"""How the answer is computed, from the framework's own document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tierscore.reports.content.facts import Facts
from tierscore.reports.links import followed
from tierscore.reports.numbers import plain
from tierscore.reports.rules import sources
from tierscore.reports.rules.curves import curve
from tierscore.reports.rules.measures import measured
from tierscore.reports.rules.steps import scored, steps
from tierscore.reports.rules.tiers import rule
from tierscore.reports.rules.weights import leaves, tree
from tierscore.services.query import AssessmentQuery
from tierscore.web.asked import asked
from tierscore.web.context import reading
from tierscore.web.frame import frame
from tierscore.web.languages import words
from tierscore.web.site import blueprint, page, render

Answer = dict[str, Any]


@blueprint.get("/method")
@page
def show_method() -> str:
    """The framework's rules, weights, knots, assumptions, levers and references."""
    query = dated(asked())
    framework = reading().resolve(query).framework
    facts = Facts({}, framework, words())
    return render(
        "method.html",
        frame=frame(query),
        framework=framework,
        facts=facts,
        steps=steps(facts),
        rule=list(rule(facts)),
        assumed=sources.assumed(facts),
        uncertain=sources.uncertain(facts),
        levers=sources.levers(facts),
        sources=sources.sources(facts),
        followed=followed,
        weight=lambda part: f"{plain(round(100 * part, 2))}%",
        towards=lambda lever: [facts.tiers[code] for code in lever.tiers],
        acts_on=lambda lever: [f"{facts.indicators[code]} {plain(size)}" for code, size in lever.acts_on],
        **_measures(facts),
    )


def dated(query: AssessmentQuery) -> AssessmentQuery:
    """The question with a year: a framework without one of its own is shown with the default framework's."""
    framework = reading().snapshot.framework(query.framework, query.version).framework
    if query.period is not None or framework.period is not None:
        return query
    return replace(query, period=reading().resolve(AssessmentQuery()).period)


def _measures(facts: Facts) -> Answer:
    """The tree, and what is measured: the scored indicators with weight and curve, then the helpers."""
    index = tree(facts)
    framework = facts.framework
    in_index = scored(framework)
    return {
        "index": index,
        "weights": {leaf.code: leaf.whole for leaf in leaves(index)},
        "indicators": [measured(facts, item) for item in in_index],
        "helpers": [measured(facts, item) for item in framework.indicators if item not in in_index],
        "staged": any(item.stage or item.force for item in in_index),
        "curves": [found for item in in_index if (found := curve(framework, item)) is not None],
    }
