"""A small report with every kind of block, for tests of renderers; its numbers are made up."""

from __future__ import annotations

from datetime import UTC, datetime

from tierscore.reports.document import (
    Bullets,
    Cell,
    Column,
    Figure,
    Format,
    Paragraph,
    Report,
    Section,
    Spec,
    Table,
    numbered,
)

HOSTILE = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    '#import "x" & $a_b$ *c* [d] \\',
)


def chart(name: str) -> Spec:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": [{"region": "四川省", "score": 42.5}, {"region": name, "score": 90.25}]},
        "mark": "bar",
        "encoding": {
            "x": {"field": "score", "type": "quantitative", "title": "得分 Score"},
            "y": {"field": "region", "type": "nominal", "title": None},
        },
        "config": {"font": "Noto Sans SC"},
        "width": 320,
        "height": 60,
    }


def ranking(rows: int) -> Table:
    columns = (
        Column("名次 Rank", Format.WHOLE, 0.6),
        Column("地区 Region", Format.TEXT, 1.5),
        Column("得分 Score", Format.SCORE),
        Column("变化 Change", Format.SIGNED),
        Column("覆盖 Coverage", Format.PERCENT),
        Column("数值 Value", Format.NATIVE),
        Column("年份 Period", Format.YEAR),
        Column("来源 Source", Format.TEXT, 2.0),
    )
    body = tuple(
        (
            Cell(place + 1, strong=place == 0),
            Cell("四川省" if place == 0 else f"Region {place}", shade="#c3b369" if place % 2 else "#00204d"),
            Cell(42.51308162286175 + place),
            Cell(-0.25 if place % 2 else 1.5),
            Cell(0.89),
            Cell(None) if place % 5 == 4 else Cell(27956.4 + place, marks=("a", "b") if place % 3 == 0 else ()),
            Cell(2021),
            Cell("S009: 全国科技经费投入统计公报", link="https://example.org/a?b=1&c=2"),
        )
        for place in range(rows)
    )
    notes = ("a 估计值 estimated", "b 其他年份 of another year")
    meanings = (("a", "估计值 estimated"), ("b", "其他年份 of another year"))
    return Table("ranking", "各地区排名 Ranking", columns, body, notes, meanings=meanings)


def report(language: str = "zh", rows: int = 60) -> Report:
    hostile = tuple((Cell(text), Cell(text, Format.TEXT)) for text in HOSTILE)
    sections = (
        Section(
            "summary",
            "摘要 Summary",
            (
                Paragraph("四川省属省域级，距区域级还差职能供给 42 个百分点。", lead=True),
                Paragraph("第二段文字，说明性质。A second paragraph."),
                Bullets(("第一点 first", "第二点 second")),
                Figure("bars", "得分 Scores", "四川省 42.5，另一个 90.25", lambda: chart("成渝"), ("单位：分 points",)),
            ),
        ),
        Section("ranking", "排名 Ranking", (ranking(rows),)),
        Section("detail", "细节 Detail", (Paragraph("下一级标题。"),), level=2),
        Section("hostile", "特殊文字 Odd texts", (Table("hostile", "特殊 Odd", (Column("A"), Column("B")), hostile),)),
    )
    return Report(
        title="区域创新中心比较 Comparison",
        subtitle="2021 年 · 5 个地区",
        language=language,
        name="tierscore-comparison-2021-zh",
        sections=numbered(sections),
        versions="框架 cn-innovation-centre 2021.1，数据版本 3，引擎 0.1.0。",
        again=("GET /api/v1/reports/comparison?region=CN-SC&format=pdf", "tierscore report CN-SC -o a.pdf"),
        moment=datetime(2025, 6, 30, tzinfo=UTC),
        data={"items": [{"score": 42.51308162286175}]},
    )
