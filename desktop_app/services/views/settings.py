"""Read models of settings, keys and connectivity."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.services.views.receipts import CentreView

if TYPE_CHECKING:
    from datetime import datetime


class Connectivity(StrEnum):
    """What the last real call to the gateway says of the connection."""

    UNKNOWN = "unknown"
    ONLINE = "online"
    OFFLINE = "offline"
    REFUSED = "refused"
    """Reachable, but it does not take our keys."""
    NO_KEYS = "no_keys"


@dataclass(frozen=True)
class ConnectionState:
    """The connection to the gateway.

    Attributes:
        since: when it came into this state, aware UTC.
        checked_at: the last call that told.
        clock_skew_s: the PC's clock minus the gateway's, None before the first answer.
    """

    line: Connectivity
    since: datetime
    checked_at: datetime | None
    clock_skew_s: float | None = None


@dataclass(frozen=True)
class SettingsView:
    """What the desk is set to. Amounts in paise, times in seconds.

    Attributes:
        requests_per_minute: this desk's share of what one key may ask.
        paper: of receipts: `a4`, `a5`, `roll80` or `roll58`.
        printer: the printer for receipts by its name; empty for the system's own.
        language: of the window, `en` or `hi`; `receipt_language` that of receipts.
        text_percent: size of all text, 100 to 200.
        customer_display: `auto` (the second screen), `window` or `off`.
    """

    centre: CentreView = field(default_factory=CentreView)
    desk_id: str = "D1"
    upi_limit_paise: int = 1_00_000_00
    requests_per_minute: int = 60
    expiry_s: int = 900
    theme: str = "system"
    paper: str = "a5"
    printer: str = ""
    language: str = "en"
    text_percent: int = 100
    has_sound: bool = True
    customer_display: str = "auto"
    receipt_language: str = "en"
    setup_done: bool = False


class KeyMode(StrEnum):
    """Which of Razorpay's worlds the keys belong to."""

    NONE = "none"
    TEST = "test"
    LIVE = "live"
    SANDBOX = "sandbox"
    """Any key used against a loopback address: training, rehearsal, tests."""


@dataclass(frozen=True)
class KeysView:
    """The gateway's keys, masked.

    Attributes:
        masked_id: like `rzp_test_••••9xYz`, empty without keys.
        source: `keyring`, `environment`, `training` or `none`.
    """

    masked_id: str
    mode: KeyMode
    source: str
