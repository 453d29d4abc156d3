"""What stands around the text of a Word document: styles, settings, the embedded typeface, and a file without clock."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from uuid import NAMESPACE_OID, UUID, uuid5
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part, XmlPart

from tierscore.reports import fonts
from tierscore.reports.renderers.docx_parts import TWIPS_PER_POINT, Element, el

INK, ACCENT, GREY, RULE = "1F2328", "00204D", "5F6670", "D0D5DB"
LINK = "0B4F9E"
TABLE_TEXT = 8.5  # points
CELL_SIDE = 80  # twips between a cell's edge and its text
FONT_DATA = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
OBFUSCATED = 32
# Parts of the library's template that say nothing of this report.
_FOREIGN = ("stylesWithEffects", "webSettings", "fontTable", "theme", "customXml", "thumbnail", "extended-properties")
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Style:
    """A paragraph style: lengths in points, `line` in parts of a line, `outline` the level of a heading."""

    code: str
    name: str
    size: float = 10.5
    strong: bool = False
    colour: str = INK
    before: float = 0
    after: float = 0
    line: float = 1.0
    keep: bool = False
    outline: int | None = None
    align: str | None = None
    indent: float = 0
    shade: str | None = None
    bullet: bool = False
    base: str = "Normal"
    follow: str | None = None

    def element(self) -> Element:
        """The style as Word has it."""
        plain = self.code == "Normal"
        return el(
            "w:style",
            el("w:name", val=self.name),
            *([] if plain else [el("w:basedOn", val=self.base)]),
            *([el("w:next", val=self.follow)] if self.follow else []),
            el("w:uiPriority", val=1),
            el("w:qFormat"),
            self._paragraph(),
            typeset(self.size, self.strong, self.colour),
            type="paragraph",
            styleId=self.code,
            **({"default": 1} if plain else {}),
            **({"customStyle": 1} if self.code in _OWN else {}),
        )

    def _paragraph(self) -> Element:
        before, after, indent = (round(TWIPS_PER_POINT * size) for size in (self.before, self.after, self.indent))
        inner = [el("w:keepNext"), el("w:keepLines")] if self.keep else []
        inner.append(el("w:widowControl"))
        if self.bullet:
            inner.append(el("w:numPr", el("w:numId", val=1)))
        if self.shade:
            inner.append(el("w:shd", val="clear", color="auto", fill=self.shade))
        inner.append(el("w:spacing", before=before, after=after, line=round(240 * self.line), lineRule="auto"))
        inner.append(el("w:ind", left=indent, hanging=indent) if self.bullet else el("w:ind", left=indent))
        if self.align:
            inner.append(el("w:jc", val=self.align))
        if self.outline is not None:
            inner.append(el("w:outlineLvl", val=self.outline))
        return el("w:pPr", *inner)


# The styles that Word does not know by name.
_OWN = ("Versions", "Lead", "Figure", "Note", "TableText", "TableHeading", "TableEnd", "Command")

STYLES = (
    Style("Normal", "Normal", after=6, line=1.05),
    Style("Title", "Title", 24, True, ACCENT, before=24, after=4, keep=True, follow="Subtitle"),
    Style("Subtitle", "Subtitle", 13, False, GREY, after=8, keep=True, follow="Normal"),
    Style("Versions", "Versions", 8.5, False, GREY, after=18),
    Style("Heading1", "heading 1", 16, True, ACCENT, before=20, after=6, keep=True, outline=0, follow="Normal"),
    Style("Heading2", "heading 2", 12.5, True, ACCENT, before=14, after=4, keep=True, outline=1, follow="Normal"),
    Style("TOCHeading", "TOC Heading", 14, True, ACCENT, before=8, after=6, keep=True, follow="Normal"),
    Style("TOC1", "toc 1", 10.5, after=3, follow="Normal"),
    Style("TOC2", "toc 2", 9.5, False, GREY, after=3, indent=16, follow="Normal"),
    Style("Lead", "Lead", 13.5, False, ACCENT, after=8, line=1.1),
    Style("ListBullet", "List Bullet", after=3, line=1.05, indent=14, bullet=True),
    Style("Caption", "caption", 9, True, INK, before=10, after=4, follow="Normal"),
    Style("Figure", "Figure", before=8, keep=True, follow="Caption"),
    Style("Note", "Note", 8, False, GREY, after=2),
    Style("TableText", "Table Text", TABLE_TEXT),
    Style("TableHeading", "Table Heading", TABLE_TEXT, True, ACCENT, keep=True, base="TableText"),
    Style("TableEnd", "Table End", 4, after=4),
    Style("Command", "Command", 9, after=4, shade="F2F4F7"),
    Style("Header", "header", 8, False, GREY),
    Style("Footer", "footer", 8, False, GREY, align="right"),
)


def typeset(size: float | None = None, strong: bool = False, colour: str | None = None) -> Element:
    """The properties of text in the reports' typeface, whatever its script."""
    inner = [family()]
    if strong:
        inner += [el("w:b"), el("w:bCs")]
    if colour:
        inner.append(el("w:color", val=colour))
    if size:
        inner += [el("w:sz", val=round(2 * size)), el("w:szCs", val=round(2 * size))]
    return el("w:rPr", *inner)


def family() -> Element:
    """The typeface for every script."""
    return el("w:rFonts", **dict.fromkeys(("ascii", "hAnsi", "eastAsia", "cs"), fonts.FAMILY))


def _defaults() -> Element:
    text = typeset(10.5, colour=INK)
    text.append(el("w:lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA"))
    return el("w:docDefaults", el("w:rPrDefault", text), el("w:pPrDefault"))


def _named(kind: str, code: str, name: str, *content: Element, **values: object) -> Element:
    return el("w:style", el("w:name", val=name), *content, type=kind, styleId=code, **values)


def _table_style() -> Element:
    rules = [
        el("w:top", val="single", sz=8, space=0, color=ACCENT),
        el("w:bottom", val="single", sz=8, space=0, color=ACCENT),
        el("w:insideH", val="single", sz=4, space=0, color=RULE),
    ]
    sides = {"top": 20, "left": CELL_SIDE, "bottom": 20, "right": CELL_SIDE}
    margins = [el(f"w:{side}", w=width, type="dxa") for side, width in sides.items()]
    properties = el("w:tblPr", el("w:tblBorders", *rules), el("w:tblCellMar", *margins))
    return _named("table", "ReportTable", "Report Table", el("w:basedOn", val="TableNormal"), properties, customStyle=1)


def _other_styles() -> list[Element]:
    none = [el(f"w:{side}", w=width, type="dxa") for side, width in (("left", 108), ("right", 108))]
    table = el("w:tblPr", el("w:tblInd", w=0, type="dxa"), el("w:tblCellMar", *none))
    hidden = [el("w:semiHidden"), el("w:unhideWhenUsed")]
    character = _named("character", "DefaultParagraphFont", "Default Paragraph Font", *hidden, default=1)
    linked = _named("character", "Hyperlink", "Hyperlink", typeset(colour=LINK))
    normal = _named("table", "TableNormal", "Normal Table", el("w:semiHidden"), table, default=1)
    return [character, linked, normal, _table_style(), _named("numbering", "NoList", "No List", default=1)]


def _numbering() -> list[Element]:
    level = el(
        "w:lvl",
        el("w:start", val=1),
        el("w:numFmt", val="bullet"),
        el("w:pStyle", val="ListBullet"),
        el("w:lvlText", val="•"),
        el("w:lvlJc", val="left"),
        el("w:pPr", el("w:ind", left=280, hanging=280)),
        typeset(colour=ACCENT),
        ilvl=0,
    )
    kind = el("w:abstractNum", el("w:multiLevelType", val="singleLevel"), level, abstractNumId=0)
    return [kind, el("w:num", el("w:abstractNumId", val=0), numId=1)]


def _settings() -> list[Element]:
    uri = "http://schemas.microsoft.com/office/word"
    # Without it Word takes the file for one of an old version, and says so in its title bar.
    modern = el("w:compatSetting", name="compatibilityMode", uri=uri, val=15)
    return [
        el("w:zoom", percent=100),
        el("w:embedTrueTypeFonts"),
        el("w:saveSubsetFonts"),
        el("w:hideSpellingErrors"),
        el("w:hideGrammaticalErrors"),
        el("w:defaultTabStop", val=420),
        el("w:characterSpacingControl", val="compressPunctuation"),
        el("w:updateFields", val="true"),
        el("w:compat", modern),
        el("w:themeFontLang", val="en-US", eastAsia="zh-CN"),
        el("w:decimalSymbol", val="."),
        el("w:listSeparator", val=","),
    ]


def furnish(document: Document) -> None:
    """Puts the reports' styles and settings in place of those of the library's template."""
    for related in (document.part.rels, document.part.package.rels):
        for foreign in [key for key, rel in related.items() if rel.reltype.rsplit("/", 1)[-1] in _FOREIGN]:
            del related[foreign]
    document.styles.element[:] = [_defaults(), *(style.element() for style in STYLES), *_other_styles()]
    document.part.numbering_part.element[:] = _numbering()
    document.settings.element[:] = _settings()


def embed_fonts(document: Document, text: str) -> None:
    """Embeds both weights of the typeface with the glyphs of a text, so that no reader needs to have it."""
    package = document.part.package
    entry = el("w:font", *_described(), name=fonts.FAMILY)
    table = XmlPart(PackURI("/word/fontTable.xml"), CONTENT_TYPE.WML_FONT_TABLE, el("w:fonts", entry), package)
    for tag, weight in (("w:embedRegular", fonts.REGULAR), ("w:embedBold", fonts.BOLD)):
        data = fonts.subset(text, weight)
        key = font_key(data)
        name = PackURI(f"/word/fonts/{fonts.WEIGHTS[weight]}.odttf")
        found = table.relate_to(Part(name, FONT_DATA, obfuscated(data, key), package), RELATIONSHIP_TYPE.FONT)
        entry.append(el(tag, r_id=found, fontKey=f"{{{key}}}".upper(), subsetted="true"))
    document.part.relate_to(table, RELATIONSHIP_TYPE.FONT_TABLE)


def _described() -> list[Element]:
    return [
        el("w:altName", val=fonts.FALLBACKS[0]),
        el("w:charset", val="86"),
        el("w:family", val="swiss"),
        el("w:pitch", val="variable"),
    ]


def font_key(data: bytes) -> UUID:
    """The key of a font's obfuscation: of its content, not of chance, so that a file can be made again."""
    return uuid5(NAMESPACE_OID, sha256(data).hexdigest())


def obfuscated(data: bytes, key: UUID) -> bytes:
    """A font as Word embeds it, its first bytes crossed with the key from its end; done again it is the font."""
    mask = key.bytes[::-1] * (OBFUSCATED // 16)
    return bytes(byte ^ other for byte, other in zip(data, mask, strict=False)) + data[OBFUSCATED:]


def saved(document: Document) -> bytes:
    """The file's bytes, with no time of its making in them."""
    stamped, fixed = BytesIO(), BytesIO()
    document.save(stamped)
    with ZipFile(stamped) as source, ZipFile(fixed, "w") as target:
        for entry in source.infolist():
            target.writestr(_undated(entry.filename), source.read(entry))
    return fixed.getvalue()


def _undated(name: str) -> ZipInfo:
    entry = ZipInfo(name, _EPOCH)
    entry.create_system = 3  # the machine's own otherwise
    entry.compress_type = ZIP_STORED if name.endswith(".png") else ZIP_DEFLATED
    return entry
