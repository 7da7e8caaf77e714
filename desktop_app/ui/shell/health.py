"""What the window says of the desk's health: at start by itself, later when somebody presses.

Each thing has one notice: what is so, what it means, and a button that leads there. Repairs
nothing itself.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.services.views.changes import Changes
from desktop_app.ui.core.formatting import backup_words
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.notice import Notice, Tone
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

Action = tuple[str, "Callable[[], None]"]
_SAFE = N_("Every payment is recorded here; only the copy is missing.")
_MODES: Mapping[str, tuple[N_, N_, N_, Tone]] = {
    "training": (
        N_("This is training."),
        N_("No real money moves, and receipts made here are not receipts."),
        N_("To collect fees, close it and start Pravesh without training."),
        Tone.ATTENTION,
    ),
    "sandbox": (
        N_("Payments go to a sandbox."),
        N_("No real money moves."),
        N_("Close the desk and start it without a gateway address to collect fees."),
        Tone.ATTENTION,
    ),
    "test": (
        N_("The keys are test keys."),
        N_("Nothing that parents pay with them reaches your bank."),
        N_("Enter the live keys in Settings before you collect a fee."),
        Tone.ATTENTION,
    ),
    "none": (
        N_("There are no Razorpay keys yet."),
        N_("Cash and receipts work; UPI does not."),
        N_("Enter the keys in Settings."),
        Tone.ATTENTION,
    ),
    "live": (
        N_("The keys are live keys."),
        N_("Parents pay real money to the account of these keys."),
        N_(""),
        Tone.GOOD,
    ),
}
_LINES: Mapping[str, tuple[N_, N_, N_, Tone]] = {
    "unknown": (N_("The line was not tried yet."), N_(""), N_("Try it now."), Tone.PLAIN),
    "online": (
        N_("Razorpay answers."), N_(""),
        N_("Open payments are looked at by themselves."), Tone.GOOD,
    ),
    "offline": (
        N_("Razorpay cannot be reached."),
        N_("Cash, students, courses and receipts go on; UPI fees can be kept to collect."),
        N_("Check the line, then try again."),
        Tone.ATTENTION,
    ),
    "refused": (
        N_("Razorpay does not accept the keys: they are wrong, or were replaced on its dashboard."),
        N_("No money has moved. Payments that were open cannot be looked at until this is mended."),
        N_("Make new keys on Razorpay's dashboard and enter them in Settings."),
        Tone.WRONG,
    ),
    "no_keys": (
        N_("There are no Razorpay keys yet."),
        N_("Cash and receipts work; UPI does not."),
        N_("Enter the keys in Settings."),
        Tone.ATTENTION,
    ),
}  # fmt: skip


class HealthNotices(QObject):
    """Follows the desk's health and puts it into words."""

    def __init__(self, window: Host, parts: Parts, navigator: Navigator) -> None:
        super().__init__(parts)
        self._parts = parts
        self._navigator = navigator
        self._window = window
        self._view: HealthView | None = None
        self._state: ConnectionState | None = None
        self._said: set[str] = set()
        self.presenter = HealthPresenter(parts.runner, self)
        self.presenter.health.connect(self._show)
        parts.line.line.connect(self._show_line)
        parts.status.asked.connect(self.explain)
        parts.calls.changed.connect(self._apply_changes)

    def _show(self, view: HealthView) -> None:
        self._view = view
        self._parts.pages.page("inbox").apply_changes(Changes(payments=True))
        self._parts.status.show_mode(view.keys.mode, training=self._window.is_training)
        self._parts.status.show_health(view)
        if not self._window.is_training and view.keys.mode.value == "test":
            self._once("mode", self._explain_mode)
        if view.has_full_disk:
            self._once("disk", self._explain_disk)
        if view.has_old_backup and view.backup_at is not None:
            self._once("backup", self._explain_backup)

    def _apply_changes(self, changes: Changes) -> None:
        if changes.settings or changes.payments:
            self.presenter.read()

    def _show_line(self, state: ConnectionState) -> None:
        self._state = state
        skew = state.clock_skew_s
        if skew is not None and abs(skew) > LARGEST_SKEW_S:
            self._once("clock", self._explain_clock)
        elif skew is not None and "clock" in self._said:
            self._said.discard("clock")
            self._parts.notices.withdraw("health clock")

    def _once(self, key: str, explain: Callable[[], None]) -> None:
        """Say it by itself once; afterwards only when somebody asks."""
        if key not in self._said:
            self._said.add(key)
            explain()

    # --- words

    def explain(self, what: str) -> None:
        """Say in words what an item of the status bar means, and lead there."""
        does: Mapping[str, Callable[[], None]] = {
            "mode": self._explain_mode,
            "line": self._explain_line,
            "backup": self._explain_backup,
            "waiting": self._explain_waiting,
            "look": self._explain_look,
            "keys": self._parts.actions_by_name["help"].trigger,
        }
        does[what]()

    def _explain_mode(self) -> None:
        if self._view is None:
            return
        mode = "training" if self._window.is_training else self._view.keys.mode.value
        what, money, todo, tone = _MODES[mode]
        actions = (self._to_keys,) if mode in {"test", "none"} else ()
        self._post("mode", what, money, todo, tone, actions)

    def _explain_line(self) -> None:
        if self._state is None:
            return
        line = self._state.line.value
        what, money, todo, tone = _LINES[line]
        retry = (N_("Try now"), self._parts.line.retry)
        leads = self._to_keys if line in {"refused", "no_keys"} else retry
        self._post("line", what, money, todo, tone, (leads,))

    def _explain_clock(self) -> None:
        skew = self._state.clock_skew_s if self._state is not None else None
        what = N_("This PC's clock is {minutes} minutes off.")
        money = N_("No money moves by this, but receipts and expiries carry the wrong time.")
        self._post(
            "clock", what, money, N_("Set date and time of this PC to automatic."),
            Tone.ATTENTION, (self._to_check,), minutes=round(abs(skew or 0.0) / 60),
        )  # fmt: skip

    def _explain_disk(self) -> None:
        free = self._view.free_bytes if self._view is not None else None
        self._post(
            "disk", N_("The disk is nearly full: {count} MB are free."),
            N_("Nothing is lost yet, but new payments and receipts need room."),
            N_("Free some space on the disk of the data folder."),
            Tone.WRONG, (self._to_check,), count=(free or 0) // 1_000_000,
        )  # fmt: skip

    def _explain_backup(self) -> None:
        if self._view is None:
            return
        old = self._view.has_old_backup
        what = N_("{backup}: that is more than a day ago.") if old else N_("{backup}.")
        if self._view.backup_at is None:
            what = N_("There is no backup yet.")
        todo = N_("Make one now; keep a copy on another disk.") if old else N_("")
        self._post(
            "backup", what, _SAFE if old else N_(""), todo,
            Tone.ATTENTION if old else Tone.PLAIN,
            ((N_("Back up now"), self.back_up), self._to_backups),
            backup=backup_words(self._view.backup_at),
        )  # fmt: skip

    def _explain_waiting(self) -> None:
        live = self._parts.attempts.live()
        if not live:
            self._post("waiting", N_("No payment waits."), N_(""), N_(""), Tone.PLAIN)
            return
        what = N_("1 payment waits.") if len(live) == 1 else N_("{count} payments wait.")
        self._post(
            "waiting", what, N_("They are looked at by themselves, also after a restart."),
            N_("Each stands in the tray at the bottom: press one to bring it back."), Tone.PLAIN,
            ((N_("Show the oldest"), partial(self._navigator.show_attempt, live[0].uid)),),
            count=len(live),
        )  # fmt: skip

    def _explain_look(self) -> None:
        view = self._view
        if view is None:
            return
        if view.has_full_disk:
            self._explain_disk()
        if view.dead:
            self._post(
                "dead", N_("Razorpay refused {count} things the desk had to tell it."),
                N_("A refund or a closing may be missing."),
                N_("Look at them in the inbox."), Tone.WRONG, (self._to_inbox,), count=view.dead,
            )  # fmt: skip
        if view.held:
            self._post(
                "held", N_("{count} payments wait for a decision."),
                N_("Their money has arrived and is safe."),
                N_("Decide each in the inbox: enrol, use it for another fee, or refund."),
                Tone.ATTENTION, (self._to_inbox,), count=view.held,
            )  # fmt: skip
        if view.unsaid:
            self._post(
                "unsaid", N_("{count} things are still to be told to Razorpay."),
                N_("Refunds among them have not moved yet."),
                N_("They are sent by themselves when the line is up."), Tone.PLAIN,
                ((N_("Send now"), self._run_errands),), count=view.unsaid,
            )  # fmt: skip
        if not (view.needs_look or view.unsaid):
            self._post("look", N_("Everything is in order."), N_(""), N_(""), Tone.GOOD)

    def _post(
        self, key: str, what: N_, money: N_, todo: N_, tone: Tone,
        actions: tuple[Action, ...] = (), **values: object,
    ) -> None:  # fmt: skip
        self._parts.notices.post(
            Notice(
                what, money, todo, tone, f"health {key}", actions,
                stays=tone is not Tone.GOOD, values=values,
            )
        )  # fmt: skip

    # --- ways on

    @property
    def _to_keys(self) -> Action:
        return N_("Open Settings"), partial(self._navigator.go, "settings", "gateway")

    @property
    def _to_backups(self) -> Action:
        return N_("Open Settings"), partial(self._navigator.go, "settings", "backup")

    @property
    def _to_check(self) -> Action:
        return N_("Check everything"), partial(self._navigator.go, "settings", "check")

    @property
    def _to_inbox(self) -> Action:
        return N_("Open the inbox"), partial(self._navigator.go, "inbox")

    def back_up(self) -> None:
        """Make a backup now, beside those of the days."""
        if self._parts.data_dir is not None:
            self._parts.runner.local(partial(_back_up, self._parts.data_dir), self._backed_up)

    def _backed_up(self, report: BackupReport) -> None:
        self._said.discard("backup")
        self.presenter.read()
        self._post(
            "backup", N_("The backup is made and was opened: {payments} payments, {receipts} "
                        "receipts."),
            N_(""), N_("It stands in the data folder; keep a copy on another disk."), Tone.GOOD,
            payments=report.payments, receipts=report.receipts,
        )  # fmt: skip

    def _run_errands(self) -> None:
        self._parts.runner.gateway(lambda desk: desk.affairs.run_errands(), self._errands_run)

    def _errands_run(self, _done: int) -> None:
        self.presenter.read()


def _back_up(folder: Path, desk: Desk) -> BackupReport:
    """Make a backup under the instant's name, so that none is written over."""
    from datetime import datetime  # noqa: PLC0415 - only when asked for

    stamp = f"{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    return desk.upkeep.backup(folder / "backups" / f"asked-{stamp}.sqlite3")
