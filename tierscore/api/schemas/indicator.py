"""The indicator catalogue."""

from __future__ import annotations

from tierscore.api.schemas.common import Answer, MaybeNumber, Paged, Text, Title, Truth, many, one


class Indicator(Answer):
    """An indicator: its unit, and which values are accepted."""

    code = Text()
    title = one(Title)
    unit = Text()
    kind = Text()
    integer = Truth(metadata={"description": "whole numbers only"})
    min = MaybeNumber(metadata={"description": "least value accepted; null for no bound"})
    max = MaybeNumber(metadata={"description": "greatest value accepted; null for no bound"})


class IndicatorPage(Paged):
    """Indicators."""

    items = many(Indicator)
