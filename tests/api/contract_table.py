"""The contract of the reading side as data: what is asked, the status, and the names every answer keeps."""

from __future__ import annotations

from dataclasses import dataclass

PAGE = ("items", "page", "page_size", "total")
COMPUTED = ("framework.id", "framework.version", "framework.digest", "data.as_of", "data.revision", "data.digest",
            "engine.version")  # fmt: skip
SUMMARY = ("region.code", "region.name.zh", "region.name.en", "period", "status", "tier", "tier_by_score", "score",
           "rank", "coverage", "confidence")  # fmt: skip
PROBLEM = ("type", "title", "status", "detail", "errors", "errors_total")


@dataclass(frozen=True)
class Case:
    """One call. A dotted name leads into objects; `[]` means every item of a list, of which there is at least one."""

    path: str
    fields: tuple[str, ...]
    status: int = 200


def of_items(*names: str) -> tuple[str, ...]:
    return tuple(f"items[].{name}" for name in names)


CASES = (
    Case("/healthz", ("status",)),
    Case("/readyz", ("status", "checks.database", "checks.migrations")),
    Case("/metrics", ()),
    Case("/openapi.json", ("openapi", "info.title", "paths", "components")),
    Case("/docs", ()),
    Case("/docs/assets/swagger-ui.css", ()),
    Case("/docs/static/docs.js", ()),
    Case("/api/v1/regions", (*PAGE, *of_items("code", "adcode", "name.zh", "name.en", "kind", "macro_region", "tags",
                                               "parent"))),
    Case("/api/v1/regions?kind=province&parent=CN&within=CN", (*PAGE, *of_items("code", "parent"))),
    Case("/api/v1/regions/CN-SC", ("code", "adcode", "name.zh", "name.en", "kind", "macro_region", "tags", "parent")),
    Case(
        "/api/v1/regions/CN-SC/rollup",
        (*COMPUTED, "region.code", "period", "children", "indicators[].code", "indicators[].value",
         "indicators[].reason", "indicators[].known", "indicators[].own", "indicators[].parts"),
    ),
    Case("/api/v1/groups", (*PAGE, *of_items("code", "name.zh", "name.en", "members"))),
    Case(
        "/api/v1/indicators",
        (*PAGE, *of_items("code", "title.zh", "title.en", "unit", "kind", "integer", "min", "max")),
    ),
    Case("/api/v1/frameworks", (*PAGE, *of_items("id", "version", "digest", "status", "title.zh", "title.en"))),
    Case(
        "/api/v1/frameworks/cn-innovation-centre/2021.1",
        ("id", "version", "digest", "status", "title.zh", "title.en", "document.schema_version", "document.index",
         "regions"),
    ),
    Case(
        "/api/v1/levers",
        (
            *PAGE,
            *of_items("code", "title.zh", "title.en", "description.zh", "category", "acts_on[].indicator",
                      "acts_on[].relevance", "tiers", "groups_only", "tags", "reference.section", "reference.passage"),
        ),
    ),
    Case(
        "/api/v1/observations",
        (
            *PAGE, "data.as_of", "data.revision", "data.digest",
            *of_items("region", "indicator", "period", "value", "unit", "status", "source", "vintage", "note",
                      "revision", "recorded_at", "recorded_by"),
        ),
    ),
    Case("/api/v1/observations/template", ()),
    Case("/api/v1/revisions", (*PAGE, *of_items("revision", "recorded_at", "recorded_by", "note", "rows", "digest"))),
    Case("/api/v1/revisions/2", ("revision", "recorded_at", "recorded_by", "note", "rows", "digest")),
    Case(
        "/api/v1/revisions/1/compare/3",
        (
            "framework.digest", "engine.version", "period", "from.revision", "to.revision", "changes_total",
            "changes[].region", "changes[].indicator", "changes[].period", "changes[].before", "changes[].after",
            "tiers[].region.code", "tiers[].tier_moved", "tiers[].score_change", "tiers[].before.tier",
            "tiers[].after.tier",
        ),
    ),
    Case(
        "/api/v1/coverage",
        (
            *COMPUTED, "period", "regions", "indicators[].code", "indicators[].missing", "indicators[].stale",
            "cells[].region", "cells[].states", "cells[].missing_reason", "widens[].indicator",
            "widens[].regions[].alone.lowest", "widens[].regions[].lowest_if_best",
        ),
    ),
    Case("/api/v1/revisions/9", PROBLEM, 404),
    Case(
        "/api/v1/frameworks/cn-innovation-centre/2021.1/audit?region=CN-SC&against=cn-entropy-topsis",
        (
            *COMPUTED, "period", "conventions.redundant_above", "indicators[].indicator", "indicators[].skewness",
            "indicators[].flags", "availability[].unit", "availability[].nodes", "correlations.within[].kendall",
            "correlations.between[].spearman", "nodes[].alpha", "nodes[].components", "influence[].weight",
            "trade_offs.indicators[].worth", "leave_one_out[].mean_rank_shift", "frameworks.agreement[].spearman",
            "frameworks.units[].ranks", "profile.strengths[].difference", "natural_breaks[].entries",
        ),
    ),
    Case("/api/v1/frameworks/cn-innovation-centre/1/audit", PROBLEM, 404),
    Case("/api/v1/frameworks/cn-innovation-centre/2021.1/audit?region=CN-ZZ", PROBLEM, 422),
    Case("/api/v1/frameworks/cn-innovation-centre/2021.1/audit?peer=CN-ZZ", PROBLEM, 422),
    Case("/api/v1/frameworks/cn-innovation-centre/2021.1/audit?against=none", PROBLEM, 422),
    Case(
        "/api/v1/panel?period=2020&period=2021",
        (
            *COMPUTED, "periods", "bounds", "regions[].region.code", "regions[].scores", "regions[].tiers",
            "regions[].annual_growth", "regions[].steps[].like_for_like", "regions[].steps[].moved_by",
            "movements[].before", "movements[].regions",
        ),
    ),
    Case("/api/v1/panel?framework=cn-entropy-topsis&bounds=common", (*COMPUTED, "regions[].change")),
    Case("/api/v1/panel?bounds=mine", PROBLEM, 422),
    Case("/api/v1/panel?period=2021&period=2021", PROBLEM, 422),
    Case("/api/v1/panel?region=CN-ZZ", PROBLEM, 422),
    Case("/api/v1/assessments?framework=cn-entropy-topsis", (*PAGE, *COMPUTED, *of_items(*SUMMARY))),
    Case(
        "/api/v1/assessments/CN-SC?framework=cn-entropy-topsis",
        (*COMPUTED, *SUMMARY, "indicators[].knots", "indicators[].normalise", "gap.deficits[].reason"),
    ),
    Case("/api/v1/assessments/CN-SC/trace?framework=cn-entropy-topsis", (*COMPUTED, "trace.children[].step")),
    Case("/api/v1/assessments/CN-CY?framework=cn-entropy-topsis", PROBLEM, 422),
    Case("/api/v1/assessments?framework=asem", PROBLEM, 422),
    Case("/api/v1/assessments", (*PAGE, *COMPUTED, *of_items(*SUMMARY))),
    Case(
        "/api/v1/assessments/CN-SC",
        (
            *COMPUTED, *SUMMARY, "designated_tier", "designation_gap", "unproven_tiers", "tier_bounds.lowest",
            "tier_bounds.highest", "rests_on_missing", "cushion.score", "cushion.functions_share",
            "cushion.origination_share", "cushion.smallest_loss", "tiers[].code", "tiers[].threshold",
            "tiers[].score_met", "tiers[].functions_share", "tiers[].functions_needed", "tiers[].functions_met",
            "tiers[].origination", "tiers[].attained", "tiers[].missing_functions", "tiers[].unknown_functions",
            "views.stage.origination", "views.stage.extension", "views.stage.diffusion", "views.force.cohesion",
            "views.force.radiation", "views.role", "uneven_functions", "indicators[].code", "indicators[].value",
            "indicators[].unit", "indicators[].period", "indicators[].status", "indicators[].source",
            "indicators[].total", "indicators[].measured", "indicators[].knots", "indicators[].score",
            "indicators[].weight", "indicators[].effective_weight", "indicators[].contribution",
            "indicators[].supplies_tier", "indicators[].flags", "indicators[].missing_reason", "gap.target",
            "gap.score_gap", "gap.functions_gap", "gap.origination", "gap.deficits[].indicator", "gap.deficits[].value",
            "gap.deficits[].required", "gap.deficits[].shortfall", "gap.deficits[].unit", "gap.deficits[].score_gain",
            "gap.unknown", "gap.exemplars[].region", "levers[].code", "levers[].title.zh", "levers[].category",
            "levers[].priority", "levers[].acts_on", "levers[].because", "levers[].reference.section",
            "levers[].reference.passage", "levers_for_unknown", "portfolio.levers", "portfolio.unanswered",
            "path.target", "path.feasible", "path.cost", "path.additions[].indicator", "path.additions[].add",
            "path.text.zh", "path.text.en",
        ),
    ),
    Case(
        "/api/v1/assessments/CN-CY",
        (
            *COMPUTED, *SUMMARY, "members[].region.code", "members[].tier", "members[].lead", "members[].brings",
            "lead", "integration", "side_by_side.tier", "side_by_side.score", "added_up.tier", "added_up.score",
            "break_even.target", "break_even.integration", "break_even.holds_on", "break_even.lacking", "lower_bounds",
        ),
    ),
    Case(
        "/api/v1/assessments/CN-SC/trace",
        (*COMPUTED, "region.code", "tier", "trace.step", "trace.value", "trace.parameters.cut", "trace.references",
         "trace.children[].step", "trace.children[].children"),
    ),
    Case(
        "/api/v1/comparisons?region=CN-SC&region=CN-CY",
        (
            *PAGE, *COMPUTED, "framework_status", "framework_title.zh", "period", "since",
            *of_items(*SUMMARY, "gap.target", "levers[].code", "peers.peers", "peers.strengths[].difference",
                      "peers.weaknesses", "change.from", "change.to", "change.before.tier",
                      "change.after.score", "change.change", "change.like_for_like", "change.moved_by",
                      "change.indicators[].score_change"),
            "standings[].region.code", "standings[].tier", "standings[].rank", "standings[].views.role",
        ),
    ),
    Case("/api/v1/comparisons", (*PROBLEM, "errors[].parameter"), 422),
    Case("/api/v1/reports/comparison?region=CN-SC&format=csv", ()),
    Case("/api/v1/reports/comparison?format=odt", (*PROBLEM, "errors[].allowed"), 422),
    Case("/api/v1/reports/scenarios/none", PROBLEM, 404),
    Case("/api/v1/audit", (*PAGE, *of_items("number", "recorded_at", "actor", "action", "subject", "details"))),
    Case(
        "/api/v1/events",
        (
            *PAGE, "told", "next_since",
            *of_items("number", "revision", "recorded_at", "framework.id", "framework.version", "period", "region.code",
                      "region.name.zh", "before.tier", "before.status", "after.tier", "after.status", "direction"),
        ),
    ),
    Case("/api/v1/events?after=1", (*PROBLEM, "errors[].parameter"), 422),
    Case("/problems/stale", ("type", "status", "title", "remedy")),
    Case("/problems/none", PROBLEM, 404),
    Case("/api/v1/scenarios", PAGE),
    Case("/api/v1/uncertainty/none", PROBLEM, 404),
    Case("/api/v1/observations/import/none", PROBLEM, 404),
    Case("/api/v1/scenarios/none", PROBLEM, 404),
    Case("/api/v1/scenarios/none/result", PROBLEM, 404),
    Case("/api/v1/scenarios/compare?id=none", (*PROBLEM, "errors[].parameter"), 422),
    Case("/api/v1/regions/CN-ZZ", PROBLEM, 404),
    Case("/api/v1/assessments/CN-ZZ", PROBLEM, 404),
    Case("/api/v1/assessments?region=CN-ZZ", (*PROBLEM, "errors[].parameter", "errors[].code"), 422),
    Case("/nowhere", PROBLEM, 404),
)  # fmt: skip
