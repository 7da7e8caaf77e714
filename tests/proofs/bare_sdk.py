"""The control: a fee desk on the bare SDK, written as existing plug-ins are.

It creates a new order on every attempt, counts a fee as paid when a status says so, sets no
time-outs, does not look up a creation whose answer was lost, and takes an error of a close as
closed. Each habit was read in an existing plug-in's code; its failures are those that the proof
counts.
"""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Any

import razorpay
import requests

from desktop_app.domain.payment import Method
from tests.proofs.fault_catalogue import TIMEOUT_KINDS
from tests.proofs.fault_flows import SITES, STRIKES
from tests.proofs.fault_injection import inject, record_overdue_calls, remove_faults
from tests.proofs.fault_scenario import FEE, KEYS, PART
from tests.proofs.fault_verdict import Verdict
from tests.proofs.network_faults import call_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.proofs.fault_flows import CallSite, Strike
    from tests.proofs.fault_scenario import SandboxEnvironment
    from tests.proofs.network_faults import FaultyNetwork

Json = dict[str, Any]
TRIES = 3
POLLS = 3
SITES_OF_WAITING = ("create order", "create QR", "fetch order", "refund")


class _Session(requests.Session):
    """The SDK's own session, with the same faults and timing as the desk's and no other change."""

    def __init__(self, network: FaultyNetwork) -> None:
        super().__init__()
        self._network = network

    def request(self, method: str, url: str, **options: Any) -> requests.Response:  # type: ignore[override]
        plain = super().request
        return self._network.send(
            self, lambda: plain(method, url, **options), call_name(method, url)
        )  # fmt: skip


class NaiveDesk:
    """A desk that collects one fee after another.

    Attributes:
        paid: payments that this desk believes in, by reference: payment id and paise.
        crashed: class names of errors that it did not catch.
    """

    def __init__(self, url: str, network: FaultyNetwork) -> None:
        self._sdk = razorpay.Client(session=_Session(network), auth=KEYS, base_url=url)
        self.paid: dict[str, tuple[str, object]] = {}
        self.crashed: list[str] = []

    def _retry(self, work: Callable[[], Json]) -> Json:
        """Repeat after any error, as a second press of a button does."""
        for _ in range(TRIES - 1):
            with contextlib.suppress(Exception):
                return work()
        return work()

    def collect(self, channel: Method, reference: str) -> Json:
        """Create something payable: an order, a QR code or a link."""
        if channel is Method.QR_CODE:
            body = {
                "type": "upi_qr", "usage": "single_use", "fixed_amount": True,
                "payment_amount": FEE.paise, "notes": {"receipt": reference},
            }  # fmt: skip
            return self._retry(lambda: self._sdk.qrcode.create(dict(body)))
        if channel is Method.PAYMENT_LINK:
            body = {"amount": FEE.paise, "currency": "INR", "reference_id": reference}
            return self._retry(lambda: self._sdk.payment_link.create(dict(body)))
        return self._retry(lambda: self._intent(reference))

    def _intent(self, reference: str) -> Json:
        order = self._sdk.order.create(
            {"amount": FEE.paise, "currency": "INR", "receipt": reference}
        )
        made = self._sdk.payment.createUpi(
            {
                "amount": FEE.paise, "currency": "INR", "order_id": order["id"], "method": "upi",
                "email": "a@example.com", "contact": "+919000000001", "upi": {"flow": "intent"},
            }
        )  # fmt: skip
        return {"id": order["id"], "link": made["link"], "payment": made["razorpay_payment_id"]}

    def poll(self, channel: Method, made: Json, reference: str) -> bool:
        """Ask once and believe the answer."""
        if channel is Method.QR_CODE:
            found = self._sdk.qrcode.fetch(made["id"])
            shown = self._sdk.qrcode.fetch_all_payments(made["id"])["items"]
        elif channel is Method.PAYMENT_LINK:
            found, shown = self._sdk.payment_link.fetch(made["id"]), []
        else:
            found = self._sdk.order.fetch(made["id"])
            shown = self._sdk.order.payments(made["id"])["items"]
        for payment in shown:
            if payment["status"] in {"captured", "authorized"}:
                self.paid[reference] = (payment["id"], payment["amount"])
                return True
        if found["status"] in {"paid", "partially_paid", "closed"}:
            self.paid[reference] = ("", found.get("amount_paid", FEE.paise))
            return True
        return False

    def refund(self, payment_id: str) -> None:
        """Refund a part; repeat after an error."""
        self._retry(lambda: self._sdk.payment.refund(payment_id, {"amount": PART.paise}))

    def capture(self, payment_id: str) -> None:
        """Capture; repeat after an error."""
        self._retry(
            lambda: self._sdk.payment.capture(payment_id, FEE.paise, {"currency": "INR"})
        )  # fmt: skip

    def close(self, channel: Method, made: Json) -> None:
        """Close a code; an error is taken as closed, as a point of sale was seen to do."""
        with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
            if channel is Method.QR_CODE:
                self._sdk.qrcode.close(made["id"])
            else:
                self._sdk.payment_link.cancel(made["id"])

    def close_session(self) -> None:
        """Close the session."""
        self._sdk.session.close()

    def guarded(self, work: Callable[[], Any]) -> Any:
        """Run what a plug-in runs unguarded, and record what it does not catch."""
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # the SDK prints its errors
                return work()
        except Exception as error:  # noqa: BLE001 - counted, that is the point
            self.crashed.append(type(error).__name__)
            return None


def run_control(
    env: SandboxEnvironment, kind: str, slow_sites: tuple[str, ...] = SITES_OF_WAITING
) -> Verdict:
    """Run one kind of fault through every call that the naive desk makes."""
    verdict = Verdict()
    for site in SITES:
        is_made = not site.lost_first and site.name not in {"fetch refunds", "list payments"}
        if not is_made or (kind in TIMEOUT_KINDS and site.name not in slow_sites):
            continue
        for strike in STRIKES[:1] if kind in TIMEOUT_KINDS else STRIKES[:2]:
            verdict.add(_cell(env, site, kind, strike), f"{site.name}, {strike.name}")
    return verdict


def _cell(env: SandboxEnvironment, site: CallSite, kind: str, strike: Strike) -> Verdict:
    env.reset()
    path = "/v1/orders/*" if site.name == "list orders" else site.path
    inject(env, kind, site.method, path, times=strike.times, skip=strike.skip)
    desk, verdict = NaiveDesk(env.sandbox.url, env.network), Verdict()
    _play(env, desk, site, verdict)
    desk.close_session()
    remove_faults(env)
    _judge(env, desk, verdict)
    record_overdue_calls(env, verdict)
    return verdict


def _play(env: SandboxEnvironment, desk: NaiveDesk, site: CallSite, verdict: Verdict) -> None:
    """Play the flow of a call site with a naive desk."""
    channel, reference = site.channel, "NAIVE-1"
    made = desk.guarded(lambda: desk.collect(channel, reference))
    if not made:
        return
    if desk.guarded(lambda: desk.poll(channel, made, reference)):
        verdict.record("false_paid", "nobody has paid yet")
        return
    if site.flow == "replace":
        desk.close(channel, made)
        newer = desk.guarded(lambda: desk.collect(channel, "NAIVE-2"))
        if newer:
            made, reference = newer, "NAIVE-2"
    with contextlib.suppress(OSError):  # a code made unreadable by a false answer cannot be paid
        _pay(env, desk, site, made, reference)


def _pay(
    env: SandboxEnvironment, desk: NaiveDesk, site: CallSite, made: Json, reference: str
) -> None:
    text = made.get("link") or made.get("image_content") or made.get("short_url")
    outcome = "authorized" if site.flow == "authorised" else "success"
    paid = env.control("upi/pay", {"qr": text, "vpa": "p@okaxis", "outcome": outcome})
    if outcome == "authorized":
        desk.guarded(lambda: desk.capture(paid["id"]))
    for _ in range(POLLS):
        told = desk.guarded(lambda: desk.poll(site.channel, made, reference))
        if told is not False:
            break  # an error ends the loop, as it does in a page's timer
    if site.flow == "refund":
        desk.guarded(lambda: desk.refund(paid["id"]))


def _judge(env: SandboxEnvironment, desk: NaiveDesk, verdict: Verdict) -> None:
    state = env.control("state")
    captured = {each["id"]: each["amount"] for each in state["payments"] if each["captured"]}
    for payment_id, paise in desk.paid.values():
        is_true = paise == (captured.get(payment_id) if payment_id else FEE.paise)
        if not is_true or not captured:
            verdict.record("false_paid", f"booked {paise} of {payment_id or 'a status'}")
    _note(verdict, "lost", len(captured) - len(desk.paid), "this desk does not know of it")
    for name, key in (("orders", "receipt"), ("payment_links", "reference_id")):
        known = [each[key] for each in state[name] if each[key]]
        _note(verdict, "duplicate", len(known) - len(set(known)), name)
    _note(verdict, "duplicate", len(state["refunds"]) - 1, "refunds")
    payable = [each for each in state["qr_codes"] if each["status"] == "active"]
    payable += [each for each in state["payment_links"] if each["status"] == "created"]
    others = len(payable) - 1 + bool(captured)
    _note(verdict, "two_payable", others, "an old code can still be paid")
    for name in desk.crashed:
        verdict.record("wrong_class", f"{name} escaped")


def _note(verdict: Verdict, kind: str, times: int, words: str) -> None:
    for _ in range(times):
        verdict.record(kind, words)
