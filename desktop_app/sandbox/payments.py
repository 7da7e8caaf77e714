"""`/v1/payments`: start a UPI payment, fetch, list and capture payments.

Must not decide what a bank answers; upi_phone.py and timers.py do.
Rules: razorpay.com/docs/api/payments and the S2S pages for `create/upi`.
"""

from __future__ import annotations

from functools import partial

from . import validation as given
from .checkout import check_payable
from .entities import Payment
from .entity_json import Json, payment_json
from .errors import IN_PROGRESS, bad_request, unknown_id
from .offers import apply_offer
from .sandbox_context import Resource, Route
from .upi import VPA, intent_text

ALREADY_DONE = "Payment already done for this order."
MAX_DESCRIPTION_BYTES = 255
FIELDS = (
    "amount currency order_id email contact method upi ip referer user_agent description "
    "notes customer_id save callback_url offer_id"
).split()
UPI_FIELDS = ("flow", "vpa", "expiry_time", "type")


class PaymentsResource(Resource):
    """The resource's calls."""

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("POST", "/v1/payments/create/upi", self.create_upi, "s2s"),
            Route("POST", "/v1/payments/create/json", self.create_json, "s2s"),
            Route("POST", "/v1/payments/validate/vpa", self.validate_vpa, "s2s"),
            Route("GET", "/v1/payments", self.list),
            Route("GET", "/v1/payments/<id>", self.fetch),
            Route("PATCH", "/v1/payments/<id>", self.update),
            Route("GET", "/v1/payments/<id>/card", self.card),
            Route("POST", "/v1/payments/<id>/capture", self.capture),
        ]

    def create_upi(self, call: given.Call) -> Json:
        """Start a payment; return the UPI text for an app or a QR code."""
        payment = self._start(call.body)
        return {"razorpay_payment_id": payment.id, "link": intent_text(payment)}

    def create_json(self, call: given.Call) -> Json:
        """Start a payment; return the possible next steps."""
        payment = self._start(call.body)
        return {
            "razorpay_payment_id": payment.id,
            "next": [
                {"action": "intent", "url": intent_text(payment)},
                {"action": "poll", "url": f"{self._context.base_url}/v1/payments/{payment.id}"},
            ],
        }

    def validate_vpa(self, call: given.Call) -> Json:
        """Return the holder of a UPI address; every well-formed address exists."""
        given.check_fields(call.body, ("vpa",))
        vpa = given.required(given.text(call.body, "vpa"), "vpa")
        if not VPA.fullmatch(vpa):
            raise bad_request(
                "Invalid VPA. Please enter a valid Virtual Payment Address.",
                "vpa",
                reason="invalid_vpa",
            )
        return {"vpa": vpa, "success": True, "customer_name": "Sandbox Parent"}

    def _start(self, body: Json) -> Payment:
        given.check_fields(body, FIELDS)
        amount = given.required(given.integer(body, "amount"), "amount")
        given.required(body.get("currency"), "currency")
        order_id = given.required(given.text(body, "order_id"), "order_id")
        payment = Payment(
            id="",
            created_at=self._context.now(),
            amount=amount,
            currency=given.currency(body),
            order_id=order_id,
            description=_description(body),
            email=_email(body),
            contact=_contact(body),
            customer_id=given.text(body, "customer_id"),
            notes=given.notes(body),
            has_code=True,
        )
        _check_method(body)
        order = self._context.order(order_id)
        check_payable(self._context, order, amount, payment.method)
        apply_offer(self._context.store, order, payment, _offer(body))
        payment.id = self._context.store.ids.new("pay")
        self._context.lifecycle.add_attempt(order, payment)
        return payment

    def fetch(self, call: given.Call) -> Json:
        """Return a payment."""
        return _shown(self._context.payment(call.path["id"]), call)

    def list(self, call: given.Call) -> Json:
        """Return a page of payments, newest first."""
        return self._list(call, self._context.store.payments, partial(_shown, call=call))

    def update(self, call: given.Call) -> Json:
        """Update a payment's notes, its only changeable field."""
        payment = self._context.payment(call.path["id"])
        self._update_notes(call, payment)
        return payment_json(payment)

    def card(self, call: given.Call) -> Json:
        """Return the card of a payment."""
        payment = self._context.payment(call.path["id"])
        if payment.card is None:
            raise unknown_id()
        return payment.card

    def capture(self, call: given.Call) -> Json:
        """Capture an authorized payment."""
        payment = self._context.payment(call.path["id"])
        body = call.body
        given.check_fields(body, ("amount", "currency"))
        amount = given.required(given.integer(body, "amount"), "amount")
        if (given.text(body, "currency") or payment.currency) != payment.currency:
            raise bad_request(
                "Capture request currency must be same as payment currency.", "currency"
            )
        self._check_capture(payment, amount)
        self._context.lifecycle.capture(payment, self._context.now())
        return payment_json(payment)

    def _check_capture(self, payment: Payment, amount: int) -> None:
        if self._context.in_flight.has(payment.id):
            raise bad_request(IN_PROGRESS)
        if payment.captured or payment.status == "refunded":
            raise bad_request("The payment has already been either captured or voided.")
        if payment.status == "created":
            raise bad_request("Payment is not in authorized state.")
        if payment.status != "authorized":
            raise bad_request(
                "Only payments which have been authorized and not yet captured can be captured."
            )
        if amount != payment.amount:
            raise bad_request("Capture amount must be equal to the amount authorized.", "amount")
        order = self._context.lifecycle.order_of(payment)
        if order is not None and order.status == "paid":
            raise bad_request(ALREADY_DONE, reason="order_already_paid")
        if self._context.lifecycle.is_surplus(payment):
            raise bad_request("Payment amount is greater than the amount due for order.")


def _shown(payment: Payment, call: given.Call) -> Json:
    wanted = call.expands()
    return payment_json(payment, card="card" in wanted, offers="offers" in wanted)


def _check_method(body: Json) -> None:
    method = given.required(given.text(body, "method"), "method")
    if method != "upi":
        raise bad_request(
            "The payment method is not enabled for the merchant.",
            "method",
            reason="payment_method_not_enabled",
        )
    upi = given.required(given.mapping(body, "upi"), "upi")
    given.check_fields(upi, UPI_FIELDS)
    flow = given.required(given.text(upi, "flow"), "flow")
    if given.one_of(flow, ("intent", "collect"), "flow") == "collect":
        raise bad_request(
            "UPI Collect is not enabled for the merchant.", reason="upi_collect_not_enabled"
        )


def _description(body: Json) -> str | None:
    description = given.text(body, "description")
    if description is not None and len(description.encode()) > MAX_DESCRIPTION_BYTES:
        raise bad_request("The description may not be greater than 255 characters.", "description")
    return description


def _offer(body: Json) -> str | None:
    offer = given.text(body, "offer_id")
    return None if not offer else given.known_id(offer, "offer")


def _email(body: Json) -> str:
    email: str = given.required(given.text(body, "email"), "email")
    if not given.EMAIL.fullmatch(email):
        raise bad_request("The email must be a valid email address.", "email")
    return email


def _contact(body: Json) -> str:
    contact: str = given.required(given.text(body, "contact"), "contact")
    if not given.CONTACT.fullmatch(contact):
        raise bad_request("Contact number contains invalid characters or length.", "contact")
    return given.with_country_code(contact)
