"""What the browser of somebody who signed in carries: the id of a key, signed, for some hours. Never the key itself.

Only where reading needs a key is there a cookie at all. It opens what may be read; what stores asks for the key each
time, so that no page of somebody else can store anything by it.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, Request, current_app, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from tierscore.settings import ALWAYS, REQUIRED

HOURS = 10
NAME = "tierscore"
_KEY = "key"


class Cookie(SecureCookieSessionInterface):
    """Flask's signed cookie, for the whole of this host and for nobody else's requests.

    A secure one has a name that a browser takes from no other host and from no unencrypted page (RFC 6265bis, 4.1.3).
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie says; no signature is made ready where none was sent, as with all programs."""
        return super().open_session(app, request) if "Cookie" in request.headers else self.session_class()

    def get_cookie_name(self, app: Flask) -> str:
        """The name, by which the browser holds to what is promised."""
        return f"__Host-{NAME}" if self.get_cookie_secure(app) else NAME

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether the cookie is for encrypted connections only: as the request is, or always where it is set so."""
        return bool(app.config["SESSION_COOKIE_SECURE"]) or request.is_secure


def init_app(app: Flask, auth: str, cookie_secure: str) -> None:
    """Tells an application whether there are sessions, and what their cookie is like."""
    app.session_interface = Cookie()
    app.config.update(
        AUTH=auth,
        SESSION_COOKIE_SECURE=cookie_secure == ALWAYS,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=HOURS),  # after which a signature is too old, whatever browsers keep
    )


def is_offered() -> bool:
    """Whether one can sign in here: only where reading needs a key."""
    return bool(current_app.config["AUTH"] == REQUIRED)


def known() -> str | None:
    """The id of the key that somebody signed in with; None where nobody did, or too long ago."""
    found = session.get(_KEY)
    return found if isinstance(found, str) else None


def begin(identifier: str) -> None:
    """From the answer to the present request on, the browser carries this id."""
    session.clear()
    session[_KEY] = identifier


def end() -> None:
    """Has the browser forget what it carries, if it carries anything."""
    session.clear()


def is_own() -> bool | None:
    """Whether one of our own pages makes the present request; None where the browser does not say."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin", "null")
    return None if origin == "null" else urlsplit(origin).netloc == request.host
