"""Who asks, how often, and whether they may: before a body is looked at.

What is under /api/v1 needs a key, and so do the pages where reading does: there one signs in with the key, and what the
browser carries from then on (tierscore.web.session) stands for it, for reading alone. Health, metrics, contract, docs
page and the files of pages hold no data and stay open.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request
from werkzeug.wrappers import Response as Answer

from tierscore.api import limits
from tierscore.api.context import reading
from tierscore.api.problems import about_header
from tierscore.api.resources import PREFIX
from tierscore.api.scopes import is_open, needed
from tierscore.errors import KeyNeeded, ScopeMissing, WrongKey
from tierscore.services.keys import READ, Holder
from tierscore.services.service import NOBODY
from tierscore.settings import REQUIRED, Settings
from tierscore.web import session, sign_in, site

HEADER = "Authorization"


def init_app(app: Flask, settings: Settings) -> None:
    """Puts recognition, limits and refusal, in this order, before every request of an application."""
    session.init_app(app, settings.auth, settings.cookie_secure)
    app.before_request(_recognise)
    limits.init_app(app, settings, _holder)
    app.before_request(_refuse)
    if settings.auth == REQUIRED:
        app.after_request(_keep_private)


def actor() -> str:
    """Who makes the present request: the name of its key."""
    key = _key()
    return NOBODY if key is None else key.name


def caller() -> str:
    """Who makes the present request, by the id of its key, which no other key will ever have."""
    return _holder() or NOBODY


def _recognise() -> None:
    """Finds the key. A wrong one is refused only once the request is counted, so that nobody tries without limit."""
    scope, given = _scope(), request.authorization
    if scope is None:
        return
    if given is not None and given.type == "bearer":
        _recognise_key(given.token or "")
    elif scope == READ and session.is_offered() and _may_carry_session():
        _recognise_session()


def _may_carry_session() -> bool:
    """Whether a session is good for such a request; what a page of somebody else sends is none of its owner's doing.

    Addresses are another matter: they come from bookmarks and mails, too, and nothing is changed by looking.
    """
    return request.method in ("GET", "HEAD") or (request.method == "POST" and session.is_own() is not False)


def _recognise_key(given: str) -> None:
    try:
        _is(reading().holder(given))
    except WrongKey as error:
        g.wrong_key = error


def _recognise_session() -> None:
    """Finds the key of who signed in. One that opens nothing any more ends the session."""
    identifier = session.known()
    if identifier is None:
        return
    try:
        _is(reading().holder_of(identifier))
    except WrongKey:
        session.end()


def _is(key: Holder) -> None:
    g.key = key
    g.key_name = key.name  # for the log


def _refuse() -> Answer | None:
    """Refuses who may not; a person who looks for a page is led to the form for the key."""
    scope, key = _scope(), _key()
    if scope is None:
        return None
    if "wrong_key" in g:
        raise about_header(g.wrong_key, HEADER)
    if is_open(scope, current_app.config["AUTH"]):
        return None
    if key is None and site.is_looked_at():
        return sign_in.leads_to()
    if key is None:
        raise about_header(KeyNeeded(scope=scope), HEADER)
    if scope not in key.scopes:
        raise about_header(ScopeMissing(name=key.name, scope=scope), HEADER)
    return None


def _keep_private(response: Response) -> Response:
    """What was read by a key is nobody else's: no cache between keeps it, and no browser keeps a page of it."""
    if _scope() is not None:
        response.vary.update(("Authorization", "Cookie"))
        response.cache_control.private = True
        if response.mimetype == site.HTML:
            response.cache_control.no_store = True
    return response


def _scope() -> str | None:
    """The scope that the present request needs; None where no key is looked at."""
    rule = request.url_rule
    if site.is_page():
        return None if sign_in.is_here() else READ
    if rule is None or request.method == "OPTIONS" or not rule.rule.startswith(f"{PREFIX}/"):
        return None
    view = current_app.view_functions[rule.endpoint]
    return needed(getattr(view, "scope", None), request.method)


def _key() -> Holder | None:
    found: Holder | None = g.get("key")
    return found


def _holder() -> str | None:
    key = _key()
    return None if key is None else key.id
