"""Health checks; each finding with the command that fixes it."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

from desktop_app.domain.key_mode import mode_of
from desktop_app.domain.outbox import CommandState
from desktop_app.domain.polling import WATCH_DAYS
from desktop_app.domain.receipt import IST, is_marked_as_test
from desktop_app.services.errors import GatewayError, NoKeysError, StorageError, UnauthorisedError
from desktop_app.services.isolation import stuck_subjects
from desktop_app.services.maintenance.audit_verification import AuditVerifier
from desktop_app.services.maintenance.backups import Backups
from desktop_app.services.views.maintenance import CheckResult, Health
from desktop_app.services.views.outbox import DEAD_SHOWN
from desktop_app.services.views.settings import KeyMode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desktop_app.services.connectivity import ConnectionMonitor
    from desktop_app.services.context import Context
    from desktop_app.services.ports.system import KeyVault

LARGEST_SKEW_S = 300
MOST_NAMED = 20
"""How many rows that do not add up are named."""
LOW_DISK_BYTES = 500_000_000


class HealthChecks:
    """The checks of `pravesh doctor`.

    Args:
        probes: checks of the machine (keyring, printers), by adapters.
        probe_folder: the check of where the data folder is; None for none.
    """

    def __init__(
        self,
        context: Context,
        line: ConnectionMonitor,
        vault: KeyVault,
        probes: Sequence[Callable[[], CheckResult]],
        probe_folder: Callable[[], CheckResult] | None = None,
    ) -> None:
        self._context = context
        self._line = line
        self._vault = vault
        self._probes = probes if probe_folder is None else (*probes, probe_folder)
        self._probe_folder = probe_folder

    def folder(self) -> CheckResult | None:
        """Check where the data folder is (local); None where that is not known."""
        return None if self._probe_folder is None else self._probe_folder()

    def run(self) -> tuple[CheckResult, ...]:
        """Check database, backup, outbox, disk, keys, gateway, clock and the machine (gateway)."""
        return (
            self._database(),
            self._trail(),
            self._balances(),
            self._unlisted(),
            *self._test_fees(),
            *self._desk_id(),
            self._backup_age(),
            self._outbox(),
            self._stuck(),
            self._foreign(),
            self._disk(),
            self._keys(),
            *self._gateway(),
            *(probe() for probe in self._probes),
        )

    def _database(self) -> CheckResult:
        try:
            problems = self._context.store.reader.audit.problems()
        except StorageError as error:
            problems = (str(error),)
        if not problems:
            return CheckResult("database", Health.GOOD, "Database OK.")
        return CheckResult(
            "database",
            Health.BAD,
            "The database is damaged: {problem}",
            "Close Pravesh. Run `pravesh restore` with the latest backup, then `pravesh "
            "reconcile`.",
            {"problem": problems[0]},
        )

    def _trail(self) -> CheckResult:
        try:
            verifier = AuditVerifier(self._context)
            broken, deleted = verifier.verify(), verifier.anchor_deleted_at()
        except StorageError as error:
            broken, deleted = str(error), None
        if broken is None and deleted is not None:
            return CheckResult(
                "audit",
                Health.NOTE,
                "Audit log OK. Someone deleted the log's safety file before {at}.",
                "No entry is missing. Find out who deletes files in the data folder.",
                {"at": f"{deleted.astimezone(IST):%d %b %Y %H:%M}"},
            )
        if broken is None:
            return CheckResult("audit", Health.GOOD, "Audit log OK.")
        return CheckResult(
            "audit",
            Health.BAD,
            "The audit log is damaged ({problem}).",
            "Keep a copy of the data folder and tell the owner.",
            {"problem": broken},
        )

    def _balances(self) -> CheckResult:
        """Compute again what dues, payments and receipts add up to."""
        try:
            differences = self._context.store.reader.balances.differences()
        except StorageError as error:
            differences = (str(error),)
        if not differences:
            return CheckResult("balances", Health.GOOD, "Dues, payments and receipts add up.")
        return CheckResult(
            "balances",
            Health.BAD,
            "Some records don't add up ({count}). {rows}",
            "Keep a copy of the data folder and send it to support.",
            {"count": len(differences), "rows": ", ".join(differences[:MOST_NAMED])},
        )

    def _unlisted(self) -> CheckResult:
        """Name the first payment of which the books owe or are owed money that no list shows."""
        try:
            found = self._context.store.reader.balances.unlisted()
        except StorageError:
            return CheckResult("lists", Health.BAD, "We can't read the payments.")
        if not found:
            return CheckResult("lists", Health.GOOD, "Every payment is in a list.")
        first = found[0]
        values = {
            "count": len(found),
            "payment": first.payment,
            "name": f"{first.student_name} ({first.roll_no})",
            "amount": first.amount,
        }
        if first.is_overdrawn:
            return CheckResult(
                "lists",
                Health.BAD,
                "Some refunded money still pays a fee ({count}). The first is {amount} of "
                "{payment}, {name}.",
                "Run `pravesh reconcile`. The fee will be due again. If that doesn't help, keep a "
                "copy of the data folder and send it to support.",
                values,
            )
        return CheckResult(
            "lists",
            Health.BAD,
            "We owe some parents money that isn't in the Inbox ({count}). The first is {amount} of "
            "{payment}, {name}.",
            "Don't refund it yet. Keep a copy of the data folder and send it to support.",
            values,
        )

    def _test_fees(self) -> tuple[CheckResult, ...]:
        """Count the fees that stayed paid by test keys once the keys are live."""
        reader = self._context.store.reader
        if self._context.is_training or self._vault.view().mode is not KeyMode.LIVE:
            return ()
        try:
            found = reader.balances.of_test_keys()
            is_too_late = reader.payments.has_live_money()
        except StorageError:
            return ()  # the other checks report it
        if not found.payments:
            return ()
        advice = (
            "Enter the test keys, refund these payments and keep the enrolments. The fees will be "
            "due again."
            if is_too_late
            else "Run `pravesh desk clean` to start a book without them."
        )
        return (
            CheckResult(
                "test payments",
                Health.NOTE,
                "Fees of {amount} are paid only by test payments ({count}). You received no real "
                "money for them.",
                advice,
                {"amount": found.paid, "count": found.payments},
            ),
        )

    def _desk_id(self) -> tuple[CheckResult, ...]:
        """Report an id that was set before such ids were refused; its receipts go on."""
        desk = self._context.settings().desk_id
        if not is_marked_as_test(desk):
            return ()
        finding = "The ID {desk} ends with T, so this desk's receipts look like practice receipts."
        advice = "Choose another desk ID in Settings. Receipts will start a new series."
        return (CheckResult("desk", Health.NOTE, finding, advice, {"desk": desk}),)

    def _backup_age(self) -> CheckResult:
        made = Backups(self._context).last_made_at()
        advice = "Run `pravesh backup FILE` and keep the file on another disk."
        if made is None:
            return CheckResult("backup", Health.NOTE, "No backup yet.", advice)
        at = {"at": f"{made.astimezone(IST):%d %b %Y %H:%M}"}
        if self._context.now() - made < timedelta(days=1):
            return CheckResult("backup", Health.GOOD, "Last backup: {at}.", "", at)
        return CheckResult("backup", Health.NOTE, "The last backup is old ({at}).", advice, at)

    def _outbox(self) -> CheckResult:
        """Count the commands that wait for the gateway, and those it refused permanently."""
        since = self._context.now() - DEAD_SHOWN
        try:
            found = [each.state for each in self._context.store.reader.outbox.views(since)]
        except (StorageError, ValueError):
            return CheckResult(
                "errands",
                Health.BAD,
                "We can't read the list of pending requests to Razorpay.",
            )
        dead = found.count(CommandState.DEAD)
        values = {"waiting": len(found) - dead, "dead": dead}
        if not found:
            return CheckResult("errands", Health.GOOD, "There are no pending requests to Razorpay.")
        if not dead:
            words = "Pending requests to Razorpay: {waiting}."
            return CheckResult(
                "errands", Health.NOTE, words, "We'll send them automatically.", values
            )
        return CheckResult(
            "errands",
            Health.BAD,
            "Razorpay rejected some requests ({dead}). The others are still pending ({waiting}).",
            "See `pravesh errands`. Settle them on Razorpay's dashboard.",
            values,
        )

    def _stuck(self) -> CheckResult:
        """Name what the last checks could not read or record."""
        try:
            stuck = stuck_subjects(self._context)
        except (StorageError, ValueError):
            return CheckResult("stuck", Health.BAD, "We can't read the list of failed checks.")
        if not stuck:
            return CheckResult("stuck", Health.GOOD, "We recorded every answer from Razorpay.")
        subject, problem = next(iter(stuck.items()))
        return CheckResult(
            "stuck",
            Health.BAD,
            "We couldn't check some payments ({count}). The first is {subject} ({problem}).",
            "Check it on Razorpay's dashboard, then run `pravesh reconcile`. If that doesn't help, "
            "send the log to support.",
            {"count": len(stuck), "subject": self._reference_of(subject), "problem": problem},
        )

    def _reference_of(self, subject: str) -> str:
        """Return the reference that Razorpay shows of an attempt; other subjects as they are."""
        try:
            return self._context.store.reader.attempts.get(subject)[0].reference
        except KeyError:
            return subject

    def _foreign(self) -> CheckResult:
        """Count open and watched payments that the present keys cannot ask about."""
        since = self._context.now() - timedelta(days=WATCH_DAYS)
        mode = mode_of(self._context.gateway().key_id)
        try:
            watched = self._context.store.reader.attempts.watched(since)
        except (StorageError, ValueError):
            return CheckResult("other keys", Health.BAD, "We can't read the payments.")
        foreign = [each for each in watched if mode_of(each.key_id) != mode]
        if not foreign:
            return CheckResult(
                "other keys", Health.GOOD, "Your API keys match every pending payment."
            )
        return CheckResult(
            "other keys",
            Health.NOTE,
            "You made some payments with other {mode} keys ({count}). We can't check these "
            "payments.",
            "Enter those keys again and run `pravesh reconcile`. We don't hold seats for these "
            "payments.",
            {"count": len(foreign), "mode": mode_of(foreign[0].key_id).removeprefix("rzp_")},
        )

    def _disk(self) -> CheckResult:
        free = shutil.disk_usage(self._context.folder).free
        words, values = "The data folder's disk has {count} MB free.", {"count": free // 1_000_000}
        if free >= LOW_DISK_BYTES:
            return CheckResult("disk", Health.GOOD, words, "", values)
        return CheckResult(
            "disk", Health.BAD, words, "Free up some space. Pravesh needs it for receipts.", values
        )

    def _keys(self) -> CheckResult:
        keys = self._vault.view()
        if keys.mode is KeyMode.NONE:
            return CheckResult("keys", Health.BAD, "No API keys yet.", "Run `pravesh keys set`.")
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
            "This PC's clock is within {count} s of the right time.",
            "",
            {"count": round(abs(skew))},
        )
        if abs(skew) > LARGEST_SKEW_S:
            clock = CheckResult(
                "clock",
                Health.BAD,
                "This PC's clock is off by {count} minutes.",
                "Set this PC's date and time to automatic. Receipts show this date.",
                {"count": round(abs(skew) / 60)},
            )
        return CheckResult("gateway", Health.GOOD, "We can reach Razorpay."), clock


def _unreachable(error: GatewayError) -> tuple[CheckResult, CheckResult]:
    clock = CheckResult("clock", Health.NOTE, "We couldn't check this PC's clock.", "")
    if isinstance(error, NoKeysError):
        finding, advice = (
            "We need your API keys to check the connection to Razorpay.",
            "Run `pravesh keys set`.",
        )
    elif isinstance(error, UnauthorisedError):
        finding, advice = (
            "Razorpay rejected the API keys.",
            "Run `pravesh keys set` and enter them again.",
        )
    else:
        finding = "Couldn't reach Razorpay."
        advice = "Check the internet. Cash and receipts work offline."
    return CheckResult("gateway", Health.BAD, finding, advice), clock
