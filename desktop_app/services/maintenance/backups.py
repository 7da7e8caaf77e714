"""Backups: copies made while the desk works, each opened and counted."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING

from desktop_app.services.errors import StorageError, TamperedError
from desktop_app.services.maintenance.audit_verification import AuditVerifier
from desktop_app.services.output_paths import check_output

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from desktop_app.services.context import Context
    from desktop_app.services.views.maintenance import BackupReport, BookContents

log = logging.getLogger(__name__)

LAST_BACKUP = "backup.last_at"
DAILY_MADE = "backup.daily_made"
"""The name of the newest daily backup. A file with the name of today may be of a clock that ran
ahead."""
KEPT_DAILY = 14


class Backups:
    """Makes backups and remembers when. All local."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def make(self, path: Path) -> BackupReport:
        """Copy the database online, open the copy and count it.

        Raises:
            InvalidInputError: the path is one of the program's own files, or no file.
            StorageError: the copy cannot be made.
        """
        check_output(path, self._context.folder, may_replace_database=True)
        return self._make(path)

    def _make(self, path: Path, *, is_daily: bool = False) -> BackupReport:
        if self._context.store.refusal is not None:
            raise self._context.store.refusal
        report = self._context.store.backup(path)
        with self._context.store.writing() as work:
            work.put_setting(LAST_BACKUP, self._context.now().isoformat())
            if is_daily:
                work.put_setting(DAILY_MADE, path.name)
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
        folder, today = self._context.folder / "backups", f"daily-{self._context.now():%Y%m%d}"
        made = self._context.store.reader.settings.all().get(DAILY_MADE, "")
        if made.startswith(today) and (folder / made).is_file():
            altered = self._context.store.reader.audit.altered_schema()
            if altered is not None:
                raise TamperedError(altered)
            return None
        if self._context.store.refusal is not None:
            return None
        broken = AuditVerifier(self._context).verify()
        report = self._make(_unused(folder, today), is_daily=True)
        if broken is not None:
            log.error("the audit trail does not hold: %s", broken)
            raise TamperedError(broken)
        for old in self._surplus(sorted(folder.glob("daily-*.sqlite3")), today):
            if old != report.path:
                old.unlink(missing_ok=True)
        return report

    def _surplus(self, found: Sequence[Path], today: str) -> list[Path]:
        """Return the daily backups that may go, by what is in them.

        Those that the book continues are counted by their audit entries, without those named after
        today. Those of a book that was replaced by a restore are counted separately: they hold what
        this one lacks. None goes while there are as few as are kept, and none is opened.
        """
        if len(found) <= KEPT_DAILY:
            return []
        has_link = self._context.store.reader.audit.has_link
        ours: list[tuple[int, Path]] = []
        others: list[tuple[str, Path]] = []
        for path in found:
            read = self._read(path)
            if read is None:
                others.append(("", path))
            elif read.head is None or has_link(read.head):
                ours.append((read.head.number if read.head else 0, path))
            else:
                others.append((read.at, path))
        counted = sorted(number for number, path in ours if path.name[: len(today)] <= today)
        least = counted[-KEPT_DAILY:][0] if counted else 0
        surplus = [path for number, path in ours if number < least]
        return surplus + [path for _at, path in sorted(others)[:-KEPT_DAILY]]

    def _read(self, path: Path) -> BookContents | None:
        with suppress(StorageError):
            return self._context.store.read_backup(path)
        return None

    def last_made_at(self) -> datetime | None:
        """Return when the newest good backup was made, aware; None for never."""
        found = self._context.store.reader.settings.all().get(LAST_BACKUP)
        return datetime.fromisoformat(found) if found else None


def _unused(folder: Path, name: str) -> Path:
    """Return a path in a folder at which there is nothing: a backup never replaces another."""
    path = folder / f"{name}.sqlite3"
    for number in count(2):
        if not path.is_symlink() and not path.exists():
            break
        path = folder / f"{name}-{number}.sqlite3"
    return path
