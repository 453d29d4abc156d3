"""Signing in where reading needs a key: the key is typed once, and the browser carries its id from then on."""

from __future__ import annotations

import re

from flask import Response, g, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from tierscore.errors import ScopeMissing, TierscoreError, WrongKey
from tierscore.services.keys import READ
from tierscore.web import session
from tierscore.web.context import reading
from tierscore.web.failures import sentence
from tierscore.web.languages import words
from tierscore.web.site import blueprint, render, to

FORM = "application/x-www-form-urlencoded"
LARGEST = 16 * 1024  # bytes of the form
FREE = ("web.ask_key", "web.sign_in", "web.sign_out")
CHALLENGE = 'Bearer realm="tierscore"'

# A path of this host: "//host" and "/\host" are addresses of others, and browsers drop tabs and line breaks.
_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


class Elsewhere(TierscoreError):
    """A form that does not come from our own page, as far as the browser says."""

    code = "elsewhere"
    template = "The form was not sent from this page. Open it again and type the key there."


STATUSES: dict[type[TierscoreError], int] = {WrongKey: 401, ScopeMissing: 403, Elsewhere: 403}


def is_here() -> bool:
    """Whether the present request is about signing in or out, for which no key is needed."""
    return request.endpoint in FREE


def leads_to() -> Answer:
    """The way to the form, from which one comes back to the present address."""
    asked = request.full_path.removesuffix("?")
    answer = redirect(url_for("web.ask_key", next=asked, lang=request.args.get("lang")), 303)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/sign-in")
def ask_key() -> Answer:
    """The form; who has signed in, or need not, is led on."""
    if not session.is_offered() or _holder() is not None:
        return redirect(_next(), 303)
    return _form(again=request.headers.get("Sec-Fetch-Site") == "cross-site" and "again" not in request.args)


@blueprint.post("/sign-in")
def sign_in() -> Answer:
    """Takes the key; a right one is exchanged for a session, and the way leads on to where one wanted to go."""
    if not session.is_offered():
        return redirect(_next(), 303)
    try:
        identifier = _recognised(request.form.get("key", "").strip())
    except (WrongKey, ScopeMissing, Elsewhere) as error:
        return _form(error)
    session.begin(identifier)
    return redirect(_next(), 303)


@blueprint.post("/sign-out")
def sign_out() -> Answer:
    """Ends the session in this browser. A page of somebody else can send no cookie here, so it ends nothing."""
    if session.is_offered() and session.is_own() is not False:
        session.end()
    return redirect(to("ask_key") if session.is_offered() else to("show_home"), 303)


for _view in (sign_in, sign_out):
    _view.accepts = (FORM,)  # type: ignore[attr-defined]  # read by the guards that stand before all views
    _view.largest = LARGEST  # type: ignore[attr-defined]


def is_path(address: str) -> bool:
    """Whether an address stays on this host.

    >>> is_path("/regions/CN-SC?lang=zh"), is_path("//host/"), is_path("https://host/"), is_path("/\\t/host")
    (True, False, False, False)
    """
    return _OWN_PATH.fullmatch(address) is not None


def _next() -> str:
    wanted = request.values.get("next", "")
    return wanted if is_path(wanted) and not wanted.startswith(("/sign-in", "/sign-out")) else to("show_home")


def _recognised(given: str) -> str:
    """The id of a key that may read. A form of somebody else's page would sign a person in as somebody else."""
    if session.is_own() is not True:
        raise Elsewhere
    key = reading().holder(given)
    g.key_name = key.name  # for the log
    if READ not in key.scopes:
        raise ScopeMissing(name=key.name, scope=READ)
    return key.id


def _holder() -> object | None:
    identifier = session.known()
    try:
        return None if identifier is None else reading().holder_of(identifier)
    except WrongKey:
        session.end()
        return None


def _form(error: TierscoreError | None = None, *, again: bool = False) -> Response:
    """The form with what was wrong.

    `again`: a link on another site led here, so the browser kept the cookie back, though there may be one. The page
    asks for itself once more; that is our own request, and the cookie comes along.
    """
    said = None if error is None else sentence(error, words())
    response = make_response(render("sign_in.html", said=said, next=_next(), hours=session.HOURS, again=again))
    if error is not None:
        response.status_code = STATUSES[type(error)]
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = CHALLENGE
    response.cache_control.no_store = True
    response.headers["Referrer-Policy"] = "same-origin"  # else the form is sent with no origin that could be looked at
    return response
