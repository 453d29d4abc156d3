"""All answers of one state of the database: one `Reading` per request, a class per use case."""

from __future__ import annotations

from tierscore.services.audit_answers import AuditAnswers
from tierscore.services.bench_answers import BenchAnswers
from tierscore.services.catalogue_answers import CatalogueAnswers
from tierscore.services.data_answers import DataAnswers
from tierscore.services.event_answers import EventAnswers
from tierscore.services.framework_answers import FrameworkAnswers
from tierscore.services.key_answers import KeyAnswers
from tierscore.services.panel_answers import PanelAnswers
from tierscore.services.path_answers import PathAnswers
from tierscore.services.report_answers import ReportAnswers
from tierscore.services.rollup_answers import RollupAnswers
from tierscore.services.uncertainty_answers import UncertaintyAnswers


class Reading(
    AuditAnswers,
    BenchAnswers,
    CatalogueAnswers,
    DataAnswers,
    EventAnswers,
    FrameworkAnswers,
    KeyAnswers,
    PanelAnswers,
    PathAnswers,
    ReportAnswers,
    RollupAnswers,
    UncertaintyAnswers,
):
    """The answers of one state of the database, JSON-ready, in the contract's shapes.

    Unknown codes raise `UnknownCode`, impossible parameters `Invalid`.
    """
