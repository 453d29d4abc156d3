"""How sure is the tier: probabilities, ranges and what they rest on, as answers (methodology, section 10)."""

from __future__ import annotations

import numpy as np

from tierscore.engine.design import MONTE_CARLO, SALTELLI, Design
from tierscore.engine.ensemble import Ensemble, run
from tierscore.engine.factors import STEPS, Draws, Setting, drawn, names_of_children
from tierscore.engine.matrix import Flags, Floats, Ints
from tierscore.engine.outcomes import TOLD_APART, Outcomes, outcomes, rank_shift
from tierscore.engine.refused import labelled
from tierscore.engine.sobol import Estimate, Indices, indices
from tierscore.engine.walk import Walk
from tierscore.errors import Violation
from tierscore.framework.model import Framework
from tierscore.services.editing import no, refuse
from tierscore.services.listing import title
from tierscore.services.query import UncertaintyAsked
from tierscore.services.sheet import Answer, Sheet, number
from tierscore.services.varied import varied

DESIGNS = (MONTE_CARLO, SALTELLI)
MOST_SAMPLES = {MONTE_CARLO: 100_000, SALTELLI: 16_384}
LARGEST_SEED = 2**63 - 1
MOST_DRAWS = 1000
MOST_ROWS = 50_000_000  # of draws x regions, whose scores are held at once
MOST_PAIRED = 500  # regions up to which it is told who is above whom
MOST_TOLD = 1_000_000  # numbers of drawn frameworks
LARGE = 25_000_000  # cells of draws x regions x indicators from which an analysis is a job
ROBUST = 0.9  # from which probability of the present tier or a better one words are sure
NAMES = ("p5", "p50", "p95")


def checked(asked: UncertaintyAsked, framework: Framework) -> None:
    """Raises Invalid for a design that cannot be and for regions that are none, naming each part at fault."""
    unknown = [
        no("reference region", code, framework.regions, f"/regions/{place}")
        for place, code in enumerate(asked.query.regions)
        if code not in framework.regions
    ]
    refuse([*_wrong(asked), *unknown])


def _wrong(asked: UncertaintyAsked) -> list[Violation]:
    if asked.design not in DESIGNS:
        return [no("design", asked.design, DESIGNS, "/design")]
    most, found = MOST_SAMPLES[asked.design], []
    if not 1 <= asked.samples <= most:
        found.append(_out("/samples", asked.samples, 1, most))
    elif asked.design == SALTELLI and asked.samples & (asked.samples - 1):
        template = "The samples of this design are a power of two."
        found.append(Violation("not_a_power_of_two", template, pointer="/samples", value=asked.samples))
    if not 0 <= asked.seed <= LARGEST_SEED:
        found.append(_out("/seed", asked.seed, 0, LARGEST_SEED))
    if not 0 <= asked.draws <= MOST_DRAWS:
        found.append(_out("/draws", asked.draws, 0, MOST_DRAWS))
    return found


def _out(pointer: str, value: int, low: int, high: int) -> Violation:
    template, allowed = "A number from {low} to {high} is needed.", (f"a whole number from {low} to {high}",)
    return Violation(
        "out_of_range", template, {"low": low, "high": high}, pointer=pointer, value=value, allowed=allowed
    )


def _too_many(design: Design, regions: int, told: int) -> list[Violation]:
    """What would not fit: draws whose scores are held at once, and drawn frameworks, number by number."""
    samples = design.samples * MOST_ROWS // (design.rows * regions)
    draws = MOST_TOLD // max(sum(design.widths), 1)
    found = [] if design.samples <= samples else [_out("/samples", design.samples, 1, samples)]
    return found if told <= draws else [*found, _out("/draws", told, 0, draws)]


class Analysis:
    """One analysis of one sheet: what is varied, over which design."""

    def __init__(self, sheet: Sheet, asked: UncertaintyAsked) -> None:
        """Raises Invalid for factors that are none or do not apply, CannotScore for a sort by profiles."""
        self.sheet = sheet
        self.asked = asked
        with labelled("uncertainty", sheet.card.matrix.regions, sheet.card.parameters.codes):
            self.factors, self.setting = varied(sheet.card, asked.factors)
        self.design = Design(asked.design, asked.samples, asked.seed, self.setting.widths)
        refuse(_too_many(self.design, len(sheet.card.matrix.regions), asked.draws))

    @property
    def large(self) -> bool:
        """Whether it is a job."""
        return self.design.rows * self.sheet.card.scores.size > LARGE

    def answer(self, walk: Walk) -> Answer:
        """Everything: computed now. Raises CannotScore where a drawn framework cannot be computed."""
        card = self.sheet.card
        with labelled("uncertainty", card.matrix.regions, card.parameters.codes):
            ensemble = run(self.setting, self.design, walk)
        found = outcomes(card, ensemble, self._independent())
        return {
            "seed": self.asked.seed,
            "samples": self.asked.samples,
            "design": self.asked.design,
            "draws": self.design.rows,
            "factors": [item.told(factor) for item, factor in zip(self.factors, self.setting.factors, strict=True)],
            "period": card.matrix.period,
            "regions": [_region(self.sheet, found, row) for row in self._rows()],
            "outranking": _outranking(self.sheet, found, self._rows()) if len(self._rows()) <= MOST_PAIRED else None,
            "tie_groups": [[card.matrix.regions[row] for row in group] for group in found.ties],
            "told_apart_from": TOLD_APART,
            "sobol": self._sobol(ensemble) if self.asked.design == SALTELLI else None,
            "drawn": self._drawn(),
        }

    def _rows(self) -> list[int]:
        regions = self.sheet.card.matrix.regions
        return [regions.index(code) for code in self.asked.query.regions] or list(range(len(regions)))

    def _independent(self) -> Flags | slice:
        """Of a Saltelli design the rows A and B: those between repeat most of their columns."""
        if self.asked.design != SALTELLI:
            return slice(None)
        block = len(self.factors) + 2
        place = np.arange(self.design.rows) % block
        independent: Flags = (place == 0) | (place == block - 1)
        return independent

    def _sobol(self, ensemble: Ensemble) -> Answer:
        """The part of each factor in the variance of each region's score and tier, and of the mean rank shift."""
        card, rows = self.sheet.card, self._rows()
        tiers = np.where(ensemble.tiers >= 0, ensemble.tiers, np.nan)
        outputs = np.column_stack([ensemble.scores[:, rows], tiers[:, rows], rank_shift(card, ensemble.ranks)])
        found = indices(outputs, len(self.factors), self.asked.seed)
        codes = [card.matrix.regions[row] for row in rows]
        count = len(rows)
        return {
            "factors": [factor.name for factor in self.factors],
            "score": [{"region": code, **_of_output(found, place)} for place, code in enumerate(codes)],
            "tier": [{"region": code, **_of_output(found, count + place)} for place, code in enumerate(codes)],
            "rank_shift": _of_output(found, 2 * count),
        }

    def _drawn(self) -> list[Answer]:
        """The first drawn frameworks: every number that was drawn, so that each can be computed again."""
        told: list[Answer] = []
        columns = slice(0, sum(self.design.widths))
        for chunk, rows in enumerate(self.design.chunks):
            if (left := self.asked.draws - rows.start) <= 0:
                break
            units = self.design.some(chunk, np.arange(min(rows.stop - rows.start, left)), columns)
            draws = drawn(self.setting, units)
            told += [_draw(self.setting, draws, place) for place in range(draws.count)]
        return told


def _region(sheet: Sheet, found: Outcomes, row: int) -> Answer:
    card, region = sheet.card, sheet.subject(row)
    codes = [tier.code for tier in sheet.framework.tiers]
    known = bool(card.assessed[row])
    present = None if not known else number(found.tiers[row, card.tier[row]])
    return {
        "region": {"code": region.code, "name": title(region.name)},
        "status": "assessed" if known else "insufficient_data",
        "tier": sheet.tier(card.tier[row]),
        "tier_probability": dict(zip(codes, map(number, found.tiers[row]), strict=True)) if known else None,
        "no_tier_probability": number(found.none[row]),
        "present_probability": present,
        "at_least_present": number(found.at_least_present[row]),
        "robust": present is not None and present >= ROBUST,
        "score": _quantiles(found.scores[row]),
        "rank": _quantiles(found.ranks[row]),
    }


def _quantiles(values: Floats) -> Answer | None:
    return None if np.isnan(values).any() else dict(zip(NAMES, values.tolist(), strict=True))


def _outranking(sheet: Sheet, found: Outcomes, rows: list[int]) -> Answer:
    codes = [sheet.card.matrix.regions[row] for row in rows]
    return {"regions": codes, "probability": found.outranking[np.ix_(rows, rows)].tolist()}


def _of_output(found: Indices, place: int) -> Answer:
    """First and total indices of one output by factor; null where it does not vary."""
    return {"first": _estimates(found.first, place), "total": _estimates(found.total, place)}


def _estimates(found: Estimate, place: int) -> list[Answer]:
    columns = (found.value[:, place], found.low[:, place], found.high[:, place])
    return [
        {"value": number(value), "low": number(low), "high": number(high)}
        for value, low, high in zip(*columns, strict=True)
    ]


def _draw(setting: Setting, draws: Draws, place: int) -> Answer:
    """Every number of one draw by its name."""
    given = setting.card.parameters
    by_name = {factor.name: factor for factor in setting.factors}
    weights = None if draws.weights is None else draws.weights[place].tolist()
    return {
        "weights": None if weights is None else dict(zip(names_of_children(given.index), weights, strict=True)),
        "knots": None if draws.knots is None else dict(zip(given.codes, draws.knots[place].tolist(), strict=True)),
        "cut": None if draws.cut is None else float(draws.cut[place]),
        "missing": _cells(setting, setting.missing, draws.missing, place),
        "errors": _cells(setting, setting.wrong, draws.errors, place),
        "chosen": {
            step: by_name[step].options[draws.chosen[place, at]] for at, step in enumerate(STEPS) if step in by_name
        },
    }


def _cells(setting: Setting, places: Ints, values: Floats | None, place: int) -> list[Answer]:
    """What was drawn for some cells: of the missing a number in [0, 1), of errors what the value is multiplied by."""
    if values is None:
        return []
    codes, regions = setting.card.parameters.codes, (*setting.card.matrix.regions, "nation")
    return [
        {"region": regions[row], "indicator": codes[column], "drawn": value}
        for row, column, value in zip(*places.tolist(), values[place].tolist(), strict=True)
    ]
