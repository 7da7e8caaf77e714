"""A fee paid on the page of the checkout, as the clerk at the counter sees it."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from PySide6.QtCore import Qt

from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services.ports.gateway import CheckoutProof
from tests.ui.test_counter_page import Recorded, computer, counter_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.services.views.payments import AttemptView
    from tests.ui.clerk import Clerk

__all__ = ["computer"]
KEY = Qt.Key


@pytest.fixture
def shown(clerk: Clerk, computer: Recorded) -> Iterator[AttemptView]:
    """A fee whose page was opened by the clerk's choice and F9."""
    clerk.pick()
    counter_of(clerk).bill.ways.choose(Method.CHECKOUT)
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: computer.addresses and clerk.text("openPaymentButton").startswith("Open"))
    view = clerk.window.parts.payment.view
    assert view is not None
    yield view
    clerk.desk.real.checkout.close()


def post(address: str, step: str, body: str = "") -> None:
    """Send what the page would."""
    parts = urlsplit(address)
    link = http.client.HTTPConnection(parts.netloc, timeout=20)
    headers = {
        "Origin": f"http://{parts.netloc}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    link.request("POST", f"{parts.path}/{step}", body, headers)
    assert link.getresponse().status == 200
    link.close()


def send(address: str, proof: CheckoutProof) -> None:
    fields = f"razorpay_payment_id={proof.payment_id}&razorpay_signature={proof.signature}"
    post(address, "proof", fields)


def test_the_page_opens_in_the_browser_and_again_by_f9(
    clerk: Clerk, computer: Recorded, shown: AttemptView
) -> None:
    assert shown.state is AttemptState.AWAITING
    assert clerk.shown("openPaymentButton")
    assert not clerk.shown("newQrButton")
    assert not clerk.shown("sendLinkButton")
    assert clerk.shown("cancelPaymentButton")
    assert clerk.named("qrView").property("text") == ""
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: len(computer.addresses) == 2 and computer.copies)
    assert len(set(computer.addresses)) == 1
    assert computer.copies == computer.addresses[:1]  # once: a browser may start and show nothing
    assert clerk.opened() == 1


def test_a_proof_is_looked_for_at_once_and_shown_as_paid(
    clerk: Clerk, computer: Recorded, shown: AttemptView
) -> None:
    payment_id = clerk.desk.gateway.pay_order(shown.order_id or "")
    send(computer.addresses[0], clerk.desk.gateway.proof_of(payment_id))
    clerk.wait(lambda: clerk.state() == "paid" and counter_of(clerk).panel.is_paid)
    assert clerk.looks_asked() >= 1


def test_a_false_proof_is_named_and_nothing_is_paid(
    clerk: Clerk, computer: Recorded, shown: AttemptView
) -> None:
    send(computer.addresses[0], CheckoutProof("pay_1", "0" * 64))
    clerk.wait(lambda: "isn't genuine" in clerk.text("failureNote"))
    assert clerk.state() == "awaiting"
    clerk.desk.gateway.pay_order(shown.order_id or "")
    clerk.press(KEY.Key_F5)
    clerk.wait(lambda: clerk.state() == "paid")


def test_a_failed_try_and_the_way_back_are_heard(
    clerk: Clerk, computer: Recorded, shown: AttemptView, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk.desk.gateway.pay_order(shown.order_id or "", "failure")
    post(computer.addresses[0], "failed")
    clerk.wait(lambda: "try again on the payment page" in clerk.text("failureNote"))
    fronted: list[object] = []
    monkeypatch.setattr("desktop_app.ui.counter.checkout_opener.bring_forward", fronted.append)
    post(computer.addresses[0], "back")
    clerk.wait(lambda: fronted)
    assert fronted == [clerk.window]


def test_without_a_browser_the_address_is_copied(
    clerk: Clerk, computer: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Recorded, "open_address", lambda *_: False)
    clerk.pick()
    counter_of(clerk).bill.ways.choose(Method.CHECKOUT)
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: computer.copies)
    assert computer.copies[0].startswith("http://127.0.0.1:")
    clerk.desk.real.checkout.close()


def test_cancelling_ends_it_and_offers_a_new_page(
    clerk: Clerk, computer: Recorded, shown: AttemptView
) -> None:
    clerk.desk.real.payments.cancel(shown.uid)
    clerk.window.parts.attempts.read_again()
    clerk.wait(lambda: clerk.text("openPaymentButton").startswith("New page"))
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: len(computer.addresses) == 2)
    assert len(set(computer.addresses)) == 2
