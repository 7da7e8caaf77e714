"""Offers: a discount for payers of a method, which the control plane makes as the dashboard does.

An order names its offers, or takes those that are shown at every checkout; the payer gets the best
that fits. An id that was not made here changes nothing. Must not take payments. Rules:
razorpay.com/docs/payments/offers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .account import MAX_AMOUNT_PAISE
from .clock import EARLIEST, LATEST
from .control_validation import check_known, one_of, switch, text, within
from .entities import Offer
from .entity_json import Json, offer_json
from .errors import ControlError, bad_request
from .payment_instruments import BANKS, METHODS, WALLETS
from .sandbox_context import Route

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .entities import Order, Payment
    from .entity_store import EntityStore
    from .sandbox_context import SandboxContext
    from .validation import Call

NOT_ELIGIBLE = (
    "Payment method used is not eligible for offer. Please try with a different payment method."
)
LEAST_PAISE = 100
WHOLE = 10_000
MOST_USES = 10**6
KINDS = ("instant", "already_discounted")
CARD_TYPES = ("debit", "credit", "prepaid")
NETWORKS = ("Visa", "MasterCard", "RuPay")
FIELDS = (
    "name display_text payment_method payment_method_type payment_network issuer percent_rate "
    "flat_cashback max_cashback min_amount max_payment_count starts_at ends_at type block "
    "checkout_display"
).split()


def apply_offer(
    store: EntityStore, order: Order, payment: Payment, wanted: str | None = None
) -> None:
    """Deduct the best offer that fits from a payment that is not stored yet.

    Args:
        store: The store.
        order: The order that is paid.
        payment: The payment, with its method and instrument.
        wanted: The offer that the payer chose; None for the best.

    Raises:
        ApiError: The chosen offer does not fit, or the order insists on one and none does.
    """
    chosen = None if wanted is None else store.offers.get(wanted)
    known = _offers_of(store, order) if wanted is None else [chosen] if chosen else []
    now = store.clock.now()
    fitting = [offer for offer in known if _fits(offer, order, payment, now)]
    if not fitting:
        insists = order.force_offer or any(offer.block for offer in known)
        if wanted is not None or (known and insists):
            raise bad_request(NOT_ELIGIBLE, "offer_id")
        return
    best = max(fitting, key=lambda offer: discount(offer, order.amount))
    payment.offer_id = best.id
    payment.discount = discount(best, order.amount)
    payment.amount -= payment.discount


def open_offers(store: EntityStore, order_id: str | None) -> tuple[str, ...]:
    """Return the words of a page about the offers of an order that nothing is paid of."""
    order = store.orders.get(order_id or "")
    if order is None or order.amount_paid:
        return ()
    found, now = _offers_of(store, order), store.clock.now()
    return tuple(offer.display_text for offer in found if _is_open(offer, order, now))


def _offers_of(store: EntityStore, order: Order) -> list[Offer]:
    """Return the offers that an order names, or those of every checkout if it names none."""
    named = (order.extras or {}).get("offers", [])
    if not named:
        return [offer for offer in store.offers.oldest_first() if offer.checkout_display]
    return [offer for offer in map(store.offers.get, map(str, named)) if offer is not None]


def discount(offer: Offer, amount: int) -> int:
    """Return what an offer takes off an amount, in paise; at least one rupee is left to pay."""
    if offer.type == "already_discounted":
        return 0
    off = offer.flat_cashback or (amount * (offer.percent_rate or 0) + WHOLE // 2) // WHOLE
    if offer.max_cashback is not None:
        off = min(off, offer.max_cashback)
    return max(0, min(off, amount - LEAST_PAISE))


def _fits(offer: Offer, order: Order, payment: Payment, now: int) -> bool:
    """Return whether an offer applies; parts of an order get none."""
    is_whole = payment.amount == order.amount
    return is_whole and _is_open(offer, order, now) and _suits(offer, payment)


def _is_open(offer: Offer, order: Order, now: int) -> bool:
    """Return whether an offer may apply to an order, whatever pays it."""
    is_in_time = offer.starts_at <= now and (offer.ends_at is None or now <= offer.ends_at)
    has_uses = offer.max_payment_count is None or offer.used < offer.max_payment_count
    is_enough = order.amount >= (offer.min_amount or 0)
    return offer.active and is_in_time and has_uses and is_enough


def _suits(offer: Offer, payment: Payment) -> bool:
    """Return whether a payment's instrument is one of the offer's."""
    card = payment.card or {}
    issuer = payment.bank or payment.wallet or card.get("issuer")
    asked = (
        (offer.payment_method, payment.method),
        (offer.payment_method_type, card.get("type")),
        (offer.payment_network, card.get("network")),
        (offer.issuer, issuer),
    )
    return all(wanted in (None, found) for wanted, found in asked)


class OfferControl:
    """Control-plane calls that make offers and switch them off, as the dashboard does."""

    def __init__(self, context: SandboxContext) -> None:
        self._context = context

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("GET", "/_sandbox/offers", self.list_all),
            Route("POST", "/_sandbox/offers", self.create),
            Route("POST", "/_sandbox/offers/<id>", self.change),
        ]

    def list_all(self, call: Call) -> Json:
        """Return every offer, oldest first."""
        del call
        found = [offer_json(offer) for offer in self._context.store.offers.oldest_first()]
        return {"count": len(found), "items": found}

    def create(self, call: Call) -> Json:
        """Make an offer; orders name it by its id."""
        body, now = call.body, self._context.now()
        check_known(body, FIELDS)
        offer = Offer(
            id="",
            created_at=now,
            name=text(body, "name", "Offer", 50),
            display_text=text(body, "display_text", "Offer", 255),
            payment_method=_choice(body, "payment_method", METHODS),
            payment_method_type=_choice(body, "payment_method_type", CARD_TYPES),
            payment_network=_choice(body, "payment_network", NETWORKS),
            issuer=_choice(body, "issuer", (*BANKS, *WALLETS)),
            percent_rate=_number(body, "percent_rate", 1, WHOLE),
            flat_cashback=_number(body, "flat_cashback", 1, MAX_AMOUNT_PAISE),
            max_cashback=_number(body, "max_cashback", 1, MAX_AMOUNT_PAISE),
            min_amount=_number(body, "min_amount", LEAST_PAISE, MAX_AMOUNT_PAISE),
            max_payment_count=_number(body, "max_payment_count", 1, MOST_USES),
            starts_at=within(body, "starts_at", now, EARLIEST, LATEST),
            ends_at=_number(body, "ends_at", now + 1, LATEST),
            type=one_of(body, "type", KINDS, "instant"),
            block=switch(body, "block", default=False),
            checkout_display=switch(body, "checkout_display", default=False),
        )
        _check_discount(offer)
        offer.id = self._context.store.ids.new("offer")
        self._context.store.add(offer)
        return offer_json(offer)

    def change(self, call: Call) -> Json:
        """Switch an offer on or off."""
        offer = self._context.store.offers.get(call.path["id"])
        if offer is None:
            raise ControlError("no offer has this id")
        check_known(call.body, ("active",))
        active = switch(call.body, "active")
        self._context.store.edit(offer)
        offer.active = active
        return offer_json(offer)


def _check_discount(offer: Offer) -> None:
    if (offer.percent_rate is None) == (offer.flat_cashback is None):
        raise ControlError("one of percent_rate and flat_cashback is required")
    if offer.percent_rate is None and offer.max_cashback is not None:
        raise ControlError("max_cashback goes with percent_rate")
    needs_card = (offer.payment_method_type, offer.payment_network)
    if offer.payment_method != "card" and any(needs_card):
        raise ControlError("payment_method_type and payment_network go with the method card")


def _choice(body: Json, name: str, choices: Iterable[str]) -> str | None:
    return None if body.get(name) is None else one_of(body, name, choices)


def _number(body: Json, name: str, low: int, high: int) -> int | None:
    return None if body.get(name) is None else within(body, name, low, low, high)
