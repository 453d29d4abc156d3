"""An auditor's analysis as text: what is flagged first, then influence, robustness and natural groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tabulate import tabulate

from tierscore.reports.numbers import MISSING, percent, rounded
from tierscore.reports.words import Words

Answer = dict[str, Any]
Lines = Iterator[str]

HEADERS = ("Indicator", "Weight", "Influence", "One more adds", "Rank shift without", "Tiers moved without", "Flags")
INDENT = "  "


def audit(answer: Answer, words: Words, titles: Mapping[str, Answer]) -> str:
    """The analysis in a page; the JSON has all of it. `titles` are those of the indicators, by code."""
    names = {code: words.name(title) for code, title in titles.items()}
    return "\n".join(
        [
            _table(answer, words, names),
            "",
            *_pairs(answer, words, names),
            *_reliability(answer, words),
            *_agreement(answer, words),
            *_breaks(answer, words),
        ]
    )


def _table(answer: Answer, words: Words, names: Mapping[str, str]) -> str:
    gains = {
        item["indicator"]: item["score_gain"] for item in (answer["trade_offs"] or {"indicators": []})["indicators"]
    }
    without = {item["indicator"]: item for item in answer["leave_one_out"]}
    flags = {item["indicator"]: item["flags"] for item in answer["indicators"]}
    rows = [
        [
            names[item["indicator"]],
            percent(item["weight"]),
            percent(item["influence"]),
            _short(gains.get(item["indicator"])),
            rounded(without[item["indicator"]]["mean_rank_shift"]) if item["indicator"] in without else MISSING,
            str(len(without[item["indicator"]]["tiers_moved"])) if item["indicator"] in without else MISSING,
            words.say(", ").join(words.phrase(flag) for flag in flags[item["indicator"]]),
        ]
        for item in answer["influence"]
    ]
    headers = [words.say(name) for name in HEADERS]
    return tabulate(rows, headers=headers, tablefmt="simple", disable_numparse=True)


def _short(value: float | None) -> str:
    return MISSING if value is None else f"{value:.3g}"


def _pairs(answer: Answer, words: Words, names: Mapping[str, str]) -> Lines:
    for pair in answer["correlations"]["within"]:
        if pair["flag"] is not None:
            yield words.say(
                "{one} and {other}: {flag}, correlation {value}",
                one=names.get(pair["one"], pair["one"]),
                other=names.get(pair["other"], pair["other"]),
                flag=words.phrase(pair["flag"]),
                value=rounded(pair["pearson"]),
            )


def _reliability(answer: Answer, words: Words) -> Lines:
    for node in answer["nodes"]:
        explained = node["components"][0]["explained"] if node["components"] else None
        yield words.say(
            "{node}: alpha {alpha}, first component {explained} of the variance, over {units} complete units",
            node=node["node"],
            alpha=rounded(node["alpha"] if node["alpha"] is not None else node["alpha_standardised"]),
            explained=percent(explained),
            units=node["units"],
        )


def _agreement(answer: Answer, words: Words) -> Lines:
    for pair in answer["frameworks"]["agreement"]:
        yield words.say(
            "{one} and {other}: Spearman {spearman}, Kendall {kendall}",
            one=pair["one"],
            other=pair["other"],
            spearman=rounded(pair["spearman"], 3),
            kendall=rounded(pair["kendall"], 3),
        )


def _breaks(answer: Answer, words: Words) -> Lines:
    for item in answer["natural_breaks"]:
        yield words.say(
            "{method}: groups begin at {entries}; declared are {declared}; agreement {agreement}",
            method=item["method"],
            entries=", ".join(rounded(value) for value in item["entries"]),
            declared=", ".join(rounded(value) for value in item["declared"]),
            agreement=rounded(item["agreement"]),
        )
