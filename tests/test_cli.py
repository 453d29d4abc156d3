"""The command line as its user meets it: what it prints, where, and with which exit code."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.conftest import as_text
from tests.ingest.workbooks import workbook
from tierscore import __version__
from tierscore.cli import cli
from tierscore.ingest import workbook as workbook_reader
from tierscore.services import service as service_module
from tierscore.services.query import AssessmentQuery, CellEdit, Saving, WhatIf
from tierscore.services.service import Service
from tierscore.storage.database import Database

FRAMEWORK = Path(__file__).resolve().parents[1] / "seeds/frameworks/cn-innovation-centre/2021.1/framework.yaml"
Run = Callable[..., Result]


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs commands on a database that is not there yet."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'cli.db'}")
    monkeypatch.setenv("LANG", "C.UTF-8")
    yield lambda *words: CliRunner().invoke(cli, list(words))


@pytest.fixture
def own_url(seeded: Database, empty: Run, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a seeded database of the test's own, which commands (`empty`) then work on."""
    url = as_text(seeded.url)
    monkeypatch.setenv("DATABASE_URL", url)
    return url


@pytest.fixture
def run(seeded_url: str, empty: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs commands on the seeded database, which they only read."""
    monkeypatch.setenv("DATABASE_URL", seeded_url)
    return empty


def test_from_nothing_to_the_table(empty: Run) -> None:
    assert empty("db", "check").exit_code == 1
    assert empty("db", "upgrade").exit_code == 0
    first, second = empty("seed"), empty("seed")
    assert "2022-03-01: 1032 values stored" in first.stdout
    assert "5 framework(s) published" in first.stdout
    assert "2022-03-01: 0 values stored, 1032 there before" in second.stdout
    assert empty("db", "check").exit_code == 0
    assert [line.split()[1] for line in empty("compare").stdout.splitlines()[3:5]] == ["Beijing", "Guangdong"]


def test_compare_is_in_rank_order_whatever_is_asked_first(run: Run) -> None:
    lines = run("compare", "CN-CQ", "CN-SC", "CN-BJ").stdout.splitlines()
    assert [line.split()[1] for line in lines[3:6]] == ["Beijing", "Sichuan", "Chongqing"]
    assert "四川省" in run("--lang", "zh", "compare", "CN-SC").stdout


def test_the_language_follows_the_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "省域级" in run("compare", "CN-SC").stdout


def test_assess_as_table_json_and_csv(run: Run) -> None:
    assert "Sichuan (CN-SC), 2021: Provincial, rank 7" in run("assess", "CN-SC").stdout
    answer = json.loads(run("assess", "CN-SC", "--format", "json").stdout)
    assert answer["tier"] == "provincial"
    several = json.loads(run("assess", "CN-SC", "CN-CQ", "--format", "json").stdout)
    assert [item["region"]["code"] for item in several["items"]] == ["CN-SC", "CN-CQ"]
    assert run("assess", "CN-SC", "--format", "csv").stdout.count("\n") == 13
    assert "source S050" in run("assess", "CN-SC", "--explain").stdout


def test_assess_takes_year_data_version_framework_and_target(run: Run) -> None:
    words = ("--period", "2020", "--as-of", "2022-06-30", "--framework", "cn-innovation-centre@2021.1")
    answer = json.loads(run("assess", "CN-SC", *words, "--target", "international", "--format", "json").stdout)
    assert (answer["period"], answer["data"]["revision"], answer["gap"]["target"]) == (2020, 1, "international")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("assess", "CN-XX"), "There is no reference region or group 'CN-XX'"),
        (("assess", "CN-SC", "--target", "quasi"), "allowed: quasi_national"),
        (("assess", "CN-SC", "--as-of", "soon"), "as_of: 'soon' is no revision, date or time"),
        (("assess", "CN-SC", "--period", "20"), "period: A period is a year from 1900 to 2100"),
        (("assess", "CN-SC", "--framework", "nope"), "There is no framework 'nope'"),
        (("assess",), "Missing argument 'REGION...'"),
        (("assess", "CN-SC", "--format", "pdf"), "'pdf' is not one of"),
        (("framework", "check", "nowhere.yaml"), "nowhere.yaml cannot be read: No such file"),
    ],
)
def test_wrong_input_is_exit_2_and_on_stderr(run: Run, words: tuple[str, ...], complaint: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert complaint in result.stderr
    assert result.stdout == ""


def test_a_database_that_is_not_ready_is_exit_1(empty: Run) -> None:
    result = empty("assess", "CN-SC")
    assert result.exit_code == 1
    assert "tierscore db upgrade" in result.stderr


def test_a_bad_database_address_is_exit_2(empty: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://x")
    result = empty("compare")
    assert result.exit_code == 2
    assert "DATABASE_URL" in result.stderr


def test_framework_check_and_show(run: Run, tmp_path: Path) -> None:
    assert "cn-innovation-centre 2021.1 is valid, digest " in run("framework", "check", str(FRAMEWORK)).stdout
    assert json.loads(run("framework", "show", str(FRAMEWORK)).stdout)["levers"]
    broken = tmp_path / "broken.yaml"
    broken.write_text("schema_version: 1\nid: x\nversion: '1'\ntiers: []\n", encoding="utf-8")
    result = run("framework", "check", str(broken))
    assert result.exit_code == 2
    assert {"/title", "/scale", "/index", "/sort", "/indicators"} <= {
        line.split(":")[0].strip() for line in result.stderr.splitlines()
    }


METRICS = "region,indicator,period,value\n四川,national_key_labs,2023,{value}\n"


def test_import_stores_and_says_what_became_of_it(own_url: str, empty: Run, tmp_path: Path) -> None:
    file = tmp_path / "metrics.csv"
    file.write_text(METRICS.format(value=70), encoding="gbk")
    assert empty("import", str(file), "--dry-run").stdout == (
        "1 new, 0 unchanged, 0 rejected: nothing stored, still revision 3\n"
    )
    stored = empty("import", str(file), "--recorded-by", "office", "--note", "monthly")
    assert (stored.exit_code, stored.stdout) == (0, "1 new, 0 unchanged, 0 rejected: revision 4\n")
    assert empty("import", str(file), "--recorded-by", "office").stdout.startswith("0 new, 1 unchanged")
    assert empty("revisions").stdout.splitlines()[2].split()[0::2] == ["4", "office", "monthly"]


def test_import_refuses_the_whole_file_and_lists_every_mistake(own_url: str, empty: Run, tmp_path: Path) -> None:
    file = tmp_path / "metrics.csv"
    file.write_text(METRICS.format(value=70) + "四穿,labs,23,x\n", encoding="utf-8")
    refused = empty("import", str(file))
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr.count("line 3") == 4
    partial = empty("import", str(file), "--partial")
    assert (partial.exit_code, partial.stdout) == (0, "1 new, 0 unchanged, 1 rejected: revision 4\n")
    assert empty("import", str(tmp_path / "nowhere.csv")).exit_code == 2


def test_import_says_it_in_chinese(own_url: str, empty: Run, tmp_path: Path) -> None:
    file = tmp_path / "metrics.csv"
    file.write_text(METRICS.format(value=70), encoding="utf-8")
    assert empty("--lang", "zh", "import", str(file), "--dry-run").stdout == (
        "新增 1 行，不变 0 行，拒绝 0 行：未存储，仍为修订 3\n"
    )
    assert empty("--lang", "zh", "import", str(file)).stdout == "新增 1 行，不变 0 行，拒绝 0 行：修订 4\n"


def test_a_workbook_may_have_more_rows_than_a_batch(
    own_url: str, empty: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_reader, "MOST_ROWS", 5)
    file = tmp_path / "metrics.xlsx"
    rows = [["CN-SC", "gdp", year, year] for year in range(1900, 1910)]
    file.write_bytes(workbook([["region", "indicator", "period", "value"], *rows]))
    assert empty("import", str(file)).stdout == "10 new, 0 unchanged, 0 rejected: revision 4\n"


def test_import_says_that_the_disk_is_full(
    own_url: str, empty: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(service_module, "import_file", full)
    file = tmp_path / "metrics.csv"
    file.write_text(METRICS.format(value=70), encoding="utf-8")
    refused = empty("import", str(file))
    assert (refused.exit_code, refused.stderr) == (1, "The service is not ready: there is no room on the disk.\n")


def test_a_template_is_written_and_read_back(own_url: str, empty: Run, tmp_path: Path) -> None:
    file = tmp_path / "指标.xlsx"
    written = empty("--lang", "zh", "template", "CN-SC", "--period", "2024", "-o", str(file))
    assert (written.exit_code, written.stdout) == (0, f"{file}\n")
    assert empty("import", str(file)).stderr.splitlines()[1:] == ["  line 1: There is no row below the header."]
    assert empty("template", "CN-XX", "-o", str(file)).exit_code == 2
    refused = empty("template", "-o", str(tmp_path / "no" / "where.xlsx"))
    assert (refused.exit_code, "cannot be written" in refused.stderr) == (2, True)


def test_what_is_exported_is_read_back(own_url: str, empty: Run, tmp_path: Path) -> None:
    file = tmp_path / "北京.csv"
    written = empty("export", "--region", "CN-BJ", "--period", "2021", "-o", str(file))
    assert (written.exit_code, written.stdout) == (0, f"{file}\n")
    rows = len(file.read_text(encoding="utf-8").splitlines()) - 1
    assert (
        empty("import", str(file)).stdout == f"0 new, {rows} unchanged, 0 rejected: nothing stored, still revision 3\n"
    )
    assert empty("export", "--region", "CN-XX", "-o", str(file)).exit_code == 2
    refused = empty("export", "-o", str(tmp_path / "no" / "where.csv"))
    assert (refused.exit_code, "cannot be written" in refused.stderr) == (2, True)


def test_keys_are_made_listed_and_revoked(own_url: str, empty: Run) -> None:
    made = empty("keys", "create", "--name", "office", "--scopes", "write,read", "--expires-in", "90d")
    assert re.fullmatch(r"tierscore_[0-9a-f]{16}_[0-9a-f]{64}\n", made.stdout)
    assert empty("keys", "create", "--name", "审计", "--scopes", "admin").exit_code == 0
    listed = empty("keys", "list").stdout
    assert [line.split()[:2] for line in listed.splitlines()[2:]] == [["office", "read,write"], ["审计", "admin"]]
    assert made.stdout.strip().rsplit("_", 1)[1] not in listed
    assert empty("keys", "revoke", "office").stdout == "office is revoked\n"
    assert empty("keys", "revoke", "office").stdout == "office was revoked before\n"
    assert empty("keys", "list").stdout.splitlines()[2].split()[-1] == "revoked"


@pytest.mark.parametrize(
    ("words", "code", "complaints"),
    [
        (("create", "--name", "office", "--scopes", "read"), 1, ["There is a key 'office' already"]),
        (
            ("create", "--name", "a b", "--scopes", "rite", "--expires-in", "soon"),
            2,
            ["name: 'a b'", "scopes: 'rite'", "allowed: read, write, admin", "expires-in: 'soon'"],
        ),
        (("create", "--name", "other"), 2, ["--scopes"]),
        (("revoke", "ofice"), 2, ["There is no key 'ofice'", "allowed: office"]),
    ],
)
def test_wrong_words_about_keys(
    own_url: str, empty: Run, words: tuple[str, ...], code: int, complaints: list[str]
) -> None:
    empty("keys", "create", "--name", "office", "--scopes", "read")
    result = empty("keys", *words)
    assert (result.exit_code, result.stdout) == (code, "")
    for complaint in complaints:
        assert complaint in result.stderr


def test_the_trail_says_which_user_of_the_server_it_was(
    seeded: Database, own_url: str, empty: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "operator")
    file = tmp_path / "metrics.csv"
    file.write_text("region,indicator,period,value\nCN-SC,national_key_labs,2023,70\n")
    empty("keys", "create", "--name", "office", "--scopes", "read")
    empty("import", str(file), "--recorded-by", "Statistics Office")
    items = Service(seeded).reading().trail(0, 1, 1000)["items"][-2:]
    assert [(item["actor"], item["action"]) for item in items] == [
        ("shell:operator", "key_created"), ("shell:operator", "revision_stored"),
    ]  # fmt: skip


def test_coverage_counts_what_is_missing(run: Run) -> None:
    lines = run("coverage", "--period", "2021").stdout.splitlines()
    assert lines[0] == "Data of 2021, 31 regions"
    assert lines[3].split()[-5:] == ["4", "27", "2", "0", "1"]
    assert "国家" in run("--lang", "zh", "coverage").stdout


COMMANDS = [
    ("what-if",), ("import",), ("export",), ("template",), ("revisions",), ("coverage",),
    ("keys",), ("keys", "create"), ("keys", "list"), ("keys", "revoke"),
    (), ("db",), ("db", "upgrade"), ("db", "check"), ("seed",), ("assess",), ("compare",), ("framework",),
    ("regions", "import"), ("rollup",),
    ("framework", "check"), ("framework", "show"), ("serve",), ("db", "backup"), ("db", "downgrade"),
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_has_an_example(run: Run, command: tuple[str, ...]) -> None:
    text = run(*command, "--help").stdout
    assert "Example" in text or "Commands:" in text
    assert run("--version").stdout == f"tierscore, version {__version__}\n"


def test_what_if_says_who_moves_and_by_what(run: Run) -> None:
    words = ("--set", "CN-SC.national_key_labs=18", "--group", "CN-CY", "--integration", "0.5")
    result = run("what-if", *words)
    assert result.exit_code == 0
    assert "15 becomes 18" in result.stdout
    assert "integrated to 0.5" in result.stdout
    assert "Chengdu-Chongqing economic circle  Provincial" in result.stdout
    chinese = run("--lang", "zh", "what-if", *words).stdout
    assert "四川省  省域级" in chinese
    assert "provincial" not in chinese
    answer = json.loads(run("what-if", *words, "--format", "json").stdout)
    assert [edit["new"] for edit in answer["edits"]] == [18]
    assert [group["integration"] for group in answer["groups"]] == [0.5]


def test_what_if_takes_every_kind_of_edit(run: Run) -> None:
    words = ("--add", "CN-SC.unicorns=2", "--multiply", "CN-SC.rd_expenditure=1.5", "--weight", "unicorns=0.1",
             "--threshold", "regional=35", "--cut", "0.5", "--drop", "rd_intensity",
             "--group", "CN-HN+CN-AH")  # fmt: skip
    answer = json.loads(run("what-if", "CN-CQ", *words, "--format", "json").stdout)
    assert [edit["op"] for edit in answer["edits"]] == ["add", "multiply"]
    assert [edit["op"] for edit in answer["framework_edits"]] == ["set_weight", "set_threshold", "set_cut", "drop"]
    assert answer["groups"][0]["members"] == ["CN-HN", "CN-AH"]
    assert answer["changes"][0]["region"]["code"] == "CN-CQ"


def test_assess_takes_a_group_and_traces(run: Run) -> None:
    answer = json.loads(run("assess", "CN-CY", "--integration", "1", "--format", "json").stdout)
    assert (answer["tier"], answer["break_even"]["integration"]) == ("provincial", None)
    assert json.loads(run("assess", "CN-SC", "--explain", "--format", "json").stdout)["trace"]["step"] == "tier"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--set", "CN-SC.national_key_labs=-1"), "/edits/0/value"),
        (("--set", "CN-SC.national_key_labs=many"), "is not NAME=VALUE with a plain number"),
        (("--set", "national_key_labs=1"), "is not REGION.INDICATOR=VALUE"),
        (("--drop", "luck"), "/framework_edits/0/indicator"),
        (("--group", "CN-XY"), "/groups/0/code"),
        (("CN-XX",), "/regions/0"),
    ],
)
def test_a_wrong_what_if_is_exit_2_and_named(run: Run, words: tuple[str, ...], complaint: str) -> None:
    result = run("what-if", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert complaint in result.stderr


HDI = [str(FRAMEWORK.parents[2] / "hdi/2022.1/framework.yaml"), str(FRAMEWORK.parents[3] / "examples/hdi_2022.csv")]
RECIPE = str(FRAMEWORK.parents[2] / "cn-entropy-topsis/2021.1/recipe.yaml")


def test_evaluate_needs_no_database_and_names_unused_columns(empty: Run) -> None:
    result = empty("evaluate", *HDI)
    lines = result.stdout.splitlines()
    assert (result.exit_code, result.stderr) == (0, "not used: name\n")
    assert lines[2].split() == ["1", "CHE", "Very", "high", "human", "development", "0.967", "100%"]
    assert any(line.startswith("normalisation, goalposts: 4 columns or nodes") for line in lines)
    assert "极高人类发展水平" in empty("--lang", "zh", "evaluate", *HDI).stdout


def test_evaluate_as_json_and_csv_hold_the_same_scores(empty: Run) -> None:
    answer = json.loads(empty("evaluate", *HDI, "--format", "json").stdout)
    rows = [line.split(",") for line in empty("evaluate", *HDI, "--format", "csv").stdout.splitlines()]
    place = rows[0].index("score")
    assert [float(row[place]) for row in rows[1:]] == [unit["score"] for unit in answer["units"]]
    assert "indicators" not in json.loads(empty("evaluate", *HDI, "--format", "json", "--no-steps").stdout)["units"][0]


def test_evaluate_lists_every_mistake_of_the_data_with_its_line(empty: Run, tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text("code,life_expectancy,expected_schooling,mean_schooling,gni_per_capita\nA,x,1,2,3\n,70,1,y,3\n")
    result = empty("evaluate", HDI[0], str(data))
    assert result.exit_code == 2
    assert [line.strip().split(":")[0] for line in result.stderr.splitlines()[1:]] == ["line 2", "line 3", "line 3"]
    data.write_text("code,life_expectancy\nA,70\n")
    assert "The column gni_per_capita is missing" in empty("evaluate", HDI[0], str(data)).stderr


def test_what_cannot_be_scored_ends_with_1_and_names_step_and_indicator(empty: Run, tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text("code,life_expectancy,expected_schooling,mean_schooling,gni_per_capita\nA,70,1,2,0\n")
    result = empty("evaluate", HDI[0], str(data))
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "Step transform: indicator gni_per_capita of A is 0, and a logarithm needs a value above 0."
    ]


def test_freeze_prints_a_framework_that_can_be_checked(run: Run, tmp_path: Path) -> None:
    frozen = tmp_path / "framework.yaml"
    frozen.write_text(run("framework", "freeze", RECIPE).stdout, encoding="utf-8")
    assert "is valid" in run("framework", "check", str(frozen)).stdout
    assert run("framework", "freeze", str(frozen)).exit_code == 2


def test_audit_in_a_page_and_whole(run: Run) -> None:
    page = run("audit", "--region", "CN-SC", "--against", "cn-entropy-topsis").stdout
    assert "STAR Market listed companies and Unicorn companies: nearly the same" in page
    assert "cn-innovation-centre@2021.1 and cn-entropy-topsis@2021.1: Spearman" in page
    assert json.loads(run("audit", "--format", "json").stdout)["period"] == 2021
    assert "hdi: alpha" in run("audit", *HDI).stdout
    assert run("audit", HDI[0]).exit_code == 2


def test_panel_names_each_movement_and_its_cause(run: Run) -> None:
    page = run("panel", "CN-HB", "--year", "2021", "--year", "2022").stdout
    assert "Hubei, 2021 to 2022: Regional to Provincial, moved by the values" in page
    assert "湖北省" in run("--lang", "zh", "panel", "CN-HB").stdout
    assert run("panel", "--year", "2021", "--year", "2021").exit_code == 2


def test_path_as_a_table_in_both_languages(run: Run) -> None:
    told = run("path", "CN-SC").stdout
    assert told.startswith("Sichuan (CN-SC), 2021: from Provincial to Regional\n")
    assert "National key laboratories (reorganised system)  15        +3" in told
    assert "The fewest that act on every addition: Let local demand pull innovation; National innovation bases" in told
    assert "从“省域级”到“区域”：成本 1.01" in run("--lang", "zh", "path", "CN-SC").stdout
    assert "Regional is one step away: National key laboratories" in run("assess", "CN-SC").stdout


def test_path_out_of_reach_says_what_would_have_to_be_otherwise(run: Run) -> None:
    told = run("path", "CN-HB")
    assert told.exit_code == 0
    assert "With everything added that may be: functions of 66.3% of the weight" in told.stdout
    assert "The least that would have to be otherwise: Regional innovation capability rank -" in told.stdout
    assert "Regional is lost with any one of:\n  Regional innovation capability rank +1\n" in told.stdout


def test_path_takes_every_term_that_the_api_takes(run: Run) -> None:
    words = ("--target", "regional", "--integration", "1", "--cost", "unicorns=0", "--bound", "star_market_companies=9",
             "--fix", "rd_expenditure=0", "--expect", "attract_entities.national_key_labs=2", "--rivals", "0.05",
             "--years", "2", "--tolerance", "9", "--alternatives", "1", "--format", "json")  # fmt: skip
    answer = json.loads(run("path", "CN-CY", *words).stdout)
    assert (answer["integration"], answer["feasible"], len(answer["alternatives"])) == (1, True, 1)
    labs = [item for item in answer["levers"] if item["code"] == "attract_entities"]
    assert labs[0]["expected_effects"][0]["expected_by"] == "user"
    between = json.loads(run("path", "CN-SC", "--rivals", "2020:2021", "--format", "json").stdout)
    by_name = json.loads(run("path", "CN-SC", "--rivals", "unicorns=0.1", "--format", "json").stdout)
    assert between["cost"] > by_name["cost"] > 1


def test_path_that_must_hold_in_draws_says_in_how_many(run: Run) -> None:
    words = ("path", "CN-SC", "--confidence", "0.9", "--time-limit", "1")
    told = run(*words).stdout
    assert "To hold in 180 of 200 draws: as things are in " in told
    assert "The least effort without this costs 1.01 and holds in 15.5%." in told
    assert "Holds in 9" in told and " of the draws." in told
    assert "要求在 200 次抽样中的 180 次成立：按现状为 " in run("--lang", "zh", *words).stdout
    unsure = run("path", "CN-SD", "--confidence", "0.8").stdout
    assert "No plan within the limits reaches the tier in as many draws as asked for." in unsure
    assert "Levers, by what they act on of the gap" in unsure and "The fewest that act" not in unsure
    assert run("path", "CN-SC", "--confidence", "90").exit_code == 2


def test_path_with_wrong_terms_says_what_is_wrong(run: Run) -> None:
    for words in (("--rivals", "fast"), ("--rivals", "2021:2020"), ("--rivals", "0.1", "--rivals", "0.2"),
                  ("--expect", "labs=2"), ("--cost", "unicorns"), ("--alternatives", "99")):  # fmt: skip
        assert run("path", "CN-SC", *words).exit_code == 2, words
    refused = run("path", "CN-SC", "--fix", "national_key_labs=0.5", "--cost", "nothing=1")
    assert refused.exit_code == 2
    assert "counted in whole numbers" in refused.stderr and "nothing" in refused.stderr
    assert run("path", "CN-ZZ").exit_code == 2
    assert run("path", "CN-SC", "--framework", "cn-entropy-topsis").exit_code == 1


def test_uncertainty_as_a_table_in_both_languages(run: Run) -> None:
    told = run("uncertainty", "CN-SC", "CN-HB", "--samples", "500").stdout
    assert told.startswith("500 draws, seed 0, of:\n  weights: distribution uniform, relative 0.25 [assumption]\n")
    assert "Cannot be told apart" in told and "CN-GD, CN-JS, CN-SH" in told
    assert "四川省" in run("--lang", "zh", "uncertainty", "CN-SC", "--samples", "500").stdout
    sobol = run("uncertainty", "CN-SC", "--samples", "128", "--design", "saltelli").stdout
    assert "Part of the variance that goes with each factor" in sobol


def test_uncertainty_takes_factors_with_spreads_of_ones_own(run: Run) -> None:
    words = ("--factor", "weights:relative=0.5", "--factor", "cut:low=0.5,high=0.7", "--factor", "knots",
             "--samples", "300", "--seed", "7", "--draws", "2", "--format", "json")  # fmt: skip
    answer = json.loads(run("uncertainty", "CN-SC", *words).stdout)
    assert [(item["name"], item["reference"]) for item in answer["factors"]] == [
        ("weights", "asked"), ("cut", "asked"), ("knots", "assumption"),
    ]  # fmt: skip
    assert all(0.5 <= draw["cut"] <= 0.7 for draw in answer["drawn"]) and len(answer["drawn"]) == 2
    assert json.loads(run("uncertainty", "CN-SC", *words).stdout) == answer


def test_uncertainty_with_wrong_words_says_what_is_wrong(run: Run) -> None:
    for words in (("--factor", "weights:relative"), ("--design", "dice"), ("--samples", "0"), ("--factor", "luck"),
                  ("--samples", "100", "--design", "saltelli"), ("--factor", "aggregation"),
                  ("--factor", "knots:relative=2")):  # fmt: skip
        assert run("uncertainty", "CN-SC", *words).exit_code == 2, words
    assert "no options are declared" in run("uncertainty", "--factor", "aggregation").stderr
    assert run("uncertainty", "CN-ZZ").exit_code == 2


def test_seeding_settles_how_sure_the_tiers_are(empty: Run) -> None:
    empty("db", "upgrade")
    empty("seed")
    assert "International (100%)" in empty("compare", "CN-BJ").stdout
    assert "not robust), rank 8" in empty("assess", "CN-HB").stdout
    assert "不稳健" in empty("--lang", "zh", "assess", "CN-HB").stdout


def test_report_writes_a_file_in_the_format_that_its_name_says(run: Run, tmp_path: Path) -> None:
    starts = {"html": b"<!DOCTYPE html>", "pdf": b"%PDF-", "docx": b"PK", "xlsx": b"PK", "csv": b"Region", "json": b"{"}
    for ending, start in starts.items():
        file = tmp_path / f"report.{ending}"
        assert run("report", "CN-SC", "CN-CY", "-o", str(file)).stdout == f"{file}\n"
        assert file.read_bytes().startswith(start), ending
    marked = tmp_path / "report.txt"
    assert run("--lang", "zh", "report", "CN-SC", "-o", str(marked), "--format", "csv", "--bom").exit_code == 0
    assert marked.read_bytes().startswith("\ufeff地区代码".encode())


def test_report_says_the_command_that_gives_it_again(run: Run, tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    words = ("--integration", "0.5", "--peer", "CN-GD", "--since", "2019", "--target", "international")
    assert run("report", "CN-CY", "CN-SC", *words, "-o", str(first)).exit_code == 0
    command = json.loads(first.read_text())["again"][1].split()
    command[command.index("-o") + 1] = str(second)
    assert run(*command[1:]).exit_code == 0
    assert second.read_bytes() == first.read_bytes()


def test_report_of_a_scenario(empty: Run, own_url: str, tmp_path: Path) -> None:
    service = Service.open(own_url)
    asked = WhatIf(AssessmentQuery(), (CellEdit("add", "CN-SC", "unicorns", 5),))
    saved = service.save_scenario(Saving("Five more", "", asked))
    service.close()
    file = tmp_path / "scenario.json"
    assert empty("report", "--scenario", saved.id, "-o", str(file)).exit_code == 0
    assert json.loads(file.read_text())["title"] == "Scenario: Five more"


def test_report_with_wrong_words_says_what_is_wrong(run: Run, tmp_path: Path) -> None:
    file = str(tmp_path / "report.pdf")
    assert "name regions, or one scenario" in run("report", "-o", file).stderr
    assert "name regions, or one scenario" in run("report", "CN-SC", "--scenario", "x", "-o", file).stderr
    assert "html, pdf, docx, xlsx, csv, json" in run("report", "CN-SC", "-o", str(tmp_path / "report.odt")).stderr
    assert run("report", "CN-ZZ", "-o", file).exit_code == 2
    assert run("report", "CN-SC", "CN-SC", "-o", file).exit_code == 2
    assert run("report", "--scenario", "none", "-o", file).exit_code == 2
    assert "cannot be written" in run("report", "CN-SC", "-o", str(tmp_path / "no" / "report.csv")).stderr
    assert not list(tmp_path.iterdir())


def test_events_as_a_table_and_as_json(empty: Run, own_url: str) -> None:
    table = empty("--lang", "zh", "events", "--since", "4")
    lines = table.stdout.splitlines()
    assert (table.exit_code, lines[0].split()[:5]) == (0, ["number", "revision", "framework", "period", "region"])
    assert lines[2].split() == [
        "5", "2", "cn-innovation-centre@2021.1", "2021", "北京市", "regional", "international", "up",
    ]  # fmt: skip
    items = json.loads(empty("events", "--format", "json").stdout)
    assert [item["number"] for item in items] == list(range(1, len(lines) - 2 + 4 + 1))
    assert empty("events", "--since", "-1").exit_code == 2


def test_counties_are_added_and_their_values_add_up(own_url: str, empty: Run, tmp_path: Path) -> None:
    counties, values = tmp_path / "counties.csv", tmp_path / "values.csv"
    rows = [f"CN-SC-{number},county,CN-SC,县{number},County {number}" for number in (1, 2)]
    counties.write_text("\n".join(["region,kind,parent,name_zh,name_en", *rows]), encoding="utf-8")
    assert empty("regions", "import", str(counties)).stdout == "2 new, 0 changed, 0 unchanged\n"
    assert empty("regions", "import", str(counties)).stdout == "0 new, 0 changed, 2 unchanged\n"
    values.write_text("region,indicator,period,value\nCN-SC-1,unicorns,2021,2\n", encoding="utf-8")
    assert empty("import", str(values)).exit_code == 0
    asked = ("rollup", "CN-SC", "--period", "2021", "--indicator", "unicorns")
    assert "1/2" in (partly := empty(*asked).stdout)
    assert "children_missing" in partly
    assert "CN-SC-2" in partly
    values.write_text("region,indicator,period,value\nCN-SC-2,unicorns,2021,3\n", encoding="utf-8")
    assert empty("import", str(values)).exit_code == 0
    (told,) = json.loads(empty(*asked, "--format", "json").stdout)["indicators"]
    assert (told["value"], told["known"], [part["value"] for part in told["parts"]]) == (5, 2, [2, 3])


def test_a_file_of_regions_with_mistakes_is_refused_whole(own_url: str, empty: Run, tmp_path: Path) -> None:
    file = tmp_path / "counties.csv"
    file.write_text("region,kind,parent,name_zh,name_en\nA,county,CN-SC,县,A\nB,city,A,市,B\n", encoding="utf-8")
    refused = empty("regions", "import", str(file))
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "line 3: A city is no part of 'A', whose kind is county." in refused.stderr
    assert empty("rollup", "A").exit_code == 2
