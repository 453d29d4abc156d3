"""The first page: who stands where, and how sure that is."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Response, redirect, request

from tierscore.reports.charts.tile_map import BOTTOM, LEFT, RIGHT, TILES
from tierscore.reports.words import LANGUAGES
from tierscore.web.asked import asked
from tierscore.web.context import reading
from tierscore.web.frame import frame
from tierscore.web.ladder import AROUND, RADIUS, ladder
from tierscore.web.languages import language, words
from tierscore.web.site import blueprint, page, render, to

Answer = dict[str, Any]
TILE = 44


@blueprint.get("/")
@page
def show_home() -> str:
    """The ladder of tiers, the map, and everybody in a table."""
    query = asked()
    items = reading().assessments(query)["items"]
    around = frame(query)
    return render(
        "home.html",
        frame=around,
        items=items,
        groups=_groups(query),
        counts=Counter(item["tier"] for item in items),
        ladder=ladder(items, around.tiers, around.scale),
        tiles=[_tile(item) for item in items if item["region"]["code"] in TILES],
        map_size=(TILE * (RIGHT - LEFT + 1), TILE * (BOTTOM + 1)),
        tile=TILE,
        radius=RADIUS,
        around=AROUND,
        short=short,
        samples=next((f"{item['confidence']['samples']:,}" for item in items if item["confidence"]), ""),
        found=request.args.get("q", ""),
    )


@blueprint.get("/find")
def find() -> Response:
    """Leads to the region or group that is called so; back to the first page where none is."""
    wanted = request.args.get("q", "").strip()
    code = called(wanted)
    return redirect(to("show_home", q=wanted) if code is None else to("show_region", code=code))  # type: ignore[return-value]


def called(wanted: str) -> str | None:
    """The code of the one region or group with this code or name, or whose name begins so; None for none or several."""
    known = {item["code"]: item["name"] for item in (*reading().regions(), *reading().groups())}
    text = wanted.casefold()
    exact = [
        code for code, name in known.items() if text in (code.casefold(), *(name[key].casefold() for key in LANGUAGES))
    ]
    begun = [code for code, name in known.items() if any(name[key].casefold().startswith(text) for key in LANGUAGES)]
    found = exact or (begun if text else [])
    return found[0] if len(found) == 1 else None


def short(item: Answer) -> str:
    """A region in one or two letters: its abbreviation in Chinese, the letters of its code in English."""
    code = item["region"]["code"]
    if language() == "zh" and code in TILES:
        return TILES[code][2]
    return str(code).removeprefix("CN-")


def _tile(item: Answer) -> Answer:
    column, row, _ = TILES[item["region"]["code"]]
    return {"item": item, "x": (column - LEFT) * TILE, "y": row * TILE}


def _groups(query: Any) -> list[Answer]:
    return [{"code": item["code"], "name": words().name(item["name"])} for item in reading().groups()]
