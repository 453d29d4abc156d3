"""The command that writes reports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from tierscore.cli.output import progress, write_bytes
from tierscore.cli.questions import asking, open_reading
from tierscore.cli.root import answering, cli
from tierscore.reports.words import Words
from tierscore.services.query import AssessmentQuery, ComparisonAsked
from tierscore.services.reporting import ASKED, FileAsked


@cli.command("report")
@click.argument("regions", nargs=-1, metavar="[REGION...]")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The file to be written.")
@click.option("--format", "form", type=click.Choice(ASKED), help="[default: as the file's name ends]")
@click.option("--bom", is_flag=True, help="Begin a CSV file with the mark by which Excel knows UTF-8.")
@click.option("--since", type=int, help="Earlier year of the change. [default: the year before]")
@click.option("--peer", "peers", multiple=True, metavar="REGION", help="Whom to measure against. [default: all others]")
@click.option("--integration", type=click.FloatRange(0, 1), default=0.0, show_default=True, help="Of groups.")
@click.option("--scenario", metavar="ID", help="A saved scenario against its baseline, instead of regions.")
@asking
@click.pass_obj
@answering
def write_report(
    words: Words, /, regions: tuple[str, ...], query: AssessmentQuery, output: Path, scenario: str | None, **how: Any
) -> None:
    """Write a report on regions and groups: of several a comparison, of one its profile; or on a scenario.

    \b
    Examples:
      tierscore --lang zh report CN-SC CN-CQ CN-HB CN-SN CN-CY -o 比较.docx
      tierscore --lang en report CN-SC -o sichuan.pdf --period 2021 --since 2019
      tierscore report --scenario 7f3c -o scenario.html
    """
    file = FileAsked(how["form"] or _form_of(output), words.language, how["bom"])
    if (scenario is None) == (not regions):
        raise click.UsageError("name regions, or one scenario with --scenario")
    progress(f"writing {output} ...")
    asked = ComparisonAsked(replace(query, integration=how["integration"]), regions, how["since"], how["peers"])
    with open_reading() as reading:
        document = (
            reading.report(asked, file)
            if scenario is None
            else reading.scenario_report(reading.scenario(scenario), file)
        )
    write_bytes(output, document.content)
    click.echo(output)


def _form_of(output: Path) -> str:
    form = output.suffix.lstrip(".").lower()
    if form not in ASKED:
        allowed = ", ".join(ASKED)
        raise click.UsageError(f"{output.name!r} ends with no known format; give --format, one of {allowed}")
    return form
