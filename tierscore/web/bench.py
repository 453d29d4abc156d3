"""The bench: what would be if some metrics changed. What is on it stands in its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from string import Formatter
from typing import Any

from flask import Response, redirect, request
from werkzeug.datastructures import MultiDict

from tierscore.errors import Invalid, UnknownCode, Violation
from tierscore.reports.formats import FORMATS
from tierscore.reports.words import LANGUAGES, Words
from tierscore.services import scenarios
from tierscore.services.bench import Field
from tierscore.services.query import AssessmentQuery, CellEdit
from tierscore.services.scenarios import Saved
from tierscore.web import bench_address as address
from tierscore.web import bench_said as said
from tierscore.web.asked import asked, carried
from tierscore.web.bench_address import Bench
from tierscore.web.bench_said import Names
from tierscore.web.context import reading
from tierscore.web.failures import sentence
from tierscore.web.frame import Frame, frame
from tierscore.web.home import called
from tierscore.web.languages import language, words
from tierscore.web.site import blueprint, page, render, to

Answer = dict[str, Any]
UNSAID = ("other_period", "sparse_indicator")  # the year is said itself; the other is about all regions
CELL = "cell:"  # before region and indicator in the name of a field that a form sends


@dataclass(frozen=True)
class Subject:
    """Who is looked at: a region, or a group with its members and its degree of integration."""

    code: str
    name: str
    members: tuple[str, ...]
    integration: float | None = None


@dataclass(frozen=True)
class Outcome:
    """The bench with the edits that are possible, its answer, and what is wrong with the others, by their cell."""

    bench: Bench
    answer: Answer
    problems: dict[tuple[str, str], str]


@blueprint.get("/what-if")
@page
def show_bench() -> str:
    """The page, with its first answer in it."""
    query = asked()
    around, bench = frame(query), address.read(request.args)
    framework = reading().resolve(query).framework
    if not framework.regions:
        return render("bench.html", frame=around, subject=None)
    subject = _subject(bench, query)
    outcome = _outcome(_placed(bench, subject), subject, query)
    bench = outcome.bench
    names = _names(around)
    return render(
        "bench.html",
        frame=around,
        bench=bench,
        subject=subject,
        tables=[_table(code, query) for code in subject.members],
        tabs=_tabs(bench, subject),
        regions=_regions(query),
        told=_told(outcome.answer, bench, subject, names),
        values=_edited(outcome.answer),
        problems=outcome.problems,
        without=lambda name, at: to("show_bench", **address.write(_without(bench, name, at))),
        data=_data(bench, subject, around, names),
        formats=tuple(FORMATS),
        report_languages=LANGUAGES,
        plain=address.plain,
        about=lambda field: _about(field, around.period),
    )


@blueprint.get("/what-if/choose")
def choose_subject() -> Response:
    """Leads to the bench of who is named: ``q`` a name or code, ``member`` several of one's own group.

    The values that the form of a page without scripts sends become edits.
    """
    bench, members, called_so = (
        address.read(request.args),
        request.args.getlist("member"),
        request.args.get("q", "").strip(),
    )
    sent = _sent(asked())
    cells = {(edit.region, edit.indicator) for edit in sent}
    edits = (*(edit for edit in bench.edits if (edit.region, edit.indicator) not in cells), *sent)
    wanted = ",".join(members) or called(called_so)
    parameters = address.write(replace(bench, region=wanted or bench.region, edits=edits))
    unknown = called_so if wanted is None else None
    return redirect(to("show_bench", **parameters, q=unknown or None))  # type: ignore[return-value]


@blueprint.get("/what-if/scenarios/<string:identifier>")
def open_scenario(identifier: str) -> Response:
    """Leads to the bench with a saved scenario on it, on its own framework, year and data."""
    saved = reading().scenario(identifier)
    base = saved.base
    pinned = {"framework": base.framework, "version": base.version, "period": base.period, "as_of": base.revision}
    return redirect(  # type: ignore[return-value]
        to("show_bench", **pinned, **address.write(bench_of(saved, reading().snapshot.groups)))
    )


def bench_of(saved: Saved, groups: Mapping[str, object]) -> Bench:
    """The bench of a saved scenario; a group that is no more is named by its members."""
    content, what_if = saved.draft.content, scenarios.asked_of(saved)
    named = tuple(
        (item["code"] if item["code"] in groups else ",".join(item["members"]), item["integration"])
        for item in content["groups"]
    )
    first = next(iter([*what_if.regions, *(edit.region for edit in what_if.edits), *(code for code, _ in named)]), None)
    return Bench(first, what_if.edits, what_if.framework_edits, named, scenarios.tag(saved))


def _subject(bench: Bench, query: AssessmentQuery) -> Subject:
    """Who is looked at; raises UnknownCode for who is not there."""
    now = reading()
    regions = now.resolve(query).framework.regions
    code = bench.region or next((edit.region for edit in bench.edits), None) or now.nearest(query)
    if code in regions:
        return Subject(code, words().name(now.region(code)["name"]), (code,))
    groups = {item["code"]: item for item in now.groups()}
    members = tuple(groups[code]["members"]) if code in groups else tuple(code.split(","))
    unknown = [member for member in members if member not in regions]
    if unknown:
        raise UnknownCode("reference region or group", unknown[0], [*regions, *groups], "region")
    named = groups[code]["name"] if code in groups else _joined(members)
    return Subject(code, words().name(named), members, dict(bench.groups).get(code, 0.0))


def _joined(members: tuple[str, ...]) -> dict[str, str]:
    names = [reading().region(member)["name"] for member in members]
    return {"zh": "、".join(name["zh"] for name in names), "en": ", ".join(name["en"] for name in names)}


def _placed(bench: Bench, subject: Subject) -> Bench:
    """The bench with who is looked at, and with the group that this is."""
    groups = dict(bench.groups)
    if subject.integration is not None:
        groups.setdefault(subject.code, subject.integration)
    return replace(bench, region=subject.code, groups=tuple(groups.items()))


def _outcome(bench: Bench, subject: Subject, query: AssessmentQuery) -> Outcome:
    """The answer; edits whose values are impossible are told, and left out of it."""
    try:
        return Outcome(bench, _answer(bench, subject, query), {})
    except Invalid as error:
        problems = {_place(item, bench): sentence(item, words()) for item in error.violations}
        if -1 in problems:
            raise
    possible = replace(bench, edits=tuple(edit for at, edit in enumerate(bench.edits) if at not in problems))
    cells = {(bench.edits[at].region, bench.edits[at].indicator): text for at, text in problems.items()}
    return Outcome(possible, _answer(possible, subject, query), cells)


def _place(violation: Violation, bench: Bench) -> int:
    """Which edit's value is impossible; -1 if something else is wrong."""
    match (violation.pointer or "").split("/"):
        case ["", "edits", place, "value"] if int(place) < len(bench.edits):
            return int(place)
    return -1


def _answer(bench: Bench, subject: Subject, query: AssessmentQuery) -> Answer:
    regions = dict.fromkeys([*subject.members, *(edit.region for edit in bench.edits)])
    return reading().what_if(bench.asked(query, regions, reading().snapshot.groups))


def _table(code: str, query: AssessmentQuery) -> Answer:
    """A region with its fields."""
    return {"code": code, "name": words().name(reading().region(code)["name"]), "fields": reading().fields(code, query)}


def _about(field: Field, period: int) -> str:
    """What a reader must know of a field's value, in a line: its unit, its year, what is particular about it."""
    spoken = words()
    year = str(field.year) if field.year not in (None, period) else ""
    told = (spoken.phrase(flag) for flag in field.flags if flag not in UNSAID)
    helper = "" if field.scored else spoken.say("others are computed with it")
    return " · ".join(filter(None, (spoken.unit(field.unit), year, *told, helper)))


def _tabs(bench: Bench, subject: Subject) -> list[Answer]:
    """Everybody on the bench: who is looked at, whose values are edited, whose groups are named."""
    codes = dict.fromkeys([subject.code, *(edit.region for edit in bench.edits), *(code for code, _ in bench.groups)])
    return [
        {"code": code, "name": _called(code), "href": to("show_bench", **address.write(replace(bench, region=code)))}
        for code in codes
    ]


def _called(code: str) -> str:
    names = {item["code"]: item["name"] for item in (*reading().regions(), *reading().groups())}
    return words().name(names[code] if code in names else _joined(tuple(code.split(","))))


def _regions(query: AssessmentQuery) -> list[Answer]:
    """Who can be looked at or be a member: ``{code, name}``."""
    now = reading()
    return [
        {"code": code, "name": words().name(now.region(code)["name"])} for code in now.resolve(query).framework.regions
    ]


def _names(around: Frame) -> Names:
    framework = reading().snapshot.framework(around.framework["id"], around.framework["version"]).framework
    spoken: Words = words()
    return Names(
        spoken,
        {tier["code"]: spoken.name(tier["title"]) for tier in around.tiers},
        {item.code: getattr(item.title, spoken.language) for item in framework.indicators},
    )


def _told(answer: Answer, bench: Bench, subject: Subject, names: Names) -> Answer:
    """Everything that the page says of the answer."""
    change = change_of(answer, bench, subject)
    changes = {item["region"]["code"]: item for item in answer["changes"]}
    known = {code: words().name(reading().region(code)["name"]) for code in {edit.region for edit in bench.edits}}
    return {
        "change": change,
        "standing": said.standing(change, names),
        "ahead": said.ahead(change, names),
        "parts": said.parts(change, names),
        "levers": said.levers(change, names),
        "others": said.others(answer, subject.code, names),
        "edits": said.edits(answer, known, names),
        "rules": said.rules(answer, names),
        "notes": said.notes(answer, names),
        "ends": "" if subject.integration is None else said.ends(change, names),
        "required": lambda field, edited: said.required(
            changes.get(field.region) if field.scored else None,
            field.indicator,
            known=edited or field.present is not None,
            names=names,
        ),
    }


def change_of(answer: Answer, bench: Bench, subject: Subject) -> Answer:
    """Who is looked at, before and after."""
    if subject.integration is None:
        return next(item for item in answer["changes"] if item["region"]["code"] == subject.code)
    codes = [code for code, _ in bench.groups]
    found: Answer = answer["groups"][codes.index(subject.code)]
    return found


def _edited(answer: Answer) -> dict[tuple[str, str], float]:
    """The value that each edited cell has then."""
    return {(edit["region"], edit["indicator"]): edit["new"] for edit in answer["edits"]}


def _without(bench: Bench, name: str, at: int) -> Bench:
    parts = getattr(bench, name)
    rest: dict[str, Any] = {name: (*parts[:at], *parts[at + 1 :])}
    return replace(bench, **rest)


def _sent(query: AssessmentQuery) -> list[CellEdit]:
    """Edits of the fields that a form sent with another value than the present one."""
    fields = [name for name in request.args if name.startswith(CELL) and request.args[name]]
    texts = [("edit", f"{name.removeprefix(CELL)}:{request.args[name]}") for name in fields]
    return [edit for edit in address.read(MultiDict(texts)).edits if reading().alters(edit, query)]


def _data(bench: Bench, subject: Subject, around: Frame, names: Names) -> Answer:
    """What the script needs to ask and to say the same."""
    framework = reading().resolve(asked()).framework
    sentences = {name: words().say(text, **_themselves(text)) for name, text in said.SAID.items()}
    return {
        "bench": address.as_json(bench),
        "subject": {
            "code": subject.code,
            "name": subject.name,
            "members": subject.members,
            "group": subject.integration is not None,
        },
        "query": _query(),
        "carried": carried(),
        "base": {
            "framework": around.framework["id"],
            "version": around.framework["version"],
            "period": around.period,
            "as_of": str(around.revision),
        },
        "known_groups": [item["code"] for item in reading().groups()],
        "language": language(),
        "tiers": {tier["code"]: {"title": names.tiers[tier["code"]], "shade": tier["shade"]} for tier in around.tiers},
        "indicators": names.indicators,
        "units": {item.unit: words().unit(item.unit) for item in framework.indicators},
        "regions": {item["code"]: item["name"] for item in _regions(asked())},
        "phrases": {code: words().phrase(code) for code in ("not_reachable", "not_invertible")},
        "kinds": {kind: words().say(text) for kind, text in said.KINDS.items()},
        "sentences": sentences,
        "revision": reading().state.revision,
    }


def _query() -> Answer:
    """The question of the address as the call takes it."""
    query = asked()
    parts = {"framework": query.framework, "version": query.version, "period": query.period, "as_of": query.as_of}
    return {name: value for name, value in parts.items() if value is not None}


def _themselves(text: str) -> dict[str, str]:
    """Each field of a sentence as itself, so that it is still to be filled in."""
    return {name: f"{{{name}}}" for _, name, _, _ in Formatter().parse(text) if name}
