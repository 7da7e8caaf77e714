"""The full page shown when the desk cannot be opened: why, and the way back.

For a damaged database it offers the newest good backup: what it holds, what may be missing,
a button that restores it and opens the desk, which then compares itself with Razorpay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.receipt import IST
from desktop_app.services.errors import DatabaseCorruptError
from desktop_app.ui.core.diagnostics import crash_report
from desktop_app.ui.core.error_notices import describe
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.jobs import Lane
from desktop_app.ui.core.notice import Notice, Tone

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from desktop_app.services.views.maintenance import BackupReport
    from desktop_app.ui.shell.host import Host

Found = TypeVar("Found")
FOLDER = N_("Data folder: {place}")
_MISSING = N_(
    "No money moves. Fees you collected after this backup may be missing. Enter cash again "
    "from the printed receipts. We check UPI payments with Razorpay."
)
_NEXT = N_(
    "The next receipt is {number}. Earlier numbers may already be on paper. The "
    "damaged file stays in the data folder."
)
_FULL = N_("This year's receipt numbers are used up. Choose another desk ID in Settings.")


class Restored(Protocol):
    """The result of a restore."""

    @property
    def since(self) -> datetime:
        """The instant after which payments may be missing."""
        ...

    @property
    def next_receipt(self) -> str:
        """The number of the next receipt; those skipped may have been issued."""
        ...


class Rescue(Protocol):
    """The way back from a damaged database."""

    def newest(self) -> BackupReport | None:
        """Find the newest backup that opens and counts; None without any. Blocks."""
        ...

    def restore(self, backup: BackupReport) -> Restored:
        """Put a backup in the database's place; the damaged file is kept. Blocks.

        Raises:
            StorageError: nothing was changed.
        """
        ...


def show_failure(window: Host, error: BaseException) -> None:
    """Show across the whole page that the desk could not be opened."""
    message = window.parts.message
    message.show_notice(describe(error), place=(FOLDER, window.where()) if window.where() else None)
    message.show_report(crash_report(error))
    message.show_progress(under_way=False)
    message.restore_button.hide()
    window.parts.show_message()
    message.close_button.setFocus()
    window.parts.status.show_closed()


class RecoveryPage(QObject):
    """Leads from a damaged database back to an open desk.

    Signals:
        restored: a backup replaced the database; the desk may be opened again.

    Args:
        window: whose whole page it uses.
        rescue: finds and restores backups.
    """

    restored = Signal()

    def __init__(self, window: Host, rescue: Rescue) -> None:
        super().__init__(window)
        self._window = window
        self._rescue = rescue
        self._backup: BackupReport | None = None
        self._restored: Restored | None = None
        self._is_busy = False
        window.parts.message.restore_button.clicked.connect(self._restore)

    def begin(self, error: BaseException) -> None:
        """Look for a backup when the database is damaged."""
        if isinstance(error, DatabaseCorruptError):
            self._run(self._rescue.newest, self._found)

    def tell(self) -> None:
        """Post, once the desk is open again, what was restored and what may be missing."""
        if self._backup is None or self._restored is None:
            return
        self._window.parts.notices.note(
            N_("Restored the backup from {at}."),
            money=N_("We're comparing payments with Razorpay. Cash taken after {since} may be "
                     "missing. Check the printed receipts."),
            todo=_NEXT if self._restored.next_receipt else _FULL,
            tone=Tone.ATTENTION, key="restored",
            values={
                "at": _moment(self._backup.made_at), "since": _moment(self._restored.since),
                "number": self._restored.next_receipt,
            },
        )  # fmt: skip
        self._backup = self._restored = None

    def _run(self, work: Callable[[], Found], done: Callable[[Found], None]) -> None:
        self._is_busy = True
        message = self._window.parts.message
        message.show_progress(under_way=True)
        message.restore_button.setEnabled(False)
        message.close_button.setEnabled(False)
        self._window.runner.submit(
            Lane.LOCAL, work, owner=self, on_done=done, on_error=self._failed
        )

    def _rest(self) -> None:
        self._is_busy = False
        message = self._window.parts.message
        message.show_progress(under_way=False)
        message.restore_button.setEnabled(True)
        message.close_button.setEnabled(True)

    def _found(self, backup: BackupReport | None) -> None:
        self._rest()
        self._backup = backup
        message = self._window.parts.message
        if backup is None:
            return
        message.show_notice(
            Notice(
                N_("The database file is damaged. There's a good backup from {at}."),
                _MISSING,
                N_("Students: {students}, payments: {payments}, receipts: {receipts}. We keep the "
                   "damaged file."),
                values={
                    "at": _moment(backup.made_at), "students": backup.students,
                    "payments": backup.payments, "receipts": backup.receipts,
                },
            ),
            icon="attention",
            place=(FOLDER, self._window.where()) if self._window.where() else None,
        )  # fmt: skip
        message.restore_button.show_text(N_("Restore and compare with Razorpay"))
        message.restore_button.show()
        message.restore_button.setFocus()

    def _restore(self) -> None:
        if self._backup is None or self._is_busy:
            return
        backup = self._backup
        self._run(lambda: self._rescue.restore(backup), self._is_restored)
        self._window.parts.message.show_notice(
            Notice(
                N_("Restoring the backup from {at}…"),
                N_("No money moves."),
                N_("Pravesh opens when the restore is done."),
                values={"at": _moment(backup.made_at)},
            ),
            icon="backup",
        )

    def _is_restored(self, report: Restored) -> None:
        self._rest()
        self._restored = report
        self._window.parts.message.restore_button.hide()
        self.restored.emit()

    def _failed(self, error: Exception) -> None:
        self._rest()
        self._backup = None
        show_failure(self._window, error)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(IST):%d %b %Y %H:%M}"
