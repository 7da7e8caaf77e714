"""Setting the desk up: reads, checks and keeps settings and keys for the wizard and the dialog.

Touches no widget. Secrets go straight to the desk and are kept nowhere here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.gstin import normalise_gstin
from desktop_app.domain.money import Money, parse_rupees
from desktop_app.domain.receipt import normalise_desk_id
from desktop_app.domain.students import STATES, normalise_email
from desktop_app.domain.text import optional_line, require_line
from desktop_app.ui.core.jobs import CancelToken, JobRunner, Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.settings import KeysView, SettingsView

BACKUPS = "backups"
"""Where backups stand below the data folder."""
HIGHEST_UPI_LIMIT = Money(5_00_000_00)
"""What UPI takes in one payment where the account is verified for education."""


@dataclass(frozen=True, slots=True)
class SetupForm:
    """How the desk is set up now.

    Attributes:
        texts: every setting as it is kept, by key.
        backup_at: when the newest good backup was made.
        folder: the data folder, None where nothing may be kept in it.
    """

    settings: SettingsView
    keys: KeysView
    texts: Mapping[str, str] = field(default_factory=dict)
    backup_at: datetime | None = None
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class NewKeys:
    """Keys as typed; never shown, logged or compared."""

    key_id: str
    secret: str

    def __repr__(self) -> str:
        return "NewKeys(…)"


class SettingsPresenter(QObject):
    """Reads and writes how the desk is set up.

    Signals:
        loaded: a `SetupForm`.
        saved: everything was kept.
        keys_good: the keys that were tried work.
        keys_bad: the error of keys that were tried.
        failed: an error of reading or keeping.
        checked: what a check of everything found; check_failed: its error.
        backed_up: a `BackupReport`; backup_failed: its error.
        printers: names of printers.
    """

    loaded = Signal(object)
    saved = Signal()
    keys_good = Signal()
    keys_bad = Signal(object)
    failed = Signal(object)
    checked = Signal(object)
    check_failed = Signal(object)
    backed_up = Signal(object)
    backup_failed = Signal(object)
    printers = Signal(object)

    def __init__(
        self, desk: Desk, runner: JobRunner, parent: QObject, folder: Path | None = None
    ) -> None:
        super().__init__(parent)
        self._folder = folder
        self._desk = desk
        self._runner = runner
        self._check = CancelToken()

    def read(self) -> None:
        """Read how the desk is set up."""
        self._runner.submit(
            Lane.LOCAL,
            partial(_read, self._desk, self._folder),
            owner=self,
            on_done=self.loaded.emit,
            on_error=self.failed.emit,
        )

    def find_printers(self, names: Callable[[], tuple[str, ...]]) -> None:
        """Ask the system for its printers, which may take its time; silence where it cannot say."""
        self._runner.submit(
            Lane.LOCAL, names, owner=self, on_done=self.printers.emit, on_error=self._no_printers
        )

    def _no_printers(self, _error: Exception) -> None:
        self.printers.emit(())

    def save(self, texts: Mapping[str, str], keys: NewKeys | None) -> None:
        """Keep settings by key, and new keys where there are any."""
        self._runner.submit(
            Lane.LOCAL,
            partial(_save, self._desk, dict(texts), keys),
            owner=self,
            on_done=self._saved,
            on_error=self.failed.emit,
        )

    def check(self, keys: NewKeys) -> None:
        """Try keys at Razorpay with one harmless read; a newer try makes an older one void."""
        self._check.cancel()
        self._check = self._runner.submit(
            Lane.GATEWAY,
            partial(self._desk.settings.check_keys, keys.key_id, keys.secret),
            owner=self,
            on_done=self._good,
            on_error=self.keys_bad.emit,
        )

    def run_checks(self) -> None:
        """Check everything: keys, gateway, clock, disk, backup, printers."""
        self._runner.submit(
            Lane.GATEWAY,
            self._desk.upkeep.doctor,
            owner=self,
            on_done=self.checked.emit,
            on_error=self.check_failed.emit,
        )

    def back_up(self) -> None:
        """Make a backup now, beside those of the days."""
        if self._folder is None:
            return
        stamp = f"{datetime.now().astimezone():%Y%m%d-%H%M%S}"
        self._runner.submit(
            Lane.LOCAL,
            partial(self._desk.upkeep.backup, self._folder / BACKUPS / f"asked-{stamp}.sqlite3"),
            owner=self,
            on_done=self.backed_up.emit,
            on_error=self.backup_failed.emit,
        )

    def _saved(self, _nothing: None) -> None:
        self.saved.emit()

    def _good(self, _nothing: None) -> None:
        self.keys_good.emit()


def checked_text(key: str, text: str) -> str:
    """Check one setting as typed, and write it as it is kept.

    Raises:
        InvalidInputError: it is not acceptable; its `field` is the key.
    """
    try:
        return _CHECKS.get(key, str)(text)
    except InvalidInputError as error:
        raise error.about(key) from error


def checked_keys(key_id: str, secret: str) -> NewKeys:
    """Check that both parts of the keys are there; their shape is the desk's to judge.

    Raises:
        InvalidInputError: one is missing.
    """
    bare_id, bare_secret = key_id.strip(), secret.strip()
    if not bare_id:
        raise InvalidInputError("key_id", "The key id is missing. It looks like rzp_live_….")
    if not bare_secret:
        raise InvalidInputError("key_secret", "The key secret is missing.")
    return NewKeys(bare_id, bare_secret)


def state_of_gstin(gstin: str) -> str:
    """Tell the State's abbreviation from a GSTIN's first two digits; empty when unclear."""
    found = [letters for letters, code in STATES.items() if code == gstin[:2]]
    return found[0] if len(found) == 1 else ""


def _limit(text: str) -> str:
    return str(parse_rupees(text, limit=HIGHEST_UPI_LIMIT).paise)


def _name(text: str) -> str:
    return require_line("centre.name", "The centre's name", text, 120)


def _address(text: str) -> str:
    return optional_line("centre.address", "The address", text, 300)


_CHECKS = {
    "centre.name": _name,
    "centre.address": _address,
    "centre.gstin": normalise_gstin,
    "centre.email": normalise_email,
    "desk.id": normalise_desk_id,
    "upi.limit_paise": _limit,
}


def _read(desk: Desk, folder: Path | None) -> SetupForm:
    texts = {name: desk.settings.get(name) for name in desk.settings.names()}
    made = desk.upkeep.last_backup_at() if folder is not None else None
    return SetupForm(desk.settings.view(), desk.settings.keys(), texts, made, folder)


def _save(desk: Desk, texts: dict[str, str], keys: NewKeys | None) -> None:
    for key, text in texts.items():
        desk.settings.put(key, text)
    if keys is not None:
        desk.settings.set_keys(keys.key_id, keys.secret)
