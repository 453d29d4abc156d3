"""Reading and importing at once for many minutes, against `tierscore serve` over HTTP. Run by `make soak`.

`python -m tests.soak.mixed --minutes 10 --workers 4 --engine sqlite`. Rules, each broken one told, exit code 1:

- no error: every answer has the status that its request deserves, no connection is refused or cut, no worker dies;
- nothing stale: whoever asks after an import's 201 gets that revision or a later one, with its value, from whichever
  worker; 304 is never said of what has changed since; all workers give one answer of one revision;
- nothing mixed or lost: the rows of a batch are read together, every value read is of a batch that was answered 201,
  and what was answered at a revision is answered again when that revision is asked for;
- memory is flat: a worker grows by `MOST_GROWTH` MiB at most after warming up. That is as much as one may keep of
  written answers, the largest of its stores, should it fill only now. Everything else that a worker keeps is counted,
  256 scorecards being the most of what each import makes anew, so it is warm after `WARM_IMPORTS` imports. A run with
  too few of them for that is not judged by its memory, and says so.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from statistics import median
from threading import Event, Thread
from typing import Any

import requests

from tests.soak.ledger import INDICATOR, PERIOD, WARM_IMPORTS, Ledger, Stored
from tests.soak.memory import MEBIBYTE, Growth, Sampler
from tests.stand import Stand, folder_and_url, standing
from tierscore.api.kept_answers import MOST_BYTES

READERS, WRITERS = 6, 3
PAUSE = 0.2  # seconds that a writer rests at most
REGIONS = (("CN-SC", "CN-CQ", "CN-GZ"), ("CN-HB", "CN-HN", "CN-JX"), ("CN-SN", "CN-GS", "CN-NX"))  # of each writer
MOST_GROWTH = MOST_BYTES / MEBIBYTE
LAST_WARM = 7  # the tenth of the run by which a worker must be warm, to be judged by the rest
MOST_ASKED_AGAIN = 50
PATIENCE = 60  # seconds until a client gives up

Turn = Callable[[], None]


class Client:
    """One of many who ask at once; its connection is kept, or not, as clients do."""

    def __init__(self, stand: Stand, ledger: Ledger, number: int) -> None:
        self.stand = stand
        self.ledger = ledger
        self.number = number
        self.random = random.Random(number)
        self.session = requests.Session()

    def ask(self, kind: str, allowed: tuple[int, ...], method: str, path: str, **more: Any) -> requests.Response | None:
        """An answer with one of the statuses allowed; None after a fault."""
        if self.random.random() < 0.05:
            self.session.close()
        try:
            with self.ledger.timed(kind):
                answer = self.session.request(method, f"{self.stand.api}{path}", timeout=PATIENCE, **more)
        except requests.RequestException as error:
            self.ledger.fault(f"{kind}: {type(error).__name__}: {error}")
            return None
        self.ledger.count(kind, answer.status_code)
        if answer.status_code in allowed:
            return answer
        self.ledger.fault(f"{kind}: {answer.status_code} {answer.text[:300]}")
        return None


class Writer(Client):
    """Sends one batch after the other, about regions that nobody else sends."""

    def turn(self) -> None:
        regions, value = list(REGIONS[self.number % len(REGIONS)]), self.ledger.next_value()
        send = self.random.choice((self._as_json, self._as_file))
        answer = send(regions, value, (201,))
        if answer is not None:
            revision = answer.json()["revision"]
            self.ledger.stored(regions, revision, value)
            self._sometimes_again(send, regions, value)
        time.sleep(self.random.random() * PAUSE)

    def _sometimes_again(self, send: Callable[..., requests.Response | None], regions: list[str], value: float) -> None:
        """A batch that is sent again stores nothing, and a batch with a mistake in it neither."""
        chance = self.random.random()
        if chance < 0.1:
            again = send(regions, value, (200,))
            if again is not None:
                self.ledger.require(again.json()["unchanged"] == len(regions), "a batch sent again was stored again")
        elif chance < 0.2:
            send([*regions, "CN-NOWHERE"], self.ledger.next_value(), (422,))

    def _as_json(self, regions: list[str], value: float, allowed: tuple[int, ...]) -> requests.Response | None:
        rows = [{"region": code, "indicator": INDICATOR, "period": PERIOD, "value": value} for code in regions]
        return self.ask(
            "POST /observations", allowed, "POST", "/observations", json={"observations": rows}, headers=self.stand.key
        )

    def _as_file(self, regions: list[str], value: float, allowed: tuple[int, ...]) -> requests.Response | None:
        lines = ["region,indicator,period,value", *(f"{code},{INDICATOR},{PERIOD},{value}" for code in regions)]
        file = {"file": ("batch.csv", "\n".join(lines))}
        kind = "POST /observations/import"
        return self.ask(kind, allowed, "POST", "/observations/import", files=file, headers=self.stand.key)


class Reader(Client):
    """Asks one question after the other about what was sent."""

    def __init__(self, stand: Stand, ledger: Ledger, number: int) -> None:
        super().__init__(stand, ledger, number)
        self._held: dict[str, tuple[str, int]] = {}

    def turn(self) -> None:
        self.random.choice((self.observations, self.assessments, self.assessment, self.what_if, self.again))()

    def observations(self) -> None:
        regions = self.random.choice(REGIONS)
        known = [self.ledger.floor(region) for region in regions]
        chosen = "&".join(f"region={region}" for region in regions)
        answer = self.ask(
            "GET /observations", (200,), "GET", f"/observations?{chosen}&indicator={INDICATOR}&period={PERIOD}"
        )
        if answer is None:
            return
        content = answer.json()
        found = {item["region"]: item for item in content["items"]}
        batches = {(item["revision"], item["value"]) for item in found.values() if item["recorded_by"] != "seed"}
        self.ledger.require(len(batches) <= 1, f"rows of different batches side by side: {batches}")
        for region, (floor, last) in zip(regions, known, strict=True):
            self._fresh("GET /observations", content["data"], floor, found[region]["value"], last)
            self.ledger.require(found[region]["revision"] >= last.revision, f"{region} is older than told")

    def assessment(self) -> None:
        region = self.random.choice(self.random.choice(REGIONS))
        floor, last = self.ledger.floor(region)
        answer = self.ask("GET /assessments/{region}", (200,), "GET", f"/assessments/{region}")
        if answer is not None:
            content = answer.json()
            value = next(item["value"] for item in content["indicators"] if item["code"] == INDICATOR)
            self._fresh("GET /assessments/{region}", content["data"], floor, value, last)

    def what_if(self) -> None:
        region = self.random.choice(self.random.choice(REGIONS))
        floor, last = self.ledger.floor(region)
        edit = {"op": "add", "region": region, "indicator": INDICATOR, "value": self.random.choice((1, 2.5, 40))}
        answer = self.ask("POST /what-if", (200,), "POST", "/what-if", json={"edits": [edit]})
        if answer is not None:
            content = answer.json()
            self._fresh("POST /what-if", content["data"], floor, content["edits"][0]["old"], last)

    def assessments(self) -> None:
        floor, _ = self.ledger.floor("")
        answer = self.ask("GET /assessments", (200,), "GET", "/assessments")
        if answer is not None:
            content = answer.json()
            revision = content["data"]["revision"]
            self.ledger.require(revision >= floor, f"GET /assessments: revision {revision} after {floor} was told")
            self.ledger.same("GET /assessments", revision, standings(content))

    def again(self) -> None:
        """With the tag of what was read before: 304 only where nothing was stored since."""
        path = self.random.choice(("/assessments", "/assessments/CN-SC", f"/observations?indicator={INDICATOR}"))
        tag, held = self._held.get(path, ("", -1))
        floor, _ = self.ledger.floor("")
        answer = self.ask("GET with a tag", (200, 304), "GET", path, headers={"If-None-Match": tag} if tag else {})
        if answer is None:
            return
        if answer.status_code == 304:
            self.ledger.require(held >= floor, f"304 for revision {held} after {floor} was told")
            return
        revision = answer.json()["data"]["revision"]
        self.ledger.require(revision >= floor, f"{path}: revision {revision} after {floor} was told")
        self._held[path] = (answer.headers["ETag"], revision)

    def _fresh(self, what: str, data: dict[str, Any], floor: int, value: float, last: Stored) -> None:
        revision = data["revision"]
        self.ledger.require(revision >= floor, f"{what}: revision {revision} after {floor} was told")
        self.ledger.require(value >= last.value, f"{what}: value {value} after {last.value} was told")
        self.ledger.read(revision, value, what)


def standings(content: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What a list of assessments says, in short."""
    return [(item["region"]["code"], item["tier"], item["score"], item["rank"]) for item in content["items"]]


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    options = parser.parse_args()
    with folder_and_url(options.engine) as (folder, url), standing(url, folder, options.workers) as stand:
        began, seconds = time.perf_counter(), options.minutes * 60
        ledger, growths = soaked(stand, seconds)
        faults = [*ledger.faults, *log_faults(stand)]
    warm = warm_tenth(ledger, began, seconds)
    faults += [f"worker {found.worker} grew by {found.since(warm):.0f} MiB" for found in too_large(growths, warm)]
    tell(options, ledger, faults)
    tell_memory(growths, warm)
    return int(bool(faults))


def soaked(stand: Stand, seconds: float) -> tuple[Ledger, list[Growth]]:
    """Everybody at work for so many seconds; what they found, and how the workers' memory grew."""
    ledger, over = Ledger(), Event()
    before = {worker.pid for worker in stand.workers()}
    clients: list[Writer | Reader] = [Writer(stand, ledger, number) for number in range(WRITERS)]
    clients += [Reader(stand, ledger, 100 + number) for number in range(READERS)]
    sampler = Sampler(stand, every=min(2.0, seconds / 100))
    threads = [Thread(target=working, args=(client, over, ledger)) for client in clients]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    over.set()
    for thread in threads:
        thread.join()
    sampler.stop()
    ledger.settle()
    asked_again(stand, ledger)
    ledger.require({worker.pid for worker in stand.workers()} == before, "a worker died")
    return ledger, sampler.growths(seconds)


def working(client: Writer | Reader, over: Event, ledger: Ledger) -> None:
    """One client's life."""
    while not over.is_set():
        try:
            client.turn()
        except Exception as error:
            ledger.fault(f"{type(client).__name__}: {type(error).__name__}: {error}")


def asked_again(stand: Stand, ledger: Ledger) -> None:
    """What was answered at a revision is the answer about that revision."""
    known = [(revision, answer) for (_, revision), answer in ledger.answers.items() if revision]
    for revision, answer in random.Random(0).sample(known, min(len(known), MOST_ASKED_AGAIN)):
        found = requests.get(f"{stand.api}/assessments", params={"as_of": str(revision)}, timeout=PATIENCE).json()
        ledger.require(standings(found) == answer, f"revision {revision} asked for again is another answer")


def log_faults(stand: Stand) -> list[str]:
    """What the service itself says that went wrong. Work in the background that waits is a warning, and no fault."""
    lines = stand.log.read_text(encoding="utf-8", errors="replace").splitlines()
    return [f"log: {line[:500]}" for line in lines if '"level":"ERROR"' in line]


def warm_tenth(ledger: Ledger, began: float, seconds: float) -> int | None:
    """The first tenth of the run that began with warm workers; None if it came too late."""
    tenth = LAST_WARM + 1 if ledger.warm_at is None else int(10 * (ledger.warm_at - began) / seconds) + 1
    return tenth if tenth <= LAST_WARM else None


def too_large(growths: list[Growth], warm: int | None) -> list[Growth]:
    """Whose memory is not flat."""
    return [] if warm is None else [found for found in growths if found.since(warm) > MOST_GROWTH]


def tell(options: argparse.Namespace, ledger: Ledger, faults: list[str]) -> None:
    """Prints the table of requests, and what was wrong."""
    say = sys.stdout.write
    say(f"{options.minutes:g} minutes, {options.workers} workers, {options.engine}, ")
    say(f"{READERS} readers, {WRITERS} writers; {len(ledger.revision_of)} imports answered 201\n\n")
    say(f"{'request':28}{'number':>8}  {'statuses':30}{'median':>8}{'99 %':>8}{'longest':>9}\n")
    for kind, seconds in sorted(ledger.seconds.items()):
        statuses = ", ".join(f"{status}: {n}" for (name, status), n in sorted(ledger.statuses.items()) if name == kind)
        ranked = sorted(seconds)
        times = (median(ranked), ranked[int(0.99 * len(ranked))], ranked[-1])
        say(f"{kind:28}{len(ranked):8}  {statuses:30}" + "".join(f"{1000 * t:7.0f}ms" for t in times) + "\n")
    say(f"\n{len(faults)} faults\n")
    for fault in faults[:30]:
        say(f"  {fault}\n")


def tell_memory(growths: list[Growth], warm: int | None) -> None:
    """Prints the workers' memory, tenth by tenth of the run."""
    say = sys.stdout.write
    judged = "not judged: too few imports" if warm is None else f"at most {MOST_GROWTH:.0f} more since tenth {warm + 1}"
    say(f"\nresident memory in MiB, tenth by tenth; warm after {WARM_IMPORTS} imports, {judged}\n")
    for found in growths:
        sizes = " ".join(f"{size:.0f}" for size in found.tenths)
        say(f"  worker {found.worker}: {sizes}" + ("" if warm is None else f" ({found.since(warm):+.1f})") + "\n")


if __name__ == "__main__":
    sys.exit(main())
