"""The digest of a framework: the same content gives the same 64 hexadecimal digits, however it was written down."""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tierscore.framework.model import Framework


def digest(framework: Framework) -> str:
    """SHA-256 over the canonical JSON of everything in the framework but the digest itself.

    Key order, YAML or JSON, and ``2/3`` against its decimal value make no difference; any changed weight, knot, word
    of a title or lever does.
    """
    content = asdict(framework)
    del content["digest"]
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return sha256(canonical.encode()).hexdigest()
