"""Files in and out, backups, and the doctor's checks with what to do about each finding."""

from __future__ import annotations

import logging
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

from desktop_app.domain.outbox import CommandState
from desktop_app.services.errors import (
    GatewayError,
    NoKeysError,
    StorageError,
    TamperedError,
    UnauthorisedError,
)
from desktop_app.services.maintenance.audit_verification import AuditVerifier
from desktop_app.services.views.maintenance import CheckResult, Health
from desktop_app.services.views.outbox import DEAD_SHOWN
from desktop_app.services.views.settings import KeyMode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from desktop_app.services.connectivity import ConnectionMonitor
    from desktop_app.services.context import Context
    from desktop_app.services.maintenance.importing import Watch
    from desktop_app.services.ports.system import KeyVault
    from desktop_app.services.views.maintenance import BackupReport, ImportReport

log = logging.getLogger(__name__)

LARGEST_SKEW_S = 300
LOW_DISK_BYTES = 500_000_000
LAST_BACKUP = "backup.last_at"
KEPT_DAILY = 14


class Upkeep:
    """The api's `Upkeep`.

    Args:
        probes: checks of the machine (keyring, printers), by adapters.
    """

    def __init__(
        self,
        context: Context,
        line: ConnectionMonitor,
        vault: KeyVault,
        probes: Sequence[Callable[[], CheckResult]],
    ) -> None:
        self._context = context
        self._line = line
        self._vault = vault
        self._probes = probes

    def import_students(
        self, path: Path, watch: Watch | None = None, written: Watch | None = None
    ) -> ImportReport:
        """Import students from CSV; with problems nothing is imported."""
        from desktop_app.services.maintenance.importing import import_students  # noqa: PLC0415 - rare

        return import_students(self._context, path, watch, written)

    def import_courses(
        self, path: Path, watch: Watch | None = None, written: Watch | None = None
    ) -> ImportReport:
        """Import courses from CSV; with problems nothing is imported."""
        from desktop_app.services.maintenance.importing import import_courses  # noqa: PLC0415 - rare

        return import_courses(self._context, path, watch, written)

    def export(self, kind: str, path: Path, watch: Watch | None = None) -> int:
        """Write `students`, `courses` or `ledger` as .csv or .xlsx; return the rows written."""
        from desktop_app.services.maintenance.exporting import export  # noqa: PLC0415 - rare

        return export(self._context, kind, path, watch)

    def backup(self, path: Path) -> BackupReport:
        """Copy the database online, open the copy and count it."""
        report = self._context.store.backup(path)
        with self._context.store.writing() as work:
            work.put_setting(LAST_BACKUP, self._context.now().isoformat())
            self._context.audit(work, "backup.made", path.name, {"payments": report.payments})
            work.commit()
        return report

    def back_up_today(self) -> BackupReport | None:
        """Make the day's backup where there is none yet, and keep the newest fourteen.

        Raises:
            TamperedError: the copy was made, but the books are not as the desk wrote them.
            StorageError: no copy was made.
        """
        folder = self._context.folder / "backups"
        today = f"daily-{self._context.now():%Y%m%d}.sqlite3"
        if (folder / today).exists():
            return None
        broken = AuditVerifier(self._context).verify()
        report = self.backup(folder / today)
        if broken is not None:
            log.error("the audit trail does not hold: %s", broken)
            raise TamperedError(broken)
        for old in sorted(folder.glob("daily-*.sqlite3"))[:-KEPT_DAILY]:
            old.unlink(missing_ok=True)
        return report

    def last_backup_at(self) -> datetime | None:
        """When the newest good backup was made."""
        from datetime import datetime as moment  # noqa: PLC0415 - only a type elsewhere here

        found = self._context.store.reader.settings().get(LAST_BACKUP)
        return moment.fromisoformat(found) if found else None

    def last_backup_text(self) -> str:
        """Say when the newest good backup was made, in a few words."""
        made = self.last_backup_at()
        if made is None:
            return "no backup yet"
        local = made.astimezone()
        days = (self._context.now().astimezone().date() - local.date()).days
        day = {0: "today", 1: "yesterday"}.get(days, f"{local:%d-%m-%Y}")
        return f"backup {day} {local:%H:%M}"

    # --- the doctor

    def doctor(self) -> tuple[CheckResult, ...]:
        """Check database, backup, disk, keys, gateway, clock and the machine's own parts."""
        return (
            self._database(),
            self._trail(),
            self._backup_age(),
            self._errands(),
            self._disk(),
            self._keys(),
            *self._gateway(),
            *(probe() for probe in self._probes),
        )

    def _database(self) -> CheckResult:
        try:
            problems = self._context.store.reader.problems()
        except StorageError as error:
            problems = (str(error),)
        if not problems:
            return CheckResult("database", Health.GOOD, "The database is sound.")
        return CheckResult(
            "database",
            Health.BAD,
            "The database is damaged: {problem}",
            "Close the desk, run `pravesh restore` with the newest backup, then `reconcile`.",
            {"problem": problems[0]},
        )

    def _trail(self) -> CheckResult:
        try:
            broken = AuditVerifier(self._context).verify()
        except StorageError as error:
            broken = str(error)
        store = self._context.store
        if broken is None and store.anchor() is None and store.reader.audit_head() is not None:
            return CheckResult(
                "audit",
                Health.NOTE,
                "The audit trail holds, but its anchor file is missing.",
                "Without it an older database put in place cannot be told; it is written anew.",
            )
        if broken is None:
            return CheckResult("audit", Health.GOOD, "The audit trail holds.")
        return CheckResult(
            "audit",
            Health.BAD,
            "The audit trail does not hold: {problem}.",
            "Keep a copy of the data folder and tell the owner.",
            {"problem": broken},
        )

    def _backup_age(self) -> CheckResult:
        made = self.last_backup_at()
        advice = "Run `pravesh backup FILE` to another disk."
        if made is None:
            return CheckResult("backup", Health.NOTE, "There is no backup yet.", advice)
        at = {"at": f"{made.astimezone():%d-%m-%Y %H:%M}"}
        if self._context.now() - made < timedelta(days=1):
            return CheckResult("backup", Health.GOOD, "The newest backup is of {at}.", "", at)
        return CheckResult(
            "backup", Health.NOTE, "The newest backup is old: it is of {at}.", advice, at
        )

    def _errands(self) -> CheckResult:
        """How much must still be said to the gateway, and what it refused for good."""
        since = self._context.now() - DEAD_SHOWN
        try:
            found = [each.state for each in self._context.store.reader.errands(since)]
        except (StorageError, ValueError):
            return CheckResult("errands", Health.BAD, "The outbox cannot be read.")
        dead = found.count(CommandState.DEAD)
        values = {"waiting": len(found) - dead, "dead": dead}
        if not found:
            return CheckResult("errands", Health.GOOD, "Nothing waits to be sent to Razorpay.")
        if not dead:
            words = "{waiting} wait to be sent to Razorpay."
            return CheckResult("errands", Health.NOTE, words, "They go out by themselves.", values)
        return CheckResult(
            "errands",
            Health.BAD,
            "{dead} were refused by Razorpay for good; {waiting} wait to be sent.",
            "See `pravesh errands`, and settle them on Razorpay's dashboard.",
            values,
        )

    def _disk(self) -> CheckResult:
        free = shutil.disk_usage(self._context.folder).free
        words, values = "{count} MB free in the data folder.", {"count": free // 1_000_000}
        if free >= LOW_DISK_BYTES:
            return CheckResult("disk", Health.GOOD, words, "", values)
        return CheckResult("disk", Health.BAD, words, "Free some space; receipts need it.", values)

    def _keys(self) -> CheckResult:
        keys = self._vault.view()
        if keys.mode is KeyMode.NONE:
            return CheckResult(
                "keys", Health.BAD, "No Razorpay keys are set.", "Run `pravesh keys set`."
            )
        return CheckResult(
            "keys", Health.GOOD, "{key_id} ({mode}, from {source}).", "",
            {"key_id": keys.masked_id, "mode": keys.mode.value, "source": keys.source},
        )  # fmt: skip

    def _gateway(self) -> tuple[CheckResult, CheckResult]:
        try:
            self._context.gateway().ping()
        except GatewayError as error:
            return _unreachable(error)
        skew = self._line.state().clock_skew_s or 0.0
        clock = CheckResult(
            "clock",
            Health.GOOD,
            "The PC's clock is {count} s off.",
            "",
            {"count": round(abs(skew))},
        )
        if abs(skew) > LARGEST_SKEW_S:
            clock = CheckResult(
                "clock",
                Health.BAD,
                "The PC's clock is {count} minutes off.",
                "Set date and time to automatic; receipts carry this clock's date.",
                {"count": round(abs(skew) / 60)},
            )
        return CheckResult("gateway", Health.GOOD, "The gateway answers."), clock


def _unreachable(error: GatewayError) -> tuple[CheckResult, CheckResult]:
    clock = CheckResult("clock", Health.NOTE, "The clock could not be compared.", "")
    if isinstance(error, NoKeysError):
        finding, advice = "The gateway was not asked: there are no keys.", "Run `pravesh keys set`."
    elif isinstance(error, UnauthorisedError):
        finding, advice = "The gateway does not take the keys.", "Run `pravesh keys set` anew."
    else:
        finding = "The gateway cannot be reached."
        advice = "Check the line; cash and receipts go on without it."
    return CheckResult("gateway", Health.BAD, finding, advice), clock
