"""Commands for data: in, out as a template, and what is there."""

from __future__ import annotations

import gc
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from tierscore.cli.output import Ticker, readable, write_bytes, write_parts
from tierscore.cli.questions import asking, open_reading, open_service
from tierscore.cli.root import answering, cli, operator
from tierscore.reports.rows import table_of
from tierscore.reports.words import Words
from tierscore.services.importing import kept_here
from tierscore.services.query import AssessmentQuery, ObservationQuery
from tierscore.services.service import MOST_TOLD, Service

LONGEST_LIST = 1000
# By whether anything was stored.
SAID = {
    True: "{accepted} new, {unchanged} unchanged, {rejected} rejected: revision {revision}",
    False: "{accepted} new, {unchanged} unchanged, {rejected} rejected: nothing stored, still revision {revision}",
}
EVENT_COLUMNS = ("number", "revision", "framework", "period", "region", "before", "after", "direction")


@cli.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--partial", is_flag=True, help="Store the good rows even if others are bad. [default: all or nothing]")
@click.option("--dry-run", is_flag=True, help="Store nothing, say what would become of each row.")
@click.option("--recorded-by", default="anonymous", show_default=True, help="Who sends it.")
@click.option("--note", default="", help="What the sender says of the batch.")
@click.pass_obj
@answering
def import_file(words: Words, file: Path, *, partial: bool, dry_run: bool, recorded_by: str, note: str) -> None:
    """Store what is new in a CSV, SDMX-CSV, Parquet or XLSX file as one revision; mistakes are listed with their lines.

    Columns: region, indicator, period, value and, if wanted, unit, status, vintage, source, note. CSV in UTF-8 or GBK.
    A file may be of any length: it is sorted on disk, where TMPDIR says, and stored at the end or not at all. An import
    that was interrupted goes on with the sorted rows when the same file is imported again.

    \b
    Examples:
      tierscore import metrics.csv --dry-run
      tierscore import metrics.xlsx --partial --recorded-by "Statistics Office"
    """
    mode, ticker = "partial" if partial else "atomic", Ticker(words)
    gc.freeze()  # what was loaded stays: to look through it again and again takes a tenth of the time
    try:
        with open_service() as service:
            report = service.import_file(
                readable(file),
                mode=mode,
                dry_run=dry_run,
                recorded_by=recorded_by,
                note=note,
                by=operator(),
                tell=ticker,
                kept=kept_here(),
            )
    finally:
        ticker.end()
    for violation in report.violations:
        click.echo(f"  {violation}", err=True)
    click.echo(words.say(SAID[report.stored], **vars(report)))


@cli.command("template")
@click.argument("regions", nargs=-1, metavar="[REGION...]")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The workbook to be written.")
@asking
@click.pass_obj
@answering
def write_template(words: Words, regions: tuple[str, ...], query: AssessmentQuery, output: Path) -> None:
    """Write an XLSX workbook to fill in: a row per region and indicator; `tierscore import` reads it back.

    \b
    Examples:
      tierscore template -o metrics.xlsx
      tierscore --lang zh template CN-SC CN-CQ --period 2024 -o 指标.xlsx
    """
    with open_reading() as reading:
        document = reading.template(replace(query, regions=regions), words.language)
    write_bytes(output, document.content)
    click.echo(output)


@cli.command("export")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The file to be written.")
@click.option("--region", "regions", multiple=True, help="Only of this region; may be repeated.")
@click.option("--indicator", "indicators", multiple=True, help="Only of this indicator; may be repeated.")
@click.option("--period", "periods", multiple=True, type=int, help="Only of this year; may be repeated.")
@click.option("--as-of", help="As known at this revision, date or time. [default: now]")
@answering
def export_file(output: Path, as_of: str | None, **filters: Any) -> None:
    """Write what is known as SDMX-CSV 2.0, however much it is; `tierscore import` reads it back.

    \b
    Examples:
      tierscore export -o everything.csv
      tierscore export --region CN-SC --period 2021 --as-of 2022-06-30 -o sichuan.csv
    """
    with open_reading() as reading:
        write_parts(output, reading.export(ObservationQuery(**filters, as_of=as_of)))
    click.echo(output)


@cli.command("revisions")
@answering
def list_revisions() -> None:
    """The accepted batches, newest first: when, by whom, how many rows.

    \b
    Example: tierscore revisions
    """
    with open_reading() as reading:
        items = reading.revisions(1, LONGEST_LIST)["items"]
    click.echo(table_of(items, ("revision", "recorded_at", "recorded_by", "rows", "note")))


@cli.command("events")
@click.option("--since", type=click.IntRange(min=0), default=0, help="Number of the last event that you know.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
@answering
def list_events(words: Words, since: int, form: str) -> None:
    """Which tiers the accepted batches changed, oldest first.

    \b
    Examples:
      tierscore events
      tierscore --lang zh events --since 20
    """
    with open_service() as service:
        items = told(service, since)
    if form == "json":
        click.echo(json.dumps(items, ensure_ascii=False, indent=2))
        return
    rows = [{**item, **_plain(item, words)} for item in items]
    click.echo(table_of(rows, EVENT_COLUMNS))


def told(service: Service, since: int) -> list[dict[str, Any]]:
    """All events after one, once every revision is told."""
    while (state := service.reading().state).told < state.revision:
        service.tell(MOST_TOLD)
    items: list[dict[str, Any]] = []
    while page := service.reading().events(since, 1, LONGEST_LIST)["items"]:
        items += page
        since = page[-1]["number"]
    return items


def _plain(event: dict[str, Any], words: Words) -> dict[str, Any]:
    """An event's parts that a table shows in one word each."""
    sides = {side: event[side]["tier"] or event[side]["status"] for side in ("before", "after")}
    framework = f"{event['framework']['id']}@{event['framework']['version']}"
    return {"region": words.name(event["region"]["name"]), "framework": framework, **sides}


@cli.command("coverage")
@asking
@click.pass_obj
@answering
def show_coverage(words: Words, query: AssessmentQuery) -> None:
    """How many regions have a value of each indicator, and of what kind.

    \b
    Example: tierscore coverage --period 2021
    """
    with open_reading() as reading:
        found = reading.coverage(query)
    rows = [{**item, "indicator": words.name(item["title"])} for item in found["indicators"]]
    click.echo(words.say("Data of {period}, {regions} regions", period=found["period"], regions=found["regions"]))
    click.echo(table_of(rows, ("indicator", "observed", "missing", "estimated", "other_definition", "stale")))
