"""A request that is sent again is done once: its first answer is kept in the transaction of what it stores.

So whoever dies in between leaves both or none, and a retry either gets the first answer or starts anew.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from tierscore.errors import OtherRequest, StillRunning
from tierscore.storage import first_answers
from tierscore.storage.database import Database
from tierscore.storage.first_answers import Attempt, FirstAnswer
from tierscore.storage.turns import turn

Work = Callable[[], tuple[FirstAnswer, bool]]

__all__ = ["Attempt", "FirstAnswer", "Work", "once"]


class _Late(Exception):
    """Somebody else's answer is kept already."""


def once(database: Database, attempt: Attempt, lifetime: timedelta, work: Work) -> FirstAnswer | None:
    """The answer that an earlier request with this key got; None if there was none and `work` was done now.

    Parameters
    ----------
    lifetime : timedelta
        For how long the answer is kept.
    work : callable
        Makes the answer, and says whether to keep it. All that it writes is one transaction with the kept answer;
        a refusal (status 400 and above) undoes what it wrote.

    Raises
    ------
    OtherRequest
        When the key came with another request before.
    StillRunning
        When an earlier request with this key is not answered yet.
    """
    with turn(database, f"{attempt.caller} {attempt.key}") as ours:
        earlier = _earlier(database, attempt)
        if earlier is not None:
            return earlier
        if not ours:
            raise StillRunning
        with suppress(_Late):
            _do(database, attempt, lifetime, work)
            return None
    earlier = _earlier(database, attempt)
    if earlier is None:
        raise StillRunning
    return earlier


def _earlier(database: Database, attempt: Attempt) -> FirstAnswer | None:
    with database.look() as connection:
        found = first_answers.find(connection, attempt, datetime.now(UTC))
    if found is None:
        return None
    request, answer = found
    if request != attempt.request:
        raise OtherRequest
    return answer


def _do(database: Database, attempt: Attempt, lifetime: timedelta, work: Work) -> None:
    with database.together() as whole:
        answer, is_kept = work()
        if answer.status >= 400:
            whole.undo()
        if not is_kept:
            return
        now = datetime.now(UTC)
        with database.write() as session:
            if not first_answers.keep(session, attempt, answer, now, now + lifetime):
                raise _Late
