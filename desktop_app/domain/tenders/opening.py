"""Opening balances: payments in the centre's earlier books, before this desk began."""

from __future__ import annotations

from desktop_app.domain.ledger import Account
from desktop_app.domain.tender import Beginning, Evidence, ReturnPath, Tender, Verification
from desktop_app.domain.tenders.base import TenderRules


class OpeningTender(TenderRules):
    """Balances brought in: credit of the student that pays the due at once."""

    tender = Tender.OPENING
    account = Account.ADJUSTMENTS
    verification = Verification.INTERNAL
    beginning = Beginning.SETTLED
    return_path = ReturnPath.BOOKS
    evidence = Evidence.NOTE
    is_takings = False
    is_brought_in = True
