"""The memory of books of one user's system, without files or a keyring."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class MemoryRegistry:
    """The port `BookRegistry` in memory.

    Args:
        installation: its id.
    """

    is_in_keyring = True
    is_kept = True

    def __init__(self, installation: str = "installation") -> None:
        self._installation = installation
        self.places: dict[str, tuple[Path, str]] = {}
        self.texts: dict[str, str] = {}

    def installation_id(self) -> str:
        return self._installation

    def secret(self) -> bytes:
        return self._installation.encode().ljust(32, b".")

    def place(self, book_id: str) -> Path | None:
        found = self.places.get(book_id)
        return found[0] if found else None

    def remember_place(self, book_id: str, folder: Path, code: str = "") -> None:
        self.places[book_id] = folder, code

    def book_at(self, folder: Path) -> str | None:
        return next((book for book, found in self.places.items() if found[0] == folder), None)

    def code(self, book_id: str) -> str | None:
        found = self.places.get(book_id)
        return found[1] if found else None

    def codes(self, but: str = "") -> frozenset[str]:
        return frozenset(
            code for book, (_place, code) in self.places.items() if book != but and code
        )

    def anchor(self, book_id: str) -> str | None:
        return self.texts.get(book_id)

    def anchors(self, book_id: str) -> tuple[str, ...]:
        return (self.texts[book_id],) if book_id in self.texts else ()

    def remember_anchor(self, book_id: str, text: str) -> None:
        self.texts[book_id] = text
