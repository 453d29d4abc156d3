"""The command that asks how sure the tiers are."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import click

from tierscore.cli.output import formatted
from tierscore.cli.questions import asking, open_reading
from tierscore.cli.root import answering, cli
from tierscore.reports.uncertainty import uncertainty
from tierscore.reports.words import Words
from tierscore.services.query import AssessmentQuery, UncertaintyAsked
from tierscore.services.uncertainty import DESIGNS
from tierscore.services.walking import Progress, nothing

DEFAULTS = UncertaintyAsked.__dataclass_fields__


@cli.command("uncertainty")
@click.argument("regions", nargs=-1, metavar="[REGION...]")
@click.option("--samples", type=int, default=DEFAULTS["samples"].default, show_default=True,
              help="Draws; of a saltelli design base points, a power of two.")  # fmt: skip
@click.option("--seed", type=int, default=DEFAULTS["seed"].default, show_default=True, help="0 is one like any other.")
@click.option("--design", type=click.Choice(DESIGNS), default=DEFAULTS["design"].default, show_default=True,
              help="saltelli: also which factor matters.")  # fmt: skip
@click.option("--factor", "factors", multiple=True, metavar="NAME[:KEY=VALUE,...]",
              help="What is varied, and how far. [default: everything, as the framework declares]")  # fmt: skip
@click.option("--draws", type=int, default=0, show_default=True, help="How many drawn frameworks JSON tells.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@asking
@click.pass_obj
@answering
def ask_uncertainty(words: Words, /, regions: tuple[str, ...], query: AssessmentQuery, form: str, **how: Any) -> None:
    """How sure are the tiers if weights, knots, cut, missing values and errors of values are varied together?

    \b
    Examples:
      tierscore uncertainty CN-SC CN-HB
      tierscore uncertainty --samples 1024 --design saltelli CN-SC
      tierscore uncertainty --factor weights:relative=0.5 --factor knots:relative=0.2 --format json
    """
    asked = UncertaintyAsked(
        query=replace(query, regions=regions, target=None),
        factors=tuple(map(_factor, how["factors"])),
        samples=how["samples"],
        seed=how["seed"],
        design=how["design"],
        draws=how["draws"],
    )
    with open_reading() as reading, _bar(asked) as progress:
        answer, titles = reading.analysed(asked, progress), reading.titles(query)
    click.echo(formatted([answer], form, partial(uncertainty, titles=titles), words))


def _factor(text: str) -> str:
    """A factor as JSON: its name, or an object with its own numbers, words or `|`-joined options."""
    name, colon, rest = text.partition(":")
    if not colon:
        return json.dumps(name)
    given: dict[str, Any] = {"name": name}
    for pair in rest.split(","):
        key, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f"{text!r} is not NAME:KEY=VALUE,..., such as weights:relative=0.5")
        given[key] = value.split("|") if key == "options" else _number_or_word(value)
    return json.dumps(given, sort_keys=True)


def _number_or_word(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


@contextmanager
def _bar(asked: UncertaintyAsked) -> Iterator[Progress]:
    """A progress bar on a terminal; files and pipes stay as they are."""
    if not sys.stderr.isatty():
        yield nothing
        return
    with click.progressbar(length=asked.samples, file=sys.stderr) as bar:
        yield lambda done: bar.update(max(min(done, asked.samples) - bar.pos, 0))
