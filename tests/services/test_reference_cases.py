"""Published indices recomputed: the whole way from raw data to ranks, against figures that others made."""

from __future__ import annotations

import math
from copy import deepcopy

import pytest

from tests.evaluations import document as document_with
from tests.evaluations import indicator
from tests.references import answer_of, document_of, published, table, units_of
from tierscore.services.evaluating import Unit, evaluate

STEPS = ("measured", "imputed", "treated", "normalised")


def number(text: str) -> float:
    return math.nan if text in {"", "NA"} else float(text)


@pytest.mark.parametrize("step", STEPS)
def test_asem_each_step_is_that_of_the_reference_package(step: str) -> None:
    """COINr's ASEM example: denominated, group means, winsorised or logged, min-max; 51 units, 49 indicators."""
    expected, found = table(f"asem/{step}"), answer_of("asem")
    assert found.keys() == expected.keys()
    ours = [cell[step] for code in expected for cell in found[code]["indicators"].values()]
    theirs = [number(row[name]) for code, row in expected.items() for name in found[code]["indicators"]]
    assert len(ours) == 51 * 49
    assert [math.nan if value is None else value for value in ours] == pytest.approx(
        theirs, rel=1e-9, abs=1e-9, nan_ok=True
    )


def test_asem_all_nodes_are_those_of_the_reference_package() -> None:
    """Arithmetic means at every level: 8 pillars, 2 sub-indices, the index."""
    expected, found = table("asem/nodes"), answer_of("asem")
    for code, row in expected.items():
        nodes = {name: float(value) for name, value in row.items() if name != "uCode"}
        assert len(nodes) == 11
        assert found[code]["nodes"] == pytest.approx(nodes, rel=1e-9, abs=1e-9)


def test_hdi_193_of_193_values_tiers_and_ranks() -> None:
    """UNDP, Human Development Report 2023/24: three decimals, cut-off points, ranks of the rounded value."""
    expected, found = table("hdi/published"), answer_of("hdi")
    assert len(expected) == 193
    names = {"Low": "low", "Medium": "medium", "High": "high", "Very High": "very_high"}
    for code, row in expected.items():
        assert found[code]["score_compared"] == float(row["hdi"])
        assert found[code]["tier"] == names[row["tier"]]
        assert found[code]["rank"] == int(float(row["rank"]))


def test_tai_is_within_a_thousandth_of_what_was_published() -> None:
    """22 of 23 countries, by three decimals, from inputs of one or two; Singapore's published value treats its
    receipts of royalties as 0."""
    expected = published("tai/published")["tai_2001_published"]["values"]
    found = answer_of("tai")
    off = {code for code, value in expected.items() if abs(round(found[code]["score"], 3) - value) > 0.001001}
    assert off == {"Singapore"}
    without = [
        Unit(unit.code, {**unit.values, "royalties": 0.0}) if unit.code == "Singapore" else unit
        for unit in units_of("tai")
    ]
    again = {unit["code"]: unit["score"] for unit in evaluate(document_of("tai")[0], without)["units"]}
    assert again["Singapore"] == pytest.approx(0.586, abs=0.0005)


@pytest.mark.parametrize(("method", "printed"), [("zscore", "zscore"), ("minmax", "minmax")])
def test_the_handbook_normalises_schooling_the_same_way(method: str, printed: str) -> None:
    """Table 15, page 87: 23 countries, two decimals; the z-score divides by the n - 1 deviation."""
    rows = published("tai/published")["table15_schooling_p87"]
    document = document_with([indicator("schooling", {"method": method})])
    units = [unit for unit in units_of("tai") if unit.code in set(short_names(rows["country"]))]
    values = [Unit(unit.code, {"schooling": unit.values["schooling"]}) for unit in units]
    found = {
        unit["code"]: unit["indicators"]["schooling"]["normalised"] for unit in evaluate(document, values)["units"]
    }
    assert len(found) == 23
    for country, value in zip(short_names(rows["country"]), rows[printed], strict=True):
        assert found[country] == pytest.approx(value, abs=0.0051)


def short_names(names: list[str]) -> list[str]:
    return [
        {"UK": "United Kingdom", "Czech Rep.": "Czech Republic", "Korea": "Korea, Rep. of"}.get(n, n) for n in names
    ]


def test_the_handbook_outranks_the_same_way() -> None:
    """Table 36, page 114, five countries, by the three-decimal values of table 35; points are wins minus losses."""
    table36 = published("tai/published")["table36_outranking_p114"]
    finer = {
        "United States": (2.997, 4.073),
        "Sweden": (3.096, 4.145),
        "Japan": (3.003, 3.865),
        "Korea, Rep. of": (2.972, 3.653),
    }
    names = [{"USA": "United States", "Korea": "Korea, Rep. of"}.get(name, name) for name in table36["countries"]]
    by_code = {unit.code: dict(unit.values) for unit in units_of("tai")}
    units = []
    for name in names:
        values = by_code[name]
        if name in finer:
            values |= dict(zip(("telephones", "electricity"), finer[name], strict=True))
        units.append(Unit(name, values))
    document = document_with(
        [indicator(code, {"method": "rank"}) for code in units[0].values], {"aggregate": "copeland"}
    )
    found = {unit["code"]: unit["score"] for unit in evaluate(document, units)["units"]}
    matrix = table36["E"]
    for row, name in enumerate(names):
        wins = sum(matrix[row][other] > 0.5 for other in range(5) if other != row)
        losses = sum(matrix[other][row] > 0.5 for other in range(5) if other != row)
        assert found[name] == wins - losses


def test_other_settings_move_only_later_steps() -> None:
    """Treatment off: what was measured and imputed stays, what was treated is what was imputed."""
    document = deepcopy(document_of("asem")[0]) | {"treat": {"method": "none"}}
    before = answer_of("asem")
    for unit in evaluate(document, units_of("asem"))["units"]:
        for code, cell in unit["indicators"].items():
            assert cell["measured"] == before[unit["code"]]["indicators"][code]["measured"]
            assert cell["treated"] == cell["imputed"] == before[unit["code"]]["indicators"][code]["imputed"]
