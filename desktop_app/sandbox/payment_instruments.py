"""Payment instruments: a UPI address, a card, a bank's site or a wallet.

Reads and checks what a page or the control plane sends. Must not keep a card's number, only its
last four digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .control_validation import one_of
from .errors import ControlError
from .upi import VPA

if TYPE_CHECKING:
    from .entities import Payment
    from .ids import SandboxIdSource

METHODS = ("upi", "card", "netbanking", "wallet")
BANKS = {
    "HDFC": "HDFC Bank",
    "ICIC": "ICICI Bank",
    "SBIN": "State Bank of India",
    "UTIB": "Axis Bank",
    "KKBK": "Kotak Mahindra Bank",
    "PUNB_R": "Punjab National Bank - Retail Banking",
    "BARB_R": "Bank of Baroda - Retail Banking",
    "CNRB": "Canara Bank",
    "YESB": "Yes Bank",
    "COSB": "Cosmos Co-operative Bank",
}
WALLETS = {
    "airtelmoney": "Airtel Money",
    "amazonpay": "Amazon Pay",
    "freecharge": "Freecharge",
    "jiomoney": "JioMoney",
    "mobikwik": "MobiKwik",
    "olamoney": "Ola Money",
    "payzapp": "PayZapp",
}
# First digits of a card's number → network, the longest first.
NETWORKS = (
    ("6527", "RuPay"),
    ("508", "RuPay"),
    ("60", "RuPay"),
    ("65", "RuPay"),
    ("4", "Visa"),
    ("5", "MasterCard"),
    ("2", "MasterCard"),
)
# Razorpay's test cards of banks abroad.
INTERNATIONAL = ("5555555555554444", "5105105105105100", "4012888888881881")
DIGITS = re.compile(r"[0-9]{12,19}")
FIELDS = {
    "upi": ("vpa",),
    "card": ("number", "name", "expiry_month", "expiry_year", "cvv", "type"),
    "netbanking": ("bank",),
    "wallet": ("wallet",),
}


@dataclass(frozen=True, slots=True)
class PaymentInstrument:
    """A validated payment instrument."""

    method: str
    vpa: str | None = None
    bank: str | None = None
    wallet: str | None = None
    card: dict[str, Any] | None = None

    def apply_to(self, payment: Payment, ids: SandboxIdSource) -> None:
        """Set a new payment's method and instrument."""
        payment.method = self.method
        payment.vpa, payment.bank, payment.wallet = self.vpa, self.bank, self.wallet
        if self.card is not None:
            payment.card = {"id": ids.new("card"), **self.card}


def read_instrument(method: object, details: object) -> PaymentInstrument:
    """Return a validated instrument; raise ControlError if it is invalid.

    Args:
        method: `upi`, `card`, `netbanking` or `wallet`.
        details: `{"vpa"}`, `{"number","name","expiry_month","expiry_year","cvv","type"}`,
            `{"bank": "HDFC"}` or `{"wallet": "payzapp"}`; of a card only the number is needed.
    """
    if method not in METHODS or not isinstance(method, str):
        raise ControlError(f"method must be one of {', '.join(METHODS)}")
    if details is None:
        details = {}
    if not isinstance(details, dict):
        raise ControlError("details must be an object")
    unknown = sorted(set(details) - set(FIELDS[method]))
    if unknown:
        raise ControlError(f"unknown detail of {method}: {', '.join(unknown)[:200]}")
    return _READERS[method](details)


def _upi(details: dict[str, Any]) -> PaymentInstrument:
    vpa = details.get("vpa", "parent@okaxis")
    if not isinstance(vpa, str) or not VPA.fullmatch(vpa):
        raise ControlError("vpa must look like name@bank")
    return PaymentInstrument("upi", vpa=vpa)


def _card(details: dict[str, Any]) -> PaymentInstrument:
    number = details.get("number", "4100280000001007")
    digits = re.sub(r"[ -]", "", number) if isinstance(number, str) else ""
    if not DIGITS.fullmatch(digits) or not _passes_luhn(digits):
        raise ControlError("the card number is not a valid one")
    name, kind = details.get("name", ""), details.get("type", "debit")
    if not isinstance(name, str) or len(name) > 100:  # noqa: PLR2004
        raise ControlError("the card's name must be a text")
    if kind not in ("debit", "credit", "prepaid"):
        raise ControlError("the card's type must be debit, credit or prepaid")
    network = next((n for start, n in NETWORKS if digits.startswith(start)), "Unknown")
    card = {
        "entity": "card",
        "name": name,
        "last4": digits[-4:],
        "network": network,
        "type": kind,
        "issuer": None,
        "international": digits in INTERNATIONAL,
        "emi": False,
        "sub_type": "consumer",
        "token_iin": None,
    }
    return PaymentInstrument("card", card=card)


def _passes_luhn(digits: str) -> bool:
    """Return whether the check digit is right by the Luhn algorithm."""
    doubled = [int(d) * (2 if at % 2 else 1) for at, d in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0  # noqa: PLR2004


def _netbanking(details: dict[str, Any]) -> PaymentInstrument:
    return PaymentInstrument("netbanking", bank=one_of(details, "bank", BANKS, "HDFC"))


def _wallet(details: dict[str, Any]) -> PaymentInstrument:
    return PaymentInstrument("wallet", wallet=one_of(details, "wallet", WALLETS, "payzapp"))


_READERS = {"upi": _upi, "card": _card, "netbanking": _netbanking, "wallet": _wallet}
