"""Files in and out, progress, and answers as tables, JSON or CSV."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import click

from tierscore.errors import Invalid, Violation
from tierscore.reports.rows import to_csv
from tierscore.reports.words import Words


def progress(stage: str) -> None:
    """Says on a terminal what takes its time; files and pipes stay as they are."""
    if sys.stderr.isatty():
        click.echo(stage, err=True)


SAID = {
    "checking": "checking: {rows} rows",
    "sorting": "sorting: {rows} rows",
    "comparing": "comparing: {rows} rows",
    "storing": "storing: {rows} rows",
}


class Ticker:
    """Shows on a terminal how far an import is: one line that is written anew, a new one for each stage."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._stage, self._began = "", 0.0

    def __call__(self, stage: str, rows: int) -> None:
        """Takes note of a stage and of the rows that it has done."""
        if not sys.stderr.isatty():
            return
        if stage != self._stage:
            click.echo("" if self._stage == "" else "\n", err=True, nl=False)
            self._stage, self._began = stage, monotonic()
        passed = monotonic() - self._began
        rate = self._words.say(", {rate} a second", rate=f"{rows / passed:,.0f}") if passed > 1 else ""
        click.echo(f"\r{self._words.say(SAID[stage], rows=f'{rows:,}')}{rate}\x1b[K", err=True, nl=False)

    def end(self) -> None:
        """Leaves the last line as it is."""
        if self._stage:
            click.echo(err=True)


def read_bytes(file: Path) -> bytes:
    """What a file holds; raises Invalid where it cannot be read."""
    with _touching(file, "unreadable", "The file cannot be read: {reason}."):
        return file.read_bytes()


def readable(file: Path) -> Path:
    """The same file; raises Invalid where it cannot be read."""
    with _touching(file, "unreadable", "The file cannot be read: {reason}."), file.open("rb") as opened:
        opened.read(1)
    return file


def write_bytes(file: Path, content: bytes) -> None:
    """Writes a file; raises Invalid where it cannot be written."""
    with _touching(file, "unwritable", "The file cannot be written: {reason}."):
        file.write_bytes(content)


def write_parts(file: Path, parts: Iterable[str]) -> None:
    """Writes a text file in UTF-8, part by part; raises Invalid where it cannot be written."""
    with (
        _touching(file, "unwritable", "The file cannot be written: {reason}."),
        file.open("w", encoding="utf-8", newline="") as opened,
    ):
        opened.writelines(parts)


@contextmanager
def _touching(file: Path, code: str, template: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = {"reason": error.strerror or type(error).__name__}
        raise Invalid(str(file), [Violation(code, template, reason)]) from None


def formatted(
    answers: list[dict[str, Any]], form: str, tell: Callable[[dict[str, Any], Words], str], words: Words
) -> str:
    """Answers as JSON or CSV, or as `tell` writes them."""
    if form == "json":
        content = answers[0] if len(answers) == 1 else {"items": answers}
        return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2)
    if form == "csv":
        return to_csv(answers).rstrip("\n")
    return "\n\n".join(tell(answer, words) for answer in answers)
