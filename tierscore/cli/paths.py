"""The command that asks for the least effort that reaches a tier."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import Any

import click

from tierscore.cli.output import formatted
from tierscore.cli.questions import asking, named_number, open_reading
from tierscore.cli.root import answering, cli
from tierscore.reports.path import path
from tierscore.reports.words import Words
from tierscore.services.query import AssessmentQuery, ExpectedEffect, PathAsked, Rivals

DEFAULTS = PathAsked.__dataclass_fields__


@cli.command("path")
@click.argument("region")
@click.option("--integration", type=click.FloatRange(0, 1), default=0.0, show_default=True, help="Of a group.")
@click.option("--cost", "costs", multiple=True, metavar="INDICATOR=VALUE", help="Cost of one unit of it.")
@click.option("--bound", "upper_bounds", multiple=True, metavar="INDICATOR=VALUE", help="The most that may be added.")
@click.option("--fix", "fixed", multiple=True, metavar="INDICATOR=VALUE", help="What is added in any case; 0: nothing.")
@click.option("--expect", "effects", multiple=True, metavar="LEVER.INDICATOR=VALUE",
              help="What you expect of a lever for a cost of 1.")  # fmt: skip
@click.option("--rivals", metavar="RATE|YEAR:YEAR|INDICATOR=RATE", multiple=True,
              help="The others grow by a rate a year, or as between two years. [default: not at all]")  # fmt: skip
@click.option("--years", type=click.FloatRange(0, 100), help="How many years the rivals grow.")
@click.option("--tolerance", type=click.FloatRange(0, 10), default=DEFAULTS["tolerance"].default, show_default=True,
              help="By which part of the cost other plans may be dearer.")  # fmt: skip
@click.option("--alternatives", type=click.IntRange(0, 10), default=DEFAULTS["alternatives"].default,
              show_default=True, help="How many other plans at most.")  # fmt: skip
@click.option("--time-limit", type=click.FloatRange(0.05, 600), default=DEFAULTS["time_limit"].default,
              show_default=True, help="Seconds for each programme that is solved.")  # fmt: skip
@click.option("--confidence", type=click.FloatRange(0, 1), metavar="PART",
              help="The part of 200 declared draws in which each plan must hold, 0.9 for 90 %.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@asking
@click.pass_obj
@answering
def ask_path(words: Words, /, region: str, query: AssessmentQuery, form: str, **how: Any) -> None:
    """The cheapest additions that bring a region or group to a tier, step by step and in one leap, and the levers.

    A cost of 1 is a whole tier's way in one indicator, unless --cost or --expect say otherwise.

    \b
    Examples:
      tierscore path CN-SC
      tierscore --lang zh path CN-CY --target quasi_national --integration 1
      tierscore path CN-SC --fix national_key_labs=0 --bound star_market_companies=5 --rivals 0.05 --years 4
      tierscore path CN-SC --confidence 0.9
      tierscore path CN-SC --rivals 2020:2021 --expect attract_entities.national_key_labs=2
    """
    with open_reading() as reading:
        answer, titles = reading.path(_asked(region, query, how)), reading.titles(query)
    click.echo(formatted([answer], form, partial(path, titles=titles), words))


def _asked(region: str, query: AssessmentQuery, how: dict[str, Any]) -> PathAsked:
    return PathAsked(
        region=region,
        query=replace(query, integration=how["integration"]),
        costs=tuple(map(named_number, how["costs"])),
        upper_bounds=tuple(map(named_number, how["upper_bounds"])),
        fixed=tuple(map(named_number, how["fixed"])),
        rivals=_rivals(how["rivals"], how["years"]),
        expected_effects=tuple(map(_effect, how["effects"])),
        tolerance=how["tolerance"],
        alternatives=how["alternatives"],
        time_limit=how["time_limit"],
        confidence=how["confidence"],
    )


def _rivals(texts: tuple[str, ...], years: float | None) -> Rivals:
    """One rate, two years, or a rate for each of some indicators."""
    if any("=" in text for text in texts):
        return Rivals(rates=tuple(map(named_number, texts)), years=years)
    if len(texts) > 1:
        raise click.UsageError("--rivals is given once, unless each says INDICATOR=RATE")
    return _growth(texts[0], years) if texts else Rivals()


def _growth(text: str, years: float | None) -> Rivals:
    first, colon, last = text.partition(":")
    try:
        if colon:
            between = int(first), int(last)
            if between[0] < between[1]:
                return Rivals(between=between, years=years)
        elif math.isfinite(rate := float(text)) and rate > -1:
            return Rivals(rate=rate, years=years)
    except ValueError:
        pass
    raise click.UsageError(f"{text!r} is neither a rate such as 0.05 nor two years such as 2020:2021")


def _effect(text: str) -> ExpectedEffect:
    names, value = named_number(text)
    lever, dot, indicator = names.partition(".")
    if dot == "":
        raise click.UsageError(f"{text!r} is not LEVER.INDICATOR=VALUE, such as attract_entities.national_key_labs=2")
    return ExpectedEffect(lever, indicator, value)
