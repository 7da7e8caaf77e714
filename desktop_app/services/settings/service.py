"""Reads and writes settings and keys, validated first. Keys are never shown again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.services.settings.checks import LOGO_NAME
from desktop_app.services.settings.key_ids import mode_name
from desktop_app.services.settings.table import LOGO, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.context import Context
    from desktop_app.services.ports.gateway import PaymentGateway
    from desktop_app.services.ports.system import KeyVault
    from desktop_app.services.settings.table import Setting
    from desktop_app.services.views.settings import KeysView, SettingsView

CODES_SEEN_S = 90 * 86_400
"""How far back another desk's orders show that its code is in use, in seconds."""


class SettingsService:
    """Reads and writes settings and keys: the `Settings` of the desk.

    Args:
        vault: keeps the keys.
        trial: makes a gateway for keys under test.
        key_check: checks a key id against this desk's mode.
        changed: called after every write.
    """

    def __init__(
        self,
        context: Context,
        vault: KeyVault,
        trial: Callable[[str, str], PaymentGateway],
        key_check: Callable[[str], str],
        changed: Callable[[], None],
    ) -> None:
        self._context = context
        self._vault = vault
        self._trial = trial
        self._key_check = key_check
        self._changed = changed

    def view(self) -> SettingsView:
        """Return all settings."""
        return self._context.settings()

    def get(self, key: str) -> str:
        """Return one setting as text. Raises InvalidInputError for an unknown key."""
        return self._context.store.reader.settings.all().get(key, _known(key).default)

    def put(self, key: str, value: str) -> None:
        """Set one setting, validated. Raises InvalidInputError."""
        setting = _known(key)
        if key == LOGO and value and not LOGO_NAME.fullmatch(value):
            value = self._context.documents.keep_logo(Path(value))
        checked = setting.checked(value)
        with self._context.store.writing() as work:
            work.put_setting(key, checked)
            self._context.audit(work, "setting.changed", key, {"value": checked})
            work.commit()
        self._changed()

    def names(self) -> tuple[str, ...]:
        """Return the key of every setting."""
        return tuple(SETTINGS)

    def keys(self) -> KeysView:
        """Return the keys, masked."""
        return self._vault.view()

    def set_keys(self, key_id: str, key_secret: str) -> KeysView:
        """Store new keys in the system's keyring. Raises InvalidInputError, NoKeyringError."""
        checked = self._key_check(key_id)
        secret = key_secret.strip()
        if not secret or any(letter.isspace() for letter in secret):
            raise InvalidInputError("key_secret", "Enter the key secret, without spaces.")
        self._vault.save(checked, secret)
        self._note_keys("keys.set", mode_name(checked))
        return self.keys()

    def forget_keys(self) -> None:
        """Remove the keys from the keyring."""
        self._vault.forget()
        self._note_keys("keys.forgotten", "keyring")

    def _note_keys(self, action: str, subject: str) -> None:
        with self._context.store.writing() as work:
            self._context.audit(work, action, subject)
            work.commit()
        self._changed()

    def check_keys(self, key_id: str, key_secret: str) -> None:
        """Try keys with one harmless read. Raises a GatewayError when they fail."""
        self._trial(self._key_check(key_id), key_secret.strip()).ping()

    def unused_code(self, code: str, key_id: str = "", key_secret: str = "") -> str:
        """Return a desk code, or a free one where another desk of the account has one like it.

        Args:
            code: the code to keep if it is unused.
            key_id: the account's key; empty for the stored keys.
            key_secret: its secret.

        Raises:
            GatewayError: the account's newest orders could not be read.
        """
        from desktop_app.domain.desk_code import free_code, is_alike  # no start needs it
        from desktop_app.services.identity.foreign_orders import codes_of_others

        gateway = self._context.gateway()
        if key_id:
            gateway = self._trial(self._key_check(key_id), key_secret.strip())
        since = int(self._context.now().timestamp()) - CODES_SEEN_S
        orders = gateway.orders_since(since, asked=True)
        taken = codes_of_others(self._context, filter(None, orders))
        return free_code({code, *taken}) if any(is_alike(code, each) for each in taken) else code


def _known(key: str) -> Setting:
    setting = SETTINGS.get(key)
    if setting is None:
        names = ", ".join(SETTINGS)
        words = "There's no setting called “{name}”. Choose one of: {names}"
        raise InvalidInputError(key, words, name=key, names=names)
    return setting
