"""Order fields of offers, and of products that the sandbox does not play: transfers, carts.

They are checked, accepted and shown where Razorpay shows them, so that shops that always send them
can be tested; nothing acts on them but offers.py. Must not touch the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import validation as given
from .errors import bad_request
from .ids import is_id

if TYPE_CHECKING:
    from .entity_json import Json
    from .ids import SandboxIdSource

OBJECTS = ("token", "bank_account", "customer_details", "customer_additional_info", "notification",
           "phonepe_switch_context")  # fmt: skip
LISTS = ("transfers", "offers", "line_items", "products")
NUMBERS = ("line_items_total", "shipping_fee", "cod_fee")
SWITCHES = ("app_offer", "force_offer", "discount")
TEXTS = ("offer_id", "checkout_config_id")
FIELDS = (*OBJECTS, *LISTS, *NUMBERS, *SWITCHES, *TEXTS)
# Shown as they were sent; the others are taken in silence, as Razorpay takes them.
SHOWN = ("customer_details", "line_items_total", "offers")
TRANSFER_FIELDS = (
    "account account_code amount currency notes linked_account_notes on_hold on_hold_until"
).split()


def read_extras(body: Json, amount: int, *, partial: bool) -> Json:
    """Return the fields to show with the order, checked."""
    if body.keys().isdisjoint(FIELDS):
        return {}
    objects = {name: given.mapping(body, name) for name in OBJECTS}
    lists = {name: _listed(body, name) for name in LISTS}
    _texts(body, "offers")
    numbers = {name: given.integer(body, name) for name in NUMBERS}
    for name in SWITCHES:
        given.boolean(body, name)
    for name in TEXTS:
        given.text(body, name, 100)
    offer = body.get("offer_id") or None
    if offer is not None:
        given.known_id(str(offer), "offer")
    found = {**objects, **lists, **numbers}
    shown: Json = {name: found[name] for name in SHOWN if found[name] is not None}
    if offer is not None:
        shown.update(offer_id=offer, offers=[offer])
    if token := objects["token"]:
        shown["token"] = _token(token, given.text(body, "method"))
    if transfers := lists["transfers"]:
        planned = [_transfer(transfer) for transfer in transfers]
        _check_total(planned, amount, partial=partial)
        shown["transfers"] = planned
    return shown


def with_ids(shown: Json, order_id: str, now: int, ids: SandboxIdSource) -> Json:
    """Return the fields to show once the order has its id, the transfers with theirs."""
    if "transfers" not in shown:
        return shown
    made = [
        {**transfer, "id": ids.new("trf"), "source": order_id, "created_at": now}
        for transfer in shown["transfers"]
    ]
    return {**shown, "transfers": made}


def _listed(body: Json, name: str) -> list[object] | None:
    value = body.get(name)
    if value is not None and not isinstance(value, list):
        raise bad_request(f"The {name} must be an array.", name)
    return value


def _texts(body: Json, name: str) -> list[object] | None:
    found = _listed(body, name)
    if not all(isinstance(each, str) for each in found or ()):
        raise bad_request(f"The {name} must be an array.", name)
    return found


def _token(token: Json, method: str | None) -> Json:
    outcome = dict.fromkeys(("recurring_status", "failure_reason"))
    return {"method": method, **outcome, "currency": "INR", **token}


def _transfer(sent: object) -> Json:
    if not isinstance(sent, dict):
        raise bad_request("The transfers must be an array.", "transfers")
    given.check_fields(sent, TRANSFER_FIELDS)
    account = given.text(sent, "account")
    if account is not None and not is_id(account, "acc"):
        raise bad_request("The account provided is invalid.", "account")
    if account is None:
        given.required(given.text(sent, "account_code"), "account")
    return {
        "id": "",
        "entity": "transfer",
        "status": "created",
        "source": "",
        "recipient": account,
        "amount": given.required(given.integer(sent, "amount"), "amount"),
        "currency": given.currency(sent),
        "amount_reversed": 0,
        "notes": given.notes(sent) or [],
        "linked_account_notes": _texts(sent, "linked_account_notes") or [],
        "on_hold": given.boolean(sent, "on_hold") or False,
        "on_hold_until": given.integer(sent, "on_hold_until"),
        "recipient_settlement_id": None,
        "created_at": 0,
        "processed_at": None,
        "error": dict.fromkeys(("code", "description", "reason", "field", "step", "source")),
    }


def _check_total(transfers: list[Json], amount: int, *, partial: bool) -> None:
    if partial:
        raise bad_request("Transfers cannot be created on an order with partial payment enabled.")
    if sum(transfer["amount"] for transfer in transfers) > amount:
        raise bad_request("The sum of amount requested for transfer is greater than the order.")
