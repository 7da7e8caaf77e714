"""Backups: copies made while the desk works, each opened and counted."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from desktop_app.services.errors import TamperedError
from desktop_app.services.maintenance.audit_verification import AuditVerifier

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.services.context import Context
    from desktop_app.services.views.maintenance import BackupReport

log = logging.getLogger(__name__)

LAST_BACKUP = "backup.last_at"
KEPT_DAILY = 14


class Backups:
    """Makes backups and remembers when. All local."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def make(self, path: Path) -> BackupReport:
        """Copy the database online, open the copy and count it. Raises a StorageError."""
        report = self._context.store.backup(path)
        with self._context.store.writing() as work:
            work.put_setting(LAST_BACKUP, self._context.now().isoformat())
            self._context.audit(work, "backup.made", path.name, {"payments": report.payments})
            work.commit()
        return report

    def make_daily(self) -> BackupReport | None:
        """Make the day's backup where there is none yet, and keep the newest fourteen.

        The schema is compared each time: a trigger that somebody added changes rows all day.

        Raises:
            TamperedError: there is a copy, but the books are not as the desk wrote them.
            StorageError: no copy was made.
        """
        folder = self._context.folder / "backups"
        today = f"daily-{self._context.now():%Y%m%d}.sqlite3"
        if (folder / today).exists():
            altered = self._context.store.reader.audit.altered_schema()
            if altered is not None:
                raise TamperedError(altered)
            return None
        if self._context.store.refusal is not None:
            return None
        broken = AuditVerifier(self._context).verify()
        report = self.make(folder / today)
        if broken is not None:
            log.error("the audit trail does not hold: %s", broken)
            raise TamperedError(broken)
        for old in sorted(folder.glob("daily-*.sqlite3"))[:-KEPT_DAILY]:
            old.unlink(missing_ok=True)
        return report

    def last_made_at(self) -> datetime | None:
        """Return when the newest good backup was made, aware; None for never."""
        found = self._context.store.reader.settings.all().get(LAST_BACKUP)
        return datetime.fromisoformat(found) if found else None
