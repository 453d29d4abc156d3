"""The digest of a revision over rows that come in parts: over the very text of `batch.chained_digest`.

Columns stand one after the other in that text, while rows come with all their columns: so each column is kept in a
temporary file until all rows are there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from tempfile import TemporaryFile
from typing import IO, Any

_BLOCK = 1 << 20


@contextmanager
def long_digest(names: Sequence[str]) -> Iterator[LongDigest]:
    """A digest of rows with these columns; its files are gone at the end of the block, or of the process."""
    with ExitStack() as stack:
        yield LongDigest({name: stack.enter_context(TemporaryFile()) for name in names})


class LongDigest:
    """Takes the rows of a revision part by part."""

    def __init__(self, files: Mapping[str, IO[bytes]]) -> None:
        self._files = files
        self._begun = False

    def add(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """Takes rows in, as columns of Python's own values; there may be none."""
        if not columns[next(iter(self._files))]:
            return
        for name, file in self._files.items():
            if self._begun:
                file.write(b",")
            file.write(_text(columns[name])[1:-1])
        self._begun = True

    def chained(self, previous: str, recorded_at: datetime) -> str:
        """SHA-256 over the digest before, all rows in the order they came, and the time; 64 hex digits."""
        digest = sha256(b"[" + _text(previous))
        before = b",{"
        for name, file in self._files.items():
            digest.update(before + _text(name) + b":[")
            file.seek(0)
            while block := file.read(_BLOCK):
                digest.update(block)
            digest.update(b"]")
            before = b","
        digest.update(b"}," + _text(recorded_at.astimezone(UTC).isoformat()) + b"]")
        return digest.hexdigest()


def _text(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
