"""Open checkouts and the options that the merchant's page sent for them.

Any page of any site can send options, so nothing in them is trusted and every text is truncated.
Sessions are kept in memory only.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import ALREADY_PAID, UNKNOWN_ID, ApiError
from ..scalars import as_integer
from ..upi import PAYEE_NAME
from ..validation import notes
from .checkout_display import OFF, inner, offered
from .payment_form import METHODS

if TYPE_CHECKING:
    from ..sandbox_context import SandboxContext

MOST_OPEN = 1000
MOST_RETRIES = 100
SHORT, LONG = 100, 255
SMALLEST_PAISE = 100
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
PAYER_FIELDS = ("email", "contact")
LONGEST_URL = 2000
URL = re.compile(r"https?://[!-~]+")
ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-]+(?::[0-9]{1,5})?")
# WCAG relative luminance above which black text is easier to read than white.
LIGHT = 0.179


NO_SUBSCRIPTIONS = (
    "The id provided does not exist. This sandbox serves no subscriptions; pay an order instead."
)


class CheckoutRefusedError(Exception):
    """Checkout cannot open; the text is shown on the page."""


@dataclass(frozen=True, slots=True)
class WayBack:
    """Addresses of the merchant's site; empty ones lead nowhere."""

    callback_url: str
    cancel_url: str


@dataclass(slots=True)
class CheckoutSession:
    """One open checkout.

    Attributes:
        amount: paise.
        origin: the merchant's page, None if it is unknown.
        direct: the fields of a payment that the merchant's own form has collected.
        way_back: where the browser goes afterwards, if Checkout fills the window.
    """

    code: str
    origin: str | None
    amount: int
    order_id: str | None = None
    name: str = PAYEE_NAME
    description: str = ""
    email: str = ""
    contact: str = ""
    chosen: str = ""
    notes: dict[str, Any] | None = None
    customer_id: str | None = None
    accent: str = ""
    retries: int | None = None
    methods: tuple[str, ...] = tuple(METHODS)
    payments: list[str] = field(default_factory=list)
    fixed: tuple[str, ...] = ()
    concealed: tuple[str, ...] = ()
    direct: dict[str, Any] | None = None
    way_back: WayBack | None = None


class CheckoutSessions:
    """The latest thousand open checkouts."""

    def __init__(self, context: SandboxContext) -> None:
        self._context = context
        self._open = context.checkouts

    def get(self, code: str) -> CheckoutSession | None:
        """Find an open checkout."""
        return self._open.get(code)

    def open(
        self, options: dict[str, Any], origin: str | None, way_back: WayBack | None = None
    ) -> CheckoutSession:
        """Open a checkout for options sent by a merchant's page.

        Raises:
            CheckoutRefusedError: The options cannot be served.
        """
        if options.get("key") != self._context.key_id:
            raise CheckoutRefusedError("The api key provided is invalid.")
        order_id, amount = self._what(options)
        prefill, theme = inner(options, "prefill"), inner(options, "theme")
        session = CheckoutSession(
            code=self._context.store.ids.code(),
            origin=origin if origin and ORIGIN.fullmatch(origin) else None,
            amount=amount,
            order_id=order_id,
            name=_text(options, "name", SHORT) or PAYEE_NAME,
            description=_text(options, "description", LONG),
            email=_text(prefill, "email", SHORT),
            contact=_text(prefill, "contact", SHORT),
            chosen=_text(prefill, "method", SHORT),
            notes=_notes(options),
            customer_id=_text(options, "customer_id", SHORT) or None,
            accent=_colour(theme),
            retries=_retries(options),
            methods=self._methods(options, order_id),
            fixed=_named(options, "readonly", prefill),
            concealed=_named(options, "hidden"),
            direct=inner(options, "payment") or None,
            way_back=way_back,
        )
        self._open[session.code] = session
        while len(self._open) > MOST_OPEN:
            self._open.popitem(last=False)
        return session

    def _what(self, options: dict[str, Any]) -> tuple[str | None, int]:
        order_id = options.get("order_id")
        if options.get("subscription_id") and not order_id:
            raise CheckoutRefusedError(NO_SUBSCRIPTIONS)
        if not order_id:
            paise = _paise(options.get("amount"))
            if paise < SMALLEST_PAISE:
                raise CheckoutRefusedError("The amount must be at least INR 1.00")
            return None, paise
        order = self._context.store.orders.get(str(order_id))
        if order is None:
            raise CheckoutRefusedError(UNKNOWN_ID)
        if order.status == "paid":
            raise CheckoutRefusedError(ALREADY_PAID)
        return order.id, order.amount - order.amount_paid

    def _methods(self, options: dict[str, Any], order_id: str | None) -> tuple[str, ...]:
        order = self._context.store.orders.get(order_id or "")
        found = offered(options, None if order is None else order.method)
        if not found:
            raise CheckoutRefusedError("No payment method is enabled for this payment.")
        return found


def text_colour_on(colour: str) -> str:
    """Return black or white, whichever is readable on a colour such as #3A3FB8."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (((p + 0.055) / 1.055) ** 2.4 if p > 0.04045 else p / 12.92 for p in parts)  # noqa: PLR2004
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > LIGHT else "#ffffff"


def read_options(sent: str) -> dict[str, Any]:
    """Return the options of a merchant's page, sent as JSON."""
    try:
        options = json.loads(sent)
    except (ValueError, RecursionError):
        options = None
    if not isinstance(options, dict):
        raise CheckoutRefusedError("The options of Checkout must be an object.")
    return options


def _text(options: dict[str, Any], name: str, longest: int) -> str:
    value = options.get(name)
    known = isinstance(value, str | int) and not isinstance(value, bool)
    shown = str(value)[:longest] if known else ""
    return shown.encode("utf-8", "replace").decode()


def _paise(amount: object) -> int:
    """Return an amount sent as a number or a text of digits, else 0."""
    if isinstance(amount, str) and amount.isascii() and amount.isdigit():
        return int(amount[:12])
    return amount if isinstance(amount, int) and not isinstance(amount, bool) else 0


def _notes(options: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return notes(options)
    except ApiError as problem:
        raise CheckoutRefusedError(str(problem)) from problem


def _named(
    options: dict[str, Any], name: str, filled: dict[str, Any] | None = None
) -> tuple[str, ...]:
    """Return the payer's fields that an option switches on, only those `filled` where given."""
    found = inner(options, name)
    is_wanted = {field: field in found and found[field] not in OFF for field in PAYER_FIELDS}
    return tuple(f for f in PAYER_FIELDS if is_wanted[f] and (filled is None or filled.get(f)))


def read_way_back(options: dict[str, Any]) -> WayBack:
    """Return where a checkout that fills the window leads afterwards."""
    urls = (_text(options, name, LONGEST_URL) for name in ("callback_url", "cancel_url"))
    return WayBack(*(url if URL.fullmatch(url) else "" for url in urls))


def _colour(theme: dict[str, Any]) -> str:
    colour = _text(theme, "color", SHORT)
    return colour if COLOUR.fullmatch(colour) else ""


def _retries(options: dict[str, Any]) -> int | None:
    """Return how often a failed payment may be retried; None means without limit."""
    asked = options.get("retry")
    if asked is False or (isinstance(asked, dict) and asked.get("enabled", True) in OFF):
        return 0
    most = as_integer(asked.get("max_count")) if isinstance(asked, dict) else None
    return max(0, min(most, MOST_RETRIES)) if isinstance(most, int) else None
