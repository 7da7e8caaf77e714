"""How the desk is doing: backup, disk, what waits for a person, what waits for the line.

Read in a worker every minute and whenever something changed. Shows nothing itself, and asks the
gateway nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.settings import KeysView
    from desktop_app.ui.core.jobs import JobRunner

EVERY_MS = 60_000
OLD_BACKUP = timedelta(days=1)
LOW_DISK_BYTES = 500_000_000
LARGEST_SKEW_S = 300.0


class HealthView(NamedTuple):
    """How the desk is doing, as last read.

    Attributes:
        backup_at: when the newest good backup was made, aware; None for never.
        held: payments in the inbox that wait for a decision.
        unsaid: commands not yet sent to Razorpay; `dead`: those it refused for good.
        free_bytes: on the disk of the data folder, None where it is unknown.
        disputed: disputes that want an answer.
        stuck: payments that could not be read or recorded.
        shared_code: this desk's code where another desk has it too; else empty.
    """

    keys: KeysView
    backup_at: datetime | None
    held: int
    unsaid: int
    dead: int
    free_bytes: int | None
    disputed: int = 0
    stuck: int = 0
    shared_code: str = ""

    @property
    def has_old_backup(self) -> bool:
        """Whether the newest backup is more than a day old, or there is none."""
        return self.backup_at is None or datetime.now(UTC) - self.backup_at > OLD_BACKUP

    @property
    def has_full_disk(self) -> bool:
        """Whether there is hardly any room left."""
        return self.free_bytes is not None and self.free_bytes < LOW_DISK_BYTES

    @property
    def needs_look(self) -> int:
        """How many things wait for a person."""
        counts = (self.held, self.dead, self.disputed, self.stuck)
        return sum(counts) + self.has_full_disk + bool(self.shared_code)


class HealthPresenter(QObject):
    """Reads how the desk is doing.

    Signals:
        health: a `HealthView`, after every reading.
    """

    health = Signal(object)

    def __init__(self, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._folder: Path | None = None
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.read)

    def begin(self, folder: Path | None) -> None:
        """Read every minute from now on; `folder` is the data folder, for the disk."""
        self._folder = folder
        self._timer.start()
        self.read()

    def stop(self) -> None:
        """Read no more: the window is closing."""
        self._timer.stop()

    def read(self) -> None:
        """Read now; not before reading began."""
        if self._timer.isActive():
            read = partial(_read, self._folder)
            self._runner.local(read, self.health.emit, owner=self, replaces="health")


def _read(folder: Path | None, desk: Desk) -> HealthView:
    errands = [each.state.value for each in desk.outbox.commands()]
    return HealthView(
        keys=desk.settings.keys(),
        backup_at=desk.backups.last_made_at(),
        held=len(desk.unapplied.held()),
        unsaid=sum(state in {"pending", "sending"} for state in errands),
        dead=errands.count("dead"),
        free_bytes=_free(folder),
        disputed=sum(each.status == "open" for each in desk.disputes.known()),
        stuck=desk.polling.stuck(),
        shared_code=desk.identity.shared_code(),
    )


def _free(folder: Path | None) -> int | None:
    import shutil

    try:
        return shutil.disk_usage(folder).free if folder is not None else None
    except OSError:
        return None
