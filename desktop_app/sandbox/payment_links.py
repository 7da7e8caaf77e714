"""`/v1/payment_links`: pages that take a payment. This service has its own wording of refusals.

Must not take payments; the pages and the phone do. Rules:
razorpay.com/docs/api/payments/payment-links.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from .account import MAX_AMOUNT_PAISE
from .clock import EARLIEST, LATEST
from .entities import PaymentLink
from .entity_json import Json, link_json
from .errors import ApiError, link_error, unknown_id
from .ids import is_id
from .lifecycle import LINK_LIFE_S
from .sandbox_context import Resource, Route, page_slice
from .scalars import as_integer, as_switch, as_text
from .validation import Call, page_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .validation import PageQuery

MIN_AMOUNT_PAISE = 100
EARLIEST_EXPIRY_S = 900
MAX_NOTE_CHARACTERS = 255
MAX_NOTES = 15
FIELDS = (
    "amount currency accept_partial first_min_partial_amount reference_id description "
    "customer notify notes reminder_enable callback_url callback_method expire_by upi_link "
    "options"
).split()
CHANGEABLE = ("reference_id", "expire_by", "reminder_enable", "notes", "accept_partial")
ADDRESS = re.compile(r"https?://[!-~]{1,2000}")
NO_TEST_UPI = (
    "UPI Payment Links is not supported in Test Mode. Please experience the product in Live Mode."
)


class PaymentLinksResource(Resource):
    """The resource's calls."""

    def routes(self) -> list[Route]:
        """Return the routes."""
        base = "/v1/payment_links"
        return [
            Route("POST", base, self.create),
            Route("GET", base, self.list),
            Route("GET", f"{base}/<id>", self.fetch),
            Route("PATCH", f"{base}/<id>", self.update),
            Route("POST", f"{base}/<id>/cancel", self.cancel),
            Route("POST", f"{base}/<id>/notify_by/<medium>", self.notify_by),
        ]

    def create(self, call: Call) -> Json:
        """Create a link. No message is sent, whatever `notify` says."""
        body, now = call.body, self._context.now()
        _check_fields(body, FIELDS)
        link = PaymentLink(
            id="",
            created_at=now,
            updated_at=now,
            amount=_amount(body),
            currency=_choice(body, "currency", ("INR",)) or "INR",
            accept_partial=_flag(body, "accept_partial"),
            first_min_partial_amount=_first_part(body),
            reference_id=_text(body, "reference_id", 40),
            description=_text(body, "description", 2048),
            customer=_texts(body, "customer", ("name", "email", "contact")),
            notify=_flags(body, "notify", ("sms", "email", "whatsapp")),
            notes=_notes(body),
            reminder_enable=_flag(body, "reminder_enable"),
            callback_url=_callback_url(body),
            callback_method=_choice(body, "callback_method", ("get",)),
            expire_by=_expire_by(body, now),
            upi_link=_flag(body, "upi_link"),
            offers=_offers(body),
        )
        self._check_upi_link(link)
        self._claim_reference(link.reference_id)
        link.id = self._context.store.ids.new("plink")
        self._context.store.add(link)
        return self._shown(link)

    def _check_upi_link(self, link: PaymentLink) -> None:
        if link.upi_link and link.accept_partial:
            raise link_error("partial payment not supported in upi link")
        if link.upi_link and self._context.key_id.startswith("rzp_test_"):
            raise link_error(NO_TEST_UPI)

    def _claim_reference(self, reference: str) -> None:
        if reference and reference in self._context.store.references:
            raise link_error("payment link creation with reference ID already attempted")

    def fetch(self, call: Call) -> Json:
        """Return a link."""
        return self._shown(self._link(call))

    def list(self, call: Call) -> Json:
        """Return a page of links, newest first, under the key `payment_links`."""
        asked = page_query(call, "payment_id", "reference_id")
        found = self._matching(call, asked)
        return {"payment_links": [self._shown(link) for link in page_slice(found, asked)]}

    def _matching(self, call: Call, asked: PageQuery) -> Iterator[PaymentLink]:
        store = self._context.store
        reference, payment_id = call.asked("reference_id"), call.asked("payment_id")
        if reference is not None:
            known = store.links.get(store.references.get(reference, ""))
        elif payment_id is not None:
            order = self._context.lifecycle.order_of(self._context.payment(payment_id))
            known = store.links.get((order and order.link_id) or "")
        else:
            return store.links.newest_first(asked.start, asked.end)
        return iter(() if known is None else (known,))

    def update(self, call: Call) -> Json:
        """Update the changeable fields of a link that is still payable."""
        link, body, now = self._link(call), call.body, self._context.now()
        _check_fields(body, CHANGEABLE)
        if link.status not in ("created", "partially_paid"):
            raise link_error("update can only be made in created or partially paid state")
        changed: dict[str, Any] = {
            "reference_id": _text(body, "reference_id", 40),
            "expire_by": _expire_by(body, now),
            "reminder_enable": _flag(body, "reminder_enable"),
            "accept_partial": _flag(body, "accept_partial"),
            "notes": _notes(body),
        }
        if changed["reference_id"] != link.reference_id:
            self._claim_reference(changed["reference_id"])
        self._context.store.edit(link)
        for name in body:
            setattr(link, name, changed[name])
        link.updated_at = now
        order = self._context.store.orders.get(link.order_id or "")
        if order is not None:
            self._context.store.edit(order)
            order.partial_payment = link.accept_partial
        if link.reference_id:
            self._context.store.references.setdefault(link.reference_id, link.id)
        return self._shown(link)

    def cancel(self, call: Call) -> Json:
        """Cancel a link."""
        link, now = self._link(call), self._context.now()
        if link.status in ("paid", "partially_paid"):
            raise link_error("cannot cancel or expire an already paid/partially paid link")
        if link.status == "expired":
            raise link_error("cannot cancel or expire an expired link")
        if link.status != "cancelled":
            self._context.store.edit(link)
            link.status, link.cancelled_at, link.updated_at = "cancelled", now, now
            self._context.lifecycle.events.record("payment_link.cancelled", now, link)
        return self._shown(link)

    def notify_by(self, call: Call) -> Json:
        """Accept a notification; nothing is sent."""
        self._link(call)
        if call.path["medium"] not in ("sms", "email"):
            raise link_error("not a valid notification medium")
        return {"success": True}

    def _link(self, call: Call) -> PaymentLink:
        key = call.path["id"]
        if not is_id(key, "plink"):
            raise link_error(f"invalid input [id] = [{key}]")
        link = self._context.store.links.get(key)
        if link is None:
            raise unknown_id()
        return link

    def _shown(self, link: PaymentLink) -> Json:
        return link_json(link, self._context.base_url)


def _check_fields(given: Json, allowed: Iterable[str]) -> None:
    extra = sorted(set(given) - set(allowed))
    if extra:
        names = ", ".join(name[:100] for name in extra)
        raise link_error(f"{names} is/are not required and should not be sent")


def _amount(body: Json) -> int:
    amount = _integer(body, "amount")
    if amount is None:
        raise link_error("amount: cannot be blank.")
    if amount < MIN_AMOUNT_PAISE:
        raise link_error(f"amount: must be no less than {MIN_AMOUNT_PAISE}.")
    if amount > MAX_AMOUNT_PAISE:
        raise link_error("amount exceeds maximum amount allowed.")
    return amount


def _first_part(body: Json) -> int:
    first = _integer(body, "first_min_partial_amount")
    if first is None:
        return 0
    if not _flag(body, "accept_partial"):
        raise link_error("first_min_partial_amount: accept_partial must be true.")
    if not MIN_AMOUNT_PAISE <= first <= _amount(body):
        raise link_error("first_min_partial_amount: must be within 100 and the amount.")
    return first


def _integer(body: Json, name: str) -> int | None:
    value = as_integer(body.get(name))
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise _not(name, "integer", value)
    return value


def _not(name: str, wanted: str, given: object) -> ApiError:
    return link_error(f"{name}: expected {wanted} but provided {json.dumps(given)[:100]}")


def _flag(body: Json, name: str) -> bool:
    value = as_switch(body.get(name))
    if value is not None and not isinstance(value, bool):
        raise _not(name, "boolean", value)
    return bool(value)


def _text(body: Json, name: str, longest: int) -> str:
    value = as_text(body.get(name))
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _not(name, "string", value)
    if len(value) > longest:
        raise link_error(f"{name}: the length must be no more than {longest}.")
    return value


def _choice(body: Json, name: str, choices: tuple[str, ...]) -> str | None:
    value = body.get(name)
    if value is None:
        return None
    if value not in choices:
        if name == "currency" and _flag(body, "upi_link"):
            raise link_error("upi is currently supported only in indian currency")
        raise link_error(f"{name}: must be a valid value.")
    return str(value)


def _object(body: Json, name: str) -> Json | None:
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise _not(name, "object", value)
    return value


def _texts(body: Json, name: str, fields: tuple[str, ...]) -> Json | None:
    given = _object(body, name)
    if given is None:
        return None
    _check_fields(given, fields)
    return {field: _text(given, field, 255) for field in sorted(given)}


def _flags(body: Json, name: str, fields: tuple[str, ...]) -> Json:
    given = _object(body, name) or {}
    _check_fields(given, fields)
    return {"email": False, "sms": False, **{field: _flag(given, field) for field in given}}


def _notes(body: Json) -> Json | None:
    given = None if body.get("notes") == [] else _object(body, "notes")
    if given is None:
        return None
    if len(given) > MAX_NOTES:
        raise link_error("notes: the length must be no more than 15.")
    for value in given.values():
        written = value if isinstance(value, str) else json.dumps(value)
        if isinstance(value, dict | list):
            raise _not("value", "string", value)
        if len(written) > MAX_NOTE_CHARACTERS:
            raise link_error("value: the length must not be greater than 255.")
    return given


def _offers(body: Json) -> tuple[str, ...]:
    """Return the offers of the link's order; the other options of its page change nothing."""
    of_order = _object(_object(body, "options") or {}, "order") or {}
    named = of_order.get("offers") or []
    if not isinstance(named, list):
        raise _not("offers", "array", named)
    for offer in named:
        if not is_id(offer, "offer"):
            raise link_error(f"invalid input [offers] = [{str(offer)[:100]}]")
    return tuple(named)


def _callback_url(body: Json) -> str | None:
    address = _text(body, "callback_url", 2048)
    if not address:
        return None
    if not ADDRESS.fullmatch(address):
        raise link_error("callback_url: must be a valid URL.")
    return address


def _expire_by(body: Json, now: int) -> int:
    wanted = _integer(body, "expire_by")
    if not wanted:
        return 0
    if not EARLIEST <= wanted <= LATEST or wanted < now + EARLIEST_EXPIRY_S:
        raise link_error("expire_by: timestamp must be atleast 15 minutes in future")
    if wanted > now + LINK_LIFE_S + 86_400 * 6:
        raise link_error("expire_by: timestamp must be at most 6 months in future")
    return wanted
