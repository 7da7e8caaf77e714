"""A refund is believed only where the answer is about that payment and that amount."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.money import Money
from desktop_app.services.errors import OutcomeUnknownError
from tests.contract.raw_server import RawServer, answering
from tests.contract.test_gateway import real

if TYPE_CHECKING:
    from desktop_app.services.ports.gateway import RefundFact

PAYMENT, AMOUNT = "pay_00000000000001", Money(180_000)


def refunded(**other: object) -> RefundFact:
    """Ask for a refund of the payment; the answer differs from what was asked for."""
    made = {
        "id": "rfnd_00000000000001", "entity": "refund", "payment_id": PAYMENT,
        "amount": AMOUNT.paise, "currency": "INR", "status": "processed", "notes": {"refund": "r1"},
        "created_at": 1_795_165_200, "speed_processed": "normal", "speed_requested": "normal",
    }  # fmt: skip
    body = json.dumps(made | other).encode()
    answer = answering(body, headers="Content-Type: application/json\r\n")
    with RawServer(answer) as server:
        gateway = real(server.url, "rzp_test_abcdefghijklmn", "secret")
        return gateway.refund(PAYMENT, AMOUNT, key="k" * 32, reference="r1")


def test_a_refund_as_it_was_asked_for_is_believed() -> None:
    made = refunded()
    assert (made.payment_id, made.amount_paise, made.status) == (PAYMENT, AMOUNT.paise, "processed")


@pytest.mark.parametrize(
    "other", [{"payment_id": "pay_00000000000002"}, {"amount": AMOUNT.paise - 1}], ids=str
)
def test_a_refund_of_another_payment_or_amount_is_an_unknown_outcome(
    other: dict[str, object],
) -> None:
    with pytest.raises(OutcomeUnknownError):
        refunded(**other)
