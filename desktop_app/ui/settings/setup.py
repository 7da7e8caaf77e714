"""How the desk is set up: read and kept in one go, for the settings and the first set-up.

Touches no widget. Secrets go straight to the desk and are kept nowhere here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.students import STATES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.maintenance import CheckResult
    from desktop_app.services.views.settings import KeysView, SettingsView


@dataclass(frozen=True, slots=True)
class Setup:
    """The settings, the keys and the newest backup.

    Attributes:
        backup_at: when the newest good backup was made, aware UTC.
        folder: the data folder, None where nothing may be written to it.
        place: the check of where the data folder is; None where that was not checked.
    """

    settings: SettingsView
    keys: KeysView
    backup_at: datetime | None = None
    folder: Path | None = None
    place: CheckResult | None = None


@dataclass(frozen=True, slots=True)
class NewKeys:
    """Keys as typed; never shown, logged or compared."""

    key_id: str
    secret: str

    def __repr__(self) -> str:
        return "NewKeys(…)"


def read_setup(folder: Path | None, desk: Desk) -> Setup:
    """Return how the desk is set up."""
    made = desk.backups.last_made_at() if folder is not None else None
    place = desk.health.folder()
    return Setup(desk.settings.view(), desk.settings.keys(), made, folder, place)


def save_setup(texts: Mapping[str, str], keys: NewKeys | None, desk: Desk) -> None:
    """Keep settings by key, and new keys where there are any."""
    for key, text in texts.items():
        desk.settings.put(key, text)
    if keys is not None:
        desk.settings.set_keys(keys.key_id, keys.secret)


def unused_code(code: str, keys: NewKeys | None, desk: Desk) -> str:
    """Return the code, or a free one where another desk of the account has one like it."""
    if keys is None:
        return desk.settings.unused_code(code)
    return desk.settings.unused_code(code, keys.key_id, keys.secret)


def checked_keys(key_id: str, secret: str) -> NewKeys:
    """Check that both parts of the keys are there; the desk checks their shape.

    Raises:
        InvalidInputError: one is missing.
    """
    bare_id, bare_secret = key_id.strip(), secret.strip()
    if not bare_id:
        raise InvalidInputError("key_id", "Enter the key ID. It starts with rzp_.")
    if not bare_secret:
        raise InvalidInputError("key_secret", "Enter the key secret.")
    return NewKeys(bare_id, bare_secret)


def state_of_gstin(gstin: str) -> str:
    """Return the State's abbreviation by a GSTIN's first two digits; empty where ambiguous."""
    found = [letters for letters, code in STATES.items() if code == gstin[:2]]
    return found[0] if len(found) == 1 else ""
