"""Access to the system's keyring, with its failures as NoKeyringError."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from desktop_app.services.errors import NoKeyringError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

SERVICE = "Pravesh"


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
        raise NoKeyringError("this system has no keyring to keep keys in") from error
