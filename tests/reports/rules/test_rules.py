"""What a framework's document says in words: complete for whatever a document may declare."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.frameworks import small_document
from tierscore.framework.document import read_framework
from tierscore.framework.model import Framework, Indicator, Scaling
from tierscore.framework.parse import parse
from tierscore.framework.parse_steps import NORMALISATIONS
from tierscore.reports.content.facts import Facts
from tierscore.reports.rules import sources
from tierscore.reports.rules.curves import HEIGHT, LEFT, RIGHT, TOP, WIDTH, curve
from tierscore.reports.rules.measures import measured, scaling
from tierscore.reports.rules.steps import steps
from tierscore.reports.rules.tiers import rule
from tierscore.reports.rules.weights import leaves, tree
from tierscore.reports.words import Words

GOOD = sorted((Path(__file__).resolve().parents[2] / "framework" / "good").glob("*.yaml"))


def framework_of(path: Path) -> Framework:
    return parse(read_framework(path), path.name)


def cited_in(part: Any) -> Iterator[str]:
    """Every key of a reference in a raw document."""
    if isinstance(part, dict):
        yield from (word for name, word in part.items() if name in ("reference", "source") and isinstance(word, str))
    if isinstance(part, dict | list):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from cited_in(inner)


def facts_of(framework: Framework, language: str = "en") -> Facts:
    return Facts({}, framework, Words(language))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_every_key_that_a_document_may_have_is_said(path: Path, language: str) -> None:
    framework = framework_of(path)
    facts = facts_of(framework, language)
    said = [sentence for step in steps(facts) for sentence in step.said]
    said += [sentence for sentence, _ in rule(facts)]
    said += [item.scale or item.formula for item in (measured(facts, item) for item in framework.indicators)]
    said += [item.said for item in sources.uncertain(facts)]
    assert all(said) and not any("{" in text for text in said)
    assert sum(leaf.whole for leaf in leaves(tree(facts))) == pytest.approx(1)
    assert sum(map(len, sources.levers(facts).values())) == len(framework.levers)
    assert {source.entry.code for source in sources.sources(facts) if source.claims} == set(
        cited_in(read_framework(path))
    )


@pytest.mark.parametrize("method", NORMALISATIONS)
def test_every_normalisation_is_said_with_its_numbers(method: str) -> None:
    ways = {
        "goalposts": (Scaling(method, low=20, high=85, clip=False), "85 (100) in a straight line. Beyond them it goes"),
        "minmax": (Scaling(method, range=(1, 7)), "the worst of those scored has 1, the best 7"),
        "zscore": (Scaling(method, mean=50, sd=15), "the mean has 50, a standard deviation is 15 points"),
        "dist_to_reference": (Scaling(method, unit="AUT", cap=True), "to AUT that is done: 1 is there. Beyond it the"),
        "dist_to_target": (Scaling(method, target=95.5), "to 95.5 that is done"),
    }  # fmt: skip
    facts = facts_of(parse(small_document(), "small"))
    item = facts.framework.indicators[0]
    if method == "knots":
        assert scaling(facts, item) == "By knots: linear between them, from 0 to 100."
        return
    way, part = ways.get(method, (Scaling(method), "score"))
    said = scaling(facts, Indicator(item.code, item.title, item.unit, 1, normalise=way))
    assert said is not None and part in said


def test_a_step_that_changes_nothing_is_left_out() -> None:
    facts = facts_of(parse(small_document(), "small"))
    assert [step.code for step in steps(facts)] == ["measure", "normalise", "aggregate", "tier", "gap"]


def leaf_of(indicator: str, weight: float) -> dict[str, Any]:
    return {"indicator": indicator, "weight": weight}


def test_weights_are_parts_of_the_whole_and_of_their_node() -> None:
    node = {"code": "a", "weight": 3, "children": [leaf_of("labs", 1), leaf_of("share", 3)]}
    index = {"code": "index", "children": [node, leaf_of("rank", 1)]}
    root = tree(facts_of(parse(small_document(index=index), "small")))
    assert [(leaf.code, leaf.whole, leaf.within) for leaf in leaves(root)] == [
        ("labs", 0.1875, 0.25), ("share", 0.5625, 0.75), ("rank", 0.25, 0.25)]  # fmt: skip


def test_a_curve_goes_through_its_knots_and_the_thresholds() -> None:
    framework = parse(small_document(), "small")
    found = curve(framework, framework.indicators[0])
    assert found is not None
    assert [(knot.value, knot.score) for knot in found.knots] == [(0, 0), (10, 40), (20, 60), (40, 100)]
    assert (found.knots[0].x, found.knots[-1].x, found.knots[-1].y) == (LEFT, WIDTH - RIGHT, TOP)
    assert [(code, y) for code, _, y in found.thresholds] == [("middle", found.knots[1].y), ("high", found.knots[2].y)]
    assert all(0 <= knot.y <= HEIGHT for knot in found.knots)


def test_a_falling_curve_is_drawn_from_the_left() -> None:
    framework = parse(small_document(), "small")
    found = curve(framework, framework.indicators[2])
    assert found is not None
    across = [float(point.split(",")[0]) for point in found.line.split()]
    assert across == sorted(across) and found.knots[0].x == WIDTH - RIGHT


def test_labels_do_not_run_into_each_other() -> None:
    document = small_document()
    document["indicators"][0]["normalise"] = {"method": "knots", "at": [0, 1000, 1001, 5000]}
    framework = parse(document, "small")
    found = curve(framework, framework.indicators[0])
    assert found is not None
    assert [knot.label for knot in found.knots] == ["0", "1,000", None, "5,000"]


def test_what_is_fitted_has_no_curve() -> None:
    document = small_document()
    document["indicators"][0]["normalise"] = {"method": "minmax"}
    framework = parse(document, "small")
    assert curve(framework, framework.indicators[0]) is None
