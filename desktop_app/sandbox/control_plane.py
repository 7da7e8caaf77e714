"""`/_sandbox/…`: what the sandbox's owner can see and do, and no API key can.

State, the parent's phone, the clock, faults, account settings, webhooks, reset. Accepts only this
machine's own pages and programs: a foreign Host or Origin is refused, so that a page in a browser
cannot reach it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from . import entity_json as api
from .account import ONLINE
from .account_control import AccountControl
from .checkout import Checkout, read_payer
from .clock import LATEST, read_instant
from .control_validation import check_known, text
from .disputes import DisputeControl
from .downtimes import DowntimesResource
from .errors import ControlError
from .invoice_json import invoice_json, item_json
from .journal_control import JournalControl
from .money_control import MoneyControl
from .offers import OfferControl
from .sandbox_context import Route
from .scalars import as_integer
from .snapshots import SnapshotControl
from .upi_phone import UpiPhone, payable_text, read_action
from .webhook_control import WebhookControl

if TYPE_CHECKING:
    from .entities import Entity, Payment, Settlement
    from .sandbox_context import SandboxContext
    from .validation import Call

CLOCK_FIELDS = ("now", "advance_s", "stopped")
ACTION_FIELDS = {"outcome", "reason", "after_s", "amount"}


class ControlPlane:
    """Calls of the control plane."""

    def __init__(self, context: SandboxContext) -> None:
        self._context = context
        self._started = time.monotonic()
        self._phone = UpiPhone(context)
        self._checkout = Checkout(context)
        self._webhooks = WebhookControl(context)
        self._snapshots = SnapshotControl(context)

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("GET", "/_sandbox/openapi.json", self.openapi),
            Route("GET", "/_sandbox/state", self.state),
            Route("POST", "/_sandbox/upi/scan", self.scan),
            Route("POST", "/_sandbox/upi/pay", self.pay),
            Route("POST", "/_sandbox/checkout/pay", self.pay_order),
            Route("GET", "/_sandbox/clock", self.clock),
            Route("POST", "/_sandbox/clock", self.move_clock),
            Route("GET", "/_sandbox/faults", self.faults),
            Route("POST", "/_sandbox/faults", self.arm),
            Route("DELETE", "/_sandbox/faults", self.disarm),
            Route("GET", "/_sandbox/account", self.account),
            Route("POST", "/_sandbox/account", self.change_account),
            Route("POST", "/_sandbox/reset", self.reset),
            Route("GET", "/_sandbox/health", self.health),
            *AccountControl(self._context).routes(),
            *JournalControl(self._context).routes(),
            *self._snapshots.routes(),
            *self._webhooks.routes(),
            *DisputeControl(self._context).routes(),
            *MoneyControl(self._context).routes(),
            *OfferControl(self._context).routes(),
            *DowntimesResource(self._context).control_routes(),
        ]

    def health(self, call: Call) -> api.Json:
        """Return that the sandbox serves, and since how many seconds."""
        del call
        running_s = round(time.monotonic() - self._started, 3)
        return {"status": "ok", "now": self._context.now(), "running_s": running_s}

    def openapi(self, call: Call) -> api.Json:
        """Return the OpenAPI document of the API and of these calls."""
        del call
        from .openapi.document import document
        from .resources import RESOURCES

        served = [route for resource in RESOURCES for route in resource(self._context).routes()]
        return document([*served, *self.routes()], self._context.base_url)

    def state(self, call: Call) -> api.Json:
        """Return every entity by kind, oldest first."""
        del call
        store, base = self._context.store, self._context.base_url
        return {
            "orders": [api.order_json(o) for o in store.orders.oldest_first()],
            "payments": [
                self._coded(p, _with_channel(p, api.payment_json(p)))
                for p in store.payments.oldest_first()
            ],
            "qr_codes": [
                self._coded(q, api.qr_json(q, base, content=True))
                for q in store.qr_codes.oldest_first()
            ],
            "payment_links": [
                self._coded(k, api.link_json(k, base)) for k in store.links.oldest_first()
            ],
            "refunds": [api.refund_json(r) for r in store.refunds.oldest_first()],
            "settlements": [
                _with_channel(s, api.settlement_json(s)) for s in store.settlements.oldest_first()
            ],
            "offers": [api.offer_json(o) for o in store.offers.oldest_first()],
            "adjustments": [api.adjustment_json(a) for a in store.adjustments.oldest_first()],
            "instant_settlements": [
                api.instant_settlement_json(s, payouts=True)
                for s in store.instant_settlements.oldest_first()
            ],
            "disputes": [api.dispute_json(d) for d in store.disputes.oldest_first()],
            "webhooks": list(store.webhooks),
            "deliveries": self._webhooks.deliveries(),
            "invoices": [
                self._coded(i, invoice_json(i, base))
                for i in store.invoices.oldest_first()
                if i.status != "deleted"
            ],
            "items": [item_json(i) for i in store.items.oldest_first() if not i.is_deleted],
            "customers": [api.customer_json(c) for c in store.customers.oldest_first()],
            "downtimes": [api.downtime_json(d) for d in store.downtimes.oldest_first()],
        }

    def _coded(self, entity: Entity, shown: api.Json) -> api.Json:
        code = payable_text(entity, self._context.base_url)
        return shown if code is None else {**shown, "_qr": code}

    def scan(self, call: Call) -> api.Json:
        """Return what a phone would show for a scanned text."""
        check_known(call.body, ("qr",))
        return self._phone.scan(text(call.body, "qr"))

    def pay(self, call: Call) -> api.Json:
        """Pay a scanned code with the given outcome; return the payment."""
        check_known(call.body, ("qr", "vpa", "again", *ACTION_FIELDS))
        return api.payment_json(self._phone.pay(text(call.body, "qr"), read_action(call.body)))

    def pay_order(self, call: Call) -> api.Json:
        """Pay an order by any method; return the payment."""
        body = call.body
        check_known(body, ("order_id", "method", "details", "payer", "offer_id", *ACTION_FIELDS))
        outcome_fields = {name: body[name] for name in body.keys() & ACTION_FIELDS}
        wanted = (text(call.body, "order_id"), text(call.body, "method"), body.get("details"))
        payer = read_payer(body.get("payer"))
        offer = None if body.get("offer_id") is None else text(body, "offer_id")
        payment = self._checkout.pay_order(*wanted, outcome_fields, payer, offer)
        return api.payment_json(payment, card=True)

    def clock(self, call: Call) -> api.Json:
        """Return the sandbox's time, and whether it is stopped."""
        del call
        clock = self._context.store.clock
        return {"now": clock.now(), "stopped": clock.stopped_at is not None}

    def move_clock(self, call: Call) -> api.Json:
        """Move, stop or start the clock, and apply everything that falls due."""
        body, clock = call.body, self._context.store.clock
        check_known(body, CLOCK_FIELDS)
        if not body:
            raise ControlError(f"send one of {', '.join(CLOCK_FIELDS)}")
        if not isinstance(body.get("stopped", False), bool):
            raise ControlError("stopped must be true or false")
        if "now" in body:
            self._set_clock(body["now"])
        if "advance_s" in body:
            self._advance(body["advance_s"])
        if "stopped" in body:
            clock.stop() if body["stopped"] else clock.run()
        self._context.sender.wake()
        return self.clock(call)

    def _set_clock(self, wanted: object) -> None:
        try:
            at = read_instant(wanted)
        except ValueError as problem:
            words = "now must be Unix seconds, or a time such as 2026-04-01T10:00+05:30"
            raise ControlError(words) from problem
        if at < self._context.now() and not self._context.store.is_empty:
            raise ControlError("the clock goes back only while the sandbox is empty")
        self._context.store.clock.set(at)

    def _advance(self, wanted: object) -> None:
        seconds = as_integer(wanted)
        if type(seconds) is not int or seconds < 0:
            raise ControlError("advance_s must be whole seconds, 0 or more")
        if self._context.now() + seconds > LATEST:
            raise ControlError("the clock cannot go that far")
        self._context.store.clock.advance(seconds)

    def faults(self, call: Call) -> api.Json:
        """Return the armed faults and their remaining counts."""
        del call
        return {"faults": self._context.faults.armed()}

    def arm(self, call: Call) -> api.Json:
        """Arm a fault."""
        self._context.faults.arm(call.body)
        return self.faults(call)

    def disarm(self, call: Call) -> api.Json:
        """Disarm all faults."""
        self._context.faults.clear()
        return self.faults(call)

    def account(self, call: Call) -> api.Json:
        """Return the account's settings."""
        del call
        return self._context.account.shown()

    def change_account(self, call: Call) -> api.Json:
        """Update the given account settings."""
        self._context.account.change(call.body)
        return self._context.account.shown()

    def reset(self, call: Call) -> api.Json:
        """Delete everything."""
        del call
        self._context.faults.clear()
        self._context.journal.clear()
        self._context.checkouts.clear()
        self._context.store.reset()
        self._snapshots.clear()
        return {"now": self._context.now()}


def _with_channel(made: Payment | Settlement, shown: api.Json) -> api.Json:
    """Return the JSON of a payment or settlement, with its channel unless it is online."""
    return shown if made.channel == ONLINE else {**shown, "_channel": made.channel}
