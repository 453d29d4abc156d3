"""Commands for frameworks: check, show, freeze, and score any data by one."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from tierscore.cli.output import formatted, progress, read_bytes
from tierscore.cli.questions import asking, open_reading
from tierscore.cli.root import answering, cli
from tierscore.reports.audit import audit
from tierscore.reports.evaluation import evaluation, to_csv
from tierscore.reports.words import Words
from tierscore.services.evaluating import audit_on, evaluate, frozen_on, units_of_file
from tierscore.services.publishing import check_file, to_yaml
from tierscore.services.query import AssessmentQuery


@cli.group()
def framework() -> None:
    """Check a framework document, show what it says, or freeze the weights that it derives."""


@framework.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@answering
def framework_check(file: Path) -> None:
    """Check a document; every mistake is listed with its place and what is allowed there.

    \b
    Example: tierscore framework check seeds/frameworks/cn-innovation-centre/2021.1/framework.yaml
    """
    _, checked = check_file(file)
    click.echo(f"{checked.id} {checked.version} is valid, digest {checked.digest}")


@framework.command("show")
@click.argument("file", type=click.Path(path_type=Path))
@answering
def framework_show(file: Path) -> None:
    """Show a document as JSON, the parts that it shares with others included.

    \b
    Example: tierscore framework show seeds/frameworks/cn-innovation-centre/2021.1/framework.yaml
    """
    document, _ = check_file(file)
    click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2))


@framework.command("freeze")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("data", type=click.Path(path_type=Path), required=False, metavar="[DATA]")
@click.option("--period", type=int, help="Year of the stored values. [default: the framework's reference period]")
@click.option("--as-of", help="What was known then: a revision number, a date or a time. [default: now]")
@answering
def framework_freeze(file: Path, data: Path | None, period: int | None, as_of: str | None) -> None:
    """Derive the weights that a document asks for, and print the document with them written in, as YAML.

    From DATA, a CSV file with a row per unit, or from what is stored for the framework's regions.

    \b
    Examples:
      tierscore framework freeze seeds/frameworks/cn-entropy-topsis/2021.1/recipe.yaml
      tierscore framework freeze recipe.yaml units.csv > framework.yaml
    """
    document, checked = check_file(file)
    if data is not None:
        units, _ = units_of_file(read_bytes(data), checked, str(data))
        click.echo(to_yaml(frozen_on(document, checked, units)), nl=False)
        return
    with open_reading() as reading:
        click.echo(to_yaml(reading.frozen(document, checked, period, as_of)), nl=False)


@cli.command("evaluate")
@click.argument("file", type=click.Path(path_type=Path), metavar="FRAMEWORK")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--steps/--no-steps", default=True, help="Nodes and every step's matrix in the JSON. [default: steps]")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
@click.pass_obj
@answering
def evaluate_file(words: Words, file: Path, data: Path, steps: bool, form: str) -> None:
    """Score the units of a CSV file by any framework; no database is needed.

    DATA has a row per unit: its code in the column `code`, else in the first one, a column per indicator, and one
    for the units' groups where the framework imputes by groups. An empty cell, or NA, is missing. Columns without a
    use are named on stderr.

    \b
    Examples:
      tierscore evaluate seeds/frameworks/hdi/2022.1/framework.yaml seeds/examples/hdi_2022.csv
      tierscore evaluate seeds/frameworks/asem/2018.1/framework.yaml seeds/examples/asem_2018.csv --format json
    """
    document, checked = check_file(file)
    units, unused = units_of_file(read_bytes(data), checked, str(data))
    if unused:
        click.echo(f"not used: {', '.join(unused)}", err=True)
    progress(f"{len(units)} units read, scoring ...")
    answer = evaluate(document, units, steps=steps or form == "csv")
    click.echo(_told(answer, form, words, {tier.code: words.name({"zh": tier.title.zh, "en": tier.title.en})
                                           for tier in checked.tiers}))  # fmt: skip


@cli.command("audit")
@click.argument("file", type=click.Path(path_type=Path), required=False, metavar="[FRAMEWORK")
@click.argument("data", type=click.Path(path_type=Path), required=False, metavar="DATA]")
@click.option("--against", multiple=True, metavar="ID[@VERSION]", help="Another framework to be compared with.")
@click.option("--region", help="Whose trade-offs and strengths are told. [default: the one of the middle rank]")
@click.option("--peer", "peers", multiple=True, help="A region it is compared with. [default: all others]")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@asking
@click.pass_obj
@answering
def audit_framework(words: Words, /, query: AssessmentQuery, form: str, **how: Any) -> None:
    """Data, correlations, reliability, influence, trade-offs and robustness of a framework, as an auditor asks them.

    Of a published framework on what is stored, or of any FRAMEWORK on the units of a CSV file DATA.

    \b
    Examples:
      tierscore audit --region CN-SC --against cn-entropy-topsis
      tierscore audit seeds/frameworks/asem/2018.1/framework.yaml seeds/examples/asem_2018.csv --format json
    """
    found, titles = _audited(query, **how)
    click.echo(formatted([found], form, partial(audit, titles=titles), words))


def _audited(
    query: AssessmentQuery,
    *,
    file: Path | None,
    data: Path | None,
    against: tuple[str, ...],
    region: str | None,
    peers: tuple[str, ...],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The analysis, and the indicators' titles."""
    if file is None:
        with open_reading() as reading:
            asked = replace(query, regions=(region,) if region else ())
            return reading.audit(asked, against, peers), reading.titles(query)
    if data is None or against or peers:
        raise click.UsageError("a framework file needs a data file, and takes neither --against nor --peer")
    document, checked = check_file(file)
    units, _ = units_of_file(read_bytes(data), checked, str(data))
    titles = {item.code: {"zh": item.title.zh, "en": item.title.en} for item in checked.indicators}
    return audit_on(document, units, region), titles


def _told(answer: dict[str, Any], form: str, words: Words, tiers: dict[str, str]) -> str:
    if form == "json":
        return json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2)
    return to_csv(answer).rstrip("\n") if form == "csv" else evaluation(answer, words, tiers)
