"""Regions, groups and indicators as the catalogue has them."""

from __future__ import annotations

from tierscore.services import listing
from tierscore.services.looking import Looking
from tierscore.services.sheet import Answer


class CatalogueAnswers(Looking):
    """What the catalogue holds."""

    def regions(self) -> list[Answer]:
        """All regions and the nation."""
        return [listing.region(region) for region in self.snapshot.regions.values()]

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
