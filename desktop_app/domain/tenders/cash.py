"""Cash: counted into the drawer at the counter, and given back from it."""

from __future__ import annotations

from desktop_app.domain.ledger import Account
from desktop_app.domain.tender import Beginning, Evidence, ReturnPath, Tender, Verification
from desktop_app.domain.tenders.base import TenderRules


class CashTender(TenderRules):
    """Notes and coins."""

    tender = Tender.CASH
    account = Account.CASH
    verification = Verification.COUNTED
    beginning = Beginning.POSTED
    return_path = ReturnPath.DRAWER
    evidence = Evidence.TENDERED
    is_cash = True
