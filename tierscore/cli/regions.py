"""Commands for the regions of the catalogue: more of them, and what their children add up to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from tierscore.cli.output import read_bytes
from tierscore.cli.questions import asking, open_reading, open_service
from tierscore.cli.root import answering, cli, operator
from tierscore.reports.rows import table_of
from tierscore.reports.words import Words
from tierscore.services.query import AssessmentQuery

ROLLUP_COLUMNS = ("indicator", "rule", "value", "unit", "known", "reason", "own", "missing")


@cli.group()
def regions() -> None:
    """Add regions to the catalogue: cities, counties, each with what it is a part of."""


@regions.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@answering
def import_regions(file: Path) -> None:
    """Add the regions of a CSV file, or change those that are there; all of the file or nothing.

    Columns: region, kind, parent, name_zh, name_en and, if wanted, adcode, macro_region, tags. A kind is nation,
    province, municipality, autonomous_region, special_administrative_region, city or county; a parent stands above it,
    and may be in the same file. No region is ever removed.

    \b
    Example: tierscore regions import counties.csv
    """
    with open_service() as service:
        done = service.add_regions(read_bytes(file), file.name, by=operator())
    click.echo(f"{done.added} new, {done.changed} changed, {done.unchanged} unchanged")


@cli.command("rollup")
@click.argument("region")
@click.option("--indicator", "indicators", multiple=True, help="Only this one; may be repeated. [default: all]")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@asking
@click.pass_obj
@answering
def roll_up(words: Words, region: str, query: AssessmentQuery, indicators: tuple[str, ...], form: str) -> None:
    """What the parts of a region add up to in a year, by each indicator's pooling rule.

    There is no value as long as one part is not known; assessments never use it.

    \b
    Examples:
      tierscore rollup CN --period 2021
      tierscore rollup CN --period 2021 --indicator rd_expenditure --format json
    """
    with open_reading() as reading:
        found = reading.rollup(region, query, indicators)
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False, allow_nan=False, indent=2))
        return
    click.echo(table_of([_row(item, found["children"], words) for item in found["indicators"]], ROLLUP_COLUMNS))


def _row(item: dict[str, Any], children: int, words: Words) -> dict[str, Any]:
    """One indicator as a line; at most three of the missing parts are named."""
    missing = [part["region"] for part in item["parts"] if part["value"] is None]
    return {
        **item,
        "indicator": words.name(item["title"]),
        "rule": item["pooling"] and item["pooling"]["kind"],
        "known": f"{item['known']}/{children}",
        "own": item["own"] and item["own"]["value"],
        "missing": ", ".join(missing[:3]) + (" …" if len(missing) > 3 else ""),
    }
