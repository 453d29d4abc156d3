"""Who computes the draws makes no difference: one thread, all threads, processes of a cluster."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from distributed import LocalCluster

from tests.clusters import Slowly
from tests.engine.scoring import scored
from tests.frameworks import small_framework
from tierscore.engine import factors
from tierscore.engine.design import Design
from tierscore.engine.ensemble import Ensemble, run
from tierscore.engine.factors import Factor, Setting
from tierscore.engine.refused import Refused
from tierscore.engine.walk import Walk
from tierscore.errors import NotReady
from tierscore.services import walking
from tierscore.services.query import AssessmentQuery, UncertaintyAsked
from tierscore.services.service import Service

TABLE = {
    "R0": {"labs": 30.0, "share": 50.0, "rank": 2.0},
    "R1": {"labs": 15.0, "rank": 8.0},
    "R2": {"labs": 0.0, "share": 20.0, "rank": 30.0},
    "CN": {"share": 100.0},
}
FACTORS = (
    Factor("weights", spread=0.25, by="uniform"),
    Factor("knots", spread=0.1),
    Factor("cut", low=0.6, high=0.7),
    Factor("missing", by="own"),
    Factor("observation_error", errors=(("A", 0.1),)),
    Factor("normalisation", options=("declared", "minmax")),
)
SAMPLES = 20 * 500 + 1  # the last chunk is a single draw


@pytest.fixture(scope="module")
def setting() -> Setting:
    return factors.setting(scored(TABLE, small_framework()), FACTORS)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a scheduler with two workers, each a process of its own."""
    options = {"threads_per_worker": 1, "processes": True, "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(n_workers=2, **options) as found:
        yield found.scheduler_address


def computed(setting: Setting, walk: Walk = map, samples: int = SAMPLES) -> Ensemble:
    return run(setting, Design("monte_carlo", samples, 0, setting.widths), walk)


def in_bytes(found: Ensemble) -> tuple[bytes, bytes, bytes]:
    return found.scores.tobytes(), found.tiers.tobytes(), found.ranks.tobytes()


def test_threads_give_the_same_bytes(setting: Setting) -> None:
    assert in_bytes(computed(setting, walking.in_threads())) == in_bytes(computed(setting))


def test_threads_tell_how_many_draws_are_done(setting: Setting) -> None:
    told: list[int] = []
    computed(setting, walking.in_threads(told.append))
    assert told == [*range(500, 10_001, 500), SAMPLES]


def test_what_is_raised_while_progress_is_told_passes_through(setting: Setting) -> None:
    """So a job that nobody wants any more ends."""

    class Enough(Exception):
        pass

    def stop(_done: int) -> None:
        raise Enough

    with pytest.raises(Enough):
        computed(setting, walking.in_threads(stop))


def test_a_cluster_gives_the_same_bytes(setting: Setting, cluster: str) -> None:
    told: list[int] = []
    assert in_bytes(computed(setting, walking.on_cluster(cluster, told.append))) == in_bytes(computed(setting))
    assert [*dict.fromkeys(told)][-21:] == [*range(500, 10_001, 500), SAMPLES]


def test_a_cluster_tells_that_it_is_still_at_it(
    setting: Setting, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a job that waits for its turn there is not taken for abandoned."""
    monkeypatch.setattr(walking, "BEAT", 0.05)
    told: list[int] = []
    walk = walking.on_cluster(cluster, told.append)
    computed(setting, lambda work, items: walk(Slowly(work, 0.3), items), 1000)
    assert len(told) > len(set(told))
    assert told[-1] == 1000


def test_refusals_come_back_from_threads_and_from_a_cluster(cluster: str) -> None:
    """R2 has no laboratories: 0, of which there is no geometric mean; the message is the same from everywhere."""
    means = Factor("aggregation", options=("geometric", "arithmetic"))
    setting = factors.setting(scored(TABLE, small_framework()), [means])
    told = set()
    for walk in (map, walking.in_threads(), walking.on_cluster(cluster)):
        with pytest.raises(Refused) as refused:
            computed(setting, walk, 10)
        told.add((refused.value.template, refused.value.row, refused.value.column, str(refused.value.params)))
    assert [column for _, _, column, _ in told] == ["labs"]


def test_a_service_asks_the_cluster_that_it_is_told(seeded_url: str, cluster: str) -> None:
    asked = UncertaintyAsked(AssessmentQuery(), samples=1200, draws=1)
    found = []
    for address in (None, cluster):
        service = Service.open(seeded_url, dask=address)
        found.append(service.reading().uncertainty(asked))
        service.close()
    assert found[0] == found[1]


def test_a_cluster_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "PATIENCE", 0.2)
    with pytest.raises(NotReady, match="Dask"):
        list(walking.on_cluster("tcp://127.0.0.1:9")(lambda chunk: pytest.fail("computed"), [0]))
