"""Tier changes."""

from __future__ import annotations

from tierscore.api.schemas.assessment import RegionName
from tierscore.api.schemas.common import Answer, MaybeText, Moment, Paged, Text, Whole, many, one, word
from tierscore.services.tier_changes import DIRECTIONS, STATUSES


class FrameworkName(Answer):
    """The framework version that tells the tiers of an event."""

    id = Text()
    version = Text()


class TierAndStatus(Answer):
    """Where a region or group stood."""

    tier = MaybeText()
    status = word(*STATUSES)


class TierEvent(Answer):
    """A region or group that an accepted batch took to another tier."""

    number = Whole(metadata={"description": "grows by one with each event, in the order of revisions"})
    revision = Whole(metadata={"description": "the batch that changed it"})
    recorded_at = Moment(metadata={"format": "date-time", "description": "when the batch was recorded"})
    framework = one(FrameworkName)
    period = Whole(metadata={"description": "the year whose tier it is"})
    region = one(RegionName, "a region, or a group side by side, as it was called then")
    before = one(TierAndStatus)
    after = one(TierAndStatus)
    direction = word(*DIRECTIONS, description="gained: there was no tier before; lost: there is none any more")


class EventPage(Paged):
    """Tier changes, oldest first."""

    told = Whole(metadata={"description": "the newest revision whose events are written"})
    next_since = Whole(metadata={"description": "send it as `since` to get what comes after this page"})
    items = many(TierEvent)
