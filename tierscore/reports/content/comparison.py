"""The comparison report: its sections in the order in which a reader asks."""

from __future__ import annotations

from datetime import datetime

from tierscore.reports.comparison import versions
from tierscore.reports.content.change import change
from tierscore.reports.content.data import data, sources
from tierscore.reports.content.facts import Facts
from tierscore.reports.content.functions import functions
from tierscore.reports.content.gap import gap
from tierscore.reports.content.levers import levers
from tierscore.reports.content.method import method
from tierscore.reports.content.peers import peers
from tierscore.reports.content.standing import standing
from tierscore.reports.content.summary import summary
from tierscore.reports.content.views import views
from tierscore.reports.document import Report, Section, numbered

NAMED = 6  # subjects that a title names; of more it gives the count


def comparison(facts: Facts, name: str, again: tuple[str, ...]) -> Report:
    """A report on the subjects of a comparison; of one alone it is a profile.

    `name` is the file's, without its ending; `again` says how to get the same report.
    """
    words, answer = facts.words, facts.comparison
    sections = (*findings(facts), method(facts), data(facts), sources(facts))
    return Report(
        title=title(facts),
        subtitle=f"{answer['period']} · {words.name(answer['framework_title'])}",
        language=words.language,
        name=name,
        sections=numbered(sections),
        versions=versions(answer, words),
        again=again,
        moment=datetime.fromisoformat(answer["data"]["as_of"]),
        data=answer,
    )


def findings(facts: Facts) -> tuple[Section, ...]:
    """What is said of the subjects, as numbered in the whole report; method, data and sources stand behind it."""
    return numbered(
        (
            summary(facts),
            standing(facts),
            *gap(facts),
            functions(facts),
            peers(facts),
            views(facts),
            change(facts),
            *levers(facts),
        )
    )


def title(facts: Facts) -> str:
    """What the report is about."""
    words = facts.words
    names = [facts.region(item) for item in facts.items]
    if len(names) == 1:
        return words.say("Innovation centre: {region}", region=names[0])
    if len(names) > NAMED:
        return words.say("Innovation centres compared: {count} regions", count=len(names))
    return words.say("Innovation centres compared: {regions}", regions=facts.listed(names))
