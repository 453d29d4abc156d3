"""An XLSX file as the zip of XML parts that it is: opened with care, before anything believes what it says."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO
from xml.parsers import expat

from tierscore.errors import Violation

LARGEST_UNPACKED = 256 * 1024 * 1024
# Where parts are read as they come: a full sheet of nine columns has some 450 MiB.
LARGEST_STREAMED = 1024 * 1024 * 1024
MOST_PARTS = 2000
VISIBLE = "visible"
BLOCK = 64 * 1024
LARGEST_TAG = 1024 * 1024
# How files of the old kind begin, and new ones inside a password.
OLE = b"\xd0\xcf\x11\xe0"

WORKBOOK = "xl/workbook.xml"
STYLES = "xl/styles.xml"
PROPERTIES = "docProps/custom.xml"
# Excel's own numbers for formats with a percent sign; those of 164 and above say themselves what they are.
PERCENT_FORMATS = frozenset({"9", "10"})

StartElement = Callable[[str, Mapping[str, str]], None]
Text = Callable[[str], None]


class Refused(Exception):
    """The file cannot be read; `violation` says why."""

    def __init__(self, code: str, template: str, allowed: tuple[str, ...] = (), **params: object) -> None:
        self.violation = Violation(code, template, params, allowed=allowed)
        super().__init__(self.violation.message)


@dataclass(frozen=True)
class Sheet:
    """A sheet of the workbook: its name, where its part lies, and whether a reader sees it."""

    name: str
    part: str
    visible: bool


class Package:
    """The parts of one workbook; raises `Refused` for what is none, or is too large once unpacked."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        if WORKBOOK not in archive.namelist():
            raise no_workbook()

    @classmethod
    def of(cls, data: bytes) -> Package:
        """One in memory, to be handed to others: every part is read once, so that no header lies about a size."""
        archive = _opened(io.BytesIO(data), LARGEST_UNPACKED)
        with _reading():
            damaged = archive.testzip()
        if damaged is not None:
            raise no_workbook()
        return cls(archive)

    @classmethod
    def streamed(cls, file: BinaryIO) -> Package:
        """One whose parts are only read as they come; of none more comes than its header says."""
        return cls(_opened(file, LARGEST_STREAMED))

    def sheets(self) -> list[Sheet]:
        """The sheets in the order of the workbook, hidden ones included."""
        targets = {local(item, "Id"): local(item, "Target") for item in self._all(_relations(WORKBOOK), "Relationship")}
        return [
            Sheet(
                local(item, "name"),
                _absolute(targets.get(local(item, "id"), "")),
                local(item, "state", VISIBLE) == VISIBLE,
            )
            for item in self._all(WORKBOOK, "sheet")
        ]

    def percent_styles(self) -> frozenset[str]:
        """Which cell styles show a number as per cent."""
        return self.styles_of(lambda number, code: number in PERCENT_FORMATS or (code is not None and "%" in code))

    def styles_of(self, is_one: Callable[[str, str | None], bool]) -> frozenset[str]:
        """Which cell styles have such a format, by its number and its code (None where the number is the code)."""
        formats: dict[str, str] = {}
        styles: list[str] = []
        inside = [False]

        def start(name: str, attributes: Mapping[str, str]) -> None:
            if name == "numFmt":
                formats[local(attributes, "numFmtId")] = local(attributes, "formatCode")
            elif name in ("cellXfs", "cellStyleXfs", "dxfs"):
                inside[0] = name == "cellXfs"
            elif name == "xf" and inside[0]:
                styles.append(local(attributes, "numFmtId"))

        self.parse(STYLES, start)
        wanted = {number for number in set(styles) if is_one(number, formats.get(number))}
        return frozenset(str(place) for place, number in enumerate(styles) if number in wanted)

    def shared_part(self) -> str:
        """Where the texts are that cells share."""
        parts = [
            _absolute(local(item, "Target"))
            for item in self._all(_relations(WORKBOOK), "Relationship")
            if local(item, "Type").endswith("/sharedStrings")
        ]
        return parts[0] if parts else ""

    def properties(self) -> frozenset[str]:
        """Names of the custom properties of the document."""
        return frozenset(local(item, "name") for item in self._all(PROPERTIES, "property"))

    def _all(self, part: str, wanted: str) -> list[Mapping[str, str]]:
        found: list[Mapping[str, str]] = []
        self.parse(part, lambda name, attributes: found.append(attributes) if name == wanted else None)
        return found

    def parse(self, part: str, start: StartElement, text: Text | None = None) -> None:
        """Calls `start` with the local name and attributes of every element; a part that is not there has none."""
        for _ in self.parsed(part, _unprefixed(start), text):
            pass

    def parsed(
        self, part: str, start: StartElement, text: Text | None = None, end: Text | None = None
    ) -> Iterator[None]:
        """The same block by block, with names as they are written; nothing is held between two blocks."""
        if part not in self._archive.namelist():
            return
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.StartDoctypeDeclHandler = _refuse_doctype
        if text is not None:
            parser.CharacterDataHandler = text
        if end is not None:
            parser.EndElementHandler = end
        with _reading(), self._archive.open(part) as stream:
            while block := stream.read(BLOCK):
                parser.Parse(block)
                # What is in one tag is held until the tag ends.
                if stream.tell() - parser.CurrentByteIndex > LARGEST_TAG:
                    raise no_workbook()
                yield
            parser.Parse(b"", True)


def local(attributes: Mapping[str, str], name: str, otherwise: str = "") -> str:
    """An attribute by its name without prefix.

    >>> local({"r:id": "rId1", "sheetId": "1"}, "id")
    'rId1'
    """
    if name in attributes:
        return attributes[name]
    return next((value for key, value in attributes.items() if key.endswith(f":{name}")), otherwise)


def _unprefixed(start: StartElement) -> StartElement:
    def handle(name: str, attributes: Mapping[str, str]) -> None:
        start(name if ":" not in name else name.rpartition(":")[2], attributes)

    return handle


def _refuse_doctype(*_: object) -> None:
    """No workbook has one; entities that grow without end begin with one."""
    raise no_workbook()


def _opened(file: BinaryIO, largest: int) -> zipfile.ZipFile:
    if file.read(len(OLE)) == OLE:
        template = "This is an old workbook (.xls) or one with a password."
        raise Refused("wrong_workbook", template, ("an .xlsx workbook without a password",))
    with _reading():
        archive = zipfile.ZipFile(file)
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise Refused("too_large", "The workbook has more than {most} parts.", most=MOST_PARTS)
    if sum(part.file_size for part in parts) > largest:
        template = "Unpacked, the workbook is larger than {largest} MiB."
        raise Refused("too_large", template, largest=largest >> 20)
    return archive


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise no_workbook() from error
    except expat.ExpatError as error:
        raise no_workbook() from error


def no_workbook() -> Refused:
    """What cannot be read as a workbook."""
    return Refused("no_workbook", "This is no workbook that can be read.", ("an .xlsx workbook", "a CSV file"))


def _relations(part: str) -> str:
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels"


def _absolute(target: str) -> str:
    """Where a target lies in the zip; targets are relative to the workbook unless they begin with a slash.

    >>> _absolute("worksheets/sheet1.xml"), _absolute("/xl/worksheets/sheet2.xml")
    ('xl/worksheets/sheet1.xml', 'xl/worksheets/sheet2.xml')
    """
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
