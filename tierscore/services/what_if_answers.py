"""Both sides of a what-if; nothing is stored."""

from __future__ import annotations

from dataclasses import replace

from tierscore.services import assessments, what_if
from tierscore.services.editing import Edited, edit
from tierscore.services.looking import Looking
from tierscore.services.query import WhatIf
from tierscore.services.resolved import Resolved, key_of
from tierscore.services.sheet import Answer
from tierscore.services.what_if import Baseline


class WhatIfAnswers(Looking):
    """What edits of data and framework come to."""

    def edited(self, asked: WhatIf) -> Edited:
        """Both sides of a what-if. Raises Invalid, naming the edits at fault."""
        return edit(self.baseline(self.resolve(asked.query)).sheet, asked)

    def baseline(self, resolved: Resolved) -> Baseline:
        """The side before all edits; kept, since many what-ifs share it."""
        key = key_of(self.snapshot, resolved)
        return self.held.baselines.get(key, lambda: Baseline(self.sheet(resolved)))

    def what_if(self, asked: WhatIf) -> Answer:
        """Before and after some edits; nothing is stored. Raises Invalid, naming the edits at fault."""
        resolved = self.resolve(asked.query)
        baseline, found = self.baseline(resolved), self.edited(asked)
        after = assessments.versions(replace(resolved, framework=found.after.framework))["framework"]
        return {
            **self.head(resolved),
            "edited_framework": after if found.framework_changes else None,
            "period": resolved.period,
            **what_if.answer(baseline, found, asked),
        }
