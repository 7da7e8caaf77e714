"""Refunds: `/v1/payments/:id/refund`, `/v1/payments/:id/refunds` and `/v1/refunds`.

An `X-Refund-Idempotency` key makes a refund safe to repeat. Must not refund more than was captured
and is left. Rules: razorpay.com/docs/api/refunds.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

from .entities import Refund
from .entity_json import Json, collection, refund_json
from .errors import IN_PROGRESS, bad_request, plain, unknown_id
from .sandbox_context import Resource, Route, page_slice
from .validation import Call, check_fields, integer, notes, one_of, page_query, required, text

if TYPE_CHECKING:
    from .entities import Payment

KEY_HEADER = "x-refund-idempotency"
SHORTEST_KEY = 10
KEY = re.compile(r"[A-Za-z0-9_-]{10,255}")
FIELDS = ("amount", "speed", "notes", "receipt")
MIN_AMOUNT_PAISE = 100
REFUNDABLE_S = 183 * 86_400
USED_KEY = "Different request with the same idempotency key has already been processed."
STILL_RUNNING = "Another request with the same idempotency key is still in progress."
NO_BALANCE = "Your account does not have enough balance to carry out the refund operation."
TOO_OLD = "Refund is not supported by the bank because the payment is more than 6 months old"


class RefundsResource(Resource):
    """The resource's calls."""

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("POST", "/v1/payments/<id>/refund", self.create),
            Route("GET", "/v1/payments/<id>/refunds", self.of_payment),
            Route("GET", "/v1/payments/<id>/refunds/<refund_id>", self.one_of_payment),
            Route("POST", "/v1/refunds", self.create_named),
            Route("GET", "/v1/refunds", self.list),
            Route("GET", "/v1/refunds/<id>", self.fetch),
            Route("PATCH", "/v1/refunds/<id>", self.update),
        ]

    def create(self, call: Call) -> Json:
        """Refund a payment; without an amount, all that is left."""
        return self._refund(self._context.payment(call.path["id"]), call.body, call)

    def create_named(self, call: Call) -> Json:
        """Refund the payment that the body names."""
        key = required(text(call.body, "payment_id"), "payment_id")
        body = {name: value for name, value in call.body.items() if name != "payment_id"}
        return self._refund(self._context.payment(key), body, call)

    def _refund(self, payment: Payment, body: Json, call: Call) -> Json:
        key, fingerprint = _idempotency(call, body, payment)
        if key is not None and self._context.in_flight.has(key):
            raise plain(409, STILL_RUNNING)
        known = self._context.store.refunds.get(self._context.store.refund_keys.get(key or "", ""))
        if known is not None:
            if known.fingerprint != fingerprint:
                raise plain(409, USED_KEY)
            return refund_json(known)
        refund = self.read(payment, body)
        refund.idempotency_key, refund.fingerprint = key, fingerprint
        return refund_json(self.start(payment, refund))

    def read(self, payment: Payment, body: Json) -> Refund:
        """Return the refund that is asked for, checked but not made."""
        check_fields(body, FIELDS)
        speed = one_of(text(body, "speed"), ("normal", "optimum"), "speed") or "normal"
        receipt, refund_notes = text(body, "receipt", 40), notes(body)
        paise = self._amount(body, payment)
        self._check(payment, paise, receipt)
        return Refund(
            id="",
            created_at=self._context.now(),
            amount=paise,
            currency=payment.currency,
            payment_id=payment.id,
            receipt=receipt,
            notes=refund_notes,
            speed_requested=speed,
        )

    def start(self, payment: Payment, refund: Refund) -> Refund:
        """Make a refund that was checked."""
        return self._context.lifecycle.refund(payment, refund.amount, refund.created_at, refund)

    def _amount(self, body: Json, payment: Payment) -> int:
        left = payment.amount - payment.amount_refunded
        paise = integer(body, "amount")
        if paise is None:
            return left
        if not paise:
            raise bad_request("Amount cannot be blank.", "amount")
        if paise < MIN_AMOUNT_PAISE and paise != left:
            raise bad_request("The amount must be at least INR 1.00", "amount")
        return paise

    def _check(self, payment: Payment, paise: int, receipt: str | None) -> None:
        if self._context.in_flight.has(payment.id):
            raise bad_request(IN_PROGRESS)
        if payment.amount_refunded >= payment.amount:
            raise bad_request("The payment has been fully refunded already.")
        if payment.status != "captured":
            raise bad_request("The payment status should be captured for action to be taken.")
        if self._context.now() - payment.created_at > REFUNDABLE_S:
            raise plain(400, TOO_OLD, na=None)
        if paise > payment.amount - payment.amount_refunded:
            raise bad_request(
                "The refund amount provided is greater than amount captured.", "amount"
            )
        if receipt and any(r.receipt == receipt for r in self._refunds(payment)):
            raise bad_request("Duplicate receipt found for this refund request.", "receipt")
        if paise > self._context.account.balance_of(payment.channel):
            raise bad_request(NO_BALANCE)

    def _refunds(self, payment: Payment) -> list[Refund]:
        return list(self._context.store.refunds_for(payment.id))

    def of_payment(self, call: Call) -> Json:
        """Return a page of a payment's refunds, newest first."""
        payment = self._context.payment(call.path["id"])
        asked = page_query(call)
        found = self._context.store.refunds_for(payment.id, asked.start, asked.end)
        return collection(map(refund_json, page_slice(found, asked)))

    def one_of_payment(self, call: Call) -> Json:
        """Return a refund of a payment."""
        payment = self._context.payment(call.path["id"])
        refund = self._context.refund(call.path["refund_id"])
        if refund.payment_id != payment.id:
            raise unknown_id()
        return refund_json(refund)

    def list(self, call: Call) -> Json:
        """Return a page of refunds, newest first."""
        return self._list(call, self._context.store.refunds, refund_json)

    def fetch(self, call: Call) -> Json:
        """Return a refund."""
        return refund_json(self._context.refund(call.path["id"]))

    def update(self, call: Call) -> Json:
        """Update a refund's notes, its only changeable field."""
        refund = self._context.refund(call.path["id"])
        self._update_notes(call, refund)
        return refund_json(refund)


def _idempotency(call: Call, body: Json, payment: Payment) -> tuple[str | None, str | None]:
    given = {name.lower(): value for name, value in call.headers.items()}.get(KEY_HEADER)
    if given is None:
        return None, None
    _check_key(given)
    sent = json.dumps([payment.id, body], sort_keys=True)
    return given, hashlib.sha256(sent.encode()).hexdigest()


def _check_key(key: str) -> None:
    if len(key) < SHORTEST_KEY:
        raise bad_request("The idempotency key must be at least 10 characters long.")
    if not KEY.fullmatch(key):
        raise bad_request("The idempotency key format is invalid.")
