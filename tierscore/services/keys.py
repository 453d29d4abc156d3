"""Keys to the API: made here, and recognised here.

A key is 256 random bits, so one round of SHA-256 hides it as well as a slow hash would: there is nothing to guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from secrets import token_hex
from typing import Any

from tierscore.errors import Invalid, Violation, WrongKey
from tierscore.storage.keys import Key
from tierscore.storage.observations import iso_utc

Holder = Key

READ, WRITE, ADMIN = "read", "write", "admin"
SCOPES = (READ, WRITE, ADMIN)  # none of them implies another

RESERVED = ("anonymous", "seed")  # who is recorded where there is no key
_PREFIX = "tierscore"
_NAME = re.compile(r"\w[\w.-]{0,63}")
_PERIOD = re.compile(r"([1-9][0-9]{0,4})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_NO_DIGEST = sha256(b"").hexdigest()


def make(name: str, scopes: Sequence[str], expires_in: str | None, now: datetime) -> tuple[str, Key]:
    """A new key, and what is to be stored of it.

    Parameters
    ----------
    expires_in : str or None
        Such as ``12h``, ``90d`` or ``8w``; None for a key that never expires.

    Raises
    ------
    Invalid
        Listing every mistake.
    """
    wrong = [*_wrong_name(name), *_wrong_scopes(scopes), *_wrong_period(expires_in)]
    if wrong:
        raise Invalid("key", wrong)
    identifier = token_hex(8)
    key = f"{_PREFIX}_{identifier}_{token_hex(32)}"
    ends = None if expires_in is None else now + _period(expires_in)
    return key, Key(identifier, name, digest(key), tuple(word for word in SCOPES if word in scopes), now, ends)


def digest(key: str) -> str:
    """What is kept of a key."""
    return sha256(key.encode()).hexdigest()


def holder(known: Mapping[str, Key], given: str, now: datetime) -> Key:
    """Which of the known keys, by their ids, was given; takes as long for a wrong key as for the right one.

    Raises WrongKey for one that is unknown, revoked or expired.
    """
    found = known.get(given.split("_")[1] if given.count("_") == 2 else "")
    if not compare_digest(digest(given), _NO_DIGEST if found is None else found.digest) or found is None:
        raise WrongKey("unknown")
    return _still_good(found, now)


def holder_of(known: Mapping[str, Key], identifier: str, now: datetime) -> Key:
    """The known key with an id, where it was seen before; raises WrongKey as `holder`."""
    if identifier not in known:
        raise WrongKey("unknown")
    return _still_good(known[identifier], now)


def _still_good(key: Key, now: datetime) -> Key:
    if key.revoked_at is not None:
        raise WrongKey("revoked")
    if key.expires_at is not None and key.expires_at <= now:
        raise WrongKey("expired")
    return key


def terms(key: Key) -> dict[str, Any]:
    """What a key is good for, and until when."""
    return {"scopes": list(key.scopes), "expires_at": None if key.expires_at is None else iso_utc(key.expires_at)}


def answer(key: Key, now: datetime) -> dict[str, Any]:
    """A key as a list shows it."""
    return {"name": key.name, **terms(key), "created_at": iso_utc(key.created_at), "state": _state(key, now)}


def _state(key: Key, now: datetime) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "valid" if key.expires_at is None or key.expires_at > now else "expired"


def _wrong_name(name: str) -> Iterator[Violation]:
    if _NAME.fullmatch(name) is None:
        allowed = ("1 to 64 letters, digits, '-', '_' and '.', the first one a letter or a digit",)
        yield Violation("wrong_name", "{value!r} cannot be the name of a key.", {"value": name},
                        parameter="name", value=name, allowed=allowed)  # fmt: skip
    elif name in RESERVED:
        yield Violation("reserved_name", "The name {value!r} is taken by the service itself.", {"value": name},
                        parameter="name", value=name)  # fmt: skip


def _wrong_scopes(scopes: Sequence[str]) -> Iterator[Violation]:
    for word in scopes or [""]:
        if word not in SCOPES:
            yield Violation("unknown_word", "{value!r} is no scope.", {"value": word},
                            parameter="scopes", value=word, allowed=SCOPES)  # fmt: skip


def _wrong_period(text: str | None) -> Iterator[Violation]:
    if text is not None and _PERIOD.fullmatch(text) is None:
        yield Violation("wrong_period", "{value!r} is no period.", {"value": text},
                        parameter="expires-in", value=text, allowed=("12h", "90d", "8w"))  # fmt: skip


def _period(text: str) -> timedelta:
    return int(text[:-1]) * _UNITS[text[-1]]
