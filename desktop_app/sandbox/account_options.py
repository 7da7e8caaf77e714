"""How an account begins, and what a server can do with its accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from .entity_json import Json


@dataclass(frozen=True, slots=True)
class AccountOptions:
    """How an account begins, unless its state file knows better.

    Attributes:
        seed: makes its ids, and keys that are not given, repeatable.
        now: the instant at which its clock is stopped.
    """

    key_id: str | None = None
    key_secret: str | None = None
    seed: str | None = None
    now: int | None = None
    state_file: Path | None = None


class AccountRegistry(Protocol):
    """The accounts of a server."""

    def list_all(self) -> list[Json]:
        """Return every account."""
        ...

    def create(self, wanted: AccountOptions) -> Json:
        """Create an account; return its address and keys."""
        ...

    def delete(self, key_id: str) -> None:
        """Delete an account."""
