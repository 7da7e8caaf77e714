"""Credit: money of the student that came earlier and pays no due yet."""

from __future__ import annotations

from desktop_app.domain.ledger import Account
from desktop_app.domain.tender import Beginning, ReturnPath, Tender, Verification
from desktop_app.domain.tenders.base import TenderRules


class CreditTender(TenderRules):
    """Credit of the student."""

    tender = Tender.CREDIT
    account = Account.CREDIT
    verification = Verification.INTERNAL
    beginning = Beginning.SETTLED
    return_path = ReturnPath.BOOKS
    is_takings = False
