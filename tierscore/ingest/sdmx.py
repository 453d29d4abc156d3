"""SDMX-CSV 2.0: the columns of such a file as those of an observation.

The header begins with STRUCTURE and STRUCTURE_ID; ACTION and the key columns may follow, then one column for each
component, named by its id. What is the same in all rows may stand in the header, as in ``ACTION=I``. Names of codes
(the option labels), several values in one cell and wildcards are not read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tierscore.errors import Violation
from tierscore.ingest.columns import Columns, header_violations

MEDIA_TYPE = "application/vnd.sdmx.data+csv;version=2.0.0"
STRUCTURE, STRUCTURE_ID, ACTION = "STRUCTURE", "STRUCTURE_ID", "ACTION"
COMPONENTS = {
    "REF_AREA": "region",
    "INDICATOR": "indicator",
    "TIME_PERIOD": "period",
    "OBS_VALUE": "value",
    "UNIT_MEASURE": "unit",
    "OBS_STATUS": "status",
    "SOURCE": "source",
    "VINTAGE": "vintage",
    "COMMENT_OBS": "note",
}

_COLUMNS = Columns(
    (STRUCTURE, STRUCTURE_ID, "REF_AREA", "INDICATOR", "TIME_PERIOD", "OBS_VALUE"),
    (ACTION, "SERIES_KEY", "OBS_KEY", "FREQ", *list(COMPONENTS)[4:]),
)
_FIRST = re.compile(r"STRUCTURE(\[[^\]]*\])?(=.*)?", re.DOTALL)
_IN_HEADER = (STRUCTURE, STRUCTURE_ID, ACTION)
_DELETE, _WITHDRAWN, _MARKED = "D", "M", "-"

# What may stand in the columns that say nothing of a value, by pattern and in words.
_ALLOWED = {
    STRUCTURE: (r"DATAFLOW|DATASTRUCTURE|DATAPROVISION", ("DATAFLOW", "DATASTRUCTURE", "DATAPROVISION")),
    STRUCTURE_ID: (r"[\w.@$-]+:[\w@$-]+\([\w.+~*-]+\)", ("AGENCY:ID(VERSION)",)),
    ACTION: (r"[IARMD]?", ("I", "A", "R", "M", "D")),
    "FREQ": (r"A?", ("A",)),
}


def is_sdmx(header: Sequence[str]) -> bool:
    """Whether a header is one of SDMX-CSV 2.0.

    >>> is_sdmx(["STRUCTURE[;]", "STRUCTURE_ID"]), is_sdmx(["region", "indicator"])
    (True, False)
    """
    return len(header) > 0 and _FIRST.fullmatch(header[0]) is not None


def sdmx_header_violations(header: Sequence[str]) -> list[Violation]:
    """What is wrong with such a header: columns that are missing, unknown, twice there or in a place not theirs."""
    names = [_split(name)[0] for name in header]
    found = header_violations(names, _COLUMNS)
    if names[1:2] != [STRUCTURE_ID] and STRUCTURE_ID in names:
        template = "The column {name} is the second one."
        found.append(Violation("misplaced_column", template, {"name": STRUCTURE_ID}, row=1, field=STRUCTURE_ID))
    return found


def plain_columns(
    columns: Mapping[str, list[str]], row: npt.NDArray[np.int64]
) -> tuple[dict[str, list[str]], dict[int, list[Violation]]]:
    """Columns of a file as those of an observation, and the mistakes of single cells by the place of their row.

    A row to be deleted becomes one that withdraws the value; every other action says a value.
    """
    given = {_split(name)[0]: _filled(_split(name)[1], cells) for name, cells in columns.items()}
    mistakes: dict[int, list[Violation]] = {}
    for name in (name for name in _ALLOWED if name in given):
        pattern, allowed = _ALLOWED[name]
        wrong = {text for text in set(given[name]) if re.fullmatch(pattern, text) is None}
        for place, text in enumerate(given[name] if wrong else ()):
            if text in wrong:
                mistakes.setdefault(place, []).append(_mistake(name, text, allowed, int(row[place])))
    plain = {COMPONENTS[name]: cells for name, cells in given.items() if name in COMPONENTS}
    return _deleted(plain, given.get(ACTION, [])), mistakes


def _split(name: str) -> tuple[str, str]:
    """The name of a column, and what its header says of all rows."""
    name, _, content = name.partition("=")
    if name.partition("[")[0] == STRUCTURE:
        name = STRUCTURE
    return (name, content) if name in _IN_HEADER else (f"{name}={content}" if content else name, "")


def _filled(content: str, cells: list[str]) -> list[str]:
    return [cell or content for cell in cells] if content else cells


def _deleted(plain: dict[str, list[str]], actions: list[str]) -> dict[str, list[str]]:
    if _DELETE not in actions:
        return plain
    gone = [action == _DELETE for action in actions]
    status = plain.get("status", [""] * len(gone))
    return {
        **plain,
        "value": [
            "" if is_gone and text == _MARKED else text for is_gone, text in zip(gone, plain["value"], strict=True)
        ],
        "status": [_WITHDRAWN if is_gone else text for is_gone, text in zip(gone, status, strict=True)],
    }


def _mistake(name: str, text: str, allowed: tuple[str, ...], line: int) -> Violation:
    template = "{value!r} cannot stand in the column {name}."
    return Violation("unknown_word", template, {"value": text, "name": name}, row=line, field=name, value=text,
                     allowed=allowed)  # fmt: skip
