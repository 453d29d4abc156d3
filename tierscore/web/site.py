"""What all pages share: the frame, the language, what a browser may load, and when a page is still the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for

from tierscore import __version__
from tierscore.reports import numbers
from tierscore.reports.contrast import ink_on
from tierscore.services.kept import Kept
from tierscore.web import session
from tierscore.web.asked import asked, carried
from tierscore.web.context import reading
from tierscore.web.languages import NAMES, TAGS, language, words

# Own files only: no style or script inside a page, nothing from another host, no frame, no form sent elsewhere.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
PAGES = {
    "show_home": "Overview",
    "show_bench": "What if",
    "show_comparison": "Compare",
    "show_data": "Data",
    "show_method": "Method",
}
HTML = "text/html"
MOST_SUGGESTED = 400  # every page carries their names
MOST_BYTES = 16 * 1024 * 1024
_EXTENSION = "tierscore.pages"

blueprint = Blueprint("web", __name__, template_folder="templates", static_folder="static", static_url_path="/static")

View = Callable[..., str | Response]


@dataclass(frozen=True)
class Made:
    """A page as it was written."""

    body: bytes
    media_type: str


@blueprint.record
def _make_room(state: Any) -> None:
    state.app.extensions[_EXTENSION] = Kept[Made](MOST_BYTES, lambda made: len(made.body))


def is_page() -> bool:
    """Whether the present request asks for a page, not for one of the files that pages are made with."""
    return request.blueprint == blueprint.name and request.endpoint != f"{blueprint.name}.static"


def is_looked_at() -> bool:
    """Whether somebody looks for a page, so that another page can be shown; a script that asks cannot be led on."""
    endpoint = str(request.endpoint).removeprefix(f"{blueprint.name}.")
    by_person = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    return is_page() and by_person and endpoint.startswith(("show_", "find"))


def page(view: View) -> View:
    """A view that depends on its address, the language and the database alone: the same again is not made again."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Response:
        tag = _tag()
        if tag in request.if_none_match.as_set(include_weak=True):
            return _tagged(Response(status=304), tag)
        kept: Kept[Made] = current_app.extensions[_EXTENSION]
        made = kept.get(tag, lambda: _made(view(*args, **kwargs)))
        return _tagged(Response(made.body, mimetype=made.media_type), tag)

    return answer


def _made(answer: str | Response) -> Made:
    response = current_app.make_response(answer)
    return Made(response.get_data(), response.mimetype or HTML)


def _tag() -> str:
    """What everything on a page depends on; with that, whether it is known how sure the tiers are."""
    now = reading()
    question = sorted(request.args.items(multi=True), key=lambda item: item[0])
    parts = [now.fingerprint, __version__, language(), request.path, question, now.settled(asked())]
    return sha256(json.dumps(parts, default=str).encode()).hexdigest()[:32]


def _tagged(response: Response, tag: str) -> Response:
    response.set_etag(tag, weak=True)
    response.cache_control.no_cache = True
    response.vary.add("Accept-Language")
    return response


@blueprint.after_request
def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    if response.mimetype == HTML:
        response.content_language = language()
    return response


def render(template: str, **content: Any) -> str:
    """A page of a template in the language asked for.

    Templates say things by ``_("English sentence with {field}", field=…)``, write numbers by ``numbers``, link other
    pages by ``to(page, …)``, which keeps framework, year, data and language, and the same page by ``here(…)``.
    """
    return render_template(
        template,
        _=words().say,
        words=words(),
        language=language(),
        language_tag=TAGS[language()],
        language_names=NAMES,
        numbers=numbers,
        ink_on=ink_on,
        to=to,
        here=here,
        carried=carried(),
        signs_in=session.is_offered(),
        pages=[(name, words().say(title)) for name, title in PAGES.items()],
        **(content if "places" in content else {"places": places(), **content}),
    )


def places() -> list[dict[str, Any]]:
    """The groups and the first regions, as suggestions for the search; it finds all others, too."""
    return [*reading().groups(), *reading().regions()[:MOST_SUGGESTED]]


def to(page: str, **parameters: Any) -> str:
    """The address of another page about the same framework, year and data, in the same language."""
    return url_for(f"web.{page}", **{**carried(), **parameters})


def here(**parameters: Any) -> str:
    """The address of this page with some parameters changed; None takes one away."""
    given: dict[str, Any] = {**request.args.to_dict(flat=False), **(request.view_args or {}), **parameters}
    return url_for(request.endpoint or "web.show_home", **given)
