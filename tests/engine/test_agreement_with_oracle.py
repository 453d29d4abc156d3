"""Random tables under random frameworks: the vectorised engine agrees with the oracle, also where data are missing."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.agreement import differences
from tests.oracle import methods
from tests.random_cases import random_case
from tierscore.engine.pipeline import score
from tierscore.services import answer
from tierscore.services.sheet import Sheet


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_random_tables_agree(data: st.DataObject) -> None:
    case = random_case(data.draw)
    expected = methods.assess_table(case.table, case.nation, case.oracle_framework)
    sheet = Sheet(score(case.matrix, case.framework), case.framework, case.snapshot)
    for row, region in enumerate(case.framework.regions):
        ours: dict[str, Any] = answer.full(sheet, row, None)
        assert not differences(ours, expected[region]), region
