"""Who asks, how often, and whether they may: before a body is looked at.

What is under /api/v1 needs a key, and so do the pages where reading does. Health, metrics, contract, docs page and the
files of pages hold no data and stay open.
"""

from __future__ import annotations

from flask import Flask, current_app, g, request

from tierscore.api import limits
from tierscore.api.context import reading
from tierscore.api.problems import about_header
from tierscore.api.resources import PREFIX
from tierscore.api.scopes import is_open, needed
from tierscore.errors import KeyNeeded, ScopeMissing, WrongKey
from tierscore.services.keys import READ, Holder
from tierscore.services.service import NOBODY
from tierscore.settings import Settings
from tierscore.web import site

HEADER = "Authorization"


def init_app(app: Flask, settings: Settings) -> None:
    """Puts recognition, limits and refusal, in this order, before every request of an application."""
    app.config["AUTH"] = settings.auth
    app.before_request(_recognise)
    limits.init_app(app, settings, _holder)
    app.before_request(_refuse)


def actor() -> str:
    """Who makes the present request: the name of its key."""
    key = _key()
    return NOBODY if key is None else key.name


def caller() -> str:
    """Who makes the present request, by the id of its key, which no other key will ever have."""
    return _holder() or NOBODY


def _recognise() -> None:
    """Finds the key. A wrong one is refused only once the request is counted, so that nobody tries without limit."""
    given = request.authorization
    if _scope() is None or given is None or given.type != "bearer":
        return
    try:
        g.key = reading().holder(given.token or "")
        g.key_name = g.key.name  # for the log
    except WrongKey as error:
        g.wrong_key = error


def _refuse() -> None:
    scope, key = _scope(), _key()
    if scope is None:
        return
    if "wrong_key" in g:
        raise about_header(g.wrong_key, HEADER)
    if is_open(scope, current_app.config["AUTH"]):
        return
    if key is None:
        raise about_header(KeyNeeded(scope=scope), HEADER)
    if scope not in key.scopes:
        raise about_header(ScopeMissing(name=key.name, scope=scope), HEADER)


def _scope() -> str | None:
    """The scope that the present request needs; None where no key is looked at."""
    rule = request.url_rule
    if site.is_page():
        return READ
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
