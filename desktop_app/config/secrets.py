"""Gateway keys: in the system's keyring, one entry per data folder, never in a file.

If RAZORPAY_KEY_ID and RAZORPAY_KEY_SECRET are both set in the environment, they take precedence.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from desktop_app.config.keyring_access import (
    SERVICE,
    keeps_secrets,
    open_keyring,
    protects_secrets,
    store_secret,
)
from desktop_app.services.errors import NoKeyringError

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.services.views.maintenance import CheckResult
    from desktop_app.services.views.settings import KeysView

ID_VARIABLE = "RAZORPAY_KEY_ID"
SECRET_VARIABLE = "RAZORPAY_KEY_SECRET"  # noqa: S105 - the name of a variable


def keys_from_environment() -> tuple[str, str] | None:
    """Return the key id and secret from the environment if both are set."""
    key_id = os.environ.get(ID_VARIABLE, "").strip()
    secret = os.environ.get(SECRET_VARIABLE, "").strip()
    return (key_id, secret) if key_id and secret else None


def mask_key_id(key_id: str) -> str:
    """Return a key id with all but its mode and last four characters masked."""
    prefix, _, rest = key_id.rpartition("_")
    return f"{prefix}_••••{rest[-4:]}" if prefix else "••••"


class Vault:
    """The port `KeyVault`.

    Args:
        folder: the data folder that the keys belong to.
        is_loopback: whether the gateway is a sandbox on this machine.
        training: the embedded sandbox's keys, in training only; they are public.
    """

    def __init__(
        self, folder: Path, *, is_loopback: bool, training: tuple[str, str] | None = None
    ) -> None:
        self._entry = hashlib.sha256(str(folder).encode()).hexdigest()[:24]
        self._is_loopback = is_loopback
        self._training = training
        self._lock = threading.Lock()
        self._loaded: tuple[str, str] | None = None
        self._is_loaded = False

    def load(self) -> tuple[str, str] | None:
        """Return the key id and secret; None if there are none or no keyring."""
        fixed = self._training or keys_from_environment()
        if fixed is not None:
            return fixed
        with self._lock:
            if not self._is_loaded:
                self._loaded = self._read()
                self._is_loaded = True
            return self._loaded

    def _read(self) -> tuple[str, str] | None:
        try:
            with open_keyring() as keyring:
                found = json.loads(keyring.get_password(SERVICE, self._entry) or "null")
        except (NoKeyringError, ValueError):
            return None
        if not isinstance(found, dict) or not found.get("id") or not found.get("secret"):
            return None
        return str(found["id"]), str(found["secret"])

    def save(self, key_id: str, key_secret: str) -> None:
        """Store the keys. Raises NoKeyringError."""
        store_secret(self._entry, json.dumps({"id": key_id, "secret": key_secret}))
        with self._lock:
            self._loaded, self._is_loaded = (key_id, key_secret), True

    def forget(self) -> None:
        """Delete the keys, if any. Raises NoKeyringError."""
        with open_keyring() as keyring, suppress(keyring.errors.PasswordDeleteError):
            keyring.delete_password(SERVICE, self._entry)
        with self._lock:
            self._loaded, self._is_loaded = None, True

    def view(self) -> KeysView:
        """Return a masked view of the keys."""
        from desktop_app.services.views.settings import KeyMode, KeysView

        found = self.load()
        if found is None:
            return KeysView("", KeyMode.NONE, "none")
        source = "training" if self._training else "keyring"
        if not self._training and keys_from_environment():
            source = "environment"
        mode = KeyMode.LIVE if found[0].startswith("rzp_live_") else KeyMode.TEST
        return KeysView(
            mask_key_id(found[0]), KeyMode.SANDBOX if self._is_loopback else mode, source
        )


_NO_KEYRING = (
    f"Start a keyring service (GNOME Keyring, KWallet), or set {ID_VARIABLE} and "
    f"{SECRET_VARIABLE} in the environment."
)


def probe_keyring() -> CheckResult:
    """Check whether a keyring can store keys, and protects them."""
    import keyring
    from keyring.backends import fail

    from desktop_app.services.views.maintenance import CheckResult, Health

    backend = keyring.get_keyring()
    name = type(backend).__module__.removeprefix("keyring.backends.")
    if protects_secrets(backend):
        return CheckResult(
            "keyring",
            Health.GOOD,
            "This PC's keyring ({name}) protects your API keys.",
            "",
            {"name": name},
        )
    if isinstance(backend, fail.Keyring):
        return CheckResult("keyring", Health.NOTE, "This PC has no keyring.", _NO_KEYRING)
    if keeps_secrets(backend):
        return CheckResult(
            "keyring",
            Health.NOTE,
            "We couldn't check whether this PC's keyring ({name}) protects your API keys.",
            _NO_KEYRING,
            {"name": name},
        )
    return CheckResult(
        "keyring",
        Health.BAD,
        "This PC's keyring ({name}) doesn't protect your API keys.",
        _NO_KEYRING,
        {"name": name},
    )
