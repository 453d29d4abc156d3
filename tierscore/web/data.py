"""What is known and what is missing; a way to send more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tierscore.errors import CannotScore
from tierscore.reports.words import Words
from tierscore.services.query import AssessmentQuery
from tierscore.web.asked import asked
from tierscore.web.context import reading
from tierscore.web.failures import sentence
from tierscore.web.frame import frame
from tierscore.web.languages import language, words
from tierscore.web.site import blueprint, page, render, to

Answer = dict[str, Any]
NEWEST = 6  # revisions shown here; all are on their own page


@dataclass(frozen=True)
class Square:
    """What is known of one indicator in one region: the kind it is coloured by, its marks, and the same in words."""

    kind: str
    mark: str
    said: str
    address: str


@dataclass(frozen=True)
class Matrix:
    """Regions down, indicators across.

    rows : name and code of each region with its squares.  counts : how many squares are of a kind.
    legend : kind, mark and meaning.
    """

    indicators: list[Answer]
    rows: list[tuple[Answer, list[Square]]]
    counts: Counter[str]
    legend: list[tuple[str, str, str]]


@blueprint.get("/data")
@page
def show_data() -> str:
    """The form to send a file, the gaps, the newest revisions."""
    query = asked()
    around = frame(query)
    found, refused = _coverage(query)
    names = {item["code"]: item["name"] for item in reading().regions()}
    regions = reading().resolve(query).framework.regions
    return render(
        "data.html",
        frame=around,
        refused=refused,
        found=found,
        names=names,
        matrix=matrix(found, {code: names[code] for code in regions if code in names}, words()) if found else None,
        revisions=reading().revisions(1, NEWEST),
    )


def _coverage(query: AssessmentQuery) -> tuple[Answer | None, str | None]:
    """How good the data are; or why that cannot be said of this framework, which keeps nobody from sending more."""
    try:
        return reading().coverage(query), None
    except CannotScore as error:
        return None, sentence(error, words())


def matrix(found: Answer, names: dict[str, Answer], said: Words) -> Matrix:
    """The squares of a coverage answer, for regions by their names."""
    cells = {(cell["region"], cell["indicator"]): cell for cell in found["cells"]}
    open_ = {(item["region"], part["indicator"]) for part in found["widens"] for item in part["regions"]}
    key = Key(said)
    history = to("show_history", lang=language())
    ends = [(column, urlencode({"indicator": column["code"]})) for column in found["indicators"]]
    rows = [
        (
            {"code": code, "name": said.name(name)},
            [
                key.square(said.name(name), column, cells.get((code, column["code"])), (code, column["code"]) in open_,
                           f"{history}&{urlencode({'region': code})}&{end}")
                for column, end in ends
            ],
        )
        for code, name in names.items()
    ]  # fmt: skip
    counts = Counter(square.kind for _, squares in rows for square in squares)
    return Matrix(found["indicators"], rows, counts, list(key.legend()))


class Key:
    """How the squares are marked, in one language."""

    def __init__(self, said: Words) -> None:
        self.said = said
        self.marks = {
            "known": "●",
            "estimated": said.say("E"),
            "stale": said.say("Y"),
            "other_definition": said.say("D"),
            "missing": "×",
            "open": "◆",
        }
        self.meanings = {
            "known": said.say("known"),
            "estimated": said.say("estimated"),
            "stale": said.say("of another year"),
            "other_definition": said.say("of another definition, not scored"),
            "missing": said.say("missing"),
            "open": said.say("missing, and could move the tier"),
        }

    def legend(self) -> Iterator[tuple[str, str, str]]:
        """Kind, mark, meaning."""
        return ((kind, mark, self.meanings[kind]) for kind, mark in self.marks.items())

    def square(self, region: str, column: Answer, cell: Answer | None, is_open: bool, address: str) -> Square:
        """The square of a cell at an address; `cell` is None where it is simply known."""
        kinds = self._kinds(cell, is_open)
        told = self.said.say(", ").join([*(self.meanings[kind] for kind in kinds), *self._more(cell)])
        return Square(
            kind=kinds[0],
            mark="".join(self.marks[kind] for kind in kinds),
            said=self.said.say(
                "{region}, {indicator}: {told}", region=region, indicator=self.said.name(column["title"]), told=told
            ),
            address=address,
        )

    def _kinds(self, cell: Answer | None, is_open: bool) -> list[str]:
        states = cell["states"] if cell else ["known"]
        if is_open:
            return ["open"]
        return [state for state in states if state != "missing"] or ["missing"]

    def _more(self, cell: Answer | None) -> Iterator[str]:
        if cell and "stale" in cell["states"]:
            yield str(cell["period"])
        if cell and cell["missing_reason"] not in (None, "status_not_accepted"):
            yield self.said.phrase(cell["missing_reason"])
