"""The typeface of charts and documents, Chinese glyphs included, so that no system font is needed.

Charts and PDF want static fonts: of a variable one they draw the thinnest instance. They are made once, at set-up or on
first use, from the variable Noto Sans SC of a package (SIL Open Font License 1.1).
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from io import BytesIO
from os import getpid
from pathlib import Path

import uharfbuzz
from fontTools.ttLib import TTFont

FAMILY = "Noto Sans SC"
# Named in style sheets behind it, where a page may be read without the font.
FALLBACKS = ("Microsoft YaHei", "PingFang SC", "Source Han Sans SC", "SimHei", "sans-serif")
REGULAR, BOLD = 400, 700
WEIGHTS = {REGULAR: "Regular", BOLD: "Bold"}
DIRECTORY = Path(__file__).with_name("typefaces")
LAYOUT = ("BASE", "GDEF", "GPOS", "GSUB", "vhea", "vmtx")
_SOURCE = "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"


def directory() -> Path:
    """Where the static fonts lie, one file for each weight; made if they are not there yet."""
    return _made(DIRECTORY / "text", plain=False)


def chart_directory() -> Path:
    """Where those for charts lie: without kerning and the like, which take a fifth of a chart's drawing."""
    return _made(DIRECTORY / "charts", plain=True)


def _made(folder: Path, *, plain: bool) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for weight in WEIGHTS:
        file = folder / file_name(weight)
        if not file.exists():
            _write_whole(file, _named(_instance(weight, None), weight, plain=plain))
    return folder


def file_name(weight: int) -> str:
    """The name of the file of a weight."""
    return f"{FAMILY.replace(' ', '')}-{WEIGHTS[weight]}.ttf"


def subset(text: str, weight: int) -> bytes:
    """A font of one weight with the glyphs of a text and no others, to be embedded; the same text, the same bytes."""
    return _named(_instance(weight, frozenset(map(ord, text))), weight, plain=False)


def web_subset(text: str, weight: int) -> bytes:
    """The same for a page, whose style rules name the font, so that its own names do not matter."""
    return _instance(weight, frozenset(map(ord, text)))


def _instance(weight: int, characters: frozenset[int] | None) -> bytes:
    face = _face()
    wanted = uharfbuzz.SubsetInput()
    kept = set(face.unicodes) if characters is None else characters
    wanted.sets(uharfbuzz.SubsetInputSets.UNICODE).update(kept)
    wanted.pin_axis_location(face, "wght", weight)
    data: bytes = uharfbuzz.subset(face, wanted).blob.data
    return data


def _named(data: bytes, weight: int, *, plain: bool) -> bytes:
    """The same font under its family's name, so that it is found by family and weight; if `plain`, without layout."""
    font = TTFont(BytesIO(data), recalcTimestamp=False)
    style = WEIGHTS[weight]
    names = font["name"]
    names.names = []
    for place, said in {1: FAMILY, 2: style, 3: f"{FAMILY} {style}", 4: f"{FAMILY} {style}"}.items():
        names.setName(said, place, 3, 1, 0x409)
    names.setName(f"{FAMILY.replace(' ', '')}-{style}", 6, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = 0x20 if weight == BOLD else 0x40
    font["head"].macStyle = int(weight == BOLD)
    for table in {"STAT", *(LAYOUT if plain else ())} & set(font.keys()):
        del font[table]
    out = BytesIO()
    font.save(out)
    return out.getvalue()


@cache
def _face() -> uharfbuzz.Face:
    spec = find_spec("justmytype_intl_cjk")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("justmytype_intl_cjk")
    return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(Path(spec.origin).parent / _SOURCE))


def _write_whole(file: Path, content: bytes) -> None:
    """Puts a file in its place at once: other workers see all of it or nothing."""
    part = file.with_suffix(f".{getpid()}")
    part.write_bytes(content)
    part.replace(file)


if __name__ == "__main__":
    directory()
    chart_directory()
