"""Access to the system's keyring, with its failures as NoKeyringError."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from desktop_app.services.errors import NoKeyringError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

SERVICE = "Pravesh"
_INSECURE = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")
"""Backends that keep nothing, or plain text in a file."""


@contextmanager
def open_keyring() -> Iterator[ModuleType]:
    """Yield the keyring module.

    Raises:
        NoKeyringError: the keyring failed in the block.
    """
    import keyring  # a tenth of a second
    import keyring.errors

    try:
        yield keyring
    except (keyring.errors.KeyringError, OSError) as error:
        raise NoKeyringError("this PC has no keyring to save keys in") from error


@contextmanager
def open_secure_keyring() -> Iterator[ModuleType]:
    """Yield the keyring module where its backend keeps secrets.

    Raises:
        NoKeyringError: the keyring failed in the block, or keeps nothing, or keeps plain text.
    """
    with open_keyring() as keyring:
        if not keeps_secrets(keyring.get_keyring()):
            raise NoKeyringError("this PC's keyring doesn't protect secrets")
        try:
            yield keyring
        except Exception as error:
            # Backends let errors of D-Bus and of other libraries through.
            raise NoKeyringError("we can't use this PC's keyring") from error


def keeps_secrets(backend: object) -> bool:
    """Return whether a keyring backend keeps what it is given, and not as plain text."""
    first = next(iter(getattr(backend, "backends", (backend,))), None)
    return first is not None and not type(first).__module__.startswith(_INSECURE)


_PROTECTING = frozenset(
    f"keyring.backends.{name}"
    for name in ("SecretService", "libsecret", "kwallet", "macOS", "Windows")
)
"""Backends whose secrets the system encrypts for this user."""


def protects_secrets(backend: object) -> bool:
    """Return whether a keyring backend, or each one of a chain, is known to protect secrets."""
    parts = tuple(getattr(backend, "backends", (backend,)))
    return bool(parts) and all(type(each).__module__ in _PROTECTING for each in parts)


def store_secret(entry: str, text: str) -> None:
    """Write an entry and read it back.

    Raises:
        NoKeyringError: the keyring failed, keeps nothing, or keeps plain text.
    """
    with open_secure_keyring() as keyring:
        keyring.set_password(SERVICE, entry, text)
        is_kept = keyring.get_password(SERVICE, entry) == text
    if not is_kept:
        raise NoKeyringError("this PC's keyring doesn't save anything")
