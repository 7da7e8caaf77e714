"""What was paid before this desk began, brought in from the books of before."""

from __future__ import annotations

from desktop_app.domain.ledger import Account
from desktop_app.domain.tender import Beginning, Evidence, ReturnPath, Tender, Verification
from desktop_app.domain.tenders.base import TenderRules


class OpeningTender(TenderRules):
    """Balances brought in; each due takes one."""

    tender = Tender.OPENING
    account = Account.ADJUSTMENTS
    verification = Verification.INTERNAL
    beginning = Beginning.POSTED
    return_path = ReturnPath.BOOKS
    evidence = Evidence.NOTE
    is_takings = False
