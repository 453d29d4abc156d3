"""Walks the index tree of a framework."""

from __future__ import annotations

from collections.abc import Iterator

from tierscore.framework.model import Leaf, Node


def leaves(node: Node, pointer: str = "/index") -> Iterator[tuple[str, Leaf]]:
    """Every indicator entry of the index tree with its JSON Pointer, depth first."""
    for place, child in enumerate(node.children):
        here = f"{pointer}/children/{place}"
        if isinstance(child, Leaf):
            yield here, child
        else:
            yield from leaves(child, here)


def nodes(node: Node, pointer: str = "/index") -> Iterator[tuple[str, Node]]:
    """Every inner node of the index tree with its JSON Pointer, the root first."""
    yield pointer, node
    for place, child in enumerate(node.children):
        if isinstance(child, Node):
            yield from nodes(child, f"{pointer}/children/{place}")
