"""A file to be handed out."""

from __future__ import annotations

from dataclasses import dataclass

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Document:
    """A file to be handed out: its name, media type and bytes."""

    name: str
    media_type: str
    content: bytes
