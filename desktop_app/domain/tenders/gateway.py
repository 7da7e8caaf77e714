"""Money that Razorpay collects: paid only by an authenticated fetch."""

from __future__ import annotations

from typing import ClassVar

from desktop_app.domain.ledger import Account
from desktop_app.domain.money import Money
from desktop_app.domain.tender import Beginning, ReturnPath, Tender, Verification
from desktop_app.domain.tenders.base import TenderRules


class GatewayTender(TenderRules):
    """Every channel of the gateway."""

    tender = Tender.GATEWAY
    account = Account.GATEWAY
    verification = Verification.VERIFIED
    beginning = Beginning.ASKED
    return_path = ReturnPath.GATEWAY
    smallest: ClassVar[Money] = Money(100)
    """Razorpay takes no order under one rupee."""
