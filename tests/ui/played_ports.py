"""Ports of the desk that lie outside the program, played: time, keyrings, the parent's phone."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from desktop_app.config.secrets import mask_key_id
from desktop_app.domain.check_code import CentreKey
from desktop_app.domain.money import Money
from desktop_app.services.errors import RejectedError
from desktop_app.services.views.payments import PhoneSees
from desktop_app.services.views.settings import KeyMode, KeysView

if TYPE_CHECKING:
    from tests.fake_gateway import FakeGateway

RECEIPT_KEY = CentreKey(b"the centre's key", datetime(2020, 1, 1, tzinfo=UTC))


class RunningClock:
    """The time of this machine, which a test can put ahead."""

    def __init__(self) -> None:
        self._ahead_s = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead_s)

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead_s

    def sleep(self, seconds: float) -> None:
        """Advance the time at once."""
        self.advance(seconds)
        time.sleep(0.001)

    def advance(self, seconds: float) -> None:
        self._ahead_s += seconds


class PlayedVault:
    """The port `KeyVault` without a keyring.

    Attributes:
        mode: the mode of the keys; None for what their id says.
        error: raised when keys are saved.
    """

    def __init__(self, *, training: bool) -> None:
        self.keys: tuple[str, str] | None = None
        self.mode: KeyMode | None = None
        self.source = "keyring"
        self.error: Exception | None = None
        if training:
            self.keys = ("rzp_test_AbCdEfGh1x9xYz", "a secret")
            self.mode, self.source = KeyMode.SANDBOX, "training"

    def load(self) -> tuple[str, str] | None:
        return self.keys

    def save(self, key_id: str, key_secret: str) -> None:
        if self.error is not None:
            raise self.error
        self.keys = (key_id, key_secret)

    def forget(self) -> None:
        self.keys = None

    def view(self) -> KeysView:
        if self.keys is None:
            return KeysView("", KeyMode.NONE, "none")
        is_live = self.keys[0].startswith("rzp_live_")
        mode = self.mode or (KeyMode.LIVE if is_live else KeyMode.TEST)
        return KeysView(mask_key_id(self.keys[0]), mode, self.source)


class KeptReceiptKeys:
    """The port `ReceiptKeys` without a keyring."""

    def __init__(self, *keys: CentreKey) -> None:
        self.kept = keys

    def load(self) -> tuple[CentreKey, ...]:
        return self.kept

    def add(self, key: CentreKey) -> None:
        self.kept = (*self.kept, key)


class PlayedPhone:
    """The port `ParentPhone` beside the fake gateway."""

    def __init__(self, gateway: FakeGateway) -> None:
        self._gateway = gateway
        self.paid: list[tuple[str, str]] = []

    def scan(self, qr_text: str) -> PhoneSees:
        amount = self._gateway.amount_of(qr_text)
        if amount is None:
            return PhoneSees(
                is_payable=False, payee="", amount=None, note="", reason="This code is not known."
            )
        is_payable = all(text != qr_text or outcome != "success" for text, outcome in self.paid)
        reason = "" if is_payable else "This order is paid already."
        return PhoneSees(is_payable, "Vidya Coaching Centre", Money(amount), "Fee", reason)

    def pay(self, qr_text: str, outcome: str = "success", after_s: int = 0) -> None:
        if self._gateway.amount_of(qr_text) is None:
            raise RejectedError("this code is not known")
        self.paid.append((qr_text, outcome))
        if outcome in {"success", "failure"}:
            self._gateway.pay(qr_text, outcome)
