"""Many draws of many counties on two Dask workers, beside two plain processes that share them without Dask.

    python -m tests.benchmarks.cluster                      2,000 draws x 2,900 counties x 100 indicators, three rounds
    python -m tests.benchmarks.cluster --growth             seconds of CPU and memory from 250 to 4,000 draws
    python -m tests.benchmarks.cluster --draws 200 --rounds 1

The plain processes stand ready with the question in memory, take every second piece each and keep what they find; the
cluster is sent the question and sends all it finds back. Both are timed by the clock in one run, in turn.
"""

from __future__ import annotations

import argparse
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import psutil

from tests import clusters
from tests.benchmarks import draws
from tests.clusters import Cluster
from tierscore.engine.ensemble import run
from tierscore.engine.factors import Setting
from tierscore.engine.outcomes import outcomes
from tierscore.engine.runner import Runner
from tierscore.services.walking import on_cluster

WORKERS = 2
GROWTH = (250, 500, 1000, 2000, 4000)


@contextmanager
def plain(setting: Setting, count: int, scratch: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that stand ready."""
    question = scratch / "question"
    question.write_bytes(pickle.dumps(Runner(setting, draws.design(setting, count))))
    command = [sys.executable, "-m", "tests.benchmarks.draws", str(question)]
    with ExitStack() as stack:
        found = [
            stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
            )
            for _ in range(WORKERS)
        ]
        for process in found:
            told(process)
        yield found
        for process in found:
            stdin_of(process).close()


def told(process: subprocess.Popen[str]) -> list[str]:
    """The words of the next line that a process says."""
    assert process.stdout is not None
    return process.stdout.readline().split()


def stdin_of(process: subprocess.Popen[str]):
    assert process.stdin is not None
    return process.stdin


def side_by_side(processes: list[subprocess.Popen[str]]) -> tuple[float, float]:
    """Seconds by the clock until the last one has done its part, and of CPU together."""
    begun = time.perf_counter()
    for place, process in enumerate(processes):
        stdin_of(process).write(f"{place} {WORKERS}\n")
    said = [told(process) for process in processes]
    return time.perf_counter() - begun, sum(float(cpu) for _, cpu, _ in said)


def on_workers(setting: Setting, count: int, cluster: Cluster) -> tuple[float, float]:
    """Seconds by the clock until all draws are here, and of CPU of scheduler, workers and client together."""
    before, begun = cpu(cluster), time.perf_counter()
    found = run(setting, draws.design(setting, count), on_cluster(cluster.address))
    took = time.perf_counter() - begun
    assert found.scores.shape[0] == count
    return took, cpu(cluster) - before


def cpu(cluster: Cluster) -> float:
    """Seconds of CPU so far of all processes."""
    times = [psutil.Process(pid).cpu_times() for pid in pids(cluster).values()]
    return sum(one.user + one.system for one in times)


def pids(cluster: Cluster) -> dict[str, int]:
    """Who is in it; the client is this process."""
    assert cluster.scheduler is not None
    workers = {f"worker {place + 1}": worker.pid for place, worker in enumerate(cluster.workers)}
    return {"client": psutil.Process().pid, "scheduler": cluster.scheduler.pid, **workers}


def peaks(cluster: Cluster) -> dict[str, float]:
    """The most memory that each process has had so far, in MB."""
    return {name: draws.peak(pid) for name, pid in pids(cluster).items()}


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def compare(setting: Setting, count: int, rounds: int) -> None:
    """Speed in turn, then memory."""
    with tempfile.TemporaryDirectory() as folder, clusters.running(Path(folder), WORKERS) as cluster:
        on_workers(setting, 2, cluster)  # so that the workers have loaded what they need, as the plain processes have
        with plain(setting, count, Path(folder)) as processes:
            ratios = []
            for _ in range(rounds):
                (clock, used), (of_dask, used_there) = side_by_side(processes), on_workers(setting, count, cluster)
                ratios.append(clock / of_dask)
                say(f"plain {clock:.1f} s ({used:.1f} s of CPU), Dask {of_dask:.1f} s ({used_there:.1f} s of CPU): "
                    f"{100 * clock / of_dask:.0f} % of the speed")  # fmt: skip
            if ratios:
                say(f"median {100 * float(np.median(ratios)):.0f} % of the speed of {WORKERS} plain processes")
        outcomes(setting.card, run(setting, draws.design(setting, count), on_cluster(cluster.address)))
        found = peaks(cluster)
        say("peak memory, MB: " + ", ".join(f"{name} {size:.0f}" for name, size in found.items()))
        say(f"all {len(found)} processes together: {sum(found.values()):.0f} MB")


def grow(setting: Setting, counts: tuple[int, ...]) -> None:
    """How cost grows with draws: a cluster of its own for each number, as peaks only rise."""
    used = []
    for count in counts:
        with tempfile.TemporaryDirectory() as folder, clusters.running(Path(folder), WORKERS) as cluster:
            on_workers(setting, 2, cluster)
            clock, seconds = on_workers(setting, count, cluster)
            used.append(seconds)
            found = peaks(cluster)
            workers = max(size for name, size in found.items() if name.startswith("worker"))
            say(f"{count} draws: {clock:.1f} s, {seconds:.1f} s of CPU, {1000 * seconds / count:.1f} ms of CPU a draw; "
                f"largest worker {workers:.0f} MB, all {sum(found.values()):.0f} MB")  # fmt: skip
    slope = np.polyfit(np.log(counts), np.log(used), 1)[0]
    say(f"slope of CPU over draws (log-log): {slope:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--counties", type=int, default=2900)
    parser.add_argument("--indicators", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", nargs="*", type=int, help="numbers of draws; none: 250, 500, ..., 4,000")
    asked = parser.parse_args()
    setting = draws.setting(asked.counties, asked.indicators)
    if asked.growth is None:
        compare(setting, asked.draws, asked.rounds)
    else:
        grow(setting, tuple(asked.growth) or GROWTH)


if __name__ == "__main__":
    main()
