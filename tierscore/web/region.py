"""One region or group: which tier and why, how far the next one is, which levers close the distance."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from tierscore.reports.content.facts import Facts
from tierscore.reports.links import followed
from tierscore.services.query import AssessmentQuery, ComparisonAsked
from tierscore.services.reporting import ASKED
from tierscore.web.asked import asked
from tierscore.web.context import reading
from tierscore.web.explaining import explaining
from tierscore.web.frame import Frame, frame
from tierscore.web.hurdles import hurdles
from tierscore.web.languages import language, words
from tierscore.web.site import blueprint, page, render
from tierscore.web.strip import letters, strip

Answer = dict[str, Any]
API = "/api/v1"
NEGLIGIBLE = 1e-9
# What the words of an answer that are meant for programs say here.
SAID = {
    "institutional_guarantee": "institutional guarantee",
    "entities": "more innovation entities",
    "collaboration": "outward collaboration",
    "focus": "focus",
    "coordination": "coordination",
    "relation": "regional relation",
    "lead": "regional lead",
    "basin_governance": "basin governance",
    "finance": "finance",
    "growth_pole": "growth pole",
    "power_source": "power source",
    "A": "published",
    "E": "estimated",
    "P": "provisional",
    "D": "of another definition",
    "score": "Score",
    "functions": "Functions",
    "origination": "Origination functions",
    "origination_coverage": "Origination known",
    "cohesion": "Cohesion",
    "radiation": "Radiation",
    "stage_origination": "Origination",
    "stage_extension": "Extension",
    "stage_diffusion": "Diffusion",
}


@blueprint.get("/regions/<string:code>")
@page
def show_region(code: str) -> str:
    """The page of a region or group."""
    query = asked()
    found = reading().comparison(ComparisonAsked(query, (code,)))
    facts = Facts(found, reading().resolve(query).framework, words())
    answer, around = found["items"][0], frame(query)
    calls = calls_of(answer, query)
    return render(
        "region.html",
        frame=around,
        answer=answer,
        facts=facts,
        since=found["since"],
        sayings={name: words().say(text) for name, text in SAID.items()},
        calls=calls,
        explaining=explaining(facts, answer, reading().regions(), calls.get("trace")),
        **drawn(answer, facts, around),
        **looked_up(answer, facts),
    )


def drawn(answer: Answer, facts: Facts, around: Frame) -> Answer:
    """What is drawn on the page itself: bars of tests, the strip of functions, how sure each tier is."""
    goal = facts.goal(answer)
    shown = goal or next((tier for tier in answer["tiers"] if tier["code"] == answer["tier"]), None)
    return {
        "goal": goal,
        "shown": shown,
        "hurdles": [] if shown is None else hurdles(answer, shown, around.scale),
        "strip": strip(answer, around.tiers),
        "letters": letters(around.tiers, language()),
        "chances": chances(answer, around),
    }


def looked_up(answer: Answer, facts: Facts) -> Answer:
    """What the page's tables look up: names and sources by code, what moved most, who is ranked."""
    moved = [part for part in answer["change"]["indicators"] if abs(part["score_change"] or 0.0) > NEGLIGIBLE]
    return {
        "member_names": [facts.region(member) for member in answer.get("members", [])],
        "names": {item["region"]["code"]: facts.region(item) for item in facts.standings},
        "ranked": sum(item["rank"] is not None for item in facts.standings),
        "sources": {
            source["code"]: source | {"link": followed(source["url"])} for source in answer["sources"]
        },
        "moved": sorted(moved, key=lambda part: -abs(part["score_change"])),
        "indicators_of": lambda items: facts.listed(facts.indicators[item["indicator"]] for item in items),
        "named": lambda codes: facts.listed(facts.indicators[code] for code in codes),
        "tiers_of": lambda codes: facts.listed(facts.tier(code) for code in codes),
        "levers_of": lambda codes: facts.listed(words().name(title_of(facts, code)) for code in codes),
    }  # fmt: skip


def title_of(facts: Facts, lever: str) -> dict[str, str]:
    """A lever's name in both languages."""
    title = facts.levers[lever].title
    return {"zh": title.zh, "en": title.en}


def chances(answer: Answer, around: Frame) -> list[Answer]:
    """How probable each tier is, the highest first, each with its place on a bar of 100; without one, what is left."""
    if answer["confidence"] is None:
        return []
    known = answer["confidence"]["tier_probability"]
    parts: list[tuple[Answer | None, float]] = [
        (tier, known[tier["code"]]) for tier in reversed(around.tiers) if tier["code"] in known
    ]
    left = 1.0 - sum(part for _, part in parts)
    parts += [(None, left)] if left > NEGLIGIBLE else []
    found, x = [], 0.0
    for tier, part in parts:
        found.append({"tier": tier, "part": part, "x": 100 * x, "width": 100 * part})
        x += part
    return found


def calls_of(answer: Answer, query: AssessmentQuery) -> Answer:
    """The calls that give the same as the page, pinned to framework and data: the answer, its trace, its reports."""
    pinned = {
        "framework": answer["framework"]["id"],
        "version": answer["framework"]["version"],
        "period": answer["period"],
        "as_of": answer["data"]["revision"],
        **({"target": query.target} if query.target else {}),
        **({"integration": query.integration} if query.integration else {}),
    }
    code = answer["region"]["code"]
    one = f"{API}/assessments/{quote(code, safe='')}"
    report = {"region": code, "lang": language(), **pinned}
    trace = {} if "members" in answer else {"trace": f"{one}/trace?{urlencode(pinned)}"}
    return trace | {
        "answer": f"{one}?{urlencode(pinned)}",
        "reports": {name: f"{API}/reports/comparison?{urlencode({'format': name, **report})}" for name in ASKED},
    }
