"""Seeding: three dated batches, all or nothing, and again without effect."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.factories import observation
from tierscore.errors import AlreadyPublished, Invalid
from tierscore.framework.catalogue import Observation
from tierscore.services import seeding
from tierscore.services.seeding import BATCHES, SeededBatch, SeedReport, seed
from tierscore.storage import batch, catalogue, frameworks, freshness, observations
from tierscore.storage.database import Database
from tierscore.storage.observations import EVERYTHING
from tierscore.storage.tables import RevisionRow

SEEDS = Path(__file__).resolve().parents[2] / "seeds"

FILES = {
    "regions.csv": "region,adcode,name_zh,name_en,kind,macro_region,tags\n"
    "CN,100000,全国,China,nation,,\nCN-SC,510000,四川,Sichuan,province,west,yangtze_belt\n",
    "groups.csv": "code,name_zh,name_en,members\nG,组,Group,CN-SC\n",
    "indicators.csv": "code,title_zh,title_en,unit,kind,integer,min,max\n"
    "labs,实验室,Laboratories,labs,count,true,0,\ngdp,生产总值,GDP,CNY,amount,false,0,\n",
    "sources.csv": "source,title,url,copy\nS1,Yearbook,,copy\n",
    "designations.csv": "region,tier,kind,wording_zh,wording_en,source\nCN-SC,regional,claimed,区域,regional,plan\n",
    "observations.csv": "region,indicator,period,value,unit,status,vintage,source,note\n"
    "CN-SC,labs,2021,3,labs,A,,S1,\n"
    "CN-SC,labs,2023,4,labs,A,,S1,\n"
    "CN-SC,labs,2024,5,labs,A,,S1,\n"
    "CN-SC,gdp,2021,100,CNY,A,first-release,S1,\n"
    "CN-SC,gdp,2021,101,CNY,A,2024-03,S1,\n"
    "CN-SC,gdp,2021,102,CNY,A,census-revision,S1,\n",
}
FRAMEWORK = ("cn", "1.0", "a" * 64, "illustrative", '{"title": {"zh": "框架", "en": "Framework"}}')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for name, text in FILES.items():
        (seeds / name).write_text(text, encoding="utf-8")
    return seeds


def edit(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


def values(database: Database, as_of: str | None = None) -> dict[tuple[str, int], float]:
    with database.read() as session:
        frame = observations.newest(session, observations.resolve_as_of(session, as_of).revision)
    return {(row.indicator, row.period): row.value for row in frame.itertuples()}


def state(database: Database) -> freshness.State:
    with database.read() as session:
        return freshness.state(session)


def test_three_dated_batches(database: Database, folder: Path) -> None:
    assert seed(database, folder) == SeedReport(
        catalogue_changed=True,
        batches=(
            SeededBatch(date(2022, 3, 1), 1, 2, 0),
            SeededBatch(date(2024, 3, 31), 2, 2, 0),
            SeededBatch(date(2025, 6, 30), 3, 2, 0),
        ),
        frameworks_published=0,
    )
    with database.read() as session:
        rows = session.execute(
            select(RevisionRow.recorded_at, RevisionRow.recorded_by).order_by(RevisionRow.number)
        ).all()
    assert rows == [
        (datetime(2022, 3, 1, tzinfo=UTC), "seed"),
        (datetime(2024, 3, 31, tzinfo=UTC), "seed"),
        (datetime(2025, 6, 30, tzinfo=UTC), "seed"),
    ]


def test_the_past_is_as_it_was_known_then(database: Database, folder: Path) -> None:
    seed(database, folder)
    assert values(database, "2022-02-28") == {}
    assert values(database, "2022-06-30") == {("labs", 2021): 3, ("gdp", 2021): 100}
    assert values(database, "2024-12-31") == {("labs", 2021): 3, ("labs", 2023): 4, ("gdp", 2021): 101}
    assert values(database) == {("labs", 2021): 3, ("labs", 2023): 4, ("labs", 2024): 5, ("gdp", 2021): 102}


def test_seeding_again_changes_nothing(database: Database, folder: Path) -> None:
    seed(database, folder, [FRAMEWORK])
    before = state(database)
    report = seed(database, folder, [FRAMEWORK])
    assert report == SeedReport(
        catalogue_changed=False,
        batches=tuple(SeededBatch(batch.recorded_on, None, 0, 2) for batch in BATCHES),
        frameworks_published=0,
    )
    assert state(database) == before


def change(database: Database, row: Observation) -> None:
    with database.write() as session:
        batch.append(session, [row], datetime(2026, 1, 1, tzinfo=UTC), "user")


LABS = Observation("CN-SC", "labs", 2021, 3.0, "labs", "A", "S1")


@pytest.mark.parametrize("edited", [replace(LABS, value=9.0), replace(LABS, value=None, status="M")])
def test_what_users_changed_stays_changed(database: Database, folder: Path, edited: Observation) -> None:
    seed(database, folder)
    change(database, edited)
    before = state(database)
    seed(database, folder)
    assert state(database) == before


def test_only_what_differs_is_appended_to_a_database_with_later_revisions(database: Database, folder: Path) -> None:
    seed(database, folder)
    change(database, replace(LABS, period=2020, value=1.0))
    edit(folder, "observations.csv", "labs,2021,3", "labs,2021,2")
    report = seed(database, folder)
    assert [batch.accepted for batch in report.batches] == [1, 0, 0]
    assert report.batches[0].revision == 5
    assert values(database)["labs", 2021] == 2
    assert state(database).recorded_at == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_corrected_first_release_does_not_replace_a_later_one(database: Database, folder: Path) -> None:
    seed(database, folder)
    edit(folder, "observations.csv", "gdp,2021,100", "gdp,2021,99")
    assert [batch.accepted for batch in seed(database, folder).batches] == [0, 0, 0]
    assert values(database)["gdp", 2021] == 102


def test_a_later_vintage_is_appended(database: Database, folder: Path) -> None:
    edit(folder, "observations.csv", "CN-SC,gdp,2021,102,CNY,A,census-revision,S1,\n", "")
    seed(database, folder)
    (folder / "observations.csv").write_text(FILES["observations.csv"], encoding="utf-8")
    assert [batch.accepted for batch in seed(database, folder).batches] == [0, 0, 1]
    assert values(database)["gdp", 2021] == 102


BROKEN: dict[str, tuple[str, str, str, list[tuple[int | None, str]]]] = {
    "an observation": ("observations.csv", ",3,labs,A", ",3.5,people,A", [(2, "not_whole"), (2, "wrong_unit")]),
    "an unknown region": ("observations.csv", "CN-SC,labs,2024", "CN-SX,labs,2024", [(4, "unknown_code")]),
    "a column": ("observations.csv", "period", "year", [(1, "missing_column"), (1, "unknown_column")]),
    "a region twice": ("regions.csv", "CN,100000", "CN-SC,100000", [(3, "duplicate")]),
    "a member": ("groups.csv", "CN-SC", "CN-SX", [(2, "unknown_code")]),
    "a designated region": ("designations.csv", "CN-SC", "CN-SX", [(2, "unknown_code")]),
    "a bound": ("indicators.csv", "true,0,", "true,none,", [(2, "not_a_number")]),
    "a title": ("sources.csv", "Yearbook", "", [(2, "required")]),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_one_mistake_and_nothing_is_stored(database: Database, folder: Path, case: str) -> None:
    name, old, new, expected = BROKEN[case]
    edit(folder, name, old, new)
    with pytest.raises(Invalid, match=name) as caught:
        seed(database, folder, [FRAMEWORK])
    assert [(violation.row, violation.code) for violation in caught.value.violations] == expected
    assert state(database) == freshness.State(0, "", 0, None)


def test_a_missing_file_is_named(database: Database, folder: Path) -> None:
    (folder / "groups.csv").unlink()
    with pytest.raises(Invalid, match=r"groups\.csv") as caught:
        seed(database, folder)
    assert "No such file" in caught.value.violations[0].message


def test_two_vintages_of_a_cell_in_one_batch_are_refused(database: Database, folder: Path) -> None:
    edit(folder, "observations.csv", "A,first-release", "A,no-such-batch")
    edit(folder, "observations.csv", "A,2024-03", "A,first-release")
    with pytest.raises(Invalid, match="batch"):
        seed(database, folder)
    assert state(database) == freshness.State(0, "", 0, None)


def test_frameworks_are_published_with_the_rest(database: Database, folder: Path) -> None:
    assert seed(database, folder, [FRAMEWORK]).frameworks_published == 1
    with database.read() as session:
        assert [framework.id for framework in frameworks.listing(session)] == ["cn"]


def test_a_framework_that_cannot_be_published_stores_nothing_else(database: Database, folder: Path) -> None:
    with database.write() as session:
        frameworks.publish(session, *FRAMEWORK)
    before = state(database)
    with pytest.raises(AlreadyPublished):
        seed(database, folder, [("cn", "1.0", "b" * 64, *FRAMEWORK[3:])])
    assert state(database) == before


@pytest.mark.parametrize(
    ("period", "vintage", "recorded_on"),
    [
        (2017, "", date(2022, 3, 1)), (2021, "", date(2022, 3, 1)), (2022, "", date(2024, 3, 31)),
        (2023, "", date(2024, 3, 31)), (2024, "", date(2025, 6, 30)), (2025, "", date(2025, 6, 30)),
        (2021, "first-release", date(2022, 3, 1)), (2020, "2024-03", date(2024, 3, 31)),
        (2020, "census-revision", date(2025, 6, 30)),
    ],
)  # fmt: skip
def test_the_batch_of_a_row(period: int, vintage: str, recorded_on: date) -> None:
    assert seeding.batch_of(observation(period=period, vintage=vintage)).recorded_on == recorded_on


class TestPublishedSeeds:
    """The seeds of this repository."""

    def test_every_row_is_stored(self, seeded: Database) -> None:
        with (SEEDS / "observations.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        with seeded.read() as session:
            assert len(observations.every_content(session, EVERYTHING)) == len(rows) == 1476
            assert session.execute(select(RevisionRow.row_count).order_by(RevisionRow.number)).scalars().all() == [
                sum(batch_rows) for batch_rows in zip(*map(self.in_batches, rows), strict=True)
            ]

    @staticmethod
    def in_batches(row: dict[str, str]) -> tuple[bool, bool, bool]:
        """DESIGN.md section 6, said again: which of the three batches has this row."""
        second = row["vintage"] == "2024-03" or (row["vintage"] == "" and row["period"] in ("2022", "2023"))
        third = row["vintage"] == "census-revision" or (row["vintage"] == "" and row["period"] > "2023")
        return not (second or third), second, third

    def test_gdp_of_2021_was_known_differently_in_2022(self, seeded: Database) -> None:
        """Sichuan, 100 million CNY: sources S017, S055 and S054 in seeds/observations.csv."""
        found = [self.gdp(seeded, as_of) for as_of in ("2022-06-30", "2024-06-30", None)]
        assert found == [53850.79, 54088.0, 55131.3]

    def gdp(self, database: Database, as_of: str | None) -> float:
        with database.read() as session:
            frame = observations.newest(session, observations.resolve_as_of(session, as_of).revision, ["gdp"])
        return float(frame[(frame["region"] == "CN-SC") & (frame["period"] == 2021)]["value"].item())

    def test_seeding_again_changes_nothing(self, seeded: Database) -> None:
        before = state(seeded)
        report = seed(seeded, SEEDS)
        assert not report.catalogue_changed
        assert [batch.accepted for batch in report.batches] == [0, 0, 0]
        assert state(seeded) == before

    def test_the_catalogue(self, seeded: Database) -> None:
        with seeded.read() as session:
            regions = catalogue.regions(session)
            assert [len(regions), len(catalogue.groups(session))] == [32, 1]
            assert [len(catalogue.indicators(session)), len(catalogue.sources(session))] == [25, 80]
            assert len(catalogue.designations(session)) == 7
        assert regions[0].kind == "nation"
        assert all(region.macro_region in region.tags for region in regions[1:])

    def test_both_engines_give_the_same_digest(self, seeded: Database, postgres: Database) -> None:
        seed(postgres, SEEDS)
        assert state(postgres).data_digest == state(seeded).data_digest


def test_the_order_of_the_rows_makes_no_difference(database: Database, folder: Path, migrated_file: Path) -> None:
    seed(database, folder)
    header, *rows = FILES["observations.csv"].splitlines(keepends=True)
    (folder / "observations.csv").write_text("".join([header, *reversed(rows)]), encoding="utf-8")
    other = Database.open(f"sqlite:///{shutil.copy(migrated_file, folder / 'other.db')}")
    seed(other, folder)
    assert state(other) == state(database)
    other.dispose()
