"""Every tender by its name, and the tender of a method: a new one is a row in each table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.tender import Method, Tender
from desktop_app.domain.tenders.bank_transfer import ImpsTender, NeftTender, RtgsTender
from desktop_app.domain.tenders.card_machine import CardMachineTender
from desktop_app.domain.tenders.cash import CashTender
from desktop_app.domain.tenders.cheque import ChequeTender
from desktop_app.domain.tenders.credit import CreditTender
from desktop_app.domain.tenders.draft import DraftTender
from desktop_app.domain.tenders.gateway import GatewayTender
from desktop_app.domain.tenders.opening import OpeningTender
from desktop_app.domain.tenders.upi_static import UpiStaticTender

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.domain.tenders.base import TenderRules

TENDERS: Mapping[Tender, TenderRules] = {
    Tender.GATEWAY: GatewayTender(),
    Tender.CASH: CashTender(),
    Tender.CHEQUE: ChequeTender(),
    Tender.DRAFT: DraftTender(),
    Tender.CARD_MACHINE: CardMachineTender(),
    Tender.NEFT: NeftTender(),
    Tender.RTGS: RtgsTender(),
    Tender.IMPS: ImpsTender(),
    Tender.UPI_STATIC: UpiStaticTender(),
    Tender.CREDIT: CreditTender(),
    Tender.OPENING: OpeningTender(),
}
COUNTER_TENDERS: Mapping[Method, Tender] = {
    Method.CASH: Tender.CASH,
    Method.CHEQUE: Tender.CHEQUE,
    Method.DRAFT: Tender.DRAFT,
    Method.CARD_MACHINE: Tender.CARD_MACHINE,
    Method.NEFT: Tender.NEFT,
    Method.RTGS: Tender.RTGS,
    Method.IMPS: Tender.IMPS,
    Method.UPI_STATIC: Tender.UPI_STATIC,
    Method.CREDIT: Tender.CREDIT,
    Method.OPENING: Tender.OPENING,
}
"""The methods that need no gateway; each of the others names a channel, or is `auto`."""


def tender_of(method: Method) -> TenderRules:
    """Return the rules of the tender that a method belongs to."""
    return TENDERS[COUNTER_TENDERS.get(method, Tender.GATEWAY)]
