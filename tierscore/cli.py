"""The command line: each command calls the same services as the API."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from typing import Any, ParamSpec

import click

from tierscore import __version__
from tierscore.errors import Invalid, NotReady, TierscoreError, UnknownCode, Violation
from tierscore.reports.comparison import footer, legend, table
from tierscore.reports.explanation import brief, explain
from tierscore.reports.rows import table_of, to_csv
from tierscore.reports.what_if import what_if
from tierscore.reports.words import LANGUAGES, Words
from tierscore.services.ingesting import table_of_file
from tierscore.services.publishing import check_file, publications
from tierscore.services.query import AssessmentQuery, CellEdit, FrameworkEdit, GroupAsked, WhatIf
from tierscore.services.readiness import check_database, upgrade_database
from tierscore.services.seeding import seed as seed_database
from tierscore.services.service import Reading, Service
from tierscore.settings import database_url

CANNOT, WRONG = 1, 2
LONGEST_LIST = 1000
SEEDS = Path(__file__).resolve().parents[1] / "seeds"

Arguments = ParamSpec("Arguments")


def main() -> None:
    """The console script."""
    cli(prog_name="tierscore")


def _language() -> str:
    return "zh" if os.environ.get("LANG", "").startswith("zh") else "en"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tierscore")
@click.option(
    "--lang", type=click.Choice(LANGUAGES), default=_language, help="Language of tables. [default: from LANG]"
)
@click.pass_context
def cli(context: click.Context, lang: str) -> None:
    """Which tier is a region's innovation centre, how far is the next one, and which levers close the distance?

    The database is named by DATABASE_URL (default: sqlite:///var/tierscore.db).

    \b
    Example: tierscore db upgrade && tierscore seed && tierscore compare CN-SC CN-CQ CN-HB
    """
    context.obj = Words(lang)


def _answering(command: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Turns the errors of a command into its exit code, every mistake on stderr."""

    @wraps(command)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except TierscoreError as error:
            _complain(error)
            sys.exit(WRONG if isinstance(error, Invalid | UnknownCode) else CANNOT)

    return run


def _complain(error: TierscoreError) -> None:
    if isinstance(error, UnknownCode):
        click.echo(str(error.as_violation()), err=True)
        return
    click.echo(error.message, err=True)
    for violation in error.violations:
        click.echo(f"  {violation}", err=True)


@contextmanager
def _service() -> Iterator[Service]:
    """The service on the database that the environment names; raises NotReady if that is not up to date."""
    service = Service.open(database_url(os.environ))
    try:
        if not all(service.readiness().values()):
            raise NotReady(problem="the database is not there or not up to date; run: tierscore db upgrade")
        yield service
    finally:
        service.close()


@contextmanager
def _reading() -> Iterator[Reading]:
    """Everything one command may read."""
    with _service() as service:
        yield service.reading()


def _asking(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the options that say which framework, year and data are meant, and hands them on as one `query`."""

    @wraps(command)
    def run(period: int | None, framework: str | None, as_of: str | None, target: str | None, **rest: Any) -> None:
        identifier, _, version = (framework or "").partition("@")
        command(query=AssessmentQuery(identifier or None, version or None, period, as_of, target), **rest)

    for option in QUERY_OPTIONS:
        run = option(run)
    return run


QUERY_OPTIONS = (
    click.option("--target", help="Tier to measure the gap to. [default: the next one]"),
    click.option("--as-of", help="What was known then: a revision number, a date or a time. [default: now]"),
    click.option("--framework", help="Framework id, or id@version. [default: the newest cn-innovation-centre]"),
    click.option("--period", type=int, help="Year to assess. [default: the framework's reference period]"),
)


@cli.group()
def db() -> None:
    """Bring the database up to date, or check it."""


@db.command("upgrade")
@_answering
def db_upgrade() -> None:
    """Make or update the tables.

    \b
    Example: DATABASE_URL=sqlite:///var/tierscore.db tierscore db upgrade
    """
    upgrade_database(database_url(os.environ))
    click.echo("The database is up to date.")


@db.command("check")
@_answering
def db_check() -> None:
    """Say whether the tables are those that this version needs; exit code 1 if not.

    \b
    Example: tierscore db check
    """
    check_database(database_url(os.environ))
    click.echo("The database is up to date.")


@cli.command()
@click.option("--folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default=SEEDS,
              help="Where the seeds lie. [default: seeds/ of this checkout]")  # fmt: skip
@_answering
def seed(folder: Path) -> None:
    """Store the published data, frameworks and levers; run again, it changes nothing.

    \b
    Example: tierscore seed
    """
    service = Service.open(database_url(os.environ))
    try:
        report = seed_database(service.database, folder, publications(folder / "frameworks"))
    finally:
        service.close()
    for batch in report.batches:
        click.echo(f"{batch.recorded_on}: {batch.accepted} values stored, {batch.unchanged} there before")
    click.echo(f"{report.frameworks_published} framework(s) published")


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
@_asking
@click.pass_obj
@_answering
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
    with _reading() as reading:
        ask = reading.trace if how["explained"] and form == "json" else reading.assessment
        answers = [ask(region, asked) for region in regions]
    click.echo(_formatted(answers, form, explain if how["explained"] else brief, words))


@cli.command()
@click.argument("regions", nargs=-1, metavar="[REGION...]")
@_asking
@click.pass_obj
@_answering
def compare(words: Words, regions: tuple[str, ...], query: AssessmentQuery) -> None:
    """A table of regions in rank order; of all reference regions when none is named.

    \b
    Examples:
      tierscore compare
      tierscore --lang zh compare CN-SC CN-CQ CN-HB CN-SN --period 2021
    """
    with _reading() as reading:
        ranked = reading.assessments(replace(query, regions=regions))["items"]
        answers = [reading.assessment(item["region"]["code"], query) for item in ranked]
    click.echo(words.say("Tiers of {period}", period=answers[0]["period"]))
    click.echo("\n".join([table(answers, words), legend(words), footer(answers[0], words)]))


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
@_asking
@click.pass_obj
@_answering
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
    with _reading() as reading:
        answer, titles = reading.what_if(asked), reading.titles(query)
    click.echo(_formatted([answer], form, partial(what_if, titles=titles), words))


@cli.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--partial", is_flag=True, help="Store the good rows even if others are bad. [default: all or nothing]")
@click.option("--dry-run", is_flag=True, help="Store nothing, say what would become of each row.")
@click.option("--recorded-by", default="anonymous", show_default=True, help="Who sends it.")
@click.option("--note", default="", help="What the sender says of the batch.")
@_answering
def import_file(file: Path, partial: bool, dry_run: bool, recorded_by: str, note: str) -> None:
    """Store what is new in a CSV or XLSX file as one revision; every mistake is listed with its line.

    Columns: region, indicator, period, value and, if wanted, unit, status, vintage, source, note. CSV in UTF-8 or GBK.

    \b
    Examples:
      tierscore import metrics.csv --dry-run
      tierscore import metrics.xlsx --partial --recorded-by "Statistics Office"
    """
    _progress(f"reading {file} ...")
    raw = table_of_file(_bytes(file))
    _progress(f"{len(raw.row):,} rows read, checking and storing ...")
    with _service() as service:
        mode = "partial" if partial else "atomic"
        report = service.ingest(raw, mode=mode, dry_run=dry_run, recorded_by=recorded_by, note=note)
    for violation in report.violations:
        click.echo(f"  {violation}", err=True)
    stored = f"revision {report.revision}" if report.stored else f"nothing stored, still revision {report.revision}"
    click.echo(f"{report.accepted} new, {report.unchanged} unchanged, {report.rejected} rejected: {stored}")


@cli.command("template")
@click.argument("regions", nargs=-1, metavar="[REGION...]")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The workbook to be written.")
@_asking
@click.pass_obj
@_answering
def write_template(words: Words, regions: tuple[str, ...], query: AssessmentQuery, output: Path) -> None:
    """Write an XLSX workbook to fill in: a row per region and indicator; `tierscore import` reads it back.

    \b
    Examples:
      tierscore template -o metrics.xlsx
      tierscore --lang zh template CN-SC CN-CQ --period 2024 -o 指标.xlsx
    """
    with _reading() as reading:
        document = reading.template(replace(query, regions=regions), words.language)
    _write(output, document.content)
    click.echo(output)


@cli.command("revisions")
@_answering
def list_revisions() -> None:
    """The accepted batches, newest first: when, by whom, how many rows.

    \b
    Example: tierscore revisions
    """
    with _reading() as reading:
        items = reading.revisions(1, LONGEST_LIST)["items"]
    click.echo(table_of(items, ("revision", "recorded_at", "recorded_by", "rows", "note")))


@cli.command("coverage")
@_asking
@click.pass_obj
@_answering
def show_coverage(words: Words, query: AssessmentQuery) -> None:
    """How many regions have a value of each indicator, and of what kind.

    \b
    Example: tierscore coverage --period 2021
    """
    with _reading() as reading:
        found = reading.coverage(query)
    rows = [{**item, "indicator": words.name(item["title"])} for item in found["indicators"]]
    click.echo(words.say("Data of {period}, {regions} regions", period=found["period"], regions=found["regions"]))
    click.echo(table_of(rows, ("indicator", "observed", "missing", "estimated", "other_definition", "stale")))


def _asked(query: AssessmentQuery, edits: dict[str, Any]) -> WhatIf:
    """The what-if of the command's options."""
    cells = (("set", "sets"), ("add", "adds"), ("multiply", "factors"))
    cut = [FrameworkEdit("set_cut", edits["cut"])] if edits["cut"] is not None else []
    return WhatIf(
        query=query,
        edits=tuple(_cell_edit(op, text) for op, name in cells for text in edits[name]),
        framework_edits=(
            *(FrameworkEdit("set_weight", value, indicator=code) for code, value in map(_pair, edits["weights"])),
            *(FrameworkEdit("set_threshold", value, tier=code) for code, value in map(_pair, edits["thresholds"])),
            *cut,
            *(FrameworkEdit("drop", indicator=code) for code in edits["dropped"]),
        ),
        groups=tuple(_group_asked(text, edits["integration"]) for text in edits["groups"]),
        regions=edits["regions"],
    )


def _cell_edit(op: str, text: str) -> CellEdit:
    cell, value = _pair(text)
    region, dot, indicator = cell.partition(".")
    if dot == "":
        raise click.UsageError(f"{text!r} is not REGION.INDICATOR=VALUE, such as CN-SC.national_key_labs=18")
    return CellEdit(op, region, indicator, value)


def _pair(text: str) -> tuple[str, float]:
    code, _, value = text.partition("=")
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise click.UsageError(f"{text!r} is not NAME=VALUE with a plain number")
    return code, number


def _group_asked(text: str, integration: float) -> GroupAsked:
    if "+" in text:
        return GroupAsked(members=tuple(text.split("+")), integration=integration)
    return GroupAsked(code=text, integration=integration)


def _progress(stage: str) -> None:
    """Says on a terminal what takes its time; files and pipes stay as they are."""
    if sys.stderr.isatty():
        click.echo(stage, err=True)


def _bytes(file: Path) -> bytes:
    with _touching(file, "unreadable", "The file cannot be read: {reason}."):
        return file.read_bytes()


def _write(file: Path, content: bytes) -> None:
    with _touching(file, "unwritable", "The file cannot be written: {reason}."):
        file.write_bytes(content)


@contextmanager
def _touching(file: Path, code: str, template: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = {"reason": error.strerror or type(error).__name__}
        raise Invalid(str(file), [Violation(code, template, reason)]) from None


def _formatted(
    answers: list[dict[str, Any]], form: str, tell: Callable[[dict[str, Any], Words], str], words: Words
) -> str:
    if form == "json":
        content = answers[0] if len(answers) == 1 else {"items": answers}
        return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2)
    if form == "csv":
        return to_csv(answers).rstrip("\n")
    return "\n\n".join(tell(answer, words) for answer in answers)


@cli.group()
def framework() -> None:
    """Check a framework document, or show what it says."""


@framework.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@_answering
def framework_check(file: Path) -> None:
    """Check a document; every mistake is listed with its place and what is allowed there.

    \b
    Example: tierscore framework check seeds/frameworks/cn-innovation-centre/2021.1/framework.yaml
    """
    _, checked = check_file(file)
    click.echo(f"{checked.id} {checked.version} is valid, digest {checked.digest}")


@framework.command("show")
@click.argument("file", type=click.Path(path_type=Path))
@_answering
def framework_show(file: Path) -> None:
    """Show a document as JSON, the parts that it shares with others included.

    \b
    Example: tierscore framework show seeds/frameworks/cn-innovation-centre/2021.1/framework.yaml
    """
    document, _ = check_file(file)
    click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2))


@cli.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, envvar="PORT")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
def serve(port: int, host: str, workers: int) -> None:
    """Serve the API with gunicorn until interrupted. TIERSCORE_SECRET_KEY must be set.

    \b
    Example: TIERSCORE_SECRET_KEY=$(cat var/secret) tierscore serve --port 8080
    """
    options = ("--bind", f"{host}:{port}", "--workers", str(workers), "--threads", "4", "--access-logfile", "-")
    os.chdir(SEEDS.parent)
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *options, "wsgi:app"])  # noqa: S606
