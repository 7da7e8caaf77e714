"""The status page at `/`: entities, payable codes, armed faults and the clock.

For the developer who runs the sandbox. Access is checked as in the control plane, and the key's
secret is never shown. Its buttons pay as the parent's phone and move the clock.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from flask import Response, request

from ..clock import LATEST
from ..entities import Payment, PaymentLink, QrCode
from ..errors import ControlError, PageError
from ..upi_phone import UpiPhone, payable_text, read_action
from .payment_form import FormError, read_paise
from .qr_images import svg
from .rendering import STATIC_PATH, see_other

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from ..entities import Entity
    from ..sandbox_context import SandboxContext
    from .rendering import PageRenderer

MAX_ROWS = 12
MAX_SCANNED = 400
STEPS = {"600": "10 minutes", "3600": "1 hour", "86400": "1 day", "259200": "3 days"}
QR_PATH = f"{STATIC_PATH}qr/"


class StatusPage:
    """The status page and its forms."""

    def __init__(
        self, context: SandboxContext, renderer: PageRenderer, check_owner: Callable[[], None]
    ) -> None:
        self._context = context
        self._renderer = renderer
        self._check_owner = check_owner
        self._phone = UpiPhone(context)

    def register(self, app: Flask) -> None:
        """Add the page to the application."""
        app.add_url_rule("/", "status", self.show)
        app.add_url_rule(f"{STATIC_PATH}phone", "status_pay", self.pay, methods=["POST"])
        app.add_url_rule(f"{STATIC_PATH}clock", "status_clock", self.advance, methods=["POST"])
        app.add_url_rule(f"{QR_PATH}<key>", "qr", self.picture)

    def show(self) -> Response:
        """Show the page."""
        self._check_owner()
        with self._context.store.lock:
            self._context.timers.run_due()
            paid = self._context.store.payments.get(request.args.get("payment", ""))
            return self._page(paid, "", 200)

    def pay(self) -> Response:
        """Pay one of the codes as the parent's phone."""
        self._check_owner()
        with self._context.store.lock:
            self._context.timers.run_due()
            try:
                with self._context.store.transaction():
                    payment = self._phone.pay(
                        request.form.get("qr", ""), read_action(_read_form_action())
                    )
            except (ControlError, FormError) as problem:
                return self._page(None, str(problem), 400)
            self._context.timers.run_due()
            return see_other(f"/?payment={payment.id}")

    def advance(self) -> Response:
        """Move the clock."""
        self._check_owner()
        step = request.form.get("step", "")
        with self._context.store.lock:
            if step not in STEPS or self._context.now() + int(step) > LATEST:
                return self._page(None, "The clock can't go that far.", 400)
            with self._context.store.transaction():
                self._context.store.clock.advance(int(step))
            self._context.timers.run_due()
        return see_other("/")

    def picture(self, key: str) -> Response:
        """Return the QR image of a payable entity."""
        self._check_owner()
        with self._context.store.lock:
            entity = self._context.store.find(key)
            text = payable_text(entity, self._context.base_url)
        if text is None:
            raise PageError("Image not found.")
        return Response(svg(text), content_type="image/svg+xml")

    def _page(self, paid: Payment | None, problem: str, status: int) -> Response:
        store = self._context.store
        values = {
            "base_url": self._context.base_url,
            "key_id": self._context.key_id,
            "now": self._context.now(),
            "moved": store.clock.offset_s,
            "steps": STEPS,
            "counts": self._counts(),
            "payable": [self._row(entity) for entity in self._payable()],
            "recent": list(itertools.islice(store.payments.newest_first(), MAX_ROWS)),
            "faults": self._context.faults.armed(),
            "paid": paid,
            "problem": problem,
        }
        return self._renderer.page("status", values, status=status)

    def _counts(self) -> dict[str, int]:
        store = self._context.store
        return {
            "orders": len(store.orders),
            "payments": len(store.payments),
            "refunds": len(store.refunds),
            "QR codes": len(store.qr_codes),
            "payment links": len(store.links),
            "customers": len(store.customers),
            "settlements": len(store.settlements),
            "disputes": len(store.disputes),
        }

    def _payable(self) -> list[Entity]:
        """Return payable entities, newest first, among the latest of each kind."""
        store = self._context.store
        tables: tuple[Iterator[Entity], ...] = (
            store.links.newest_first(),
            store.qr_codes.newest_first(),
            store.payments.newest_first(),
        )
        found = [
            entity
            for table in tables
            for entity in itertools.islice(
                filter(self._can_be_paid, itertools.islice(table, MAX_SCANNED)), MAX_ROWS
            )
        ]
        return sorted(found, key=lambda entity: entity.created_at, reverse=True)[:MAX_ROWS]

    def _can_be_paid(self, entity: Entity) -> bool:
        if isinstance(entity, Payment):
            order = self._context.lifecycle.order_of(entity)
            owed = order is None or order.status != "paid"
            return entity.has_code and owed and entity.status in ("created", "failed")
        if isinstance(entity, QrCode):
            return entity.status == "active"
        return isinstance(entity, PaymentLink) and entity.status in ("created", "partially_paid")

    def _row(self, entity: Entity) -> dict[str, Any]:
        text = payable_text(entity, self._context.base_url)
        row: dict[str, Any] = {"id": entity.id, "text": text, "picture": f"{QR_PATH}{entity.id}"}
        if isinstance(entity, PaymentLink):
            due = entity.amount - entity.amount_paid
            return {**row, "kind": "Payment link", "amount": due, "note": entity.description}
        if isinstance(entity, QrCode):
            kind, note = "QR code", entity.description or entity.name or ""
            return {**row, "kind": kind, "amount": entity.payment_amount, "note": note}
        if isinstance(entity, Payment):
            kind, note = "UPI payment", entity.description or ""
            return {**row, "kind": kind, "amount": entity.amount, "note": note}
        raise TypeError(f"{entity.id} cannot be paid")


def _read_form_action() -> dict[str, Any]:
    typed = request.form.get("rupees", "").strip()
    return {"outcome": "success", "amount": read_paise(typed) if typed else None}
