"""Jobs that compute in the background."""

from __future__ import annotations

from functools import partial

from marshmallow import Schema

from tierscore.api.schemas.common import Answer, MaybeNumber, MaybeText, Moment, Text, Whole, maybe, word

MaybeMoment = partial(Moment, allow_none=True)


class JobState(Answer):
    """How far a job is."""

    id = Text()
    state = word("queued", "running", "done", "failed", "cancelled")
    samples_done = Whole(metadata={"description": "draws made so far, told twice a second"})
    samples_total = Whole()
    created_at = Moment()
    started_at = MaybeMoment()
    finished_at = MaybeMoment()
    eta_seconds = MaybeNumber(
        metadata={"description": "seconds left if the rest goes as fast as what is done; null when that is not known"}
    )
    problem = MaybeText(metadata={"description": "why it failed"})


def job_schema(result: type[Schema]) -> type[Schema]:
    """The schema `Job` of jobs with results of this schema."""
    outcome = maybe(result, "null unless done")

    class Job(JobState):
        """A job, and its result once it is done."""

        result = outcome

    return Job
