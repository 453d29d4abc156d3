"""A Dask cluster that loses workers or its scheduler in the middle of a run gives the same bytes, or says so."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests import clusters
from tests.clusters import Cluster, Slowly
from tests.engine.scoring import scored
from tests.frameworks import small_framework
from tests.services.test_walking import FACTORS, TABLE, in_bytes
from tierscore.engine import factors
from tierscore.engine.design import Design
from tierscore.engine.ensemble import Ensemble, run
from tierscore.engine.factors import Setting
from tierscore.errors import NotReady
from tierscore.services import jobs, uncertainty, walking
from tierscore.services.query import AssessmentQuery, UncertaintyAsked
from tierscore.services.service import Service
from tierscore.services.walking import Progress
from tierscore.storage.database import Database

SAMPLES = 12 * 500
SECONDS = 0.1  # that a piece takes at least

Event = Callable[[], None]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers; each test leaves as many behind."""
    with clusters.running(tmp_path_factory.mktemp("cluster")) as found:
        yield found


@pytest.fixture(scope="module")
def setting() -> Setting:
    return factors.setting(scored(TABLE, small_framework()), FACTORS)


def computed(setting: Setting, walk: Any = map) -> Ensemble:
    return run(setting, Design("monte_carlo", SAMPLES, 0, setting.widths), walk)


def slowly(cluster: Cluster, event: Event = lambda: None) -> Callable[..., Iterable[Any]]:
    """Work of more than a second, in which something happens once some pieces are done."""
    walk = walking.on_cluster(cluster.address, happening(event))
    return lambda work, items: walk(Slowly(work, SECONDS), items)


def happening(event: Event, progress: Progress = walking.nothing) -> Progress:
    """Tells progress, and has something happen the first time."""
    events = [event]

    def told(done: int) -> None:
        progress(done)
        if events:
            events.pop()()

    return told


def finished(service: Service, identifier: str) -> Any:
    """A job once it is finished."""
    deadline = time.monotonic() + clusters.STARTED
    while (job := service.jobs.status(identifier)).state in ("queued", "running"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return job


def test_a_worker_killed_in_the_middle_moves_no_byte(cluster: Cluster, setting: Setting) -> None:
    expected = in_bytes(computed(setting))
    assert in_bytes(computed(setting, slowly(cluster, cluster.kill_worker))) == expected
    assert len(cluster.workers) == 1
    cluster.add_workers(1)


def test_a_worker_that_comes_in_the_middle_takes_its_part(cluster: Cluster, setting: Setting) -> None:
    expected = in_bytes(computed(setting))
    cluster.kill_worker()
    assert in_bytes(computed(setting, slowly(cluster, lambda: cluster.add_workers(1)))) == expected


def test_without_workers_it_says_so(cluster: Cluster, setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed in the middle or not there at all; with workers all is as before."""
    monkeypatch.setattr(walking, "PATIENCE", 1)

    def kill() -> None:
        cluster.kill_worker()
        cluster.kill_worker()

    with pytest.raises(NotReady, match="lost what it was at"):
        computed(setting, slowly(cluster, kill))
    with pytest.raises(NotReady, match="does not answer"):
        computed(setting, slowly(cluster))
    cluster.add_workers(2)
    assert in_bytes(computed(setting, slowly(cluster))) == in_bytes(computed(setting))


def test_a_scheduler_killed_in_the_middle_is_said_and_the_next_question_finds_the_new_one(
    cluster: Cluster, setting: Setting
) -> None:
    with pytest.raises(NotReady, match="the Dask cluster"):
        computed(setting, slowly(cluster, cluster.kill_scheduler))
    cluster.start()
    assert in_bytes(computed(setting, slowly(cluster))) == in_bytes(computed(setting))


def test_a_job_outlives_the_scheduler(cluster: Cluster, seeded: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes back into its queue and is computed by the new one: the same answer as that of threads."""
    monkeypatch.setattr(uncertainty, "LARGE", 0)
    monkeypatch.setattr(jobs, "PATIENCE", 0.1)
    asked, restarted = UncertaintyAsked(AssessmentQuery(), samples=3000, draws=1), []

    def restart() -> None:
        cluster.kill_scheduler()
        cluster.start()
        restarted.append(True)

    service = Service(seeded, dask=cluster.address)
    happened = happening(restart)

    def walk(progress: Progress) -> Any:
        def told(done: int) -> None:
            progress(done)
            happened(done)

        return walking.on_cluster(cluster.address, told)

    monkeypatch.setattr(service, "walk", walk)
    try:
        job = finished(service, service.reading().uncertainty(asked).id)
        assert (job.state, restarted) == ("done", [True])
        assert job.result == Service(seeded).reading().analysed(asked, walking.nothing)
    finally:
        service.close()


def test_a_cluster_scores_a_panel_as_it_is_scored_here(
    cluster: Cluster, seeded_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "LARGE", 0)
    found = []
    for address in (None, cluster.address):
        service = Service.open(seeded_url, dask=address)
        found.append(service.reading().panel(AssessmentQuery(), (2019, 2020, 2021), "per_period"))
        service.close()
    assert found[0] == found[1]
    assert len(found[0]["periods"]) == 3


def _scored(table: Any) -> Any:
    return SimpleNamespace(scores=table)


def test_tables_of_many_regions_are_sent_without_a_word(cluster: Cluster) -> None:
    """Each with its task; Dask would warn of 10 MB, and a warning is an error here."""
    tables = [np.full((3000, 500), float(place)) for place in range(2)]
    found = walking.on_cluster(cluster.address)(Slowly(_scored, 0.0), tables)
    assert [float(part.scores[0, 0]) for part in found] == [0.0, 1.0]


@pytest.mark.parametrize(("address", "cells"), [(None, walking.LARGE), ("tcp://127.0.0.1:9", walking.LARGE - 1)])
def test_what_is_small_stays_here(address: str | None, cells: int) -> None:
    assert walking.sparing(address, cells) is map


def test_what_is_large_goes_to_the_cluster() -> None:
    assert walking.sparing("tcp://127.0.0.1:9", walking.LARGE) is not map
