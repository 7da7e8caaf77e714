"""The payment form: the methods it offers, and how its fields are read.

Apps, banks and wallets are Razorpay's codes with display names. Only test cards are accepted, and
at most a card's last four digits are kept. Must not touch the store.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..payment_instruments import (
    BANKS,
    WALLETS,
    PaymentInstrument,
    read_instrument,
)
from ..validation import CONTACT, EMAIL, with_country_code

if TYPE_CHECKING:
    from collections.abc import Mapping

METHODS = {
    "upi": "UPI QR",
    "app": "UPI app",
    "card": "Card",
    "netbanking": "Netbanking",
    "wallet": "Wallet",
}
# App → (name, handle of its addresses).
APPS = {
    "google_pay": ("Google Pay", "okaxis"),
    "phonepe": ("PhonePe", "ybl"),
    "paytm": ("Paytm", "ptaxis"),
    "bhim": ("BHIM", "upi"),
}
# Razorpay's test cards → type.
CARDS = {
    "4100280000001007": "credit",
    "5500670000001002": "credit",
    "6527658900001005": "debit",
    "4111111111111111": "debit",
    "5267318187975449": "credit",
    "5104060000000008": "credit",
    "5104015555555558": "credit",
    "4718609108204366": "credit",
    "2305324257848228": "credit",
    "5555555555554444": "credit",
    "5105105105105100": "credit",
    "4012888888881881": "credit",
}
OTP = re.compile(r"[0-9]{4,10}")
SHORT_OTP = re.compile(r"[0-9]{1,3}")
CVV = re.compile(r"[0-9]{3,4}")
EXPIRY = re.compile(r"(0[1-9]|1[0-2]) ?/ ?(?:20)?([0-9]{2})")
MAX_DIGITS = 12
MAX_NAME = 100
LONGEST = 200


class FormError(Exception):
    """An invalid form; `field` names the input at fault."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, slots=True)
class PaymentChoice:
    """The parent's choice; `app` is the UPI app, None for a QR code or another method."""

    instrument: PaymentInstrument
    app: str | None = None


def read_choice(form: Mapping[str, str], methods: tuple[str, ...], now: int) -> PaymentChoice:
    """Return the choice of a form.

    Raises:
        FormError: The choice is incomplete or not offered.
    """
    chosen = form.get("method", "")
    if chosen not in methods:
        raise FormError("method", "Choose a payment method.")
    if chosen == "app":
        app = _one_of(form, "app", APPS, "Choose your UPI app.")
        return PaymentChoice(read_instrument("upi", {"vpa": f"parent@{APPS[app][1]}"}), app)
    return PaymentChoice(read_instrument(chosen, _details(chosen, form, now)))


def read_direct(sent: Mapping[str, Any]) -> dict[str, str]:
    """Return the page's form for the fields of `createPayment`, such as `card[number]`."""
    card = sent.get("card")
    nested = card.items() if isinstance(card, dict) else ()
    given = {name: str(value)[:LONGEST] for name, value in sent.items()}
    given |= {f"card[{name}]": str(value)[:LONGEST] for name, value in nested}
    month, year = given.get("card[expiry_month]", ""), given.get("card[expiry_year]", "")
    same = {name: given[name] for name in ("method", "bank", "wallet", "email", "contact")
            if name in given}  # fmt: skip
    return same | {
        "number": given.get("card[number]", ""),
        "holder": given.get("card[name]", ""),
        "cvv": given.get("card[cvv]", ""),
        "expiry": f"{month.zfill(2)}/{year}",
    }


def _details(method: str, form: Mapping[str, str], now: int) -> dict[str, str]:
    if method == "netbanking":
        return {"bank": _one_of(form, "bank", BANKS, "Choose your bank.")}
    if method == "wallet":
        return {"wallet": _one_of(form, "wallet", WALLETS, "Choose your wallet.")}
    return _card(form, now) if method == "card" else {}


def _one_of(form: Mapping[str, str], name: str, known: Mapping[str, Any], words: str) -> str:
    chosen = form.get(name, "")
    if chosen not in known:
        raise FormError(name, words)
    return chosen


def _card(form: Mapping[str, str], now: int) -> dict[str, str]:
    number = re.sub(r"[ -]", "", form.get("number", ""))
    if number not in CARDS:
        raise FormError("number", "Use one of the test cards listed here.")
    expiry = EXPIRY.fullmatch(form.get("expiry", "").strip())
    if expiry is None:
        raise FormError("expiry", "Enter month and year, e.g. 12/30.")
    today = datetime.fromtimestamp(now, UTC)
    if (2000 + int(expiry[2]), int(expiry[1])) < (today.year, today.month):
        raise FormError("expiry", "This card has expired. Enter a later month.")
    if not CVV.fullmatch(form.get("cvv", "").strip()):
        raise FormError("cvv", "Write three digits; any three will do.")
    return {
        "number": number,
        "name": form.get("holder", "").strip()[:MAX_NAME],
        "type": CARDS[number],
    }


def read_payer_contact(form: Mapping[str, str], email: str, contact: str) -> tuple[str, str]:
    """Return the payer's e-mail address and phone number; empty fields keep the defaults."""
    email = form.get("email", "").strip() or email
    contact = re.sub(r"[ -]", "", form.get("contact", "").strip() or contact)
    if not EMAIL.fullmatch(email):
        raise FormError("email", "Enter an email address, e.g. parent@example.com.")
    if not CONTACT.fullmatch(contact):
        raise FormError("contact", "Enter a 10-digit phone number.")
    return email, with_country_code(contact)


def read_paise(typed: str) -> int:
    """Return typed rupees, such as 500 or 1,499.50, in paise."""
    whole, _, rest = typed.replace(",", "").replace("₹", "").strip().partition(".")
    digits = whole + rest
    known = digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS
    if not known or len(rest) > 2:  # noqa: PLR2004 - paise
        raise FormError("rupees", "Enter an amount in rupees, e.g. 500 or 499.50.")
    return int(whole or "0") * 100 + int(rest.ljust(2, "0"))
