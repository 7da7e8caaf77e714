"""Settings of the sandbox's merchant account, as Razorpay's support would switch them.

Must not act on anything; the resources read it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from .errors import ControlError

FEATURES = ("s2s", "qr_codes", "qr_image_content", "unique_receipt")
PLATFORM, FEE_ADDED, FEE_BESIDE = "platform", "customer_added", "customer_beside"
"""Who bears Razorpay's fee: the merchant, or the payer, the amount showing it or not.

Razorpay does not document how a payment shows the fee that its payer bears; both are played.
"""

START_BALANCE_PAISE = 100_000_000
MAX_AMOUNT_PAISE = 50_000_000


@dataclass(slots=True)
class MerchantAccount:
    """Settings and balance of the sandbox's one merchant account."""

    features: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(FEATURES, True))
    receipt_uniqueness: str = "allow"
    auto_capture: bool = True
    balance: int = START_BALANCE_PAISE
    rate_limit_per_min: int | None = None
    fee_bearer: str = PLATFORM

    def as_json(self) -> dict[str, Any]:
        """Return all settings, as the control plane shows and the state file keeps them."""
        return asdict(self)

    def change(self, wanted: dict[str, Any]) -> None:
        """Update the given settings, all or none; raise ControlError for an invalid value."""
        for name, value in wanted.items():
            check = _CHECKS.get(name)
            if check is None:
                raise ControlError(f"unknown account setting: {name}")
            check(value)
        for name, value in wanted.items():
            if name == "features":
                self.features = {**self.features, **value}
            else:
                setattr(self, name, value)


def _check_features(value: object) -> None:
    if not isinstance(value, dict):
        raise ControlError("features must be an object")
    for name, on in value.items():
        if name not in FEATURES:
            raise ControlError(f"unknown feature: {name}")
        _check_switch(on)


def _check_uniqueness(value: object) -> None:
    if value not in ("allow", "refuse"):
        raise ControlError("receipt_uniqueness must be allow or refuse")


def _check_switch(value: object) -> None:
    if not isinstance(value, bool):
        raise ControlError("a switch must be true or false")


def _check_bearer(value: object) -> None:
    if value not in (PLATFORM, FEE_ADDED, FEE_BESIDE):
        raise ControlError(f"fee_bearer must be {PLATFORM}, {FEE_ADDED} or {FEE_BESIDE}")


def _check_balance(value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ControlError("balance must be paise, 0 or more")


def _check_limit(value: object) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise ControlError("rate_limit_per_min must be null or 1 or more")


_CHECKS = {
    "features": _check_features,
    "receipt_uniqueness": _check_uniqueness,
    "auto_capture": _check_switch,
    "balance": _check_balance,
    "rate_limit_per_min": _check_limit,
    "fee_bearer": _check_bearer,
}
