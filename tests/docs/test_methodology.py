"""The methodology says what the code does: its tables, its worked example, its margins, the modules it names."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "methodology.md").read_text(encoding="utf-8")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
RULES = ("matrix", "measure", "knots", "aggregate", "tier", "cushion", "gap", "need", "pipeline", "pooling",
         "break_even", "edits")  # fmt: skip
SHARES = "0, 4.4, 7, 10, 16"


def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("measure_margins", ROOT / "docs" / "measure_margins.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def script():
    return load_script()


@pytest.fixture(scope="module")
def bench(script):
    return script.Bench.from_seeds()


def test_the_margins_are_what_the_script_prints(script):
    block = TEXT.split("<!-- margins:begin -->")[1].split("<!-- margins:end -->")[0]
    assert block.strip() == script.report().strip()


def test_the_verdicts_hold_as_declared(bench):
    assert bench.broken(bench.framework) == set()
    assert bench.broken_anew(bench.framework) == set()


def test_the_named_regions_score_as_among_all(script, bench):
    alone = script.score(bench.named, bench.framework)
    among = [bench.card.matrix.regions.index(region) for region in script.NAMED]
    np.testing.assert_array_equal(alone.scores, bench.card.scores[among])
    np.testing.assert_array_equal(alone.tier, bench.card.tier[among])


def test_a_break_is_the_nearest_on_its_side(script, bench):
    # A made-up rule: the verdicts all hold up to 1.25, none above it.
    assumption = script.Assumption("x", "1", 1.0, np.array([0.9]), np.array([1.1, 1.2, 1.3]), lambda value: value)

    class Trial:
        def broken(self, value):
            return set(script.CODES) if value > 1.25 else set()

    found = script.margins(Trial(), assumption)
    assert found.below == {}
    assert found.above == pytest.approx(dict.fromkeys(script.CODES, 1.25), abs=script.PRECISION)
    assert found.cell("V1") == "above 1.250"


def test_the_named_modules_exist():
    named = set(re.findall(r"`((?:engine|services|storage|framework)/\w+\.py)`", TEXT))
    assert {f"engine/{module}.py" for module in RULES} <= named
    assert [path for path in sorted(named) if not (ROOT / "tierscore" / path).is_file()] == []


def test_the_named_files_exist():
    named = set(re.findall(r"`((?:seeds|tests|docs)/[\w./-]+)`", TEXT)) | {
        f"docs/{path}" for path in re.findall(r"\]\((decisions/[\w.-]+)\)", TEXT)
    }
    assert len(named) >= 5
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_the_passages_are_the_papers_own_words_and_long_enough_to_be_found():
    passages = re.findall(r"^> (.+)$", TEXT, re.MULTILINE)
    assert len(passages) >= 10
    assert [passage for passage in passages if len(passage) < 10 or not CHINESE.search(passage)] == []


def test_every_idea_has_a_passage():
    ideas = re.findall(r"^### 1\.\d+ .*?(?=^##)", TEXT, re.MULTILINE | re.DOTALL)
    without = [idea.splitlines()[0] for idea in ideas if not re.search(r"^> ", idea, re.MULTILINE)]
    assert without == [
        "### 1.10 The literature of the rule",
        "### 1.11 What the paper says of 2021, and how it is read",
    ]


def test_the_assumptions_are_those_of_the_framework(bench):
    weights = {child.indicator: child.weight for child in bench.framework.index.children}
    missing = [row for item in bench.scored if (row := indicator_row(item, weights[item.code])) not in TEXT]
    assert missing == []


def indicator_row(indicator, weight) -> str:
    """The row of an indicator in the table of section 12."""
    knots = ", ".join(f"{knot:g}" for knot in indicator.normalise.at)
    window = f"{indicator.window.back} / {indicator.window.ahead}"
    pooling = indicator.pooling.kind + (f" by {indicator.pooling.weight}" if indicator.pooling.weight else "")
    cells = [
        f"`{indicator.code}`",
        indicator.measure.kind,
        "SH" if knots == SHARES else knots,
        f"{weight:.2f}",
        window,
        indicator.stage,
        indicator.force,
        pooling,
        "yes" if indicator.integer else "no",
        "yes" if indicator.actionable else "no",
    ]
    return "| " + " | ".join(cells) + " |"


def test_the_worked_example_is_the_engines(script, bench):
    missing = [row for row in sichuan_rows(script, bench) if row not in TEXT]
    assert missing == []
    row = script.row_of(bench.card, "SC")
    views = bench.card.views
    for number in (bench.card.score[row], *views.force_scores[row], bench.card.tests.functions_share[row, 1]):
        assert f"{number:.4f}" in TEXT


def sichuan_rows(script, bench) -> list[str]:
    """The table of section 13."""
    row, card = script.row_of(bench.card, "SC"), bench.card
    cells = card.measured.cells
    return [
        sichuan_row(
            f"`{code}`",
            cells.values[row, column],
            cells.periods[row, column],
            (card.measured.values, card.scores, card.effective, card.contributions),
            (row, column),
        )
        for column, code in enumerate(card.parameters.codes)
    ]


def sichuan_row(code, value, period, steps, at) -> str:
    """One indicator from its value to its contribution; dashes where it is missing."""
    if not period:
        return f"| {code} | – | – | – | – | – | – |"
    measured, score, effective, contribution = (step[at] for step in steps)
    return f"| {code} | {value:.10g} | {period} | {measured:.4f} | {score:.4f} | {effective:.6f} | {contribution:.4f} |"


def test_the_two_surprising_years(script, bench):
    later = script.score(script.select(bench.observations, bench.framework, 2022), bench.framework)
    beijing = script.row_of(later, "BJ")
    assert later.tier[beijing] == script.REGIONAL
    assert np.flatnonzero(later.unproven[beijing]).tolist() == [script.QUASI_NATIONAL, script.INTERNATIONAL]
    assert f"{later.tests.origination_coverage[beijing]:.3f}" == "0.489"
    earlier = script.score(script.select(bench.observations, bench.framework, 2019), bench.framework)
    assert not earlier.assessed.any()
    assert np.round(earlier.coverage, 9).tolist() == [0.38] * 31
