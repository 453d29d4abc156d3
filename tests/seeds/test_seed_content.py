"""The seed files say what they should: complete lever catalogue, no dangling code, SOURCES.md true to the data."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

SEEDS = Path(__file__).resolve().parents[2] / "seeds"

SCORED = (
    "large_science_facilities", "national_key_labs", "national_st_awards_led",
    "double_first_class_universities", "regional_innovation_rank", "rd_expenditure", "rd_intensity",
    "invention_patents_in_force", "star_market_companies", "unicorns", "tech_contracts_output",
    "tech_contracts_absorbed",
)  # fmt: skip
TIERS = ("provincial", "regional", "quasi_national", "international")
CATEGORIES = {
    "institutional_guarantee", "entities", "collaboration", "focus", "coordination", "relation", "lead",
    "basin_governance", "finance",
}  # fmt: skip
REQUIRED = {"code", "title", "description", "category", "acts_on", "reference"}
OPTIONAL = {"tiers", "groups_only", "tags"}
GRADES = {0.3, 0.6, 1.0}
REFERENCE_KINDS = {"article", "book", "report", "plan", "assumption", "web"}
YANGTZE_BELT = {f"CN-{code}" for code in ["SH", "JS", "ZJ", "AH", "JX", "HB", "HN", "CQ", "SC", "GZ", "YN"]}
CHINESE = re.compile(r"[\u4e00-\u9fff]")

Rows = list[dict[str, str]]
Lever = dict[str, Any]


def table(name: str) -> Rows:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(name: str, key: str) -> list[str]:
    return [row[key] for row in table(name)]


def tags(row: dict[str, str]) -> set[str]:
    """What limits a lever: the tags column and the macro region."""
    return {tag for tag in (*row["tags"].split(";"), row["macro_region"]) if tag}


@pytest.fixture(scope="module")
def levers() -> list[Lever]:
    document: list[Lever] = yaml.safe_load((SEEDS / "levers.yaml").read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="module")
def references() -> dict[str, dict[str, Any]]:
    document: dict[str, dict[str, Any]] = yaml.safe_load((SEEDS / "references.yaml").read_text(encoding="utf-8"))
    return document


def of_category(levers: list[Lever], category: str) -> list[Lever]:
    return [lever for lever in levers if lever["category"] == category]


def sections(levers: list[Lever]) -> list[str]:
    return [lever["reference"]["section"] for lever in levers]


class TestLevers:
    def test_there_are_enough_and_no_code_or_title_twice(self, levers: list[Lever]) -> None:
        assert len(levers) >= 32
        for key in (lambda x: x["code"], lambda x: x["title"]["zh"], lambda x: x["title"]["en"]):
            assert max(Counter(map(key, levers)).values()) == 1

    def test_keys_are_the_agreed_ones(self, levers: list[Lever]) -> None:
        for lever in levers:
            assert REQUIRED <= set(lever) <= REQUIRED | OPTIONAL, lever["code"]
            assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", lever["code"])

    def test_title_and_description_are_in_both_languages(self, levers: list[Lever]) -> None:
        for lever in levers:
            for text in (lever["title"], lever["description"]):
                assert set(text) == {"zh", "en"}, lever["code"]
                assert CHINESE.search(text["zh"]), lever["code"]
                assert text["en"].strip() and not CHINESE.search(text["en"]), lever["code"]

    def test_category_tiers_and_tags_are_known(self, levers: list[Lever]) -> None:
        known_tags = set().union(*(tags(row) for row in table("regions.csv")))
        assert {lever["category"] for lever in levers} == CATEGORIES
        for lever in levers:
            assert set(lever.get("tiers", [])) <= set(TIERS), lever["code"]
            assert set(lever.get("tags", [])) <= known_tags, lever["code"]
            assert lever.get("groups_only", True) is True, lever["code"]

    def test_relevances_are_graded_and_on_scored_indicators(self, levers: list[Lever]) -> None:
        for lever in levers:
            assert lever["acts_on"], lever["code"]
            assert set(lever["acts_on"]) <= set(SCORED), lever["code"]
            assert set(lever["acts_on"].values()) <= GRADES, lever["code"]

    def test_each_cites_the_paper_word_for_word(self, levers: list[Lever]) -> None:
        for lever in levers:
            assert set(lever["reference"]) == {"source", "section", "passage"}, lever["code"]
            passage = lever["reference"]["passage"]
            assert lever["reference"]["source"] == "huang2022"
            assert re.fullmatch(r"[1-5](\.\d){0,2}", lever["reference"]["section"]), lever["code"]
            assert len(CHINESE.findall(passage)) >= 15, lever["code"]
            assert 20 <= len(passage) <= 120 and not re.search(r"\s", passage), lever["code"]

    def test_no_passage_is_quoted_for_two_levers(self, levers: list[Lever]) -> None:
        assert max(Counter(lever["reference"]["passage"] for lever in levers).values()) == 1

    def test_every_section_of_the_paper_is_covered(self, levers: list[Lever]) -> None:
        assert {section[0] for section in sections(levers)} == {"1", "2", "3", "4", "5"}
        assert {s for s in sections(levers) if s.startswith("1")} == {"1.1", "1.2", "1.3"}
        assert {"5.2.1", "5.2.2", "5.2.3"} <= set(sections(levers))


class TestFamilies:
    @pytest.mark.parametrize(
        ("category", "count"),
        [("institutional_guarantee", 5), ("entities", 3), ("collaboration", 4), ("focus", 5)],
    )
    def test_section_four_is_complete(self, levers: list[Lever], category: str, count: int) -> None:
        assert sections(of_category(levers, category)) == ["4"] * count

    def test_collaborations_are_for_groups(self, levers: list[Lever]) -> None:
        assert all(lever["groups_only"] for lever in of_category(levers, "collaboration"))

    def test_focus_strategies_are_for_the_two_leaps(self, levers: list[Lever]) -> None:
        for lever in of_category(levers, "focus"):
            assert lever["tiers"] == ["regional", "quasi_national"], lever["code"]

    def test_the_western_card_is_for_the_west(self, levers: list[Lever]) -> None:
        assert [lever["code"] for lever in levers if "west" in lever.get("tags", [])] == ["western_policy_cards"]

    def test_five_relations(self, levers: list[Lever]) -> None:
        assert sections(of_category(levers, "relation")) == [f"3.1.{n}" for n in range(1, 6)]

    def test_five_leads(self, levers: list[Lever]) -> None:
        # None is left out. The innovation lead holds three measures; the park city and service leads bear on
        # innovation only by their demand for technology and so stay at the lowest grade.
        leads = of_category(levers, "lead")
        assert sections(leads) == ["3.2.1"] * 3 + ["3.2.2", "3.2.3", "3.2.4", "3.2.5"]
        for lever in leads:
            if lever["reference"]["section"] in {"3.2.4", "3.2.5"}:
                assert set(lever["acts_on"].values()) == {0.3}, lever["code"]

    def test_basin_governance_is_for_the_yangtze(self, levers: list[Lever]) -> None:
        basin = of_category(levers, "basin_governance")
        assert basin and all(section.startswith("2") for section in sections(basin))
        assert all(lever["tags"] == ["yangtze_economic_belt"] for lever in basin)

    def test_finance_is_section_five(self, levers: list[Lever]) -> None:
        assert all(section.startswith("5") for section in sections(of_category(levers, "finance")))


@pytest.mark.parametrize("target", TIERS[1:])
def test_every_indicator_is_answered_for_any_single_region(levers: list[Lever], target: str) -> None:
    """A region without tags and without partners still finds a lever for each deficit, whatever it aims at."""
    offered = [
        lever for lever in levers
        if target in lever.get("tiers", TIERS) and not lever.get("groups_only") and not lever.get("tags")
    ]  # fmt: skip
    assert set().union(*(lever["acts_on"] for lever in offered)) == set(SCORED)


class TestReferences:
    def test_levers_resolve(self, levers: list[Lever], references: dict[str, dict[str, Any]]) -> None:
        assert {lever["reference"]["source"] for lever in levers} <= set(references)

    def test_entries_have_the_agreed_keys(self, references: dict[str, dict[str, Any]]) -> None:
        for code, entry in references.items():
            assert {"kind", "title"} <= set(entry) <= {"kind", "title", "authors", "year", "url", "note"}, code
            assert entry["kind"] in REFERENCE_KINDS, code
            assert isinstance(entry.get("year", 0), int), code

    def test_the_assumption_is_declared_as_one(self, references: dict[str, dict[str, Any]]) -> None:
        assert [c for c, entry in references.items() if entry["kind"] == "assumption"] == ["assumption"]
        assert "not validation" in references["assumption"]["note"]


class TestTables:
    @pytest.mark.parametrize(
        ("name", "key", "count"),
        [("regions.csv", "region", 32), ("groups.csv", "code", 1), ("indicators.csv", "code", 25),
         ("sources.csv", "source", 80), ("designations.csv", "region", 7)],
    )  # fmt: skip
    def test_codes_are_unique(self, name: str, key: str, count: int) -> None:
        codes = column(name, key)
        assert len(codes) == len(set(codes)) == count

    def test_observations_refer_only_to_what_is_known(self) -> None:
        rows = table("observations.csv")
        assert len(rows) == 1476
        assert {row["region"] for row in rows} <= set(column("regions.csv", "region"))
        assert {row["indicator"] for row in rows} == set(column("indicators.csv", "code"))
        assert {row["source"] for row in rows} == set(column("sources.csv", "source"))

    def test_an_observation_is_given_once_per_vintage(self) -> None:
        keys = [(r["region"], r["indicator"], r["period"], r["vintage"]) for r in table("observations.csv")]
        assert len(keys) == len(set(keys))

    def test_groups_have_known_members(self) -> None:
        regions = set(column("regions.csv", "region"))
        assert [row["members"].split(";") for row in table("groups.csv")] == [["CN-SC", "CN-CQ"]]
        assert {"CN-SC", "CN-CQ"} <= regions
        assert not regions & set(column("groups.csv", "code"))

    def test_designations_name_known_places_and_tiers(self) -> None:
        places = {*column("regions.csv", "region"), *column("groups.csv", "code")}
        for row in table("designations.csv"):
            assert row["region"] in places
            assert row["tier"] in TIERS
            assert row["kind"] in {"designated", "claimed"}
            assert CHINESE.search(row["wording_zh"])
            assert row["wording_en"] and not CHINESE.search(row["wording_en"])

    def test_tags_are_where_the_plans_put_them(self) -> None:
        tagged = {
            tag: {row["region"] for row in table("regions.csv") if tag in row["tags"].split(";")}
            for tag in ("chengdu_chongqing", "yangtze_economic_belt")
        }
        assert tagged == {
            "chengdu_chongqing": {"CN-SC", "CN-CQ"},
            "yangtze_economic_belt": YANGTZE_BELT,
        }

    def test_the_macro_region_is_not_repeated_as_a_tag(self) -> None:
        for row in table("regions.csv"):
            assert row["macro_region"] not in row["tags"].split(";") or not row["macro_region"]


class TestSourcesPage:
    def test_its_counts_are_those_of_the_data(self) -> None:
        cells = {(r["indicator"], r["period"], r["region"]) for r in table("observations.csv") if r["region"] != "CN"}
        counted = Counter((indicator, period) for indicator, period, _ in cells)
        assert self.stated_counts() == dict(counted)

    def test_its_statuses_are_those_of_the_data(self) -> None:
        counted = Counter(column("observations.csv", "status"))
        assert f"{counted['A']:,} rows are A, {counted['E']} E, {counted['D']} D." in self.page()
        assert set(counted) == {"A", "E", "D"}

    def test_its_lever_count_is_true(self, levers: list[Lever]) -> None:
        assert f"| {len(levers)} institutional measures" in self.page()

    @staticmethod
    def page() -> str:
        return (SEEDS / "SOURCES.md").read_text(encoding="utf-8")

    def stated_counts(self) -> dict[tuple[str, str], int]:
        """The table "year: regions" of the page, as {(indicator, period): regions}."""
        lines = re.findall(r"^\| `(\w+)`[^|]*\| ((?:\d{4}: \d+(?:, )?)+) \|$", self.page(), re.MULTILINE)
        return {
            (indicator, period): int(regions)
            for indicator, years in lines
            for period, regions in re.findall(r"(\d{4}): (\d+)", years)
        }
