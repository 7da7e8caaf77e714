"""Razorpay through its SDK: returns facts, raises the port's errors, one SDK client per thread.

The SDK builds URLs and authenticates; all traffic passes through `http_session`.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import certifi

from desktop_app.domain.checkout import is_genuine
from desktop_app.domain.payment import INR
from desktop_app.gateway import wire
from desktop_app.gateway.base_url import checked_base_url, checkout_script, is_loopback
from desktop_app.gateway.dns_resolver import Resolver
from desktop_app.gateway.errors import WireError, from_wire, lost
from desktop_app.gateway.http_session import GatewaySession
from desktop_app.gateway.qr_image import fetch_image
from desktop_app.gateway.sdk import SdkClient
from desktop_app.gateway.server_time import ServerTime
from desktop_app.services.errors import NoKeysError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from desktop_app.domain.money import Money
    from desktop_app.domain.payment import PaymentFact
    from desktop_app.gateway.rate_limiter import RateLimiter
    from desktop_app.gateway.sdk import razorpay
    from desktop_app.services.ports import gateway as port
    from desktop_app.services.ports.system import Clock

log = logging.getLogger(__name__)

Fact = TypeVar("Fact")
PAGE = 100
MOST_PAGES = 10
USER_AGENT = "Pravesh"
LONGEST_DESCRIPTION = 200


class RazorpayGateway:
    """The port `PaymentGateway` over HTTP.

    Args:
        key_id: empty if no keys are set; every call then raises NoKeysError.
        key_secret: never logged, never shown.
        base_url: https://api.razorpay.com or a loopback address.
        budget: shared by all threads.
        clock: extrapolates the gateway's time between answers.

    Raises:
        InvalidInputError: the address is neither.
    """

    def __init__(
        self, *, key_id: str, key_secret: str, base_url: str, budget: RateLimiter, clock: Clock
    ) -> None:
        self.key_id = key_id
        self._secret = key_secret
        self._base_url = checked_base_url(base_url)
        self.checkout_script = checkout_script(self._base_url)
        self._budget = budget
        self._time = ServerTime(clock)
        self._local = threading.local()
        self._resolver = Resolver()

    def now(self) -> int | None:
        """Return Unix seconds by the gateway's clock, None before its first answer."""
        return self._time.now()

    def is_genuine(self, order_id: str, proof: port.CheckoutProof) -> bool:
        """Return whether the account's key signed a payment on an order."""
        return is_genuine(order_id, proof.payment_id, proof.signature, self._secret)

    # --- orders and intents

    def create_order(
        self, *, reference: str, amount: Money, notes: Mapping[str, str], unique: bool
    ) -> port.OrderFact:
        """Create an order."""
        body: dict[str, Any] = {
            "amount": amount.paise,
            "currency": INR,
            "receipt": reference,
            "notes": dict(notes),
        }
        if unique:
            body["unique_receipt"] = True
        made = self._write(lambda sdk: sdk.order.create(body), wire.order)
        if (made.receipt, made.amount_paise, made.currency) != (reference, amount.paise, INR):
            raise lost("the order made is not the one asked for", is_write=True)
        return made

    def find_order(self, reference: str) -> port.OrderFact | None:
        """Return the order with exactly this reference, or None."""
        query = {"receipt": reference, "count": PAGE, "expand[]": ["payments"]}
        found = self._read(lambda sdk: sdk.order.all(query), wire.orders, urgent=True)
        return _only(found, reference, lambda each: each.receipt)

    def fetch_order(self, order_id: str, *, asked: bool = False) -> port.OrderFact:
        """Fetch an order with all its payments."""
        found = self._read(lambda sdk: sdk.order.fetch(order_id, {}), wire.order, urgent=asked)
        paid_on = self._read(
            lambda sdk: sdk.order.payments(order_id, {}), wire.payments, urgent=asked
        )
        return replace(found, payments=paid_on)

    def orders_since(
        self, since: int, *, skip: int = 0, asked: bool = False
    ) -> tuple[port.OrderFact | None, ...]:
        """List up to 100 orders created from `since` on, with their payments, newest first."""
        query = {"from": since, "count": PAGE, "skip": skip, "expand[]": ["payments"]}
        return self._list(lambda sdk: sdk.order.all(query), wire.order, urgent=asked)

    def create_intent(
        self,
        *,
        order_id: str,
        amount: Money,
        payer: port.Payer,
        description: str,
        notes: Mapping[str, str],
    ) -> port.IntentFact:
        """Create a UPI intent on an order."""
        body = {
            "amount": amount.paise,
            "currency": INR,
            "order_id": order_id,
            "email": payer.email,
            "contact": payer.contact,
            "method": "upi",
            "description": description[:LONGEST_DESCRIPTION],
            "notes": dict(notes),
            "upi": {"flow": "intent"},
        }
        return self._write(lambda sdk: sdk.payment.createUpi(body), wire.intent)

    # --- QR codes

    def create_qr(
        self,
        *,
        reference: str,
        amount: Money,
        name: str,
        description: str,
        close_by: int | None,
        notes: Mapping[str, str],
    ) -> port.QrFact:
        """Create a single-use QR code of a fixed amount."""
        body: dict[str, Any] = {
            "type": "upi_qr",
            "usage": "single_use",
            "name": name,
            "fixed_amount": True,
            "payment_amount": amount.paise,
            "description": description[:LONGEST_DESCRIPTION],
            "notes": {**notes, "receipt": reference},
        }
        if close_by is not None:
            body["close_by"] = close_by
        made = self._write(lambda sdk: sdk.qrcode.create(body), wire.qr_code)
        if (made.reference, made.amount_paise) != (reference, amount.paise):
            raise lost("the QR code made is not the one asked for", is_write=True)
        return made

    def find_qr(self, reference: str, since: int | None) -> port.QrFact | None:
        """Return the QR code whose notes carry exactly this reference, or None."""
        for skip in range(0, PAGE * MOST_PAGES, PAGE):
            found = self._qr_page(skip, since)
            for each in found:
                if each is not None and each.reference == reference:
                    return each
            if None in found:
                raise from_wire(WireError("one of the codes cannot be read"), is_write=False)
            if len(found) < PAGE:
                return None
        return None

    def codes_since(self, since: int, *, asked: bool = False) -> tuple[port.QrFact | None, ...]:
        """List up to 100 QR codes created from `since` on, without payments, newest first."""
        query = {"count": PAGE, "from": since}
        return self._list(lambda sdk: sdk.qrcode.all(query), wire.qr_code, urgent=asked)

    def _qr_page(self, skip: int, since: int | None) -> tuple[port.QrFact | None, ...]:
        query = {"count": PAGE, "skip": skip} | ({} if since is None else {"from": since})
        return self._list(lambda sdk: sdk.qrcode.all(query), wire.qr_code, urgent=True)

    def fetch_qr(
        self, qr_id: str, *, asked: bool = False
    ) -> tuple[port.QrFact, tuple[PaymentFact, ...]]:
        """Fetch a QR code and the payments on it."""
        found = self._read(lambda sdk: sdk.qrcode.fetch(qr_id, {}), wire.qr_code, urgent=asked)
        paid_on = self._read(
            lambda sdk: sdk.qrcode.fetch_all_payments(qr_id, {"count": PAGE}),
            wire.payments,
            urgent=asked,
        )
        return found, paid_on

    def close_qr(self, qr_id: str) -> port.QrFact:
        """Close a QR code."""
        return self._write(lambda sdk: sdk.qrcode.close(qr_id), wire.qr_code)

    def save_image(self, url: str, path: Path) -> Path:
        """Save the picture of a QR code, only from the gateway's own hosts, at most 1 MB."""
        return fetch_image(url, path, base_url=self._base_url, budget=self._budget)

    # --- payment links

    def create_link(
        self,
        *,
        reference: str,
        amount: Money,
        description: str,
        payer: port.Payer,
        expire_by: int | None,
        notes: Mapping[str, str],
    ) -> port.LinkFact:
        """Create a payment link without sending a message."""
        body: dict[str, Any] = {
            "amount": amount.paise,
            "currency": INR,
            "reference_id": reference,
            "description": description[:LONGEST_DESCRIPTION],
            "customer": {"contact": payer.contact, "email": payer.email},
            "notify": {"sms": False, "email": False},
            "reminder_enable": False,
            "notes": dict(notes),
        }
        if expire_by is not None:
            body["expire_by"] = expire_by
        made = self._write(lambda sdk: sdk.payment_link.create(body), wire.payment_link)
        if (made.reference, made.amount_paise, made.currency) != (reference, amount.paise, INR):
            raise lost("the link made is not the one asked for", is_write=True)
        return made

    def find_link(self, reference: str) -> port.LinkFact | None:
        """Return the link with exactly this reference, or None."""
        found = self._read(
            lambda sdk: sdk.payment_link.all({"reference_id": reference}),
            wire.payment_links,
            urgent=True,
        )
        return _only(found, reference, lambda each: each.reference)

    def fetch_link(
        self, link_id: str, *, asked: bool = False
    ) -> tuple[port.LinkFact, tuple[PaymentFact, ...]]:
        """Fetch a link and the payments on its order, which it has once a parent opened it."""
        found = self._read(
            lambda sdk: sdk.payment_link.fetch(link_id, {}), wire.payment_link, urgent=asked
        )
        if found.order_id is None:
            return found, ()
        order_id = found.order_id
        paid_on = self._read(
            lambda sdk: sdk.order.payments(order_id, {}), wire.payments, urgent=asked
        )
        return found, paid_on

    def cancel_link(self, link_id: str) -> port.LinkFact:
        """Cancel a link."""
        return self._write(lambda sdk: sdk.payment_link.cancel(link_id), wire.payment_link)

    # --- sources of a payment

    def qr_of_payment(self, payment_id: str) -> port.QrFact | None:
        """Return the QR code that a payment was made on, or None."""
        query = {"payment_id": payment_id}
        found = self._read(lambda sdk: sdk.qrcode.all(query), wire.qr_codes, urgent=False)
        return found[0] if len(found) == 1 else None

    def link_of_payment(self, payment_id: str) -> port.LinkFact | None:
        """Return the link that a payment was made on, or None."""
        query = {"payment_id": payment_id}
        found = self._read(
            lambda sdk: sdk.payment_link.all(query), wire.payment_links, urgent=False
        )
        return found[0] if len(found) == 1 else None

    # --- money

    def capture(self, payment_id: str, amount: Money) -> PaymentFact:
        """Capture an authorised payment: moves money."""
        return self._write(
            lambda sdk: sdk.payment.capture(payment_id, amount.paise, {"currency": INR}),
            wire.payment,
        )

    def fetch_payment(self, payment_id: str, *, asked: bool = False) -> PaymentFact:
        """Fetch a payment."""
        return self._read(lambda sdk: sdk.payment.fetch(payment_id, {}), wire.payment, urgent=asked)

    def refund(
        self, payment_id: str, amount: Money, *, key: str, reference: str
    ) -> port.RefundFact:
        """Refund a payment; repeating key and amount returns the same refund."""
        body = {"amount": amount.paise, "speed": "normal", "notes": {"refund": reference}}
        made = self._write(
            lambda sdk: sdk.payment.refund(payment_id, body, headers={"X-Refund-Idempotency": key}),
            wire.refund,
        )
        if (made.payment_id, made.amount_paise) != (payment_id, amount.paise):
            raise lost("the refund made is not the one asked for", is_write=True)
        return made

    def refunds_of(self, payment_id: str) -> tuple[port.RefundFact, ...]:
        """Fetch the refunds of a payment."""
        return self._read(
            lambda sdk: sdk.payment.fetch_multiple_refund(payment_id, {"count": PAGE}),
            wire.refunds,
            urgent=False,
        )

    def payments_between(
        self, since: int, until: int, *, skip: int = 0, asked: bool = True
    ) -> tuple[PaymentFact | None, ...]:
        """List up to 100 payments of the account in a period, newest first."""
        query = {"from": since, "to": until, "count": PAGE, "skip": skip}
        return self._list(lambda sdk: sdk.payment.all(query), wire.payment, urgent=asked)

    def refunds_since(self, since: int, *, skip: int = 0) -> tuple[port.RefundFact | None, ...]:
        """List up to 100 refunds of the account created from `since` on, newest first."""
        query = {"from": since, "count": PAGE, "skip": skip}
        return self._list(lambda sdk: sdk.refund.all(query), wire.refund, urgent=False)

    def disputes(self) -> tuple[port.DisputeFact | None, ...]:
        """Fetch the account's newest 100 disputes."""
        return self._list(lambda sdk: sdk.dispute.all({"count": PAGE}), wire.dispute, urgent=False)

    def ping(self) -> None:
        """Make a harmless read to test connection and keys."""
        self._read(lambda sdk: sdk.order.all({"count": 1}), wire.orders, urgent=True)

    # --- requests

    def _write(
        self, call: Callable[[razorpay.Client], object], read: Callable[[dict[str, Any]], Fact]
    ) -> Fact:
        return self._read(call, read, urgent=True, is_write=True)

    def _list(
        self,
        call: Callable[[razorpay.Client], object],
        read: Callable[[dict[str, Any]], Fact],
        *,
        urgent: bool,
    ) -> tuple[Fact | None, ...]:
        """Read a list; an entry that makes no sense is None, so that it hides no other."""
        found = self._read(call, wire.page_of(read), urgent=urgent)
        if None in found:
            log.warning("%d of %d entries cannot be read", found.count(None), len(found))
        return found

    def _read(
        self,
        call: Callable[[razorpay.Client], object],
        read: Callable[[dict[str, Any]], Fact],
        *,
        urgent: bool,
        is_write: bool = False,
    ) -> Fact:
        sdk = self._sdk()
        door: GatewaySession = sdk.session
        door.urgent = urgent
        call(sdk)
        try:
            return read(door.answer)
        except WireError as error:
            raise from_wire(error, is_write=is_write) from error

    def _sdk(self) -> razorpay.Client:
        """Return this thread's SDK client; clients are not thread-safe."""
        if not self.key_id:
            raise NoKeysError("no keys are set up")
        found: razorpay.Client | None = getattr(self._local, "sdk", None)
        if found is None:
            door = GatewaySession(
                self._budget,
                self._time.note,
                trust_env=not is_loopback(urlsplit(self._base_url).hostname),
                resolver=self._resolver,
            )
            found = SdkClient(
                session=door, auth=(self.key_id, self._secret), base_url=self._base_url
            )
            found.cert_path = certifi.where()
            found.set_app_details({"title": USER_AGENT})
            self._local.sdk = found
        return found


def _only(found: tuple[Fact, ...], reference: str, of: Callable[[Fact], str | None]) -> Fact | None:
    """Return the item with exactly this reference, ignoring those that merely contain it.

    Raises:
        UnavailableError: the answer contains unrelated items, so it proves nothing.
    """
    if any(reference not in (of(each) or "") for each in found):
        raise lost("the look-up was answered with other references", is_write=False)
    return next((each for each in found if of(each) == reference), None)
