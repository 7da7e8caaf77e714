"""Ports to everything besides gateway and storage; tests fake them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from desktop_app.domain.check_code import CentreKey
    from desktop_app.services.views.bills import SlipView
    from desktop_app.services.views.payments import PhoneSees
    from desktop_app.services.views.receipts import ReceiptView
    from desktop_app.services.views.settings import KeysView
    from desktop_app.services.views.tenders import DepositView


class Clock(Protocol):
    """Time, injected so that tests and simulations control it."""

    def now(self) -> datetime:
        """Return the PC's wall clock as aware UTC; may be wrong or jump."""

    def monotonic(self) -> float:
        """Return seconds that only grow; for time-outs and countdowns."""

    def sleep(self, seconds: float) -> None:
        """Wait; only ever called off the GUI thread."""


class IdSource(Protocol):
    """Makes ids that no other desk makes."""

    def new(self) -> str:
        """Return a fresh UUIDv7 as 36 characters of text."""


class ParentPhone(Protocol):
    """The parent's phone (gateway); in training only."""

    def scan(self, qr_text: str) -> PhoneSees:
        """Return what a phone shows for a QR."""

    def pay(self, qr_text: str, outcome: str = "success", after_s: int = 0) -> None:
        """Pay, or not: `success`, `failure`, `timeout`, `late`."""


class PageNews(Enum):
    """An event on a page of the checkout."""

    PROOF = "a proof came that a payment was made, or one that claims so"
    FAILED = "a payment failed"
    BACK = "the way back to the desk was pressed"


Notify = Callable[[PageNews], None]


class CheckoutServer(Protocol):
    """Serves the pages of the checkout to browsers of this PC."""

    def open(self, attempt_uid: str, notify: Notify) -> str:
        """Return the address of an attempt's page: the one it has, or a fresh one."""

    def close(self) -> None:
        """Serve no more."""


class KeyVault(Protocol):
    """Where the gateway's keys are kept. Blocks: keyrings may ask the user."""

    def load(self) -> tuple[str, str] | None:
        """Return the key id and secret, or None."""

    def save(self, key_id: str, key_secret: str) -> None:
        """Keep them. Raises NoKeyringError."""

    def forget(self) -> None:
        """Remove them. Raises NoKeyringError."""

    def view(self) -> KeysView:
        """Return the stored keys, masked."""


class ReceiptKeys(Protocol):
    """Where the keys of the check codes on receipts are kept. Blocks: keyrings may ask."""

    def load(self) -> tuple[CentreKey, ...]:
        """Return every key there has been, oldest first; none where none can be kept."""

    def add(self, key: CentreKey) -> None:
        """Keep a key as the newest. Raises NoKeyringError."""


class BookRegistry(Protocol):
    """The memory of books in this user's system, outside their data folders.

    Only `secret` and `anchors` always block on a keyring; the others do where their file is
    missing.
    """

    @property
    def is_in_keyring(self) -> bool:
        """Whether a keyring holds the secret; weaker where it does not."""

    @property
    def is_kept(self) -> bool:
        """Whether the next start will find the installation's id again."""

    def installation_id(self) -> str:
        """Return the random id of this user's installation, made once."""

    def secret(self) -> bytes:
        """Return 32 random bytes for HMAC, made once.

        Raises NoKeyringError while the keyring that holds them is locked.
        """

    def place(self, book_id: str) -> Path | None:
        """Return the data folder a book was last known in; None for an unknown book."""

    def remember_place(self, book_id: str, folder: Path, code: str = "") -> None:
        """Remember the data folder of a book, and its desk code."""

    def book_at(self, folder: Path) -> str | None:
        """Return the id of the book that was last known in a data folder; None without one."""

    def code(self, book_id: str) -> str | None:
        """Return the desk code remembered for a book; None for an unknown book."""

    def codes(self, but: str = "") -> frozenset[str]:
        """Return the desk codes of known books, except of one of them."""

    def anchor(self, book_id: str) -> str | None:
        """Return the newest text remembered for a book; None for an unknown book."""

    def anchors(self, book_id: str) -> tuple[str, ...]:
        """Return the texts that the file and the keyring remember for a book."""

    def remember_anchor(self, book_id: str, text: str) -> None:
        """Remember a text for a book; called after every commit, far below a millisecond."""


class Documents(Protocol):
    """The desk's documents. Papers are `a4 a5 roll80 roll58`, languages `en hi`."""

    def receipt_html(
        self, receipt: ReceiptView, paper: str, language: str, picture: Path | None = None
    ) -> str:
        """Render as HTML; `picture` is a logo that is not kept yet, in place of the kept one."""

    def write_pdf(self, receipt: ReceiptView, paper: str, language: str, path: Path) -> Path:
        """Write as PDF, atomically."""

    def paint(self, receipt: ReceiptView, paper: str, language: str, device: object) -> None:
        """Paint on a printer (a QPagedPaintDevice). Raises OSError when it does not take it."""

    def slip_html(self, slip: SlipView | DepositView, paper: str, language: str) -> str:
        """Render a slip as HTML."""

    def write_slip(
        self, slip: SlipView | DepositView, paper: str, language: str, path: Path
    ) -> Path:
        """Write a slip as PDF, atomically."""

    def paint_slip(
        self, slip: SlipView | DepositView, paper: str, language: str, device: object
    ) -> None:
        """Paint a slip on a printer. Raises OSError when it does not take it."""

    def keep_logo(self, picture: Path) -> str:
        """Check a picture, keep it in the data folder as PNG, and name it for the settings.

        Raises:
            InvalidInputError: it is no picture, too large, or not a file of this computer.
        """

    def write_rows(
        self,
        path: Path,
        header: Sequence[str],
        rows: Iterable[Sequence[object]],
        about: Sequence[Sequence[str]] = (),
    ) -> int:
        """Write a sheet as .csv or .xlsx by the path's suffix; return the rows written.

        Rows about what is shown come before the column names.
        """

    def read_rows(
        self, path: Path, known: Collection[str] = ()
    ) -> tuple[tuple[str, ...], Iterator[tuple[int, dict[str, str]]]]:
        """Read a CSV file: its header, and each row with its line number.

        The header is found by the known columns below the first rows of an exported list.

        Raises:
            InvalidInputError: it cannot be read; the message is a sentence for people.
        """
