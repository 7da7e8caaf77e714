"""Every tender by its name, and the tender of a method: a new one is a row in each table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.tender import Method, Tender
from desktop_app.domain.tenders.cash import CashTender
from desktop_app.domain.tenders.gateway import GatewayTender

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.domain.tenders.base import TenderRules

TENDERS: Mapping[Tender, TenderRules] = {
    Tender.GATEWAY: GatewayTender(),
    Tender.CASH: CashTender(),
}
COUNTER_TENDERS: Mapping[Method, Tender] = {Method.CASH: Tender.CASH}
"""The methods that need no gateway; each of the others names a channel, or is `auto`."""


def tender_of(method: Method) -> TenderRules:
    """Return the rules of the tender that a method belongs to."""
    return TENDERS[COUNTER_TENDERS.get(method, Tender.GATEWAY)]
