"""The digest of a framework: the same content gives the same 64 hexadecimal digits, however it was written down."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tierscore.framework.model import Framework


def digest(framework: Framework) -> str:
    """SHA-256 over the canonical JSON of everything in the framework but the digest itself.

    Key order, YAML or JSON, a default written out or left out, and ``1/2`` against 0.5 make no difference; any changed
    weight, knot, word of a title or lever does.
    """
    text = json.dumps(_content(_ordered(framework)), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _ordered(framework: Framework) -> Framework:
    """What are mappings in a document, without their order."""
    return replace(
        framework,
        digest="",
        levers=tuple(replace(lever, acts_on=tuple(sorted(lever.acts_on))) for lever in framework.levers),
        references=tuple(sorted(framework.references, key=lambda reference: reference.code)),
        region_rule=replace(framework.region_rule, kinds=tuple(sorted(framework.region_rule.kinds))),
    )


def _content(value: Any) -> Any:
    """Plain values under the name of their class.

    Defaults are left out, so that a later version of the model, with more fields, gives the published frameworks the
    digests that they have.
    """
    if isinstance(value, tuple):
        return [_content(item) for item in value]
    if not is_dataclass(value):
        return value
    given = {field.name: getattr(value, field.name) for field in fields(value)}
    defaults = {field.name: field.default for field in fields(value)}
    return {"": type(value).__name__} | {name: _content(item) for name, item in given.items() if item != defaults[name]}
