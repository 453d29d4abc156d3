"""Where an answer comes from: one tree from the tier through tests, score and measures to observations and sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tierscore.framework.model import CentralPlace, Framework, Leaf, Node
from tierscore.framework.tree import leaves
from tierscore.services.sheet import Answer

Cell = tuple[str, str, int]


def wanted(answer: Answer, nation: str) -> tuple[list[str], list[int]]:
    """The regions and periods whose observations a trace names: the region's own, and the nation's for totals."""
    own = [item["period"] for item in answer["indicators"] if item["period"] is not None]
    totals = [item["total"]["period"] for item in answer["indicators"] if item["total"] is not None]
    return [answer["region"]["code"], nation], sorted({period for period in (*own, *totals) if period is not None})


def trace(answer: Answer, framework: Framework, observations: Sequence[Answer], nation: str) -> Answer:
    """The tree of a full answer: each node says what it is, its value, its parameters, its references, its parts.

    Parameters
    ----------
    observations : those of `wanted`, as the observations call lists them.
    """
    builder = _Builder(answer, framework, observations, nation)
    return builder.tier()


class _Builder:
    def __init__(self, answer: Answer, framework: Framework, observations: Sequence[Answer], nation: str) -> None:
        self._answer = answer
        self._framework = framework
        self._nation = nation
        self._indicators = {item["code"]: item for item in answer["indicators"]}
        self._nodes = {item["code"]: item for item in answer["nodes"]}
        self._sources = {source["code"]: source for source in answer["sources"]}
        self._cells = {(item["region"], item["indicator"], item["period"]): item for item in observations}
        self._bibliography = {item.code: item for item in framework.references}

    def tier(self) -> Answer:
        rule = self._answer["rule"]
        names = ("sort", "cut", "origination", "decimals", "min_coverage")
        parameters = {name: rule[name] for name in names}
        children = [*(self._test(tier) for tier in self._answer["tiers"]), self._score()]
        sort = self._framework.sort
        quota = sort.origination if isinstance(sort, CentralPlace) else None
        cited = [sort.reference, quota.reference if quota else None]
        return self._node("tier", self._answer["region"]["code"], self._answer["tier"], parameters, cited, children)

    def _test(self, tier: Answer) -> Answer:
        names = ("threshold", "score_met", "functions_share", "functions_needed", "functions_met", "origination",
                 "missing_functions", "unknown_functions")  # fmt: skip
        cited = next(item.reference for item in self._framework.tiers if item.code == tier["code"])
        return self._node("test", tier["code"], tier["attained"], {name: tier[name] for name in names}, [cited])

    def _score(self) -> Answer:
        index = self._framework.index
        parameters = {"coverage": self._answer["coverage"], "aggregate": index.aggregate, "power": index.power}
        children = [self._part(child) for child in index.children]
        return self._node("score", index.code, self._answer["score"], parameters, [index.reference], children)

    def _part(self, child: Node | Leaf) -> Answer:
        """An indicator or an inner node of the index, with what it is made of."""
        if isinstance(child, Leaf):
            return self._indicator(self._indicators[child.indicator])
        found = self._nodes[child.code]
        parameters = {name: found[name] for name in ("weight", "aggregate", "power")}
        parameters["min_coverage"] = child.min_coverage
        children = [self._part(inner) for inner in child.children]
        return self._node("node", child.code, found["score"], parameters, [child.reference], children)

    def _indicator(self, item: Answer) -> Answer:
        names = (
            "weight",
            "effective_weight",
            "contribution",
            "treated",
            "normalise",
            "fitted",
            "knots",
            "supplies_tier",
            "flags",
            "missing_reason",
        )
        leaf = next(leaf for _, leaf in leaves(self._framework.index) if leaf.indicator == item["code"])
        described = next(known for known in self._framework.indicators if known.code == item["code"])
        cited = [leaf.reference, described.reference]
        parameters = {name: item[name] for name in names}
        return self._node("indicator", item["code"], item["score"], parameters, cited, [self._measure(item)])

    def _measure(self, item: Answer) -> Answer:
        measure = next(known.measure for known in self._framework.indicators if known.code == item["code"])
        parameters = {"kind": measure.kind, "denominator": measure.denominator, "scale": measure.scale}
        children = [self._observation(item), *self._total(item)]
        return self._node("measure", item["code"], item["measured"], parameters, [], children)

    def _observation(self, item: Answer) -> Answer:
        cell = (self._answer["region"]["code"], item["code"], item["period"])
        return self._observed(cell, item["value"], item["unit"])

    def _total(self, item: Answer) -> list[Answer]:
        """The nation's own observation, or that it is the sum over the reference regions."""
        total = item["total"]
        if total is None:
            return []
        if total["kind"] == "given":
            return [self._observed((self._nation, item["code"], total["period"]), total["value"], item["unit"])]
        parameters = {"unit": item["unit"], "period": total["period"], "regions": len(self._framework.regions)}
        return [self._node("sum", item["code"], total["value"], parameters)]

    def _observed(self, cell: Cell, value: float | None, unit: str) -> Answer:
        found: Mapping[str, Any] = self._cells.get(cell, {})
        names = ("period", "status", "vintage", "note", "revision", "recorded_at", "recorded_by")
        parameters = {"region": cell[0], "unit": unit, **{name: found.get(name) for name in names}}
        source = self._sources.get(found.get("source", ""))
        children = [] if source is None else [self._source(source)]
        return self._node("observation", cell[1], value, parameters, [], children)

    def _source(self, source: Answer) -> Answer:
        return self._node("source", source["code"], source["title"], {"url": source["url"], "copy": source["copy"]})

    def _node(  # noqa: PLR0917
        self,
        step: str,
        code: str,
        value: Any,
        parameters: Mapping[str, Any],
        cited: Iterable[str | None] = (),
        children: Sequence[Answer] = (),
    ) -> Answer:
        references = [self._bibliography[code] for code in dict.fromkeys(cited) if code in self._bibliography]
        return {
            "step": step,
            "code": code,
            "value": value,
            "parameters": dict(parameters),
            "references": [
                {"code": item.code, "kind": item.kind, "title": item.title, "note": item.note} for item in references
            ],
            "children": list(children),
        }
