"""An in-memory gateway: records calls, loses answers on demand, is paid by a simulated phone.

Its calls come from worker threads while a test pays in its own: what they walk over is copied.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from desktop_app.domain.checkout import is_genuine, signature_of
from desktop_app.domain.payment import INR, PaymentFact
from desktop_app.services.errors import NotFoundError, RejectedError
from desktop_app.services.ports.gateway import (
    CheckoutProof,
    DisputeFact,
    IntentFact,
    LinkFact,
    OrderFact,
    QrFact,
    RefundFact,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from desktop_app.domain.money import Money
    from desktop_app.services.ports.gateway import Payer
    from desktop_app.services.ports.system import Clock

PATIENCE_S = 20.0


def upi_text(reference: str, amount: Money) -> str:
    """Return the text of a QR, as long as those of a bank."""
    rupees = f"{amount.paise // 100}.{amount.paise % 100:02d}"
    return (
        f"upi://pay?pa=pravesh.rzp@icici&pn=Vidya%20Coaching&tr={reference}"
        f"&tn=Fee&am={rupees}&cu=INR&mc=8299&mode=15"
    )


@dataclass
class Trouble:
    """The effect on the next call of a name: the error, and whether its work is done first."""

    error: Exception
    is_done: bool = False


@dataclass
class FakeGateway:
    """The port `PaymentGateway` without a network.

    Attributes:
        down: raised by every call while it is set, as without a connection or without keys.
        short_url: the address of every link, where a test is about its spelling.
        skew_s: how far its clock is ahead.
        qr_picture: the PNG of every QR code, which then comes without its text.
    """

    clock: Clock
    key_id: str = "rzp_live_fake000000001"
    auto_capture: bool = True
    unique_receipt: bool = True
    calls: list[str] = field(default_factory=list)
    orders: dict[str, OrderFact] = field(default_factory=dict)
    payments: dict[str, PaymentFact] = field(default_factory=dict)
    codes: dict[str, QrFact] = field(default_factory=dict)
    links: dict[str, LinkFact] = field(default_factory=dict)
    payable: dict[str, str] = field(default_factory=dict)
    troubles: dict[str, deque[Trouble]] = field(default_factory=dict)
    refunds: dict[str, RefundFact] = field(default_factory=dict)
    disputed: dict[str, DisputeFact] = field(default_factory=dict)
    refund_status: str = "processed"
    count: int = 0
    down: Exception | None = None
    qr_picture: bytes = b""
    short_url: str = ""
    skew_s: int = 0
    secret: str = "fake secret"
    checkout_script: str = "http://127.0.0.1:9/v1/checkout.js"
    _answering: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._answering.set()

    def hang(self) -> None:
        """Make every call wait until `answer`."""
        self._answering.clear()

    def answer(self) -> None:
        """Release the calls that hang; later ones pass."""
        self._answering.set()

    def adopt(self, other: FakeGateway) -> None:
        """Remember all that another one knows."""
        for name in ("orders", "payments", "codes", "links", "payable", "refunds", "disputed"):
            getattr(self, name).update(getattr(other, name))
        self.count = other.count

    def trouble(
        self, name: str, error: Exception, *, is_done: bool = False, times: int = 1
    ) -> None:
        """Make the next calls of a name fail."""
        line = self.troubles.setdefault(name, deque())
        line.extend(Trouble(error, is_done) for _ in range(times))

    def _enter(self, name: str) -> Trouble | None:
        self.calls.append(name)
        self._answering.wait(PATIENCE_S)
        if self.down is not None:
            raise self.down
        line = self.troubles.get(name)
        trouble = line.popleft() if line else None
        if trouble is not None and not trouble.is_done:
            raise trouble.error
        return trouble

    @staticmethod
    def _leave(trouble: Trouble | None) -> None:
        if trouble is not None:
            raise trouble.error

    def _id(self, kind: str) -> str:
        self.count += 1
        return f"{kind}_{self.count:014d}"

    def now(self) -> int | None:
        return self._now()

    def _now(self) -> int:
        return int(self.clock.now().timestamp()) + self.skew_s

    # --- the checkout

    def is_genuine(self, order_id: str, proof: CheckoutProof) -> bool:
        return is_genuine(order_id, proof.payment_id, proof.signature, self.secret)

    def proof_of(self, payment_id: str) -> CheckoutProof:
        """Return what the checkout would hand to the page."""
        order_id = self.payments[payment_id].order_id or ""
        return CheckoutProof(payment_id, signature_of(order_id, payment_id, self.secret))

    def pay_order(
        self, order_id: str, outcome: str = "success", *, paise: int | None = None, by: str = "card"
    ) -> str:
        """Pay an order on its checkout by another means than a QR; return the payment's id."""
        asked = self.orders[order_id].amount_due_paise or self.orders[order_id].amount_paise
        payment_id = self._new_payment(order_id, paise or asked)
        self._set(payment_id, method=by)
        self._finish(payment_id, outcome)
        return payment_id

    # --- orders

    def create_order(
        self, *, reference: str, amount: Money, notes: Mapping[str, str], unique: bool
    ) -> OrderFact:
        if unique and not self.unique_receipt:
            self.calls.append("create_order")
            raise RejectedError("unique_receipt is/are not required", reason="extra_field_sent")
        trouble = self._enter("create_order")
        same = [each for each in list(self.orders.values()) if each.receipt == reference]
        if unique and same:
            return same[0]
        made = OrderFact(
            self._id("order"), reference, amount.paise, 0, amount.paise, INR, "created", 0,
            self._now(), notes=dict(notes),
        )  # fmt: skip
        self.orders[made.order_id] = made
        if "by" in notes:  # it has a page, where any means of payment works
            self.payable[made.order_id] = made.order_id
        self._leave(trouble)
        return made

    def _expanded(self, order: OrderFact) -> OrderFact:
        return replace(order, payments=self._payments_of(order.order_id))

    def _payments_of(self, order_id: str) -> tuple[PaymentFact, ...]:
        return tuple(each for each in list(self.payments.values()) if each.order_id == order_id)

    def find_order(self, reference: str) -> OrderFact | None:
        trouble = self._enter("find_order")
        self._leave(trouble)
        same = [each for each in list(self.orders.values()) if each.receipt == reference]
        return self._expanded(same[0]) if same else None

    def fetch_order(self, order_id: str, *, asked: bool = False) -> OrderFact:
        self._leave(self._enter("fetch_order"))
        if order_id not in self.orders:
            raise NotFoundError("The id provided does not exist")
        return self._expanded(self.orders[order_id])

    def orders_since(
        self, since: int, *, skip: int = 0, asked: bool = False
    ) -> tuple[OrderFact, ...]:
        self._leave(self._enter("orders_since"))
        young = [self._expanded(o) for o in list(self.orders.values()) if o.created_at >= since]
        return tuple(reversed(young))[skip : skip + 100]

    def create_intent(
        self, *, order_id: str, amount: Money, payer: Payer, description: str,
        notes: Mapping[str, str],
    ) -> IntentFact:  # fmt: skip
        trouble = self._enter("create_intent")
        if order_id not in self.orders:
            raise NotFoundError("The id provided does not exist")
        order = self.orders[order_id]
        if order.status == "paid":
            raise RejectedError("already paid", reason="order_already_paid")
        payment = self._new_payment(order_id, amount.paise)
        link = upi_text(payment, amount)
        self.payable[link] = payment
        self.orders[order_id] = replace(order, attempts=order.attempts + 1, status="attempted")
        self._leave(trouble)
        return IntentFact(payment, link)

    def _new_payment(self, order_id: str | None, paise: int) -> str:
        payment = PaymentFact(
            self._id("pay"), order_id, paise, INR, "created", captured=False,
            created_at=self._now(), method="upi",
        )  # fmt: skip
        self.payments[payment.payment_id] = payment
        return payment.payment_id

    # --- QR codes

    def create_qr(
        self, *, reference: str, amount: Money, name: str, description: str, close_by: int | None,
        notes: Mapping[str, str],
    ) -> QrFact:  # fmt: skip
        trouble = self._enter("create_qr")
        qr_id = self._id("qr")
        content = upi_text(qr_id, amount)
        made = QrFact(
            qr_id,
            reference,
            amount.paise,
            "active",
            close_by,
            self._now(),
            None if self.qr_picture else content,
            f"https://rzp.io/{qr_id}.png" if self.qr_picture else None,
            notes=dict(notes),
        )
        self.codes[qr_id] = made
        self.payable[content] = qr_id
        self._leave(trouble)
        return made

    def find_qr(self, reference: str, since: int | None) -> QrFact | None:
        self._leave(self._enter("find_qr"))
        return next(
            (each for each in list(self.codes.values()) if each.reference == reference), None
        )

    def fetch_qr(
        self, qr_id: str, *, asked: bool = False
    ) -> tuple[QrFact, tuple[PaymentFact, ...]]:
        self._leave(self._enter("fetch_qr"))
        if qr_id not in self.codes:
            raise NotFoundError("The id provided does not exist")
        return self.codes[qr_id], tuple(self.payments[p] for p in self._paid_on(qr_id))

    def _paid_on(self, remote_id: str) -> list[str]:
        return [
            key
            for key, target in list(self.payable.items())
            if target == remote_id and key in self.payments
        ]

    def codes_since(self, since: int, *, asked: bool = False) -> tuple[QrFact, ...]:
        self._leave(self._enter("codes_since"))
        young = [each for each in list(self.codes.values()) if each.created_at >= since]
        return tuple(reversed(young))[:100]

    def close_qr(self, qr_id: str) -> QrFact:
        trouble = self._enter("close_qr")
        self.codes[qr_id] = replace(self.codes[qr_id], status="closed")
        self._leave(trouble)
        return self.codes[qr_id]

    def save_image(self, url: str, path: Path) -> Path:
        self._leave(self._enter("save_image"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.qr_picture or b"\x89PNG\r\n\x1a\n")
        return path

    # --- links

    def create_link(
        self, *, reference: str, amount: Money, description: str, payer: Payer,
        expire_by: int | None, notes: Mapping[str, str],
    ) -> LinkFact:  # fmt: skip
        trouble = self._enter("create_link")
        link_id = self._id("plink")
        order = OrderFact(
            self._id("order"), None, amount.paise, 0, amount.paise, INR, "created", 0, self._now()
        )
        self.orders[order.order_id] = order
        made = LinkFact(
            link_id, reference, amount.paise, 0, INR, "created",
            self.short_url or f"https://rzp.io/i/{link_id}",
            expire_by or 0, self._now(), order.order_id, notes=dict(notes),
        )  # fmt: skip
        self.links[link_id] = made
        self.payable[made.short_url] = link_id
        self._leave(trouble)
        return made

    def find_link(self, reference: str) -> LinkFact | None:
        self._leave(self._enter("find_link"))
        return next(
            (each for each in list(self.links.values()) if each.reference == reference), None
        )

    def fetch_link(
        self, link_id: str, *, asked: bool = False
    ) -> tuple[LinkFact, tuple[PaymentFact, ...]]:
        self._leave(self._enter("fetch_link"))
        if link_id not in self.links:
            raise NotFoundError("The id provided does not exist")
        link = self.links[link_id]
        return link, self._payments_of(link.order_id or "")

    def cancel_link(self, link_id: str) -> LinkFact:
        trouble = self._enter("cancel_link")
        if self.links[link_id].status in {"paid", "partially_paid"}:
            raise RejectedError("cannot cancel or expire an already paid/partially paid link")
        self.links[link_id] = replace(self.links[link_id], status="cancelled")
        self._leave(trouble)
        return self.links[link_id]

    # --- sources of a payment

    def qr_of_payment(self, payment_id: str) -> QrFact | None:
        self._leave(self._enter("qr_of_payment"))
        return self.codes.get(self.payable.get(payment_id, ""))

    def link_of_payment(self, payment_id: str) -> LinkFact | None:
        self._leave(self._enter("link_of_payment"))
        order_id = self.payments[payment_id].order_id if payment_id in self.payments else None
        return self._link_of_order(order_id or "")

    # --- money

    def capture(self, payment_id: str, amount: Money) -> PaymentFact:
        trouble = self._enter("capture")
        if self.payments[payment_id].captured:
            raise RejectedError("The payment has already been captured")
        self._captured(payment_id)
        self._leave(trouble)
        return self.payments[payment_id]

    def fetch_payment(self, payment_id: str, *, asked: bool = False) -> PaymentFact:
        self._leave(self._enter("fetch_payment"))
        if payment_id not in self.payments:
            raise NotFoundError("The id provided does not exist")
        return self.payments[payment_id]

    def refund(self, payment_id: str, amount: Money, *, key: str, reference: str) -> RefundFact:
        if key in self.refunds:
            return self.refunds[key]
        trouble = self._enter("refund")
        made = self._new_refund(key, payment_id, amount.paise, self.refund_status, reference)
        self._leave(trouble)
        return made

    def _new_refund(
        self, key: str, payment_id: str, paise: int, status: str, reference: str | None
    ) -> RefundFact:
        """Make a refund; one that failed at once leaves the payment as it was."""
        made = RefundFact(self._id("rfnd"), payment_id, paise, status, self._now(), reference)
        self.refunds[key] = made
        payment = self.payments[payment_id]
        back = payment.amount_refunded_paise + (0 if status == "failed" else paise)
        whole = "refunded" if back >= payment.amount_paise else payment.status
        self._set(payment_id, amount_refunded_paise=back, status=whole)
        return made

    def refund_on_dashboard(
        self, payment_id: str, paise: int, status: str = "processed"
    ) -> str | None:
        """Refund without a desk; return the refund's key, None where not enough is left."""
        payment = self.payments[payment_id]
        if not payment.captured or payment.amount_refunded_paise + paise > payment.amount_paise:
            return None
        key = f"dashboard {len(self.refunds)}"
        self._new_refund(key, payment_id, paise, status, None)
        return key

    def settle_refund(self, key: str, status: str) -> None:
        """End a refund, pending or processed; a failed one returns the money to the payment."""
        fact = self.refunds[key]
        if fact.status == "failed" or status == "pending":
            return
        self.refunds[key] = replace(fact, status=status)
        if status == "failed":
            payment = self.payments[fact.payment_id]
            back = payment.amount_refunded_paise - fact.amount_paise
            self._set(fact.payment_id, amount_refunded_paise=back, status="captured")

    def refunds_of(self, payment_id: str) -> tuple[RefundFact, ...]:
        self._leave(self._enter("refunds_of"))
        return tuple(each for each in list(self.refunds.values()) if each.payment_id == payment_id)

    def payments_between(
        self, since: int, until: int, *, skip: int = 0, asked: bool = True
    ) -> tuple[PaymentFact, ...]:
        self._leave(self._enter("payments_between"))
        found = [p for p in list(self.payments.values()) if since <= p.created_at <= until]
        return tuple(reversed(found))[skip : skip + 100]

    def refunds_since(self, since: int, *, skip: int = 0) -> tuple[RefundFact, ...]:
        self._leave(self._enter("refunds_since"))
        found = [each for each in list(self.refunds.values()) if each.created_at >= since]
        return tuple(reversed(found))[skip : skip + 100]

    def disputes(self) -> tuple[DisputeFact, ...]:
        self._leave(self._enter("disputes"))
        return tuple(reversed(list(self.disputed.values())))

    def ping(self) -> None:
        self._leave(self._enter("ping"))

    # --- the phone

    def amount_of(self, text: str) -> int | None:
        """Return the paise that a QR asks for; None where it is not known."""
        target = self.payable.get(text, "")
        paid = (
            self.codes.get(target)
            or self.links.get(target)
            or self.payments.get(target)
            or self.orders.get(target)
        )
        return None if paid is None else paid.amount_paise

    def pay(
        self, text: str, outcome: str = "success", *, paise: int | None = None, currency: str = INR
    ) -> str:
        """Scan and pay a QR, of another amount or currency where one is given; return its id."""
        payment_id = self._scanned(text)
        if paise is not None:
            self._set(payment_id, amount_paise=paise)
        self._set(payment_id, currency=currency)
        self._finish(payment_id, outcome)
        return payment_id

    def _scanned(self, text: str) -> str:
        """Return the payment that a scan begins or continues."""
        target = self.payable.get(text, text)
        payment_id = target
        if target in self.orders:
            payment_id = self._new_payment(target, self.orders[target].amount_paise)
        elif target in self.codes:
            payment_id = self._new_payment(None, self.codes[target].amount_paise or 0)
            self.payable[payment_id] = target
        elif target in self.links:
            link = self.links[target]
            left = max(0, link.amount_paise - link.amount_paid_paise)
            payment_id = self._new_payment(link.order_id, left or link.amount_paise)
        elif self.payments[target].status == "failed":
            payment_id = self._new_payment(
                self.payments[target].order_id, self.payments[target].amount_paise
            )
        return payment_id

    def _finish(self, payment_id: str, outcome: str) -> None:
        if outcome == "failure":
            self._set(payment_id, status="failed", error_description="Not enough money")
        elif outcome == "authorized" or not self.auto_capture:
            self._set(payment_id, status="authorized")
        else:
            self._captured(payment_id)

    def authorise_slowly(self, text: str) -> str:
        """Pay a code so slowly that it is closed by then; the bank authorises it, no more."""
        target = self.payable[text]
        if target in self.links:
            payment_id = self._new_payment(
                self.links[target].order_id, self.links[target].amount_paise
            )
        else:
            payment_id = self.pay(text, "authorized")
        self._set(payment_id, status="authorized")
        return payment_id

    def return_uncaptured(self, payment_id: str) -> None:
        """Return an authorised payment to the parent, as banks do when nobody captures it."""
        if not self.payments[payment_id].captured:
            paise = self.payments[payment_id].amount_paise
            self._set(payment_id, status="refunded", amount_refunded_paise=paise)

    def _captured(self, payment_id: str) -> None:
        payment = self.payments[payment_id]
        order = self.orders.get(payment.order_id or "")
        code = self.codes.get(self.payable.get(payment_id, ""))
        is_closed = code is not None and code.status == "closed" and payment.status != "authorized"
        is_late = is_closed or (order is not None and order.status == "paid")
        self._set(payment_id, status="captured", captured=True, rrn=f"{self.count:012d}")
        if is_late:
            self.refund_on_dashboard(payment_id, payment.amount_paise)
            return
        if code is not None:
            self.codes[code.qr_id] = replace(code, status="closed", close_reason="paid")
        if order is not None:
            self._settle(order, payment.amount_paise)

    def _settle(self, order: OrderFact, paise: int) -> None:
        """Count a payment on its order, and on its link, which is the only one to take parts."""
        link = self._link_of_order(order.order_id)
        paid = order.amount_paid_paise + paise
        is_part = link is not None and paid < order.amount_paise
        now = replace(
            order,
            status="attempted" if is_part else "paid",
            amount_paid_paise=paid if is_part else order.amount_paise,
            amount_due_paise=order.amount_paise - paid if is_part else 0,
        )
        self.orders[order.order_id] = now
        if link is not None:
            status = "partially_paid" if is_part else "paid"
            self.links[link.link_id] = replace(
                link, status=status, amount_paid_paise=now.amount_paid_paise
            )

    def _link_of_order(self, order_id: str) -> LinkFact | None:
        found = (each for each in list(self.links.values()) if each.order_id == order_id)
        return next(found, None)

    def _set(self, payment_id: str, **changes: object) -> None:
        self.payments[payment_id] = replace(self.payments[payment_id], **changes)  # type: ignore[arg-type]
