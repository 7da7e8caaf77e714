"""Facts that every proof needs about the gateway's port and about a gateway in memory."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fake_gateway import FakeGateway

    from .ledger_audit import Captured

CREATING_CALLS = ("create_order", "create_intent", "create_qr", "create_link")
ENDING_CALLS = ("close_qr", "cancel_link", "capture", "refund")
WRITING_CALLS = frozenset({*CREATING_CALLS, *ENDING_CALLS})
"""The calls of the port whose lost answer leaves the outcome unknown."""


def captured_payments(gateway: FakeGateway) -> Captured:
    """Return every payment ever captured: its paise, and those refunded of them."""
    return {
        each.payment_id: (each.amount_paise, each.amount_refunded_paise)
        for each in gateway.payments.values()
        if each.captured
    }


def count_references(gateway: FakeGateway) -> Counter[str]:
    """Return how many orders, and how many codes and links, carry each reference."""
    codes_and_links = [each.reference for each in gateway.codes.values()]
    codes_and_links += [each.reference for each in gateway.links.values()]
    return Counter(
        [f"order {each.receipt}" for each in gateway.orders.values() if each.receipt]
        + [f"code or link {reference}" for reference in codes_and_links if reference]
    )


def refund_entities(gateway: FakeGateway) -> set[tuple[str, str, int, str]]:
    """Return every refund: its id, its payment's, its paise and its state."""
    return {
        (each.refund_id, each.payment_id, each.amount_paise, each.status)
        for each in gateway.refunds.values()
    }
