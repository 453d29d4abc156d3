"""What every section starts from: the answer, the framework, and how things are called in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tierscore.framework.model import Framework, Lever
from tierscore.reports.numbers import MISSING
from tierscore.reports.words import Words

Answer = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """A comparison's answer, the framework that it was computed by, and the language to say it in."""

    comparison: Answer
    framework: Framework
    words: Words

    @property
    def items(self) -> Sequence[Answer]:
        """The full answers of the regions and groups compared, best first."""
        found: Sequence[Answer] = self.comparison["items"]
        return found

    @property
    def standings(self) -> Sequence[Answer]:
        """The short answers of all reference regions, in rank order."""
        found: Sequence[Answer] = self.comparison["standings"]
        return found

    @property
    def chosen(self) -> list[str]:
        """The codes of those compared."""
        return [item["region"]["code"] for item in self.items]

    @property
    def scale(self) -> tuple[float, float]:
        """The least and the greatest score there is."""
        return self.framework.scale.low, self.framework.scale.high

    @cached_property
    def tiers(self) -> dict[str, str]:
        """The names of the tiers by code, lowest first."""
        return {tier.code: str(getattr(tier.title, self.words.language)) for tier in self.framework.tiers}

    @cached_property
    def indicators(self) -> dict[str, str]:
        """The names of the indicators by code."""
        return {item.code: str(getattr(item.title, self.words.language)) for item in self.framework.indicators}

    @cached_property
    def levers(self) -> Mapping[str, Lever]:
        """The framework's levers by code."""
        return {lever.code: lever for lever in self.framework.levers}

    def tier(self, code: str | None) -> str:
        """A tier's name; a dash for none."""
        return MISSING if code is None else self.tiers.get(code, code)

    def region(self, item: Answer) -> str:
        """What an item is called."""
        return self.words.name(item["region"]["name"])

    def listed(self, texts: Iterable[str]) -> str:
        """Words one after another."""
        return self.words.say(", ").join(texts)

    def together(self, sentences: Iterable[str]) -> str:
        """Sentences one after another; Chinese ones need no space between them."""
        return ("" if self.words.language == "zh" else " ").join(sentences)

    def goal(self, item: Answer) -> Answer | None:
        """The tests of the tier that an item's gap is measured to; None where there is no tier above."""
        return next((tier for tier in item["tiers"] if tier["code"] == item["gap"]["target"]), None)
