"""Who may ask, and who changed what."""

from __future__ import annotations

from datetime import UTC, datetime

from tierscore.services import keys
from tierscore.services.looking import Looking
from tierscore.services.sheet import Answer
from tierscore.storage import trail
from tierscore.storage.keys import Key


class KeyAnswers(Looking):
    """Keys, read with the snapshot: recognising one costs no query, and one that is revoked is so for every worker."""

    def holder(self, given: str) -> Key:
        """Whose key was given; raises WrongKey."""
        return keys.holder(self.snapshot.keys, given, datetime.now(UTC))

    def holder_of(self, identifier: str) -> Key:
        """Whose key has this id, of somebody who has shown it before; raises WrongKey where it opens nothing now."""
        return keys.holder_of(self.snapshot.keys, identifier, datetime.now(UTC))

    def known_keys(self) -> list[Answer]:
        """All keys, the oldest first, those that open nothing any more among them."""
        now = datetime.now(UTC)
        return [keys.answer(key, now) for key in self.snapshot.keys.values()]

    def trail(self, since: int, page: int, page_size: int) -> Answer:
        """One page of the audit trail after the entry numbered `since`, oldest first: ``{items, total}``."""
        with self.held.database.read() as session:
            items, total = trail.page(session, since, page, page_size)
        return {"items": items, "total": total}
