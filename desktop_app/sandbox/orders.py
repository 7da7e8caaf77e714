"""`/v1/orders`: create, fetch and list orders.

Must not move money; payments do that. Rules: razorpay.com/docs/api/orders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import order_extras
from . import validation as given
from .account import MAX_AMOUNT_PAISE
from .entities import Order
from .entity_json import Json, collection, order_json, payment_json
from .errors import bad_request, extra_field
from .sandbox_context import Resource, Route, page_slice
from .scalars import as_switch

if TYPE_CHECKING:
    from collections.abc import Iterator


READABLE_S = 180 * 86_400
MIN_AMOUNT_PAISE = 100
MAX_RECEIPT_CHARACTERS = 40
METHODS = ("upi", "card", "netbanking", "wallet", "emi", "paylater", "cardless_emi",
           "emandate", "nach")  # fmt: skip
FIELDS = (
    "amount currency receipt unique_receipt notes partial_payment first_payment_min_amount "
    "payment payment_capture method customer_id"
).split()
EXPIRY_MINUTES = (12, 7200)
CAPTURE_OPTIONS = ("automatic_expiry_period", "manual_expiry_period", "refund_speed")


class OrdersResource(Resource):
    """The resource's calls."""

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("POST", "/v1/orders", self.create),
            Route("GET", "/v1/orders", self.list),
            Route("GET", "/v1/orders/<id>", self.fetch),
            Route("PATCH", "/v1/orders/<id>", self.update),
            Route("GET", "/v1/orders/<id>/payments", self.payments),
        ]

    def create(self, call: given.Call) -> Json:
        """Create an order; with `unique_receipt`, return the existing one of the receipt."""
        body = call.body
        given.check_fields(body, (*FIELDS, *order_extras.FIELDS))
        amount = order_amount(body)
        receipt = given.text(body, "receipt", MAX_RECEIPT_CHARACTERS)
        order = Order(
            id="",
            created_at=self._context.now(),
            amount=amount,
            currency=given.currency(body),
            receipt=receipt,
            notes=given.notes(body),
            partial_payment=given.boolean(body, "partial_payment") or False,
            method=given.one_of(given.text(body, "method"), METHODS, "method"),
            capture=_capture_rule(body),
        )
        order.first_payment_min_amount = _first_part(body, order)
        order.force_offer = given.boolean(body, "force_offer") or False
        extras = order_extras.read_extras(body, amount, partial=order.partial_payment)
        known = self._known(body, receipt)
        if known is not None:
            return order_json(known)
        ids = self._context.store.ids
        order.id = ids.new("order")
        order.extras = order_extras.with_ids(extras, order.id, order.created_at, ids) or None
        self._context.store.add(order)
        return order_json(order)

    def _known(self, body: Json, receipt: str | None) -> Order | None:
        wants_same = given.boolean(body, "unique_receipt")
        if wants_same is not None and not self._context.account.features["unique_receipt"]:
            raise extra_field("unique_receipt")
        store = self._context.store
        known = store.orders.get(store.receipts.get(receipt, "")) if receipt else None
        if known is None or wants_same:
            return known
        if self._context.account.receipt_uniqueness == "refuse":
            raise bad_request("Order receipt should be unique.", metadata={"order_id": known.id})
        return None

    def fetch(self, call: given.Call) -> Json:
        """Return an order."""
        order = self._context.order(call.path["id"])
        if self._context.now() - order.created_at > READABLE_S:
            raise bad_request("Order older than 180 days, please use reports.")
        return self._shown(order, call)

    def update(self, call: given.Call) -> Json:
        """Update an order's notes, its only changeable field."""
        order = self._context.order(call.path["id"])
        given.check_fields(call.body, ("notes",))
        changed = given.notes(call.body)
        if "notes" not in call.body:
            raise bad_request("The notes field is required.", "notes")
        self._context.store.edit(order)
        order.notes = changed
        return order_json(order)

    def payments(self, call: given.Call) -> Json:
        """Return all payments of an order."""
        order = self._context.order(call.path["id"])
        return collection(map(payment_json, self._context.store.payments_for(order.id)))

    def list(self, call: given.Call) -> Json:
        """Return a page of orders, newest first."""
        asked = given.page_query(call, "authorized", "receipt")
        found = self._matching(call, asked)
        return collection(self._shown(order, call) for order in page_slice(found, asked))

    def _matching(self, call: given.Call, asked: given.PageQuery) -> Iterator[Order]:
        authorized = given.one_of(call.asked("authorized"), ("0", "1"), "authorized")
        return self._context.store.orders_with(
            call.asked("receipt") or "",
            asked.start,
            asked.end,
            authorized=None if authorized is None else authorized == "1",
        )

    def _shown(self, order: Order, call: given.Call) -> Json:
        wanted = call.expands()
        if not wanted & {"payments", "payments.card"}:
            return order_json(order)
        payments = self._context.store.payments_for(order.id)
        card = "payments.card" in wanted
        return order_json(order, (payment_json(p, card=card) for p in payments))


def order_amount(body: Json) -> int:
    """Return an order's amount in paise; refuse an invalid one."""
    amount = given.integer(body, "amount")
    if amount is None:
        raise bad_request("amount: is required.", "amount")
    if amount < MIN_AMOUNT_PAISE:
        raise bad_request(
            "Order amount less than minimum amount allowed",
            "amount",
            reason="amount_less_than_minimum_amount",
            step="order_creation",
        )
    if amount > MAX_AMOUNT_PAISE:
        raise bad_request("Amount exceeds maximum amount allowed.", "amount")
    return amount


def _first_part(body: Json, order: Order) -> int | None:
    first = given.integer(body, "first_payment_min_amount")
    if first is not None and not order.partial_payment:
        raise extra_field("first_payment_min_amount")
    if first is not None and not MIN_AMOUNT_PAISE <= first <= order.amount:
        raise bad_request(
            "The selected first_payment_min_amount is invalid.", "first_payment_min_amount"
        )
    return first


def _capture_rule(body: Json) -> dict[str, Any] | None:
    legacy = as_switch(body.get("payment_capture"))
    if legacy is not None and legacy not in (0, 1):
        raise bad_request("The selected payment_capture is invalid.", "payment_capture")
    rule = given.mapping(body, "payment")
    if rule is None:
        return None if legacy is None else {"capture": "automatic" if legacy else "manual"}
    given.check_fields(rule, ("capture", "capture_options"))
    given.one_of(given.text(rule, "capture"), ("automatic", "manual"), "capture")
    options = given.mapping(rule, "capture_options") or {}
    given.check_fields(options, CAPTURE_OPTIONS)
    for name in CAPTURE_OPTIONS[:2]:
        minutes = given.integer(options, name)
        if minutes is not None and not EXPIRY_MINUTES[0] <= minutes <= EXPIRY_MINUTES[1]:
            raise bad_request(f"The selected {name} is invalid.", name)
    given.one_of(given.text(options, "refund_speed"), ("normal", "optimum"), "refund_speed")
    return rule
