"""A keyring of a test: a dictionary behind a real backend's interface."""

from __future__ import annotations

import keyring.backend
import keyring.errors


class DictKeyring(keyring.backend.KeyringBackend):
    """A keyring in memory, which can be locked.

    Attributes:
        kept: what it holds, by service and name.
        is_locked: whether every call fails, as after a dismissed question.
        calls: how many calls it has had.
    """

    priority = 1.0

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False
        self.calls = 0

    def get_password(self, service: str, username: str) -> str | None:
        self._answer()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._answer()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._answer()
        del self.kept[service, username]

    def _answer(self) -> None:
        self.calls += 1
        if self.is_locked:
            raise keyring.errors.KeyringLocked("dismissed")
