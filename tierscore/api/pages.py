"""Lists in pages: items, page, page_size, total, and a Link header that leads through them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import request

from tierscore.api.fields import WholeNumber
from tierscore.api.parsing import QuerySchema

DEFAULT_SIZE = 100
LARGEST_SIZE = 1000
LAST_PAGE = 1_000_000_000

Page = tuple[dict[str, Any], dict[str, str]]


class PageQuery(QuerySchema):
    """Which page of a list."""

    page = WholeNumber(1, LAST_PAGE, load_default=1, metadata={"description": "page, counted from 1"})
    page_size = WholeNumber(1, LARGEST_SIZE, load_default=DEFAULT_SIZE, metadata={"description": "items on a page"})


def cut(items: Sequence[Any], query: Mapping[str, Any], **more: Any) -> Page:
    """The page of a whole list that a query asks for, as body and headers."""
    return bound(items[part(query)], len(items), query, **more)


def part(query: Mapping[str, Any]) -> slice:
    """Which items of a whole list are on the page that a query asks for."""
    start = (query["page"] - 1) * query["page_size"]
    return slice(start, start + query["page_size"])


def bound(items: Sequence[Any], total: int, query: Mapping[str, Any], **more: Any) -> Page:
    """A page that is cut already, as body and headers; a page beyond the end is empty."""
    page, size = query["page"], query["page_size"]
    body = {**more, "items": items, "page": page, "page_size": size, "total": total}
    return body, {"Link": _links(page, max(1, -(-total // size)))}


def _links(page: int, last: int) -> str:
    """The header of RFC 8288; there is no next page at the end, and no previous one at the start."""
    links = {"first": 1, "prev": min(page - 1, last), "next": page + 1, "last": last}
    return ", ".join(f'<{_address(number)}>; rel="{name}"' for name, number in links.items() if 1 <= number <= last)


def _address(page: int) -> str:
    others = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    return f"{request.path}?{urlencode([*others, ('page', page)])}"
