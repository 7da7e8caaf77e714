"""One suite for every gateway: the fake, the sandbox over HTTP and, with -m live, Razorpay."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Protocol, TypeVar

import pytest

from desktop_app.domain.money import Money
from desktop_app.services.errors import NotFoundError, RejectedError, UnauthorisedError
from desktop_app.services.ports.gateway import Payer
from tests.clock import TestClock
from tests.fake_gateway import FakeGateway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from desktop_app.services.ports.gateway import PaymentGateway

Fact = TypeVar("Fact")
AMOUNT = Money(1_180_000)
PAYER = Payer("+919000000001", "asha@example.com")


class Bench(Protocol):
    """A gateway, and the phone that pays on it."""

    gateway: PaymentGateway
    pay: Callable[[str, str], object]


class _Bench:
    def __init__(self, gateway: PaymentGateway, pay: Callable[[str, str], object]) -> None:
        self.gateway = gateway
        self.pay = pay


def readable(found: Sequence[Fact | None]) -> list[Fact]:
    """Return the entries of a list, every one of which made sense."""
    entries = [each for each in found if each is not None]
    assert len(entries) == len(found)
    return entries


def real(url: str, key_id: str, secret: str) -> PaymentGateway:
    from desktop_app.config.clock import SystemClock
    from desktop_app.gateway.client import RazorpayGateway
    from desktop_app.gateway.rate_limiter import RateLimiter

    clock = SystemClock()
    return RazorpayGateway(
        key_id=key_id, key_secret=secret, base_url=url, budget=RateLimiter(600, clock),
        clock=clock,
    )  # fmt: skip


@pytest.fixture(params=["fake", "sandbox", pytest.param("live", marks=pytest.mark.live)])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    if request.param == "fake":
        fake = FakeGateway(TestClock())
        yield _Bench(fake, fake.pay)
    elif request.param == "live":
        key_id, secret = os.environ["PRAVESH_LIVE_KEY_ID"], os.environ["PRAVESH_LIVE_KEY_SECRET"]
        yield _Bench(
            real("https://api.razorpay.com", key_id, secret),
            lambda _text, _outcome: pytest.skip("nobody can pay Razorpay's test codes by phone"),
        )
    else:
        from desktop_app.gateway.sandbox_phone import SandboxPhone
        from desktop_app.sandbox.server import SandboxServer

        with SandboxServer() as server:
            phone = SandboxPhone(server.url)
            yield _Bench(
                real(server.url, server.key_id, server.key_secret),
                phone.pay,
            )


def reference() -> str:
    return f"T-{secrets.token_hex(12)}"


def ordered(bench: Bench, ref: str) -> str:
    return bench.gateway.create_order(
        reference=ref, amount=AMOUNT, notes={"attempt": "a1"}, unique=True
    ).order_id


def intent(bench: Bench, order_id: str) -> tuple[str, str]:
    made = bench.gateway.create_intent(
        order_id=order_id, amount=AMOUNT, payer=PAYER, description="Fee", notes={"attempt": "a1"}
    )
    return made.payment_id, made.link


def test_an_order_is_made_as_asked_and_found_by_its_reference(bench: Bench) -> None:
    ref = reference()
    order_id = ordered(bench, ref)
    found = bench.gateway.find_order(ref)
    assert found is not None
    assert (found.order_id, found.receipt, found.amount_paise, found.status) == (
        order_id, ref, AMOUNT.paise, "created",
    )  # fmt: skip
    assert bench.gateway.find_order(ref[:-2]) is None
    assert bench.gateway.now() is not None


def test_the_same_unique_receipt_is_the_same_order(bench: Bench) -> None:
    ref = reference()
    assert ordered(bench, ref) == ordered(bench, ref)


def test_an_unknown_order_is_not_found(bench: Bench) -> None:
    with pytest.raises(NotFoundError):
        bench.gateway.fetch_order("order_AAAAAAAAAAAAAA")


def test_a_paid_intent_is_in_the_list_and_by_itself(bench: Bench) -> None:
    order_id = ordered(bench, reference())
    payment_id, link = intent(bench, order_id)
    bench.pay(link, "success")
    apart = bench.gateway.fetch_order(order_id)
    listed = next(
        each
        for each in readable(bench.gateway.orders_since(apart.created_at))
        if each.order_id == order_id
    )
    for found in (apart, listed):
        assert found.status == "paid"
        assert (found.amount_paid_paise, found.amount_due_paise) == (AMOUNT.paise, 0)
        assert found.payments is not None
        [payment] = found.payments
        assert (payment.payment_id, payment.captured, payment.amount_paise) == (
            payment_id, True, AMOUNT.paise,
        )  # fmt: skip
        assert payment.rrn is not None
        assert len(payment.rrn) == 12


def test_a_failed_try_does_not_end_an_order(bench: Bench) -> None:
    order_id = ordered(bench, reference())
    _payment, link = intent(bench, order_id)
    bench.pay(link, "failure")
    found = bench.gateway.fetch_order(order_id)
    assert found.status == "attempted"
    assert found.payments is not None
    assert [each.status for each in found.payments] == ["failed"]


def test_an_authorised_payment_is_captured_on_demand(bench: Bench) -> None:
    order_id = ordered(bench, reference())
    payment_id, link = intent(bench, order_id)
    bench.pay(link, "authorized")
    before = bench.gateway.fetch_order(order_id)
    assert before.payments is not None
    assert (before.payments[0].status, before.payments[0].captured) == ("authorized", False)
    assert bench.gateway.capture(payment_id, AMOUNT).captured
    assert bench.gateway.fetch_order(order_id).status == "paid"


def test_a_second_code_of_a_paid_order_is_refunded(bench: Bench) -> None:
    order_id = ordered(bench, reference())
    (_first, one), (_second, two) = intent(bench, order_id), intent(bench, order_id)
    bench.pay(one, "success")
    bench.pay(two, "success")
    payments = bench.gateway.fetch_order(order_id).payments or ()
    assert sorted(each.status for each in payments) == ["captured", "refunded"]
    with pytest.raises(RejectedError) as caught:
        intent(bench, order_id)
    assert caught.value.reason == "order_already_paid"


def test_a_qr_code_is_made_found_paid_and_closed(bench: Bench) -> None:
    ref = reference()
    now = bench.gateway.now()
    if now is None:
        bench.gateway.ping()
        now = bench.gateway.now()
    assert now is not None
    made = bench.gateway.create_qr(
        reference=ref, amount=AMOUNT, name="Fee", description="Fee", close_by=now + 900, notes={}
    )
    found = bench.gateway.find_qr(ref, now - 300)
    assert found is not None
    assert found.qr_id == made.qr_id
    assert made.image_content is not None
    bench.pay(made.image_content, "success")
    code, payments = bench.gateway.fetch_qr(made.qr_id)
    assert code.status == "closed"
    assert [each.captured for each in payments] == [True]


def test_a_link_is_made_found_paid_and_then_cannot_be_cancelled(bench: Bench) -> None:
    ref = reference()
    made = bench.gateway.create_link(
        reference=ref, amount=AMOUNT, description="Fee", payer=PAYER, expire_by=None, notes={}
    )
    found = bench.gateway.find_link(ref)
    assert found is not None
    assert (found.link_id, found.status) == (made.link_id, "created")
    bench.pay(made.short_url, "success")
    link, payments = bench.gateway.fetch_link(made.link_id)
    assert (link.status, link.amount_paid_paise) == ("paid", AMOUNT.paise)
    assert [each.captured for each in payments] == [True]
    with pytest.raises(RejectedError):
        bench.gateway.cancel_link(made.link_id)


def test_a_wrong_key_is_unauthorised() -> None:
    from desktop_app.sandbox.server import SandboxServer

    with SandboxServer() as server:
        with pytest.raises(UnauthorisedError):
            real(server.url, server.key_id, "wrong").ping()
        real(server.url, server.key_id, server.key_secret).ping()


def test_a_refund_is_made_once_by_its_key_and_shown(bench: Bench) -> None:
    order_id = ordered(bench, reference())
    payment_id, link = intent(bench, order_id)
    bench.pay(link, "success")
    made = [
        bench.gateway.refund(payment_id, Money(180_000), key="a" * 32, reference="row-1")
        for _ in range(2)
    ]
    assert made[0].refund_id == made[1].refund_id
    assert [each.refund_id for each in bench.gateway.refunds_of(payment_id)] == [made[0].refund_id]
    listed = readable(bench.gateway.refunds_since(1_000_000_000))
    assert [each for each in listed if each.payment_id == payment_id] == [made[0]]
    assert bench.gateway.refunds_since(1_000_000_000, skip=len(listed)) == ()
    assert bench.gateway.refunds_since(2_000_000_000) == ()
    order = bench.gateway.fetch_order(order_id)
    assert (order.status, order.amount_paid_paise) == ("paid", AMOUNT.paise)
    assert order.payments is not None
    assert order.payments[0].amount_refunded_paise == 180_000


def test_the_accounts_payments_are_listed_by_time(bench: Bench) -> None:
    order_id = ordered(bench, reference())
    payment_id, link = intent(bench, order_id)
    bench.pay(link, "success")
    now = bench.gateway.now() or 0
    shown = readable(bench.gateway.payments_between(now - 300, now + 300))
    assert payment_id in {each.payment_id for each in shown}


NOTES = {"attempt": "a1", "due": "d1"}


def on_each_channel(bench: Bench) -> list[tuple[str, str]]:
    """Return (text the phone scans, our reference) of a QR code and of a link."""
    one, two = reference(), reference()
    code = bench.gateway.create_qr(
        reference=one, amount=AMOUNT, name="Fee", description="Physics", close_by=None, notes=NOTES
    )
    link = bench.gateway.create_link(
        reference=two, amount=AMOUNT, description="Physics", payer=PAYER, expire_by=None,
        notes=NOTES,
    )  # fmt: skip
    return [(code.image_content or "", one), (link.short_url, two)]


def test_a_payment_is_traced_to_what_it_was_made_on(bench: Bench) -> None:
    (code_text, code_reference), (link_text, link_reference) = on_each_channel(bench)
    for text in (code_text, link_text):
        bench.pay(text, "success")
    paid = {
        each.payment_id: each
        for each in readable(bench.gateway.payments_between(1_000_000_000, 2_000_000_000))
    }
    codes = [bench.gateway.qr_of_payment(each) for each in paid]
    links = [bench.gateway.link_of_payment(each) for each in paid]
    assert [each.reference for each in codes if each] == [code_reference]
    assert [each.reference for each in links if each] == [link_reference]
    for found in (*codes, *links):
        noted = {} if found is None else dict(found.notes or {})
        assert found is None or noted.items() >= NOTES.items()
    for payment_id, listed in paid.items():
        fetched = bench.gateway.fetch_payment(payment_id)
        assert (fetched.captured, fetched.amount_paise) == (True, listed.amount_paise)
    with pytest.raises(NotFoundError):
        bench.gateway.fetch_payment("pay_00000000009999")


def test_the_sandboxs_disputes_are_read() -> None:
    import requests

    from desktop_app.gateway.sandbox_phone import SandboxPhone
    from desktop_app.sandbox.server import SandboxServer

    with SandboxServer() as server:
        bench = _Bench(
            real(server.url, server.key_id, server.key_secret), SandboxPhone(server.url).pay
        )
        assert bench.gateway.disputes() == ()
        (text, _reference), _link = on_each_channel(bench)
        bench.pay(text, "success")
        [payment] = readable(bench.gateway.payments_between(1_000_000_000, 2_000_000_000))
        control = f"{server.url}/_sandbox/disputes"
        opened = requests.post(control, json={"payment_id": payment.payment_id}, timeout=5).json()
        [seen] = readable(bench.gateway.disputes())
        assert (seen.dispute_id, seen.payment_id) == (opened["id"], payment.payment_id)
        assert (seen.status, seen.deducted_paise, seen.amount_paise) == ("open", 0, AMOUNT.paise)
        requests.post(f"{control}/{opened['id']}", json={"status": "lost"}, timeout=5)
        [lost] = readable(bench.gateway.disputes())
        assert (lost.status, lost.deducted_paise) == ("lost", AMOUNT.paise)
