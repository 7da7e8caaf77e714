"""Cheques and demand drafts: handed in, deposited, and money once the bank has credited them."""

from __future__ import annotations

from desktop_app.domain.ledger import Account
from desktop_app.domain.tender import (
    Beginning,
    Evidence,
    InstrumentKind,
    ReturnPath,
    Tender,
    Verification,
)
from desktop_app.domain.tenders.base import TenderRules


class ChequeTender(TenderRules):
    """Cheques. The account is that of one booked when the bank has credited it."""

    tender = Tender.CHEQUE
    account = Account.BANK
    verification = Verification.REALISED
    beginning = Beginning.HANDED_IN
    return_path = ReturnPath.BANK
    evidence = Evidence.INSTRUMENT
    instrument = InstrumentKind.CHEQUE
    settled = Verification.REALISED
