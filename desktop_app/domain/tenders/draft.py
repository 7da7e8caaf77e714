"""Demand drafts: a bank has paid for them, but they too are money only once credited."""

from __future__ import annotations

from desktop_app.domain.tender import InstrumentKind, Tender
from desktop_app.domain.tenders.cheque import ChequeTender


class DraftTender(ChequeTender):
    """Demand drafts."""

    tender = Tender.DRAFT
    instrument = InstrumentKind.DRAFT
