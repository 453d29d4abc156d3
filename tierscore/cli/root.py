"""The console script, and what all commands share: language, errors as exit codes."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import click

from tierscore import __version__
from tierscore.errors import Invalid, TierscoreError, UnknownCode
from tierscore.reports.words import LANGUAGES, Words

CANNOT, WRONG = 1, 2

Arguments = ParamSpec("Arguments")


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


def operator() -> str:
    """Who runs a command, as the audit trail names them: whoever may run it may change the database anyway."""
    try:
        return f"shell:{getpass.getuser()}"
    except (OSError, KeyError):  # a container's user may have no name
        return "shell"


def answering(command: Callable[Arguments, None]) -> Callable[Arguments, None]:
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
        if violation.message != error.message:
            click.echo(f"  {violation}", err=True)
