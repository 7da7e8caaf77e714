"""Read models of settings, keys and connectivity."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from desktop_app.services.views.centre import CentreView


class Connectivity(StrEnum):
    """The connection to the gateway, as the last real call found it."""

    UNKNOWN = "unknown"
    ONLINE = "online"
    OFFLINE = "offline"
    REFUSED = "refused"
    """Reachable, but it refuses our keys."""
    NO_KEYS = "no_keys"


@dataclass(frozen=True)
class ConnectionState:
    """The connection to the gateway.

    Attributes:
        since: when this state began, aware UTC.
        checked_at: the last call that showed it, aware UTC.
        clock_skew_s: the PC's clock minus the gateway's, in seconds; None before the first answer.
    """

    line: Connectivity
    since: datetime
    checked_at: datetime | None
    clock_skew_s: float | None = None


V = TypeVar("V")


class _Named(Generic[V]):
    """A setting that the program reads, as a typed attribute of `SettingsView`."""

    def __init__(self, key: str, read: Callable[[str], V]) -> None:
        self._key = key
        self._read = read

    def __get__(self, view: SettingsView, _owner: type) -> V:
        return self._read(view.texts[self._key])


@dataclass(frozen=True)
class SettingsView:
    """How the desk is set up. Amounts in paise, times in seconds.

    A setting needs an attribute here only where the program reads it by name.

    Attributes:
        texts: every setting as text, by key.
        fee_bearer: who bears Razorpay's fee in this account: `platform` or `customer`.
        text_percent: size of all text, 100 to 200.
        customer_display: `auto` (the second screen), `window` or `off`.
        paper: of receipts: `a4`, `a5`, `roll80` or `roll58`.
        printer: the printer for receipts by its name; empty for the system's own.
    """

    texts: Mapping[str, str]

    desk_id = _Named("desk.id", str)
    upi_limit_paise = _Named("upi.limit_paise", int)
    expiry_s = _Named("payment.expiry_s", int)
    fee_bearer = _Named("gateway.fee_bearer", str)
    theme = _Named("display.theme", str)
    language = _Named("display.language", str)
    text_percent = _Named("display.text_size", int)
    has_sound = _Named("display.sound", "on".__eq__)
    customer_display = _Named("display.customer", str)
    paper = _Named("receipt.paper", str)
    receipt_language = _Named("receipt.language", str)
    printer = _Named("print.printer", str)
    setup_done = _Named("setup.done", "yes".__eq__)

    @property
    def centre(self) -> CentreView:
        """The centre as receipts name it."""
        from desktop_app.services.views.centre import CentreView

        names = ("name", "address", "gstin", "state", "email", "logo", "phone")
        return CentreView(*(self.texts[f"centre.{name}"] for name in names))

    @property
    def requests_per_minute(self) -> int:
        """This desk's share of the requests that one key may make."""
        allowed = int(self.texts["gateway.requests_per_minute"])
        return max(1, allowed // int(self.texts["gateway.desks_on_this_key"]))


class KeyMode(StrEnum):
    """The Razorpay environment of the keys."""

    NONE = "none"
    TEST = "test"
    LIVE = "live"
    SANDBOX = "sandbox"
    """Any key used against a loopback address: training, rehearsal, tests."""


class KeysView(NamedTuple):
    """The gateway's keys, masked.

    Attributes:
        masked_id: like `rzp_test_••••9xYz`, empty without keys.
        source: `keyring`, `environment`, `training` or `none`.
    """

    masked_id: str
    mode: KeyMode
    source: str
