"""What can go wrong, in the service's own words: no HTTP, no database, no language chosen yet.

Every error carries an English sentence as a template with named fields, so that the ways out can translate the
template and fill it in afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

# Fields of a sentence that hold English words of ours, to be translated, rather than what the client sent.
OWN_WORDS = frozenset({"kind", "what", "problem", "way"})


@dataclass(frozen=True)
class Violation:
    """One thing wrong with one input.

    Attributes
    ----------
    code : str
        A fixed word for programs, snake_case.
    template : str
        The English sentence with ``{named}`` fields, filled from `params`.
    pointer : str or None
        JSON Pointer (RFC 6901) into the document or body.
    parameter : str or None
        Name of the query or path parameter, setting or option.
    row : int or None
        Line of the file, the header being line 1.
    field : str or None
        Column or key of that row.
    value : object
        What was given; None where nothing was.
    allowed : tuple
        What would have been accepted: words, or one text such as ``"a number >= 0"``.
    """

    code: str
    template: str
    params: Mapping[str, Any] = field(default_factory=dict)
    pointer: str | None = None
    parameter: str | None = None
    row: int | None = None
    field: str | None = None
    value: Any = None
    allowed: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """The sentence in English."""
        return self.template.format(**self.params)

    def __str__(self) -> str:
        place = self.pointer or self.parameter or (f"line {self.row}" if self.row is not None else "")
        tail = f" (allowed: {', '.join(self.allowed)})" if self.allowed else ""
        return f"{place}: {self.message}{tail}" if place else f"{self.message}{tail}"


class TierscoreError(Exception):
    """Base of every error the service raises on purpose.

    Attributes: `code`, the fixed word; `template` and `params`, the sentence; `violations`, the single mistakes.
    """

    code = "error"
    template = "Something is wrong."

    def __init__(self, *, violations: Iterable[Violation] = (), **params: Any) -> None:
        self.params = params
        self.violations: tuple[Violation, ...] = tuple(violations)
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The sentence in English."""
        return self.template.format(**self.params)


class Invalid(TierscoreError):
    """An input breaks its rules; `violations` lists every mistake, not just the first."""

    code = "invalid"
    template = "{what} is not valid: {count} mistake(s)."

    def __init__(self, what: str, violations: Sequence[Violation]) -> None:
        super().__init__(what=what, count=len(violations), violations=violations)


class UnknownCode(TierscoreError):
    """A code that names nothing.

    `parameter` is the query parameter or body key that held it; None when the code is the very thing asked for.
    """

    code = "unknown_code"
    template = "There is no {kind} {value!r}."

    def __init__(self, kind: str, value: str, known: Iterable[str], parameter: str | None = None) -> None:
        self.kind = kind
        self.value = value
        self.parameter = parameter
        self.known = tuple(known)
        self.nearest = tuple(get_close_matches(value, self.known, n=3, cutoff=0.5))
        super().__init__(kind=kind, value=value)

    def as_violation(self) -> Violation:
        """The same as a single mistake, with the nearest known codes, or all when they are few."""
        allowed = self.nearest or (self.known if len(self.known) <= 40 else ())
        return Violation(
            code=self.code,
            template=self.template,
            params=self.params,
            parameter=self.parameter,
            value=self.value,
            allowed=allowed,
        )


class CannotScore(TierscoreError):
    """The framework cannot be computed on these data.

    Attributes: `step`, and where they are known `indicator` (or a node of the index) and `unit`.
    """

    code = "cannot_score"

    def __init__(
        self, template: str, *, step: str, indicator: str | None = None, unit: str | None = None, **params: Any
    ) -> None:
        self.template = template
        self.step = step
        self.indicator = indicator
        self.unit = unit
        found = {"step": step, "indicator": indicator, "unit": unit, **params}
        super().__init__(violations=[Violation(self.code, template, found, field=indicator, value=unit)], **found)

    def at(self, pointer: str) -> CannotScore:
        """The same with the place in the body that it is about."""
        self.violations = tuple(replace(violation, pointer=pointer) for violation in self.violations)
        return self


class AlreadyPublished(TierscoreError):
    """A published framework version is asked to change."""

    code = "already_published"
    template = "Framework {id} version {version} is published with another content; a change is a new version."


class AlreadyThere(TierscoreError):
    """A code that is asked for is taken."""

    code = "already_there"
    template = "There is a {kind} {value!r} already."


class Protected(TierscoreError):
    """What comes with the service is asked to go."""

    code = "protected"
    template = "The {kind} {value!r} comes with the service and stays."


class Unconditional(TierscoreError):
    """A change that does not say what it was made from."""

    code = "if_match_needed"
    template = "Send the header If-Match with the ETag of what you change."


class Stale(TierscoreError):
    """A change of something that has changed since it was fetched."""

    code = "stale"
    template = "It has changed since you fetched it; fetch it again."


class OtherRequest(TierscoreError):
    """An Idempotency-Key that came with another request before."""

    code = "other_request"
    template = "This Idempotency-Key came with another request before; another request needs another key."


class StillRunning(TierscoreError):
    """An Idempotency-Key whose first request is not answered yet."""

    code = "still_running"
    template = "The first request with this Idempotency-Key is still running; ask again for its answer."


class KeyNeeded(TierscoreError):
    """A call that nobody may make without a key."""

    code = "key_needed"
    template = "This call needs a key with the scope {scope}; send it in the header Authorization."


class WrongKey(TierscoreError):
    """A key that opens nothing; `reason` is unknown, expired or revoked."""

    code = "wrong_key"
    reasons: Mapping[str, str] = {
        "unknown": "The key is none of this service.",
        "expired": "The key has expired.",
        "revoked": "The key has been revoked.",
    }

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.template = self.reasons[reason]
        super().__init__()


class ScopeMissing(TierscoreError):
    """A key that is right, but not for this call."""

    code = "scope_missing"
    template = "The key {name!r} lacks the scope {scope}."


class NotReady(TierscoreError):
    """The database cannot be reached, or is not at the newest migration."""

    code = "not_ready"
    template = "The service is not ready: {problem}."


class Interrupted(TierscoreError):
    """Something that was begun in the background and cannot come to its end."""

    code = "interrupted"
    template = "It was interrupted: {problem}."
