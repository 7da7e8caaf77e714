"""State files of the accounts beside the sandbox's own: `FILE.accounts/`, one file an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .webhook_events import account_id

if TYPE_CHECKING:
    from pathlib import Path


class AccountFiles:
    """The files of accounts beside a state file; without one there are none."""

    def __init__(self, state_file: Path | None) -> None:
        self._folder = state_file and state_file.with_name(f"{state_file.name}.accounts")

    def path_of(self, key_id: str) -> Path | None:
        """Return the file of an account; its name is safe on any disk."""
        return self._folder and self._folder / f"{account_id(key_id)}.json"

    def all(self) -> list[Path]:
        """Return the files that exist."""
        return sorted(self._folder.glob("acc_*.json")) if self._folder else []

    def remove(self, key_id: str) -> None:
        """Delete the file of an account."""
        if (path := self.path_of(key_id)) is not None:
            path.unlink(missing_ok=True)
