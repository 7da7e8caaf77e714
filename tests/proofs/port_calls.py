"""Every method of the gateway's port, called once under every fault: which error it raises.

The class of an error decides what the desk does next, so it is checked against a table
(`fault_catalogue`). Must not judge payments; `fault_flows` does.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktop_app.config.clock import SystemClock
from desktop_app.domain.money import Money
from desktop_app.gateway.client import RazorpayGateway
from desktop_app.gateway.rate_limiter import RateLimiter
from desktop_app.services.ports.gateway import Payer
from tests.proofs.fault_catalogue import TIMEOUT_KINDS, expected_outcomes
from tests.proofs.fault_injection import inject, record_overdue_calls
from tests.proofs.fault_scenario import FEE, KEYS, PART
from tests.proofs.fault_verdict import Verdict
from tests.proofs.network_faults import short_timeouts

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.proofs.fault_scenario import SandboxEnvironment

PAYER = Payer("+919000000001", "asha@example.com")


@dataclass
class Resources:
    """Ids of what exists at the gateway, to read, change and refund."""

    order: str
    paid_order: str
    authorised: str
    captured: str
    code: str
    link: str
    now: int


def create_resources(gateway: RazorpayGateway, env: SandboxEnvironment, kind: str) -> Resources:
    """Create one of everything while no fault is active."""

    def paid(reference: str, outcome: str) -> tuple[str, str]:
        order = gateway.create_order(reference=reference, amount=FEE, notes={}, unique=False)
        made = gateway.create_intent(
            order_id=order.order_id, amount=FEE, payer=PAYER, description="Fee", notes={}
        )
        if outcome:
            env.control("upi/pay", {"qr": made.link, "vpa": "p@okaxis", "outcome": outcome})
        return order.order_id, made.payment_id

    open_order, _ = paid(f"open-{kind}", "")
    _, authorised = paid(f"auth-{kind}", "authorized")
    paid_order, captured = paid(f"paid-{kind}", "success")
    gateway.refund(captured, Money(100), key="k" * 32, reference="r0")
    now = gateway.now() or 0
    code = gateway.create_qr(
        reference=f"qr-{kind}", amount=FEE, name="Fee", description="Fee", close_by=now + 900,
        notes={},
    )  # fmt: skip
    link = gateway.create_link(
        reference=f"link-{kind}", amount=FEE, description="Fee", payer=PAYER,
        expire_by=now + 1_800, notes={},
    )  # fmt: skip
    return Resources(open_order, paid_order, authorised, captured, code.qr_id, link.link_id, now)


Call = tuple[str, str, bool, "Callable[[RazorpayGateway, Resources], Any]"]
CALLS: dict[str, Call] = {
    "create_order": ("POST", "/v1/orders", True, lambda g, _m: g.create_order(
        reference="new", amount=FEE, notes={}, unique=False)),
    "create_intent": ("POST", "/v1/payments/create/upi", True, lambda g, m: g.create_intent(
        order_id=m.order, amount=FEE, payer=PAYER, description="Fee", notes={})),
    "create_qr": ("POST", "/v1/payments/qr_codes", True, lambda g, m: g.create_qr(
        reference="new", amount=FEE, name="Fee", description="Fee", close_by=m.now + 900,
        notes={})),
    "create_link": ("POST", "/v1/payment_links", True, lambda g, m: g.create_link(
        reference="new", amount=FEE, description="Fee", payer=PAYER, expire_by=m.now + 1_800,
        notes={})),
    "capture": ("POST", "/v1/payments/*/capture", True, lambda g, m: g.capture(
        m.authorised, FEE)),
    "refund": ("POST", "/v1/payments/*/refund", True, lambda g, m: g.refund(
        m.captured, PART, key="n" * 32, reference="r1")),
    "close_qr": ("POST", "/v1/payments/qr_codes/*/close", True, lambda g, m: g.close_qr(m.code)),
    "cancel_link": ("POST", "/v1/payment_links/*/cancel", True, lambda g, m: g.cancel_link(
        m.link)),
    "find_order": ("GET", "/v1/orders", False, lambda g, _m: g.find_order("paid-x")),
    "orders_since": ("GET", "/v1/orders", False, lambda g, m: g.orders_since(m.now - 300)),
    "fetch_order": ("GET", "/v1/orders/*", False, lambda g, m: g.fetch_order(m.paid_order)),
    "its payments": ("GET", "/v1/orders/*/payments", False, lambda g, m: g.fetch_order(
        m.paid_order)),
    "find_qr": ("GET", "/v1/payments/qr_codes", False, lambda g, m: g.find_qr(
        "qr-x", m.now - 300)),
    "fetch_qr": ("GET", "/v1/payments/qr_codes/*", False, lambda g, m: g.fetch_qr(m.code)),
    "find_link": ("GET", "/v1/payment_links", False, lambda g, _m: g.find_link("link-x")),
    "fetch_link": ("GET", "/v1/payment_links/*", False, lambda g, m: g.fetch_link(m.link)),
    "codes_since": ("GET", "/v1/payments/qr_codes", False, lambda g, m: g.codes_since(
        m.now - 300)),
    "fetch_payment": ("GET", "/v1/payments/*", False, lambda g, m: g.fetch_payment(m.captured)),
    "refunds_of": ("GET", "/v1/payments/*/refunds", False, lambda g, m: g.refunds_of(m.captured)),
    "refunds_since": ("GET", "/v1/refunds", False, lambda g, m: g.refunds_since(m.now - 300)),
    "payments_between": ("GET", "/v1/payments", False, lambda g, m: g.payments_between(
        m.now - 300, m.now + 300)),
    "ping": ("GET", "/v1/orders", False, lambda g, _m: g.ping()),
}  # fmt: skip


def run_calls(
    env: SandboxEnvironment, kind: str, names: tuple[str, ...] = tuple(CALLS)
) -> tuple[int, Verdict]:
    """Call every method under one kind of fault; return the number of calls and the verdict."""
    verdict = Verdict()
    for name in names:
        outcome = _outcome(env, kind, CALLS[name])
        wanted = expected_outcomes(kind, is_write=CALLS[name][2])
        if outcome not in wanted:
            verdict.record("wrong_class", f"{name}: {outcome}, not one of {sorted(wanted)}")
        record_overdue_calls(env, verdict)
    return len(names), verdict


def _outcome(env: SandboxEnvironment, kind: str, call: Call) -> str:
    method, path, _is_write, run = call
    env.reset()
    clock = SystemClock()
    gateway = RazorpayGateway(
        key_id=KEYS[0], key_secret=KEYS[1], base_url=env.sandbox.url,
        budget=RateLimiter(100_000, clock), clock=clock,
    )  # fmt: skip
    made = create_resources(gateway, env, "x")
    inject(env, kind, method, path)
    try:
        with short_timeouts() if kind in TIMEOUT_KINDS else contextlib.nullcontext():
            run(gateway, made)
    except Exception as error:  # noqa: BLE001 - the class is what is looked at
        return type(error).__name__
    else:
        return "answer"
    finally:
        env.network.clear()
