"""Keys of the receipts' check codes: in the system's keyring, one entry per data folder.

Never in a file, like the gateway's keys (decision 12). If PRAVESH_RECEIPT_KEY is set in the
environment (servers, tests), it is the only key.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from datetime import datetime
from typing import TYPE_CHECKING

from desktop_app.config.keyring_access import SERVICE, open_keyring, store_secret
from desktop_app.domain.check_code import TRAINING_KEY, CentreKey, read_key, spell_key
from desktop_app.domain.errors import InvalidInputError
from desktop_app.services.errors import NoKeyringError

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE = "PRAVESH_RECEIPT_KEY"
MOST_KEPT = 12
"""Some systems limit the size of a keyring entry; keys are replaced far less often."""


class ReceiptKeyring:
    """The port `ReceiptKeys`.

    Args:
        folder: the data folder that the keys belong to.
        training: whether this is training, whose key is public.
    """

    def __init__(self, folder: Path, *, training: bool) -> None:
        self._entry = f"{hashlib.sha256(str(folder).encode()).hexdigest()[:24]}-receipts"
        self._training = training
        self._lock = threading.Lock()
        self._kept: tuple[CentreKey, ...] | None = None

    def load(self) -> tuple[CentreKey, ...]:
        """Return all keys ever used, oldest first; empty without a keyring."""
        if self._training:
            return (TRAINING_KEY,)
        given = os.environ.get(VARIABLE, "").strip()
        if given:
            return (read_key(given, TRAINING_KEY.since),)
        with self._lock:
            if self._kept is None:
                try:
                    self._kept = self._read()
                except NoKeyringError:
                    return ()  # retried next time: the keyring may only be locked
            return self._kept

    def add(self, key: CentreKey) -> None:
        """Store a key as the newest, after the existing ones.

        Raises:
            NoKeyringError: there is no keyring, or its entry cannot be read; it is unchanged.
        """
        if self._training or os.environ.get(VARIABLE, "").strip():
            raise NoKeyringError("the receipt key is fixed here")
        with self._lock:
            self._write((*self._read(), key)[-MOST_KEPT:])

    def _read(self) -> tuple[CentreKey, ...]:
        with open_keyring() as keyring:
            return _from_text(keyring.get_password(SERVICE, self._entry) or "[]")

    def _write(self, keys: tuple[CentreKey, ...]) -> None:
        kept = json.dumps([[spell_key(key), key.since.isoformat()] for key in keys])
        store_secret(self._entry, kept)
        self._kept = keys


def _from_text(text: str) -> tuple[CentreKey, ...]:
    try:
        return tuple(
            read_key(key, datetime.fromisoformat(since)) for key, since in json.loads(text)
        )
    except (ValueError, TypeError, InvalidInputError) as error:
        raise NoKeyringError("we can't read the receipt key in the keyring") from error
