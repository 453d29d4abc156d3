"""Reports: which file is asked for, how it is called, and how to get the same again."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from tierscore.reports.content.comparison import comparison, findings
from tierscore.reports.content.facts import Facts
from tierscore.reports.content.scenario import scenario
from tierscore.reports.document import Report, Section
from tierscore.reports.formats import FORMATS, rendered
from tierscore.reports.words import Words
from tierscore.services.handout import Document
from tierscore.services.query import ComparisonAsked
from tierscore.services.resolved import Resolved
from tierscore.services.sheet import Answer

CSV = "csv"
ASKED = tuple(name for name in FORMATS if name != "csv-bom")
MEDIA_TYPES = tuple(dict.fromkeys(FORMATS[name].media_type for name in ASKED))
API = "/api/v1/reports"


@dataclass(frozen=True)
class FileAsked:
    """In which format and language a report is wanted; `bom` marks a CSV file as UTF-8 for Excel."""

    form: str
    language: str
    bom: bool = False

    @property
    def words(self) -> Words:
        """The language to say it in."""
        return Words(self.language)


def report_of(answer: Answer, asked: ComparisonAsked, resolved: Resolved, file: FileAsked) -> Report:
    """A comparison's answer as a report."""
    name = "-".join(["tierscore", *_called(asked), str(resolved.period), file.language])
    facts = Facts(answer, resolved.framework, file.words)
    return comparison(facts, name, again(asked, resolved, answer["since"], file, name))


def findings_of(answer: Answer, resolved: Resolved, words: Words) -> tuple[Section, ...]:
    """What the report of a comparison's answer says of its subjects."""
    return findings(Facts(answer, resolved.framework, words))


def _called(asked: ComparisonAsked) -> list[str]:
    return [asked.subjects[0]] if len(asked.subjects) == 1 else ["comparison", str(len(asked.subjects))]


def again(asked: ComparisonAsked, resolved: Resolved, since: int, file: FileAsked, name: str) -> tuple[str, ...]:
    """The call and the command that give the same report: every default filled in, pinned to the data's revision."""
    framework, revision = resolved.framework, str(resolved.as_of.revision)
    shared = {
        "period": str(resolved.period),
        "since": str(since),
        "as_of": revision,
        **({"target": asked.query.target} if asked.query.target else {}),
        **({"integration": str(asked.query.integration)} if asked.query.integration else {}),
    }
    parameters = [
        ("format", file.form),
        ("lang", file.language),
        *(("region", code) for code in asked.subjects),
        *(("peer", code) for code in asked.peers),
        ("framework", framework.id),
        ("version", framework.version),
        *shared.items(),
    ]
    options = [f"--{option.replace('_', '-')} {value}" for option, value in shared.items()]
    options += [f"--peer {code}" for code in asked.peers]
    command = ["tierscore", "--lang", file.language, "report", *asked.subjects, *options]
    command += ["--framework", f"{framework.id}@{framework.version}", "-o", f"{name}.{FORMATS[file.form].ending}"]
    return f"GET {API}/comparison?{urlencode(parameters)}", " ".join(command)


def scenario_report_of(answer: Answer, resolved: Resolved, file: FileAsked) -> Report:
    """A scenario's result as a report."""
    identifier = answer["scenario"]["id"]
    name = f"tierscore-scenario-{identifier}-{file.language}"
    asked = urlencode([("format", file.form), ("lang", file.language)])
    ending = FORMATS[file.form].ending
    return scenario(
        Facts(answer, resolved.framework, file.words),
        name,
        (
            f"GET {API}/scenarios/{identifier}?{asked}",
            f"tierscore --lang {file.language} report --scenario {identifier} -o {name}.{ending}",
        ),
    )


def document_of(report: Report, file: FileAsked) -> Document:
    """The report as a file."""
    name = "csv-bom" if file.form == CSV and file.bom else file.form
    found = FORMATS[name]
    return Document(f"{report.name}.{found.ending}", found.media_type, rendered(report, name, file.words))
