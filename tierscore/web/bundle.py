"""The library that draws charts in a browser, from the package that also draws them for files.

Made once, at set-up or when it is first asked for, and served from here: no page loads anything from another host.
"""

from __future__ import annotations

import os
from pathlib import Path

FILE = Path(__file__).with_name("static") / "vega.js"


def bundle() -> Path:
    """Where the library lies; made if it is not there yet."""
    if not FILE.exists():
        import vl_convert  # noqa: PLC0415 - slow to load, and needed once

        fresh = FILE.with_suffix(f".{os.getpid()}")
        fresh.write_text(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"), encoding="utf-8")
        fresh.replace(FILE)
    return FILE


if __name__ == "__main__":
    bundle()
