"""The card machine at the counter: its slip is a claim until the bank shows the money."""

from __future__ import annotations

from desktop_app.domain.ledger import Account
from desktop_app.domain.tender import (
    Beginning,
    Evidence,
    ReferenceShape,
    ReturnPath,
    Tender,
    Verification,
)
from desktop_app.domain.tenders.base import TenderRules


class CardMachineTender(TenderRules):
    """Cards on the centre's own machine, which the gateway does not know."""

    tender = Tender.CARD_MACHINE
    account = Account.CARD_MACHINE
    verification = Verification.CLAIMED
    beginning = Beginning.POSTED
    return_path = ReturnPath.BANK
    evidence = Evidence.CARD_SLIP
    shape = ReferenceShape.CARD_RRN
    settled = Verification.MATCHED
