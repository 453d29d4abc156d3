"""Raw rows of observations against the catalogue: what is right becomes observations, what is wrong violations."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tierscore.errors import UnknownCode, Violation
from tierscore.framework.catalogue import CatalogueIndicator, Observation, Region, Source
from tierscore.framework.model import STATUSES as SCORABLE_STATUSES
from tierscore.ingest.columns import Columns
from tierscore.ingest.read import RawRow

WITHDRAWN = "M"
STATUSES = (*SCORABLE_STATUSES, WITHDRAWN)
FIRST_YEAR, LAST_YEAR = 1900, 2100

COLUMNS = Columns(
    required=("region", "indicator", "period", "value"),
    optional=("unit", "status", "vintage", "source", "note"),
)

FREE_TEXTS = ("vintage", "note")
LONGEST_TEXT = 1000

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_YEAR = re.compile(r"[0-9]{4}")
_NUMBER = re.compile(r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?")


@dataclass(frozen=True)
class Known:
    """What a row may refer to, by code; `aliases` are other ways to name a region: names, short names, adcodes."""

    regions: Mapping[str, Region]
    indicators: Mapping[str, CatalogueIndicator]
    sources: Mapping[str, Source]
    aliases: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, regions: Iterable[Region], indicators: Iterable[CatalogueIndicator], sources: Iterable[Source]
    ) -> Known:
        """The same from plain listings."""
        return cls(
            regions={region.code: region for region in regions},
            indicators={indicator.code: indicator for indicator in indicators},
            sources={source.code: source for source in sources},
        )

    def naming_regions(self) -> Known:
        """The same, with every region also known by its zh and en names, its short zh name and its adcode."""
        names = {alias: region.code for region in self.regions.values() for alias in region_aliases(region)}
        return replace(self, aliases=names)

    def codes(self, kind: str) -> Mapping[str, object]:
        """The codes of regions, indicators or sources; of regions the other names too."""
        known: Mapping[str, object] = getattr(self, f"{kind}s")
        return {**known, **self.aliases} if kind == "region" else known


# What Chinese region names end in; the short name is the rest.
_SUFFIXES = ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")


def region_aliases(region: Region) -> list[str]:
    """Every other name of a region.

    >>> from tierscore.framework.catalogue import Title
    >>> region_aliases(Region("CN-GX", "450000", Title("广西壮族自治区", "Guangxi"), "autonomous_region", "west"))
    ['450000', '广西壮族自治区', 'Guangxi', '广西']
    """
    short = next((region.name.zh.removesuffix(end) for end in _SUFFIXES if region.name.zh.endswith(end)), "")
    return [alias for alias in (region.adcode, region.name.zh, region.name.en, short) if alias]


def check(rows: Sequence[RawRow], known: Known) -> tuple[list[Observation], list[Violation]]:
    """Check every row and find every mistake.

    An empty unit is the catalogue's, an empty status is A. Status M withdraws a value: it stands exactly where the
    value is empty.

    Returns
    -------
    observations : list of Observation
        The rows without a mistake, in the order of the file.
    violations : list of Violation
        Each with `row`, `field`, `value`, `code` and, where there are few, what is `allowed`.
    """
    observations: list[Observation] = []
    violations: list[Violation] = []
    doubles = dict(_doubles(rows))
    for row in rows:
        mistakes = [*mistakes_of(row, known), *doubles.get(row.line, ())]
        violations.extend(mistakes)
        if not mistakes:
            observations.append(_observation(row, known))
    return observations, violations


def mistakes_of(row: RawRow, known: Known) -> Iterator[Violation]:
    """Every mistake of one row, taken alone."""
    yield from _code_mistakes(row, "region", known.codes("region"))
    yield from _code_mistakes(row, "indicator", known.indicators)
    yield from _code_mistakes(row, "source", known.sources)
    yield from _period_mistakes(row)
    yield from _status_mistakes(row)
    yield from _value_mistakes(row, known.indicators.get(row.texts["indicator"]))
    yield from _unit_mistakes(row, known.indicators.get(row.texts["indicator"]))
    yield from _text_mistakes(row)


def _observation(row: RawRow, known: Known) -> Observation:
    texts = row.texts
    return Observation(
        region=texts["region"],
        indicator=texts["indicator"],
        period=int(texts["period"]),
        value=None if texts["value"] == "" else float(texts["value"]),
        unit=known.indicators[texts["indicator"]].unit,
        status=_status(row),
        source=texts["source"],
        vintage=texts["vintage"],
        note=texts["note"],
    )


def _status(row: RawRow) -> str:
    return row.texts["status"] or "A"


def _code_mistakes(row: RawRow, kind: str, known: Mapping[str, object]) -> Iterator[Violation]:
    code = row.texts[kind]
    if code == "":
        yield _mistake(row, kind, "required", "A {kind} is needed.", kind=kind)
    elif code not in known:
        yield replace(UnknownCode(kind, code, known).as_violation(), row=row.line, field=kind)


def _period_mistakes(row: RawRow) -> Iterator[Violation]:
    text = row.texts["period"]
    if _YEAR.fullmatch(text) is None or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        allowed = (f"a year from {FIRST_YEAR} to {LAST_YEAR}",)
        yield _mistake(row, "period", "not_a_year", "{value!r} is no year.", allowed)


def _text_mistakes(row: RawRow) -> Iterator[Violation]:
    for name in FREE_TEXTS:
        if len(row.texts[name]) > LONGEST_TEXT:
            template = "At most {longest} characters are kept."
            yield _mistake(row, name, "too_long", template, (f"{LONGEST_TEXT} characters",), longest=LONGEST_TEXT)
        if _CONTROL.search(row.texts[name]):
            yield _mistake(row, name, "unprintable", "The text holds a control character.", ("printable text",))


def is_plain_text(text: str) -> bool:
    """Whether a free text can be kept on every database: not endless, no control characters but line ends and tabs.

    >>> is_plain_text("two\\nlines"), is_plain_text("nul \\x00")
    (True, False)
    """
    return len(text) <= LONGEST_TEXT and _CONTROL.search(text) is None


def _status_mistakes(row: RawRow) -> Iterator[Violation]:
    if _status(row) not in STATUSES:
        yield replace(UnknownCode("status", _status(row), STATUSES).as_violation(), row=row.line, field="status",
                      allowed=STATUSES)  # fmt: skip


def _value_mistakes(row: RawRow, indicator: CatalogueIndicator | None) -> Iterator[Violation]:
    text, withdrawn = row.texts["value"], _status(row) == WITHDRAWN
    if text == "" and withdrawn:
        return
    if text == "":
        yield _mistake(row, "value", "required", "A value is needed.", ("a number", "empty, with status M"))
    elif withdrawn:
        yield _mistake(row, "value", "withdrawn_value", "A withdrawn value (status M) is empty.", ("empty",))
    elif (number := plain_number(text)) is None:
        code, template = _why_no_number(text)
        yield _mistake(row, "value", code, template, ("a number such as 1234.5",))
    elif indicator is not None:
        yield from _number_mistakes(row, number, indicator)


def _why_no_number(text: str) -> tuple[str, str]:
    return next(((code, template) for pattern, code, template in _NO_NUMBERS if pattern.fullmatch(text)), _NO_NUMBER)


_NO_NUMBER = ("not_a_number", "{value!r} is no plain number.")
_NO_NUMBERS = (
    (re.compile(r"[+-]?nan", re.IGNORECASE), "nan", "NaN is no value; leave it empty, with status M."),
    (re.compile(r"[+-]?(inf|infinity|∞)", re.IGNORECASE), "infinite", "Infinity is no value."),
    (re.compile(r"[+-]?[0-9][0-9.]*[eE][+-]?[0-9]+"), "infinite", "{value!r} is too large for a number."),
    (
        re.compile(r"[+-]?[0-9]{1,3}([,，' ][0-9]{3})+([.][0-9]*)?"),
        "thousands_separator",
        "{value!r} has thousands separators; write the digits alone.",
    ),
    (re.compile(r"[+-]?[0-9.,]+ *[%％]"), "percent_sign", "{value!r} has a percent sign; write the number alone."),
    (re.compile(r".*[０-９．－＋].*"), "full_width_digits", "{value!r} has full-width digits; write 0 to 9."),
)


def plain_number(text: str) -> float | None:
    """The number that a text plainly is, else None: no thousands separators, no NaN, nothing infinite.

    >>> plain_number("1234.5"), plain_number("1,234.5"), plain_number("1e999")
    (1234.5, None, None)
    """
    if _NUMBER.fullmatch(text) is None:
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def _number_mistakes(row: RawRow, number: float, indicator: CatalogueIndicator) -> Iterator[Violation]:
    if indicator.integer and not number.is_integer():
        template = "{indicator} counts whole things."
        yield _mistake(row, "value", "not_whole", template, ("a whole number",), indicator=indicator.code)
    too_low = indicator.low is not None and number < indicator.low
    too_high = indicator.high is not None and number > indicator.high
    if too_low or too_high:
        template = "{value} is out of the range of {indicator}."
        yield _mistake(row, "value", "out_of_range", template, _range(indicator), indicator=indicator.code)


def _range(indicator: CatalogueIndicator) -> tuple[str, ...]:
    low = () if indicator.low is None else (f">= {indicator.low:.15g}",)
    high = () if indicator.high is None else (f"<= {indicator.high:.15g}",)
    return low + high


def _unit_mistakes(row: RawRow, indicator: CatalogueIndicator | None) -> Iterator[Violation]:
    unit = row.texts["unit"]
    if indicator is not None and unit not in ("", indicator.unit):
        template = "{indicator} is not measured in {value!r}."
        yield _mistake(row, "unit", "wrong_unit", template, (indicator.unit,), indicator=indicator.code)


def _doubles(rows: Sequence[RawRow]) -> Iterator[tuple[int, tuple[Violation]]]:
    """The lines that repeat a cell in the same vintage; of two vintages of a cell the later replaces the earlier."""
    first_lines: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row.texts[name] for name in ("region", "indicator", "period", "vintage"))
        first = first_lines.setdefault(key, row.line)
        if first != row.line:
            template = "Line {line} gives this value already."
            yield row.line, (_mistake(row, "value", "duplicate", template, line=first),)


def _mistake(
    row: RawRow, field: str, code: str, template: str, allowed: tuple[str, ...] = (), **params: object
) -> Violation:
    value = row.texts[field]
    return Violation(
        code=code, template=template, params={"value": value, **params}, row=row.line, field=field, value=value,
        allowed=allowed,
    )  # fmt: skip
