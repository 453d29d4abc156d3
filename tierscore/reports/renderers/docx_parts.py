"""The elements a Word document is made of: runs, fields, paragraphs, sections. They know no report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import XmlPart
from docx.oxml.ns import nsmap, qn
from docx.oxml.parser import oxml_parser
from docx.oxml.xmlchemy import BaseOxmlElement

Element = BaseOxmlElement

TWIPS_PER_POINT = 20
PAGE = (11906, 16838)  # A4, in twips
MARGIN = 1247  # 2.2 cm

# Characters that XML cannot hold at all, not even escaped.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Word calls a file damaged when the target of one of its links is no address.
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?([/?#].*)?")
_RESERVED = "!#$%&'()*+,/:;=?@~"


def el(tag: str, /, *children: Element, **values: object) -> Element:
    """An element with its children; attributes are in Word's namespace unless the name begins with another's prefix.

    >>> el("w:jc", val="right").get(qn("w:val"))
    'right'
    """
    prefix = tag.split(":", maxsplit=1)[0]
    made: Element = oxml_parser.makeelement(qn_once(tag), nsmap=_namespaces(prefix))
    for name, value in values.items():
        made.set(qn_once(name.replace("_", ":") if "_" in name else f"w:{name}"), str(value))
    made.extend(children)
    return made


@cache
def qn_once(name: str) -> str:
    """A prefixed name in lxml's notation, looked up once: a table asks for some ten thousands."""
    return qn(name)


@cache
def _namespaces(prefix: str) -> dict[str, str]:
    return {name: nsmap[name] for name in (prefix, "r")}


def legal(text: str) -> str:
    """The text with a replacement character for each that XML cannot hold.

    >>> legal(f"a{chr(0)}b <&>") == f"a{chr(0xFFFD)}b <&>"
    True
    """
    return _ILLEGAL.sub("\ufffd", text)


@dataclass(frozen=True)
class Look:
    """How a run is set, where that differs from its paragraph."""

    strong: bool = False
    colour: str | None = None
    raised: bool = False
    style: str | None = None

    def properties(self) -> list[Element]:
        """The run's properties in the order of the schema; none if it differs in nothing."""
        inner = []
        if self.style:
            inner.append(el("w:rStyle", val=self.style))
        if self.strong:
            inner += [el("w:b"), el("w:bCs")]
        if self.colour:
            inner.append(el("w:color", val=self.colour))
        if self.raised:
            inner.append(el("w:vertAlign", val="superscript"))
        return [el("w:rPr", *inner)] if inner else []


PLAIN = Look()


def run(text: str, look: Look = PLAIN) -> Element:
    """A run of text; line ends and tabs of the text become Word's."""
    made = el("w:r", *look.properties())
    for piece in re.split("(\r\n|[\n\r\t])", legal(text)):
        if piece == "\t":
            made.append(el("w:tab"))
        elif piece in ("\n", "\r", "\r\n"):
            made.append(el("w:br"))
        elif piece:
            made.append(_text("w:t", piece))
    return made


def _text(tag: str, text: str) -> Element:
    made = el(tag)
    made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    made.text = text
    return made


def field(instruction: str, cached: str, look: Look = PLAIN) -> list[Element]:
    """A field with the result that is shown until Word counts anew."""
    marks = {kind: el("w:r", *look.properties(), el("w:fldChar", fldCharType=kind)) for kind in _FIELD_MARKS}
    result = [run(cached, look)] if cached else []
    return [marks["begin"], instructed(instruction, look), marks["separate"], *result, marks["end"]]


_FIELD_MARKS = ("begin", "separate", "end")


def field_mark(kind: str) -> Element:
    """One of the marks around a field that spans paragraphs."""
    return el("w:r", el("w:fldChar", fldCharType=kind))


def instructed(instruction: str, look: Look = PLAIN) -> Element:
    """The run that says what a field is."""
    return el("w:r", *look.properties(), _text("w:instrText", f" {instruction} "))


def paragraph(style: str, *content: Element, properties: Iterable[Element] = ()) -> Element:
    """A paragraph in a style; `properties` in the order of the schema."""
    return el("w:p", el("w:pPr", el("w:pStyle", val=style), *properties), *content)


KEEP = "w:keepNext"


def kept(keep: bool) -> list[Element]:
    """What keeps a paragraph on the page of the next one."""
    return [el(KEEP)] if keep else []


def bookmarked(name: str, number: int, *content: Element) -> list[Element]:
    """The content with a bookmark around it."""
    return [el("w:bookmarkStart", id=number, name=name), *content, el("w:bookmarkEnd", id=number)]


def link_within(anchor: str, *content: Element) -> Element:
    """Content that leads to a bookmark."""
    return el("w:hyperlink", *content, anchor=anchor, history="1")


def address(text: str | None) -> str | None:
    """An address of the web, quoted as Word wants it; none if the text is no such address.

    >>> address("https://example.org/a b"), address("javascript:alert(1)")
    ('https://example.org/a%20b', None)
    """
    quoted = quote(text or "", safe=_RESERVED)
    return quoted if _ADDRESS.fullmatch(quoted) else None


def link(part: XmlPart, target: str, content: Element) -> Element:
    """Content that leads to an address of the web."""
    found = part.relate_to(target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    return el("w:hyperlink", content, r_id=found, history="1")


def section(wide: bool, references: Iterable[Element], first: bool) -> Element:
    """The properties of a section: A4 upright or, if `wide`, on its side; the first one's first page has no header."""
    width, height = reversed(PAGE) if wide else PAGE
    turned = {"orient": "landscape"} if wide else {}
    sides = dict.fromkeys(("top", "right", "bottom", "left"), MARGIN)
    return el(
        "w:sectPr",
        *references,
        el("w:type", val="nextPage"),
        el("w:pgSz", w=width, h=height, **turned),
        el("w:pgMar", **sides, header=620, footer=560, gutter=0),
        *([el("w:titlePg")] if first else []),
    )


def text_width(wide: bool) -> int:
    """The width between the margins in twips."""
    return PAGE[wide] - 2 * MARGIN


def split_at(sentence: str, fields: Mapping[str, list[Element]]) -> list[Element]:
    """The runs of a sentence, with a field in place of each placeholder character."""
    pieces = re.split(f"([{''.join(fields)}])", sentence)
    return [part for piece in pieces if piece for part in fields.get(piece, None) or [run(piece)]]
