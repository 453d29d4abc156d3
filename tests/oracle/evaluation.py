"""Any framework on any data, again, in plain Python: lists and loops, written from the methods' text alone.

Shares no code with the engine. Refuses by raising `Impossible`. Readings where the text is silent: the median is
weighted, half of the weight on either side; TOPSIS weights are relative within a unit; Copeland compares two units on
what both have.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from typing import Any

EPS = 1e-9
Column = list[float | None]


class Impossible(Exception):
    """A step that is not defined on these data."""


def evaluate(
    document: dict[str, Any], rows: Sequence[dict[str, float | None]], groups: Sequence[str]
) -> list[dict[str, Any]]:
    """Each unit's ``score``, ``nodes``, ``scores`` and ``tier`` (place, None without one)."""
    scale, columns = document["scale"], {}
    for item in document["indicators"]:
        raw: Column = [row.get(item["code"]) for row in rows]
        columns[item["code"]] = transformed(measured(item, raw, rows), item.get("transform", "none"))
    columns = {code: imputed(column, document.get("impute", {}), groups) for code, column in columns.items()}
    columns = {code: treated(column, document.get("treat", {})) for code, column in columns.items()}
    scores = {
        item["code"]: normalised(columns[item["code"]], item["normalise"], item["direction"], scale)
        for item in document["indicators"]
    }
    nodes: dict[str, Column] = {}
    node_scores(document["index"], scores, nodes)
    return [answer(document, scores, nodes, place) for place in range(len(rows))]


def measured(item: dict[str, Any], raw: Column, rows: Sequence[dict[str, float | None]]) -> Column:
    rule = item.get("measure", {"kind": "level"})
    if rule["kind"] == "national_share":
        total = None if None in raw else math.fsum(value for value in raw if value is not None)
        return [None if value is None or total is None or total <= 0 else 100 * value / total for value in raw]
    if rule["kind"] == "per":
        below = [row.get(rule["denominator"]) for row in rows]
        return [
            None if value is None or other is None or other <= 0 else rule.get("scale", 1) * value / other
            for value, other in zip(raw, below, strict=True)
        ]
    return raw


def transformed(column: Column, name: str) -> Column:
    functions: dict[str, Callable[[float], float]] = {"log": math.log, "log10": math.log10, "sqrt": math.sqrt}
    if name == "none":
        return column
    known = [value for value in column if value is not None]
    if any(value < 0 or (value == 0 and name != "sqrt") for value in known):
        raise Impossible
    return [None if value is None else functions[name](value) for value in column]


def imputed(column: Column, rule: dict[str, Any], groups: Sequence[str]) -> Column:
    method = rule.get("method", "none")
    if method == "none" or None not in column:
        return column
    typical = statistics.median if method.endswith("median") else statistics.fmean
    filled: Column = []
    for value, group in zip(column, groups, strict=True):
        others = [
            other
            for other, label in zip(column, groups, strict=True)
            if other is not None and (label == group or not method.startswith("group"))
        ]
        if value is None and not others:
            raise Impossible
        filled.append(typical(others) if value is None else value)
    return filled


def shape(values: Sequence[float]) -> tuple[float, float]:
    """Skewness and excess kurtosis, bias-corrected; 0 where they are not defined."""
    count = len(values)
    mean = math.fsum(values) / count if count else 0.0
    second, third, fourth = (
        math.fsum((value - mean) ** power for value in values) / max(count, 1) for power in (2, 3, 4)
    )
    if second == 0 or count < 3:
        return 0.0, 0.0
    skew = third / second**1.5 * math.sqrt(count * (count - 1)) / (count - 2)
    if count < 4:
        return skew, 0.0
    kurtosis = ((count + 1) * (fourth / second**2 - 3) + 6) * (count - 1) / ((count - 2) * (count - 3))
    return skew, kurtosis


def treated(column: Column, rule: dict[str, Any]) -> Column:
    if rule.get("method", "none") == "none":
        return column
    limit, peak, most = rule.get("skew", 2), rule.get("kurtosis", 3.5), rule.get("max_points", 5)

    def passes(values: Column) -> bool:
        skew, kurtosis = shape([value for value in values if value is not None])
        return abs(skew) < limit - EPS or kurtosis < peak - EPS

    now, replaced = list(column), 0
    while not passes(now) and replaced < most:
        known = [value for value in now if value is not None]
        high = shape(known)[0] >= 0
        extreme = max(known) if high else min(known)
        rest = [value for value in known if value != extreme]
        following = max(rest) if high else min(rest)
        replaced += known.count(extreme)
        now = [following if value == extreme else value for value in now]
    if passes(now):
        return now
    known = [value for value in column if value is not None]
    low, width = min(known), max(known) - min(known)
    return [None if value is None else math.log(value - low + 0.01 * width) for value in column]


def normalised(column: Column, rule: dict[str, Any], direction: str, scale: dict[str, float]) -> Column:
    method, sign = rule["method"], 1 if direction == "higher_is_better" else -1
    if method == "goalposts":
        low, high = rule.get("range", [scale["min"], scale["max"]])
        return [None if value is None else posted(value, rule, low, high) for value in column]
    turned = [None if value is None else sign * value for value in column]
    known = [value for value in turned if value is not None]
    if not known:
        return turned
    score = (
        ranking(method, known) if method in {"rank", "prank", "borda"} else scoring(method, rule, known, sign, scale)
    )
    return [None if value is None else score(value) for value in turned]


def posted(value: float, rule: dict[str, Any], low: float, high: float) -> float:
    part = (value - rule["low"]) / (rule["high"] - rule["low"])
    if rule.get("clip", True):
        part = min(1.0, max(0.0, part))
    return low + (high - low) * part


def ranking(method: str, known: list[float]) -> Callable[[float], float]:
    if method == "prank" and len(known) == 1:
        raise Impossible
    worse = {value: sum(other < value for other in known) for value in known}
    if method == "prank":
        return lambda value: worse[value] / (len(known) - 1)
    return lambda value: worse[value] + (1.0 if method == "rank" else 0.0)


def scoring(
    method: str, rule: dict[str, Any], known: list[float], sign: int, scale: dict[str, float]
) -> Callable[[float], float]:
    least, most, mean = min(known), max(known), math.fsum(known) / len(known)
    if method == "relative_to_mean":
        if mean == 0:
            raise Impossible
        return lambda value: 100 + 100 * (value - mean) / abs(mean)
    if method == "dist_to_target":
        span = sign * rule["target"] - least
        if span == 0:
            raise Impossible
        return lambda value: 1 - (sign * rule["target"] - value) / span
    if least == most:
        raise Impossible
    if method == "zscore":
        return lambda value: rule.get("mean", 0) + rule.get("sd", 1) * (value - mean) / statistics.stdev(known)
    low, high = rule.get("range", [scale["min"], scale["max"]]) if method == "minmax" else (0.0, 1.0)
    return lambda value: low + (high - low) * (value - least) / (most - least)


def node_scores(node: dict[str, Any], scores: dict[str, Column], nodes: dict[str, Column]) -> Column:
    children = [
        scores[child["indicator"]] if "indicator" in child else node_scores(child, scores, nodes)
        for child in node["children"]
    ]
    weights = [child["weight"] for child in node["children"]]
    count = len(children[0])
    whole = math.fsum(weights)
    kept = []
    for row in range(count):
        present = [weight if column[row] is not None else 0.0 for weight, column in zip(weights, children, strict=True)]
        there = math.fsum(present)
        kept.append(present if there > 0 and there >= node.get("min_coverage", 0) * whole - EPS else None)
    table = [[column[row] for column in children] for row in range(count)]
    nodes[node["code"]] = COMBINE[node.get("aggregate", "arithmetic")](table, kept, weights, node)
    return nodes[node["code"]]


def one_by_one(combine: Callable[[list[tuple[float, float]], dict[str, Any]], float]) -> Callable[..., Column]:
    def over(table: list[list[float | None]], kept: list[Any], _: list[float], node: dict[str, Any]) -> Column:
        found: Column = []
        for row, present in zip(table, kept, strict=True):
            pairs = [
                (value, weight)
                for value, weight in zip(row, present or [], strict=False)
                if weight > 0 and value is not None
            ]
            found.append(combine(pairs, node) if present is not None else None)
        return found

    return over


def mean_of(pairs: list[tuple[float, float]], node: dict[str, Any]) -> float:
    total, method = math.fsum(weight for _, weight in pairs), node.get("aggregate", "arithmetic")
    if method in {"geometric", "harmonic"} and any(value <= 0 for value, _ in pairs):
        raise Impossible
    if method == "geometric":
        return math.exp(math.fsum(weight * math.log(value) for value, weight in pairs) / total)
    if method == "harmonic":
        return total / math.fsum(weight / value for value, weight in pairs)
    if method == "power":
        if any(value < 0 for value, _ in pairs):
            raise Impossible
        return (math.fsum(weight * value ** node["power"] for value, weight in pairs) / total) ** (1 / node["power"])
    return math.fsum(weight * value for value, weight in pairs) / total


def median_of(pairs: list[tuple[float, float]], _: dict[str, Any]) -> float:
    ordered, total, reached = sorted(pairs), math.fsum(weight for _, weight in pairs), 0.0
    for place, (value, weight) in enumerate(ordered):
        reached += weight
        if abs(reached - total / 2) <= EPS * total:
            return (value + ordered[place + 1][0]) / 2
        if reached > total / 2:
            return value
    raise AssertionError


def topsis(table: list[list[float | None]], kept: list[Any], _: list[float], __: dict[str, Any]) -> Column:
    known = [[row[place] for row in table if row[place] is not None] for place in range(len(table[0]))]
    found: Column = []
    for row, present in zip(table, kept, strict=True):
        if present is None:
            found.append(None)
            continue
        total = math.fsum(present)
        far = [0.0, 0.0]
        for place, value in enumerate(row):
            if value is not None and present[place] > 0:
                for side, ideal in enumerate((min(known[place]), max(known[place]))):  # type: ignore[type-var]
                    far[side] += (present[place] / total * (value - ideal)) ** 2  # type: ignore[operator]
        worst, best = math.sqrt(far[0]), math.sqrt(far[1])
        if worst + best == 0:
            raise Impossible
        found.append(worst / (worst + best))
    return found


def copeland(table: list[list[float | None]], kept: list[Any], weights: list[float], _: dict[str, Any]) -> Column:
    found: Column = []
    for one, row in enumerate(table):
        points = 0.0
        for other, rival in enumerate(table):
            if one == other or kept[one] is None or kept[other] is None:
                continue
            both = [(a, b, w) for a, b, w in zip(row, rival, weights, strict=True) if a is not None and b is not None]
            total = math.fsum(weight for _, _, weight in both)
            if total > 0:
                part = math.fsum(w * (1.0 if a > b else 0.5 if a == b else 0.0) for a, b, w in both) / total
                points += (part > 0.5 + EPS) - (part < 0.5 - EPS)
        found.append(None if kept[one] is None else points)
    return found


COMBINE: dict[str, Callable[..., Column]] = {
    **{name: one_by_one(mean_of) for name in ("arithmetic", "geometric", "harmonic", "power")},
    "median": one_by_one(median_of),
    "topsis": topsis,
    "copeland": copeland,
}


def answer(document: dict[str, Any], scores: dict[str, Column], nodes: dict[str, Column], row: int) -> dict[str, Any]:
    score = nodes[document["index"]["code"]][row]
    weights = dict(weighed(document["index"], 1.0))
    there = math.fsum(weight for code, weight in weights.items() if scores[code][row] is not None)
    enough = score is not None and there >= document.get("min_coverage", 0.6) - EPS
    decimals = document["sort"].get("decimals")
    compared = score if score is None or decimals is None else round(score, decimals)
    reached = [
        place
        for place, tier in enumerate(document["tiers"])
        if compared is not None and compared >= tier["score"] - EPS
    ]
    tier = (
        max([0, *(place for place in reached if all(lower in reached for lower in range(1, place + 1)))])
        if enough
        else None
    )
    return {
        "score": score,
        "tier": tier,
        "nodes": {code: column[row] for code, column in nodes.items()},
        "scores": {code: column[row] for code, column in scores.items()},
    }


def weighed(node: dict[str, Any], part: float) -> list[tuple[str, float]]:
    whole = math.fsum(child["weight"] for child in node["children"])
    found = []
    for child in node["children"]:
        share = part * child["weight"] / whole
        found += [(child["indicator"], share)] if "indicator" in child else weighed(child, share)
    return found
