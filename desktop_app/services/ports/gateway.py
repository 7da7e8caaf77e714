"""The port to the gateway: facts in, facts out, and the errors that calls may raise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from desktop_app.domain.money import Money
    from desktop_app.domain.payment import PaymentFact


@dataclass(frozen=True, slots=True)
class OrderFact:
    """An order as the gateway shows it; paise, unix seconds. `payments` only when expanded."""

    order_id: str
    receipt: str | None
    amount_paise: int
    amount_paid_paise: int
    amount_due_paise: int
    currency: str
    status: str
    attempts: int
    created_at: int
    payments: tuple[PaymentFact, ...] | None = None
    notes: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class IntentFact:
    """A UPI intent: the payment it belongs to and the link to draw, unaltered."""

    payment_id: str
    link: str


@dataclass(frozen=True, slots=True)
class QrFact:
    """A QR code as the gateway shows it; paise, unix seconds."""

    qr_id: str
    reference: str | None
    amount_paise: int | None
    status: str
    close_by: int | None
    created_at: int
    image_content: str | None
    image_url: str | None
    close_reason: str | None = None
    notes: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class LinkFact:
    """A payment link as the gateway shows it; paise, unix seconds."""

    link_id: str
    reference: str | None
    amount_paise: int
    amount_paid_paise: int
    currency: str
    status: str
    short_url: str
    expire_by: int
    created_at: int
    order_id: str | None
    notes: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Payer:
    """The payer, for UPI calls."""

    contact: str
    email: str


@dataclass(frozen=True, slots=True)
class RefundFact:
    """A refund as the gateway shows it; paise, unix seconds.

    Attributes:
        status: `pending`, `processed` or `failed`.
        reference: the refund row's own id, where the refund was asked for at a desk.
    """

    refund_id: str
    payment_id: str
    amount_paise: int
    status: str
    created_at: int
    reference: str | None


@dataclass(frozen=True, slots=True)
class DisputeFact:
    """A dispute as the gateway shows it; paise, unix seconds.

    Attributes:
        deducted_paise: taken from the account for it; zero unless it was lost.
        status: `open`, `under_review`, `won`, `lost` or `closed`.
    """

    dispute_id: str
    payment_id: str
    amount_paise: int
    deducted_paise: int
    reason_code: str
    status: str
    phase: str
    respond_by: int | None


@dataclass(frozen=True, slots=True)
class CheckoutProof:
    """The proof that a browser brings back from the gateway's checkout; not trusted yet."""

    payment_id: str
    signature: str


class PaymentGateway(Protocol):
    """Razorpay, tamed. Called off the GUI thread, with no transaction open.

    Every method may raise UnauthorisedError, RateLimitedError, RejectedError (and its kinds) or
    UnavailableError, each of which means that nothing was done. Methods that create or change
    something may also raise OutcomeUnknownError: it may or may not have been done.
    """

    key_id: str
    checkout_script: str
    """The address of the script that opens the gateway's checkout on a page."""

    def is_genuine(self, order_id: str, proof: CheckoutProof) -> bool:
        """Return whether the gateway signed a payment on an order of ours. No call."""

    def now(self) -> int | None:
        """Return unix seconds by the gateway's clock, None before its first answer. No call."""

    def create_order(
        self, *, reference: str, amount: Money, notes: Mapping[str, str], unique: bool
    ) -> OrderFact:
        """Create an order. No money can move by this alone."""

    def find_order(self, reference: str) -> OrderFact | None:
        """Find the order made with exactly this reference, or None."""

    def fetch_order(self, order_id: str, *, asked: bool = False) -> OrderFact:
        """Read one order with all its payments."""

    def orders_since(
        self, since: int, *, skip: int = 0, asked: bool = False
    ) -> tuple[OrderFact | None, ...]:
        """List up to 100 orders with their payments, newest first, created from `since` on.

        Here and in every list below, an entry that makes no sense is None.
        """

    def create_intent(
        self,
        *,
        order_id: str,
        amount: Money,
        payer: Payer,
        description: str,
        notes: Mapping[str, str],
    ) -> IntentFact:
        """Make a UPI intent on an order: from here on a parent can pay."""

    def create_qr(
        self,
        *,
        reference: str,
        amount: Money,
        name: str,
        description: str,
        close_by: int | None,
        notes: Mapping[str, str],
    ) -> QrFact:
        """Make a single-use QR code of a fixed amount: from here on a parent can pay."""

    def find_qr(self, reference: str, since: int | None) -> QrFact | None:
        """Find the QR code whose notes contain exactly this reference, or None."""

    def fetch_qr(
        self, qr_id: str, *, asked: bool = False
    ) -> tuple[QrFact, tuple[PaymentFact, ...]]:
        """Read a QR code and the payments made on it."""

    def close_qr(self, qr_id: str) -> QrFact:
        """Close a QR code. Money may still land on it afterwards."""

    def save_image(self, url: str, path: Path) -> Path:
        """Save the picture of a QR code, from the gateway's own hosts only, at most 1 MB."""

    def create_link(
        self,
        *,
        reference: str,
        amount: Money,
        description: str,
        payer: Payer,
        expire_by: int | None,
        notes: Mapping[str, str],
    ) -> LinkFact:
        """Make a payment link: from here on a parent can pay. Sends no message."""

    def find_link(self, reference: str) -> LinkFact | None:
        """Find the link made with exactly this reference, or None."""

    def fetch_link(
        self, link_id: str, *, asked: bool = False
    ) -> tuple[LinkFact, tuple[PaymentFact, ...]]:
        """Read a link and the payments on its order."""

    def cancel_link(self, link_id: str) -> LinkFact:
        """Cancel a link. A refusal often means that it was just paid: look again."""

    def qr_of_payment(self, payment_id: str) -> QrFact | None:
        """Find the QR code that a payment was made on, or None."""

    def link_of_payment(self, payment_id: str) -> LinkFact | None:
        """Find the link that a payment was made on, or None."""

    def capture(self, payment_id: str, amount: Money) -> PaymentFact:
        """Capture an authorised payment: money moves."""

    def fetch_payment(self, payment_id: str, *, asked: bool = False) -> PaymentFact:
        """Read one payment."""

    def refund(self, payment_id: str, amount: Money, *, key: str, reference: str) -> RefundFact:
        """Return money to the payer. The same key and amount again is the same refund."""

    def refunds_of(self, payment_id: str) -> tuple[RefundFact, ...]:
        """Read the refunds of a payment."""

    def codes_since(self, since: int, *, asked: bool = False) -> tuple[QrFact | None, ...]:
        """List up to 100 QR codes without their payments, newest first, made from `since` on."""

    def payments_between(
        self, since: int, until: int, *, skip: int = 0, asked: bool = True
    ) -> tuple[PaymentFact | None, ...]:
        """List up to 100 payments of the account made in a span, newest first, on every channel."""

    def refunds_since(self, since: int, *, skip: int = 0) -> tuple[RefundFact | None, ...]:
        """List up to 100 refunds of the account, newest first, made from `since` on."""

    def disputes(self) -> tuple[DisputeFact | None, ...]:
        """Read the account's newest 100 disputes."""

    def ping(self) -> None:
        """Make one harmless read, to learn whether connection and keys work."""
