"""Imports that go on in the background."""

from __future__ import annotations

from functools import partial

from tierscore.api.schemas.common import Answer, MaybeWhole, Moment, Text, maybe, maybe_word, word
from tierscore.api.schemas.problem import Problem
from tierscore.api.schemas.report import Report

MaybeMoment = partial(Moment, allow_none=True)
STAGES = ("checking", "sorting", "comparing", "storing")


class ImportJob(Answer):
    """How far an import is, and what became of it."""

    id = Text()
    state = word("queued", "running", "done", "failed", "cancelled")
    stage = maybe_word(*STAGES, description="what it is at; null unless it runs on the host that is asked")
    rows = MaybeWhole(metadata={"description": "rows that are done at this stage"})
    created_at = Moment()
    started_at = MaybeMoment()
    finished_at = MaybeMoment()
    problem = maybe(Problem, "why it failed, as it would have been answered at once")
    result = maybe(Report, "null unless done")
