"""Notices about the desk's health: at the start on their own, later when a status item is pressed.

The table has one row per state: the state, what it means for money, what to do, and the
buttons that lead on. Repairs nothing itself.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.services.views.changes import Changes
from desktop_app.ui.core.formatting import backup_words
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.notice import Tone
from desktop_app.ui.shell.health_presenter import LARGEST_SKEW_S, HealthPresenter, HealthView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.maintenance import BackupReport
    from desktop_app.services.views.settings import ConnectionState
    from desktop_app.ui.shell.host import Host
    from desktop_app.ui.shell.navigator import Navigator
    from desktop_app.ui.shell.parts import Parts

Row = tuple[N_, N_, N_, Tone, tuple[str, ...]]
"""The state, what it means for money, what to do, the tone, and names of `_actions`."""
_SAFE = N_("Every payment is recorded on this PC. Only the backup is missing.")
_MAKE_ONE = N_("Back up now and keep a copy on another disk.")
_LOOKED_AT = N_("We check pending payments automatically, even after a restart.")
_IN_THE_TRAY = N_("Select a payment in the tray at the bottom to reopen it.")
_NO_KEYS: Row = (
    N_("Razorpay isn't set up yet."),
    N_("Cash and receipts work, but UPI doesn't."),
    N_("Enter your API keys in Settings."),
    Tone.ATTENTION, ("keys",),
)  # fmt: skip
_ROWS: Mapping[str, Row] = {
    "mode training": (
        N_("This is practice mode."),
        N_("No real money moves, and receipts aren't valid."),
        N_("To collect real fees, close this window and start Pravesh normally."),
        Tone.ATTENTION, (),
    ),
    "mode sandbox": (
        N_("Payments go to a sandbox."),
        N_("No real money moves."),
        N_("To collect real fees, close Pravesh and start it without --gateway-url."),
        Tone.ATTENTION, (),
    ),
    "mode test": (
        N_("You're using test API keys."),
        N_("Test payments don't reach your bank."),
        N_("Enter your live keys in Settings before you collect fees."),
        Tone.ATTENTION, ("keys",),
    ),
    "mode none": _NO_KEYS,
    "mode live": (
        N_("You're using live API keys."),
        N_("Parents' payments go to your Razorpay account."),
        N_(""),
        Tone.GOOD, (),
    ),
    "line unknown": (
        N_("We haven't checked the connection yet."),
        N_(""),
        N_("Check the connection now."),
        Tone.PLAIN, ("retry",),
    ),
    "line online": (
        N_("You're online."),
        N_(""),
        N_("We check pending payments automatically."),
        Tone.GOOD, ("retry",),
    ),
    "line offline": (
        N_("Can't reach Razorpay."),
        N_("You can still take cash and print receipts, or enrol now and collect later."),
        N_("Check the internet, then try again."),
        Tone.ATTENTION, ("retry",),
    ),
    "line refused": (
        N_("Razorpay rejected the API keys. The keys are wrong or no longer valid."),
        N_("No money moved. We can't check pending payments until the keys work."),
        N_("Create new keys on Razorpay's dashboard and enter them in Settings."),
        Tone.WRONG, ("keys",),
    ),
    "line no_keys": _NO_KEYS,
    "clock": (
        N_("This PC's clock is off by {minutes} minutes."),
        N_("Receipts and QR codes show the wrong time. No money is affected."),
        N_("Set this PC's date and time to automatic."),
        Tone.ATTENTION, ("check",),
    ),
    "code": (
        N_("Another desk with these API keys already uses the ID {code}."),
        N_("We don't record that desk's payments here, but both desks issue the same receipt "
           "numbers."),
        N_("Change the ID of one desk in Settings."),
        Tone.WRONG, ("desk",),
    ),
    "disk": (
        N_("The disk is nearly full. {count} MB left."),
        N_("All payments are safe, but new payments and receipts need space."),
        N_("Free up space on the data folder's disk."),
        Tone.WRONG, ("check",),
    ),
    "backup none": (
        N_("No backup yet."), _SAFE, _MAKE_ONE, Tone.ATTENTION, ("back up", "backups"),
    ),
    "backup old": (
        N_("{backup}. This backup is more than a day old."),
        _SAFE, _MAKE_ONE, Tone.ATTENTION, ("back up", "backups"),
    ),
    "backup new": (N_("{backup}."), N_(""), N_(""), Tone.PLAIN, ("back up", "backups")),
    "backup made": (
        N_("Backup made and checked. Payments: {payments}, receipts: {receipts}."),
        N_(""),
        N_("The backup is in the data folder. Keep a copy on another disk."),
        Tone.GOOD, (),
    ),
    "waiting none": (N_("No payments are pending."), N_(""), N_(""), Tone.PLAIN, ()),
    "waiting some": (
        N_("{count} payment is pending.", "{count} payments are pending."),
        _LOOKED_AT, _IN_THE_TRAY, Tone.PLAIN, ("oldest",),
    ),
    "dead": (
        N_("Razorpay rejected {count} request.", "Razorpay rejected {count} requests."),
        N_("A refund or cancellation may not have gone through."),
        N_("Check the requests in the Inbox."),
        Tone.WRONG, ("inbox",),
    ),
    "held": (
        N_("{count} payment needs a decision.", "{count} payments need a decision."),
        N_("The money has arrived and is safe."),
        N_("In the Inbox, enrol the student, use the payment for another fee, or refund it."),
        Tone.ATTENTION, ("inbox",),
    ),
    "stuck": (
        N_("Couldn't check {count} payment.", "Couldn't check {count} payments."),
        N_("The parents may have paid."),
        N_("Run “Check everything”, then check these payments on Razorpay's dashboard."),
        Tone.WRONG, ("check",),
    ),
    "unsaid": (
        N_(
            "{count} request to Razorpay is pending.",
            "{count} requests to Razorpay are pending.",
        ),
        N_("If these requests include refunds, Razorpay may not have received the refunds yet."),
        N_("We'll send the requests once you're online."),
        Tone.PLAIN, ("send",),
    ),
    "look": (N_("No issues."), N_(""), N_(""), Tone.GOOD, ()),
}  # fmt: skip
"""By the notice's name and, after a blank, its case; notices of one name replace each other."""


class HealthNotices(QObject):
    """Posts notices about the desk's health."""

    def __init__(self, window: Host, parts: Parts, navigator: Navigator) -> None:
        super().__init__(parts)
        self._parts = parts
        self._navigator = navigator
        self._window = window
        self._view: HealthView | None = None
        self._state: ConnectionState | None = None
        self._said: set[str] = set()
        go = navigator.go
        self._actions: Mapping[str, tuple[N_, Callable[[], None]]] = {
            "keys": (N_("Open Settings"), partial(go, "settings", "gateway")),
            "desk": (N_("Open Settings"), partial(go, "settings", "desk")),
            "backups": (N_("Open Settings"), partial(go, "settings", "backup")),
            "check": (N_("Check everything"), partial(go, "settings", "check")),
            "inbox": (N_("Open Inbox"), partial(go, "inbox")),
            "retry": (N_("Try now"), parts.line.retry),
            "back up": (N_("Back up now"), self.back_up),
            "send": (N_("Send now"), self._send),
            "oldest": (N_("Show the oldest"), self._show_oldest),
        }
        self.presenter = HealthPresenter(parts.runner, self)
        self.presenter.health.connect(self._show)
        parts.line.line.connect(self._show_line)
        parts.status.asked.connect(self.explain)
        parts.calls.changed.connect(self._apply_changes)

    def _show(self, view: HealthView) -> None:
        self._view = view
        self._parts.pages.page("inbox").apply_changes(Changes(payments=True))
        self._parts.show_keys(view.keys.mode)
        self._parts.status.show_health(view)
        if view.shared_code:
            self._once("code")
        if view.has_full_disk:
            self._once("disk")
        if view.has_old_backup and view.backup_at is not None:
            self._once("backup")

    def _apply_changes(self, changes: Changes) -> None:
        if changes.settings or changes.payments:
            self.presenter.read()

    def _show_line(self, state: ConnectionState) -> None:
        self._state = state
        skew = state.clock_skew_s
        if skew is not None and abs(skew) > LARGEST_SKEW_S:
            self._once("clock")
        elif skew is not None and "clock" in self._said:
            self._said.discard("clock")
            self._parts.notices.withdraw("health clock")

    def _once(self, what: str) -> None:
        """Post a notice once without being asked."""
        if what not in self._said:
            self._said.add(what)
            self.explain(what)

    def explain(self, what: str) -> None:
        """Explain an item of the status bar, the disk or the clock, once it is known."""
        view, state = self._view, self._state
        if what == "keys":
            self._parts.actions_by_name["help"].trigger()
        elif what == "look" and self._parts.status.has_question:
            return  # the question itself answers
        elif what == "waiting":
            count = len(self._parts.pending_payments())
            self._post(f"waiting {'some' if count else 'none'}", count=count)
        elif what == "line" and state is not None:
            self._post(f"line {state.line.value}")
        elif what == "clock" and state is not None:
            self._post("clock", minutes=round(abs(state.clock_skew_s or 0.0) / 60))
        elif view is not None:
            self._explain_health(what, view)

    def _explain_health(self, what: str, view: HealthView) -> None:
        if what == "mode":
            self._post(f"mode {'training' if self._window.is_training else view.keys.mode.value}")
        elif what == "code":
            self._post("code", code=view.shared_code)
        elif what == "disk":
            self._post("disk", count=(view.free_bytes or 0) // 1_000_000)
        elif what == "backup":
            age = "old" if view.has_old_backup else "new"
            case = age if view.backup_at is not None else "none"
            self._post(f"backup {case}", backup=backup_words(view.backup_at))
        elif what == "look":
            self._explain_look(view)

    def _explain_look(self, view: HealthView) -> None:
        for what, is_so in (("disk", view.has_full_disk), ("code", view.shared_code)):
            if is_so:
                self.explain(what)
        counts = {
            "dead": view.dead, "stuck": view.stuck, "held": view.held, "unsaid": view.unsaid,
        }  # fmt: skip
        for key, count in counts.items():
            if count:
                self._post(key, count=count)
        if not (view.needs_look or view.unsaid):
            self._post("look")

    def _post(self, key: str, **values: object) -> None:
        what, money, todo, tone, names = _ROWS[key]
        notice = f"health {key.partition(' ')[0]}"
        actions = tuple(self._actions[name] for name in names)
        is_lasting = tone is not Tone.GOOD
        self._parts.notices.note(
            what,
            money=money,
            todo=todo,
            tone=tone,
            key=notice,
            actions=actions,
            stays=is_lasting,
            values=values,
        )

    # --- actions

    def _show_oldest(self) -> None:
        for view in self._parts.pending_payments()[:1]:
            self._navigator.show_attempt(view.uid)

    def back_up(self) -> None:
        """Make a backup now, besides the daily ones."""
        if self._parts.data_dir is not None:
            self._parts.runner.local(partial(_back_up, self._parts.data_dir), self._backed_up)

    def _backed_up(self, report: BackupReport) -> None:
        self._said.discard("backup")
        self.presenter.read()
        self._post("backup made", payments=report.payments, receipts=report.receipts)

    def _send(self) -> None:
        self._parts.runner.gateway(lambda desk: desk.outbox.run(everything=True), self._sent)

    def _sent(self, _done: int) -> None:
        self.presenter.read()


def _back_up(folder: Path, desk: Desk) -> BackupReport:
    """Make a backup whose name has the current time, so that none is overwritten."""
    from datetime import datetime

    stamp = f"{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    return desk.backups.make(folder / "backups" / f"asked-{stamp}.sqlite3")
