"""Settings of the sandbox's merchant account, as Razorpay's support would switch them.

Must not act on anything; the resources read it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from .errors import ControlError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FEATURES = ("s2s", "qr_codes", "qr_image_content", "unique_receipt")
PLATFORM, FEE_ADDED, FEE_BESIDE = "platform", "customer_added", "customer_beside"
"""Who bears Razorpay's fee: the merchant, or the payer, the amount showing it or not.

Razorpay does not document how a payment shows the fee that its payer bears; both are played.
"""

ONLINE, IN_PERSON = "online", "in_person"
CHANNELS = (ONLINE, IN_PERSON)
"""Money of a page, code or link, and money of a machine at the counter: settled separately."""

FEES = {"upi": 0, "card": 200, "netbanking": 200, "wallet": 200}
"""Razorpay's fee by method, in hundredths of a percent, without GST."""

GST_PERCENT = 18
SETTLEMENTS = {"most": None, "outcome": "processed", "after_s": None, "recon_delay_s": 0}
"""How settlements go out; see `_check_settlements`."""

OUTCOMES = ("processed", "created", "failed")
DEAREST_FEE = 2000
LATEST_AFTER_S = 366 * 86_400
MOST_PAISE = 10**12
START_BALANCE_PAISE = 100_000_000
MAX_AMOUNT_PAISE = 50_000_000


@dataclass(slots=True)
class MerchantAccount:
    """Settings and balances of the sandbox's one merchant account.

    Its dicts are replaced, never changed in place: copies of an account share them.
    """

    features: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(FEATURES, True))
    receipt_uniqueness: str = "allow"
    auto_capture: bool = True
    balance: int = START_BALANCE_PAISE
    rate_limit_per_min: int | None = None
    fee_bearer: str = PLATFORM
    fees: dict[str, int] = field(default_factory=lambda: dict(FEES))
    qr_channel: str = ONLINE
    in_person_balance: int = START_BALANCE_PAISE
    settlements: dict[str, Any] = field(default_factory=lambda: dict(SETTLEMENTS))
    last_runs: dict[str, int] = field(default_factory=dict)

    def fee_and_tax(self, paise: int, method: str) -> tuple[int, int]:
        """Return Razorpay's fee for a payment, GST included, and the GST in it, in paise."""
        base = (paise * self.fees.get(method, FEES["card"]) + 5000) // 10_000
        tax = (base * GST_PERCENT + 50) // 100
        return base + tax, tax

    def balance_of(self, channel: str) -> int:
        """Return the balance of a channel in paise, below zero if the merchant owes Razorpay."""
        return self.in_person_balance if channel == IN_PERSON else self.balance

    def move(self, channel: str, paise: int) -> None:
        """Add an amount to the balance of a channel, or deduct it."""
        if channel == IN_PERSON:
            self.in_person_balance += paise
        else:
            self.balance += paise

    def as_json(self) -> dict[str, Any]:
        """Return everything, as the state file keeps it."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def shown(self) -> dict[str, Any]:
        """Return the settings and balances, as the control plane shows them."""
        return {name: value for name, value in self.as_json().items() if name in _CHECKS}

    def change(self, wanted: dict[str, Any]) -> None:
        """Update the given settings, all or none; raise ControlError for an invalid value."""
        for name, value in wanted.items():
            check = _CHECKS.get(name)
            if check is None:
                raise ControlError(f"unknown account setting: {name}")
            check(value)
        for name, value in wanted.items():
            old = getattr(self, name)
            setattr(self, name, {**old, **value} if isinstance(old, dict) else value)


def _check_features(value: object) -> None:
    for on in _object("feature", value, FEATURES).values():
        _check_switch(on)


def _check_fees(value: object) -> None:
    for name, fee in _object("fee", value, FEES).items():
        _check_integer(f"the fee of {name}", fee, 0, DEAREST_FEE)


def _check_settlements(value: object) -> None:
    """Refuse wrong settings of settlements.

    `most` limits a settlement to an amount, and the rest goes out later. `outcome` is its first
    status, and `after_s` later it is processed, by itself unless null. `recon_delay_s` holds back
    the second half of its rows.
    """
    wanted = _object("setting of settlements", value, SETTLEMENTS)
    if wanted.get("outcome", "processed") not in OUTCOMES:
        raise ControlError(f"outcome must be one of {', '.join(OUTCOMES)}")
    if wanted.get("most") is not None:
        _check_integer("most", wanted["most"], 1, MOST_PAISE)
    if wanted.get("after_s") is not None:
        _check_integer("after_s", wanted["after_s"], 1, LATEST_AFTER_S)
    _check_integer("recon_delay_s", wanted.get("recon_delay_s", 0), 0, LATEST_AFTER_S)


def _object(kind: str, value: object, known: Iterable[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ControlError(f"each {kind} must be named in an object")
    if unknown := sorted(set(value) - set(known)):
        raise ControlError(f"unknown {kind}: {unknown[0]}"[:200])
    return value


def _check_integer(name: str, value: object, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise ControlError(f"{name} must be an integer within {low} and {high}")


def _check_uniqueness(value: object) -> None:
    if value not in ("allow", "refuse"):
        raise ControlError("receipt_uniqueness must be allow or refuse")


def _check_switch(value: object) -> None:
    if not isinstance(value, bool):
        raise ControlError("a switch must be true or false")


def _check_bearer(value: object) -> None:
    if value not in (PLATFORM, FEE_ADDED, FEE_BESIDE):
        raise ControlError(f"fee_bearer must be {PLATFORM}, {FEE_ADDED} or {FEE_BESIDE}")


def _check_channel(value: object) -> None:
    if value not in CHANNELS:
        raise ControlError(f"qr_channel must be {ONLINE} or {IN_PERSON}")


def _check_balance(value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ControlError("a balance must be paise, 0 or more")


def _check_limit(value: object) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise ControlError("rate_limit_per_min must be null or 1 or more")


_CHECKS: dict[str, Callable[[object], None]] = {
    "features": _check_features,
    "receipt_uniqueness": _check_uniqueness,
    "auto_capture": _check_switch,
    "balance": _check_balance,
    "rate_limit_per_min": _check_limit,
    "fee_bearer": _check_bearer,
    "fees": _check_fees,
    "qr_channel": _check_channel,
    "in_person_balance": _check_balance,
    "settlements": _check_settlements,
}
