"""Regions, groups and indicators as the catalogue has them."""

from __future__ import annotations

from tierscore.errors import UnknownCode
from tierscore.framework.catalogue import LEVELS
from tierscore.framework.hierarchy import below
from tierscore.services import listing
from tierscore.services.looking import Looking
from tierscore.services.sheet import Answer


class CatalogueAnswers(Looking):
    """What the catalogue holds."""

    def regions(self, kind: str | None = None, parent: str | None = None, within: str | None = None) -> list[Answer]:
        """The regions and the nation, those of a kind, directly below a parent, or anywhere below a region.

        Raises UnknownCode for what is no kind or region. The snapshot answers; the database is not asked.
        """
        if kind is not None and kind not in LEVELS:
            raise UnknownCode("kind of region", kind, LEVELS, "kind")
        top = None if within is None else self.snapshot.region(within, "within").code
        inside = None if top is None else set(below(self.snapshot.children, top))
        under = None if parent is None else self.snapshot.region(parent, "parent").code
        return [
            listing.region(region)
            for code, region in self.snapshot.regions.items()
            if (kind is None or region.kind == kind)
            and (under is None or region.parent == under)
            and (inside is None or code in inside)
        ]

    def region(self, code: str) -> Answer:
        """One region."""
        return listing.region(self.snapshot.region(code))

    def groups(self) -> list[Answer]:
        """All groups."""
        return [listing.group(group) for group in self.snapshot.groups.values()]

    def sources(self) -> list[Answer]:
        """Where values were read."""
        return [listing.source(source) for source in self.snapshot.sources.values()]

    def indicators(self) -> list[Answer]:
        """The indicator catalogue."""
        return [listing.indicator(indicator) for indicator in self.snapshot.indicators.values()]
