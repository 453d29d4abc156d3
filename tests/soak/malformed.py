"""Many requests that are nearly right, against an application in this process. Run by `make soak`.

`python -m tests.soak.malformed --number 10000 --seed 1`: prints how many had which status, and each that was answered
5xx; exit code 1 if there was any.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.keys import with_key
from tests.mutations import mutated
from tierscore.api import create_app
from tierscore.services.publishing import publications
from tierscore.services.seeding import seed
from tierscore.services.service import Service
from tierscore.settings import OFF, Settings
from tierscore.storage import migrate

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/malformed.db"
        migrate.upgrade(url)
        service = Service.open(url)
        seed(service.database, SEEDS, publications(SEEDS / "frameworks"))
        try:
            return sent(url, service, options)
        finally:
            service.close()


def sent(url: str, service: Service, options: argparse.Namespace) -> int:
    settings = Settings(url, "k" * 32, "ERROR", limit_per_key=OFF, limit_per_address=OFF)
    client = with_key(create_app(settings, service))
    logging.getLogger("tierscore").setLevel("CRITICAL")
    statuses: Counter[int] = Counter()
    for request in mutated(options.seed, options.number):
        status = request.send(client).status_code
        statuses[status] += 1
        if status >= 500:
            sys.stdout.write(f"{status}: {request}\n")
    told = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
    sys.stdout.write(f"{options.number} malformed requests, seed {options.seed}: {told}\n")
    return int(any(status >= 500 for status in statuses))


if __name__ == "__main__":
    sys.exit(main())
