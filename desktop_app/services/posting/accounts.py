"""The ledger account in which the money of a payment is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.ledger import Account
from desktop_app.domain.tender import Verification
from desktop_app.domain.tenders.registry import tender_of

if TYPE_CHECKING:
    from desktop_app.services.ports.records import PaymentRecord
    from desktop_app.services.ports.storage import Repositories


def account_now(work: Repositories, payment: PaymentRecord) -> Account:
    """Return the account: the bank once it has shown it, or cheques while they are in clearing."""
    rules = tender_of(payment.method)
    now = work.tenders.verification(payment.uid)
    if now is Verification.IN_CLEARING:
        return Account.CHEQUES
    return Account.BANK if now is rules.settled else rules.account
