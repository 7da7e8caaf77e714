"""NEFT, RTGS and IMPS: a reference is typed, and the bank shows the money later."""

from __future__ import annotations

from typing import ClassVar

from desktop_app.domain.ledger import Account
from desktop_app.domain.money import Money
from desktop_app.domain.tender import (
    Beginning,
    Evidence,
    ReferenceShape,
    ReturnPath,
    Tender,
    Verification,
)
from desktop_app.domain.tenders.base import TenderRules


class NeftTender(TenderRules):
    """Transfers by NEFT."""

    tender = Tender.NEFT
    account = Account.CLAIMED
    verification = Verification.CLAIMED
    beginning = Beginning.POSTED
    return_path = ReturnPath.BANK
    evidence = Evidence.TRANSFER
    shape = ReferenceShape.NEFT
    settled = Verification.MATCHED


class RtgsTender(NeftTender):
    """Transfers by RTGS."""

    tender = Tender.RTGS
    shape = ReferenceShape.RTGS
    smallest: ClassVar[Money] = Money(2_00_000_00)
    """RTGS takes two lakh rupees or more (RBI, RTGS System Regulations)."""


class ImpsTender(NeftTender):
    """Transfers by IMPS."""

    tender = Tender.IMPS
    shape = ReferenceShape.RRN
