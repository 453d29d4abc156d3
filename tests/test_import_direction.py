"""Imports point one way. The table is the architecture; ast reads every import, those inside functions too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "tierscore"

# Layer: the layers that it may import, itself and the package's version aside.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "operation": {"errors"},
    "settings": {"operation", "errors"},
    "locale": {"errors"},
    "framework": {"errors"},
    "engine": {"framework", "errors"},
    "ingest": {"framework", "errors"},
    "storage": {"framework", "errors"},
    "reports": {"engine", "framework", "errors"},
    "services": {"ingest", "storage", "reports", "engine", "framework", "errors"},
    "web": {"services", "reports", "errors", "settings"},
    "api": {"web", "services", "errors", "settings", "operation"},
    "cli": {"services", "reports", "errors", "settings", "operation"},
}

WEB = {"flask", "flask_smorest", "flask_babel", "marshmallow", "webargs", "apispec", "werkzeug", "click", "gunicorn"}
DATABASE = {"sqlalchemy", "alembic", "psycopg", "sqlite3"}
NUMBERS = {"numpy", "pandas", "scipy", "sklearn"}

# Layer: what it never imports, of other packages.
NEVER: dict[str, set[str]] = {
    "errors": WEB | DATABASE | NUMBERS | {"yaml"},
    "operation": WEB | DATABASE | NUMBERS | {"yaml"},
    "settings": WEB | DATABASE | NUMBERS | {"yaml"},
    "locale": WEB | DATABASE | NUMBERS,
    "framework": WEB | DATABASE | NUMBERS,
    "engine": WEB | DATABASE | {"yaml", "time", "random", "os", "json", "pathlib"},
    "ingest": WEB | DATABASE,
    "storage": WEB | {"yaml"},
    "reports": WEB | DATABASE | {"yaml"},
    "services": WEB,
    "web": DATABASE | NUMBERS | {"yaml"},
    "api": DATABASE | NUMBERS | {"yaml"},
    "cli": DATABASE | NUMBERS | {"yaml"},
}

Import = tuple[str, str]


def imports_in(source: str, module: str) -> Iterator[str]:
    """The modules that a module imports, relative ones by their full name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = module.split(".")[: -node.level] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            # `from tierscore import storage` names the layer only behind the word import.
            yield from ([f"{name}.{alias.name}" for alias in node.names] if name == "tierscore" else [name])


def modules() -> dict[str, str]:
    """The source of every module of the package by its dotted name."""
    paths = {path: path.relative_to(PACKAGE.parent).with_suffix("") for path in PACKAGE.rglob("*.py")}
    return {".".join(name.parts): path.read_text(encoding="utf-8") for path, name in sorted(paths.items())}


def layer(module: str) -> str:
    """The part of the package that a module is in; empty for the package itself."""
    return [*module.split("."), ""][1].replace("__init__", "").replace("__version__", "")


def wrong_imports(sources: dict[str, str]) -> list[Import]:
    found = [(module, imported) for module, source in sources.items() for imported in imports_in(source, module)]
    return [(module, imported) for module, imported in found if not is_right(layer(module), imported)]


def is_right(importer: str, imported: str) -> bool:
    top = imported.split(".", maxsplit=1)[0]
    if top != "tierscore":
        return top not in NEVER.get(importer, set())
    return layer(imported) in {"", importer} | MAY_IMPORT.get(importer, set())


def test_imports_point_one_way() -> None:
    assert wrong_imports(modules()) == []


def test_every_layer_is_in_the_table() -> None:
    assert {layer(module) for module in modules()} - {""} <= MAY_IMPORT.keys()
    assert MAY_IMPORT.keys() == NEVER.keys()


def test_the_table_has_no_cycle() -> None:
    below: set[str] = set()
    for name, allowed in MAY_IMPORT.items():
        assert allowed <= below, name
        below.add(name)


def test_importing_the_package_imports_nothing() -> None:
    assert list(imports_in(modules()["tierscore.__init__"], "tierscore.__init__")) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("tierscore.framework.x", "import tierscore.engine.gap"),
        ("tierscore.framework.x", "from tierscore import services"),
        ("tierscore.engine.x", "from tierscore.storage.tables import Base"),
        ("tierscore.engine.x", "def f():\n    from ..storage import tables"),
        ("tierscore.ingest.x", "from tierscore.storage import observations"),
        ("tierscore.storage.x", "if True:\n    import flask.json"),
        ("tierscore.services.x", "from tierscore.api.app import create_app"),
        ("tierscore.api.x", "import pandas as pd"),
        ("tierscore.errors", "from tierscore.settings import Settings"),
    ],
)
def test_the_check_would_notice(module: str, source: str) -> None:
    assert [importer for importer, _ in wrong_imports({module: source})] == [module]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("tierscore.engine.x", "from tierscore import __version__"),
        ("tierscore.engine.x", "from . import gap\nfrom .knots import score\nimport numpy"),
        ("tierscore.services.x", "from tierscore.engine.gap import gap\nfrom ..storage import observations"),
    ],
)
def test_the_check_lets_the_rest_pass(module: str, source: str) -> None:
    assert wrong_imports({module: source}) == []
