"""Commands that ask: which tier, how far, what if."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import click

from tierscore.cli.output import formatted
from tierscore.cli.questions import asking, named_number, open_reading
from tierscore.cli.root import answering, cli
from tierscore.reports.comparison import footer, legend, table
from tierscore.reports.explanation import brief, explain
from tierscore.reports.panel import panel
from tierscore.reports.what_if import what_if
from tierscore.reports.words import Words
from tierscore.services.panels import BOUNDS
from tierscore.services.query import AssessmentQuery, CellEdit, FrameworkEdit, GroupAsked, WhatIf


@cli.command()
@click.argument("regions", nargs=-1, required=True, metavar="REGION...")
@click.option("--explain", "explained", is_flag=True, help="Every step from the tier down to the sources.")
@click.option(
    "--integration",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="Of a group: 0 side by side, 1 added up.",
)
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
@asking
@click.pass_obj
@answering
def assess(words: Words, /, regions: tuple[str, ...], query: AssessmentQuery, form: str, **how: Any) -> None:
    """Say which tier a region or group has, what separates it from the next one, and which levers act on that.

    With --explain every step down to the sources; as JSON, that is the trace.

    \b
    Examples:
      tierscore assess CN-SC
      tierscore --lang zh assess CN-SC --explain
      tierscore assess CN-CY --integration 0.5
      tierscore assess CN-SC CN-CQ --period 2020 --as-of 2022-06-30 --format csv
    """
    asked = replace(query, integration=how["integration"])
    with open_reading() as reading:
        ask = reading.trace if how["explained"] and form == "json" else reading.assessment
        answers = [ask(region, asked) for region in regions]
    click.echo(formatted(answers, form, explain if how["explained"] else brief, words))


@cli.command()
@click.argument("regions", nargs=-1, metavar="[REGION...]")
@asking
@click.pass_obj
@answering
def compare(words: Words, regions: tuple[str, ...], query: AssessmentQuery) -> None:
    """A table of regions in rank order; of all reference regions when none is named.

    \b
    Examples:
      tierscore compare
      tierscore --lang zh compare CN-SC CN-CQ CN-HB CN-SN --period 2021
    """
    with open_reading() as reading:
        ranked = reading.assessments(replace(query, regions=regions))["items"]
        answers = [reading.assessment(item["region"]["code"], query) for item in ranked]
    click.echo(words.say("Tiers of {period}", period=answers[0]["period"]))
    click.echo("\n".join([table(answers, words), legend(words), footer(answers[0], words)]))


@cli.command("panel")
@click.argument("regions", nargs=-1, metavar="[REGION...]")
@click.option(
    "--year", "years", type=int, multiple=True, help="A year. [default: the framework's own and the one before]"
)
@click.option("--bounds", type=click.Choice(BOUNDS), default=BOUNDS[0], show_default=True,
              help="Whether ends that come from data come from each year alone or from all together.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@asking
@click.pass_obj
@answering
def show_panel(words: Words, /, regions: tuple[str, ...], query: AssessmentQuery, form: str, **how: Any) -> None:
    """Scores and tiers year by year, the change like for like, and who moved between tiers.

    \b
    Examples:
      tierscore panel CN-SC CN-CQ --year 2019 --year 2020 --year 2021
      tierscore panel --framework cn-entropy-topsis --bounds common --format json
    """
    asked = replace(query, regions=regions)
    with open_reading() as reading:
        answer, titles = reading.panel(asked, how["years"], how["bounds"]), reading.titles(query)
    click.echo(formatted([answer], form, partial(panel, titles=titles), words))


@cli.command("what-if")
@click.argument("regions", nargs=-1, metavar="[REGION...]")
@click.option("--set", "sets", multiple=True, metavar="CELL=VALUE", help="A value, such as CN-SC.national_key_labs=18.")
@click.option("--add", "adds", multiple=True, metavar="CELL=VALUE", help="So much more, or less if below 0.")
@click.option("--multiply", "factors", multiple=True, metavar="CELL=VALUE", help="So many times as much.")
@click.option("--weight", "weights", multiple=True, metavar="INDICATOR=VALUE", help="Another weight in the index.")
@click.option("--threshold", "thresholds", multiple=True, metavar="TIER=VALUE", help="Another threshold of a tier.")
@click.option("--cut", type=float, help="Another share of the functions that is needed.")
@click.option("--drop", "dropped", multiple=True, metavar="INDICATOR", help="Leave an indicator out.")
@click.option("--group", "groups", multiple=True, help="Code of a group, or its members joined by +.")
@click.option("--integration", type=click.FloatRange(0, 1), default=0.0, show_default=True, help="Of the groups.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@asking
@click.pass_obj
@answering
def ask_what_if(words: Words, /, query: AssessmentQuery, form: str, **edits: Any) -> None:
    """Edit values or the framework and see who moves, and by what; nothing is stored.

    Of one cell, --set counts before --add, and that before --multiply. REGION... are told whether they move or not.

    \b
    Examples:
      tierscore what-if --set CN-SC.national_key_labs=18 --group CN-CY --integration 0.5
      tierscore what-if CN-SC --add CN-SC.large_science_facilities=2 --cut 0.5 --format json
      tierscore what-if --group CN-HN+CN-AH --integration 0.218
    """
    asked = _asked(query, edits)
    with open_reading() as reading:
        answer, titles = reading.what_if(asked), reading.titles(query)
    click.echo(formatted([answer], form, partial(what_if, titles=titles), words))


def _asked(query: AssessmentQuery, edits: dict[str, Any]) -> WhatIf:
    """The what-if of the command's options."""
    cells = (("set", "sets"), ("add", "adds"), ("multiply", "factors"))
    cut = [FrameworkEdit("set_cut", edits["cut"])] if edits["cut"] is not None else []
    return WhatIf(
        query=query,
        edits=tuple(_cell_edit(op, text) for op, name in cells for text in edits[name]),
        framework_edits=(
            *(FrameworkEdit("set_weight", value, indicator=code) for code, value in _numbers(edits["weights"])),
            *(FrameworkEdit("set_threshold", value, tier=code) for code, value in _numbers(edits["thresholds"])),
            *cut,
            *(FrameworkEdit("drop", indicator=code) for code in edits["dropped"]),
        ),
        groups=tuple(_group_asked(text, edits["integration"]) for text in edits["groups"]),
        regions=edits["regions"],
    )


def _numbers(texts: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    return map(named_number, texts)


def _cell_edit(op: str, text: str) -> CellEdit:
    cell, value = named_number(text)
    region, dot, indicator = cell.partition(".")
    if dot == "":
        raise click.UsageError(f"{text!r} is not REGION.INDICATOR=VALUE, such as CN-SC.national_key_labs=18")
    return CellEdit(op, region, indicator, value)


def _group_asked(text: str, integration: float) -> GroupAsked:
    if "+" in text:
        return GroupAsked(members=tuple(text.split("+")), integration=integration)
    return GroupAsked(code=text, integration=integration)
