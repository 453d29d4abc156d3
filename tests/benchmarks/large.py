"""A large file of made-up observations: declared synthetic, for speed alone, never in seeds.

Counties differ in size as real ones do (log-normal: a few are a hundred times the middle one), indicators in scale and
growth; of 28 years each series has 25, its gaps at random. The regions and indicators go into the catalogue of a
scratch database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pandas as pd

from tierscore.framework.catalogue import CatalogueIndicator, Region, Source, Title
from tierscore.storage.catalogue import Catalogue

SOURCES = ("made-up-yearbook", "made-up-bulletin")
SEED, COUNTIES = 11, 2900
INDICATORS, YEARS, CANDIDATES, FIRST_YEAR = 100, 25, 28, 1998
PER_COUNTY = INDICATORS * YEARS
HEADER = ("region", "indicator", "period", "value", "unit", "status", "source", "vintage", "note")


def counties(rows: int) -> list[str]:
    """The codes of as many counties as a number of rows needs, 2,500 rows each."""
    return [f"SYN-{number:06}" for number in range(-(-rows // PER_COUNTY))]


def catalogue(rows: int) -> Catalogue:
    """What the file's rows refer to."""
    return Catalogue(
        regions=tuple(Region(code, "", Title(code, code), "county", "") for code in counties(rows)),
        indicators=tuple(
            CatalogueIndicator(code, Title(code, code), "units", "amount", _whole(place), 0.0, None)
            for place, code in enumerate(_codes())
        ),
        sources=tuple(Source(code, "made up", None, "made up") for code in SOURCES),
    )


def write(path: Path, rows: int, *, revision: int | None = None) -> None:
    """Writes the file in the order of its cells; with `revision`, as the columns of the table stand."""
    header = HEADER if revision is None else (*HEADER[:3], "revision", *HEADER[3:])
    left = rows
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(header) + "\n")
        for frame in _by_county(rows):
            table = frame.head(left)
            if revision is not None:
                table.insert(3, "revision", revision)
            file.write(table.to_csv(index=False, header=False, lineterminator="\n"))
            left -= len(table)


def code_of(place: int) -> str:
    """The code of an indicator."""
    return f"synthetic_{place:03}"


def levels() -> tuple[np.ndarray, np.ndarray]:
    """Of each indicator the value in the middle county in the first year, and its yearly growth in logarithms."""
    return _levels(np.random.default_rng(SEED))


def _levels(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return random.lognormal(3, 2, INDICATORS), random.normal(0.04, 0.03, INDICATORS)


def write_workbook(path: Path, rows: int) -> None:
    """Writes the same as the one sheet of a workbook, which has room for 1,048,575 rows below its header."""
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(b"<worksheet><sheetData>" + _line(1, HEADER))
            number, left = 1, rows
            for frame in _by_county(rows):
                for row in frame.head(left).itertuples(index=False):
                    number += 1
                    sheet.write(_line(number, row))
                left -= len(frame.head(left))
            sheet.write(b"</sheetData></worksheet>")


_PARTS = {
    "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet name="observations" r:id="a"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": "<Relationships>"
    '<Relationship Id="a" Target="worksheets/sheet1.xml"/></Relationships>',
}


def _line(number: int, row: Sequence[Any]) -> bytes:
    cells = (_cell(f"{letter}{number}", value) for letter, value in zip("ABCDEFGHI", row, strict=True))
    return f'<row r="{number}">{"".join(cells)}</row>'.encode()


def _cell(reference: str, value: Any) -> str:
    if isinstance(value, str):
        return f'<c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c>' if value else ""
    return f'<c r="{reference}"><v>{value}</v></c>'


def _codes() -> list[str]:
    return [code_of(place) for place in range(INDICATORS)]


def _whole(place: int) -> bool:
    return place % 2 == 0


def _by_county(rows: int) -> Iterator[pd.DataFrame]:
    random = np.random.default_rng(SEED)
    scale, growth = _levels(random)
    for code in counties(rows):
        yield _county(random, code, scale * random.lognormal(0, 1.5), growth)


def _county(random: np.random.Generator, code: str, scale: np.ndarray, growth: np.ndarray) -> pd.DataFrame:
    order = random.random((INDICATORS, CANDIDATES)).argsort(axis=1)
    years = np.sort(order[:, :YEARS], axis=1)
    values = scale[:, None] * np.exp(growth[:, None] * years + random.normal(0, 0.1, years.shape))
    whole = np.array([_whole(place) for place in range(INDICATORS)])[:, None]
    texts = np.where(whole, np.round(values).astype(int).astype(str), np.round(values, 4).astype(str))
    size = years.size
    return pd.DataFrame(
        {
            "region": code,
            "indicator": np.repeat(_codes(), YEARS),
            "period": FIRST_YEAR + years.ravel(),
            "value": texts.ravel(),
            "unit": "",
            "status": random.choice(["A", "E", "P"], size, p=[0.9, 0.06, 0.04]),
            "source": random.choice(SOURCES, size, p=[0.8, 0.2]),
            "vintage": "",
            "note": np.where(random.random(size) < 0.01, "revised by the bureau", ""),
        }
    )
