"""The pages in a real browser: Chromium, driven by playwright, on an application served in this process."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import make_server
from werkzeug.wsgi import ClosingIterator

from tests.api.conftest import SETTINGS
from tests.conftest import sqlite_url
from tests.keys import grant
from tierscore.api import create_app
from tierscore.services.service import Service

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
# Chromium looks up hosts of its own when it starts; it is told not to.
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync"]  # fmt: skip
LAPTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def app(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The whole application on a seeded database that knows how sure the tiers are, which no test changes."""
    service = Service.open(sqlite_url(shutil.copy(seeded_file, tmp_path_factory.mktemp("web") / "web.db")))
    service.settle_confidence()
    application = create_app(SETTINGS, service)
    application.testing = True
    yield application
    service.close()


@pytest.fixture(scope="session")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def site(app: Flask) -> Iterator[str]:
    """The address of the application, served."""
    yield from served(app)


@pytest.fixture
def own_app(seeded: Any) -> Flask:
    """An application on a database of the test's own."""
    application = create_app(SETTINGS, Service(seeded))
    application.testing = True
    return application


@pytest.fixture
def own_site(own_app: Flask) -> Iterator[str]:
    """The address of an application on a database of the test's own."""
    yield from served(own_app)


@pytest.fixture
def own_key(own_app: Flask) -> str:
    """A key to everything of that application."""
    return grant(own_app.extensions["tierscore"].database)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; a test that needs it fails where there is none, and says how to get it."""
    if not CHROMIUM.exists():
        pytest.fail(f"No browser at {CHROMIUM}. On Debian: apt install chromium; elsewhere set CHROMIUM to its path.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """``open_page(address, lang="zh", size=LAPTOP)``: a page, whole.

    At the end no page may have written an error to its console, thrown one, or asked another host for anything.
    Chromium writes of refused requests there, too: `refused` are the statuses that a test brings about.
    """
    wrong: list[str] = []
    contexts = []

    def open_one(
        address: str, lang: str = "zh", size: dict[str, int] = LAPTOP, refused: Sequence[int] = (), **options: Any
    ) -> Page:
        context = browser.new_context(locale={"zh": "zh-CN", "en": "en-GB"}[lang], viewport=size, **options)
        contexts.append(context)
        page = context.new_page()
        host = "/".join(address.split("/")[:3])
        page.on("console", lambda said: wrong.append(said.text) if is_wrong(said, refused) else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda asked: None if is_here(asked.url, host) else wrong.append(asked.url))
        page.goto(address)
        page.wait_for_load_state("networkidle")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert wrong == []


def is_wrong(said: ConsoleMessage, refused: Sequence[int]) -> bool:
    """Whether a line of the console is an error that no test meant."""
    meant = any(f"responded with a status of {status}" in said.text for status in refused)
    return said.type in ("error", "warning") and not meant


def is_here(address: str, host: str) -> bool:
    return address.startswith((f"{host}/", "data:", "blob:")) or address == host


def whole(app: WSGIApplication) -> WSGIApplication:
    """An application whose answers are read before they are sent: where a browser resets a connection, the server of
    these tests forgets to close the file that it was sending.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with closing(ClosingIterator(app(environ, start_response))) as body:
            return [b"".join(body)]

    return answer


def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, whole(app), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def rows(page: Page, table: str) -> list[list[str]]:
    """What the cells of a table say, row by row, its head and foot aside; in one call of the browser."""
    script = "found => found.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    told: list[list[str]] = page.eval_on_selector_all(f"{table} tbody tr", script)
    return told


def serious(page: Page) -> list[str]:
    """What axe finds on a page that keeps somebody from using it: ids of rules with the first place of each."""
    found = Axe().run(page).response["violations"]
    return [
        f"{item['id']}: {item['nodes'][0]['html'][:200]}" for item in found if item["impact"] in ("serious", "critical")
    ]
