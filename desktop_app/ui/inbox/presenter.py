"""Reads the inbox, that is held money, the outbox and disputes, and runs decisions.

Never touches widgets, blocks or decides: each decision is handed to the services
once, however often its button is pressed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from desktop_app.services.views.unapplied import AppliedMoney

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.desk import Desk
    from desktop_app.services.ports.records import RefundRecord
    from desktop_app.services.views.outbox import OutboxCommandView
    from desktop_app.services.views.refunds import DisputeView
    from desktop_app.services.views.tenders import ClaimedPayment
    from desktop_app.services.views.unapplied import FamilyDue, ReturningPayment, UnappliedPayment
    from desktop_app.ui.core.jobs import JobRunner

    Result = RefundRecord | AppliedMoney | None

OPEN_DISPUTE = "open"


class Decision(Enum):
    """Decisions about held money."""

    ENROL = "enrol"
    APPLY = "apply"
    PUT_AGAINST = "put_against"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Inbox:
    """Everything that needs a look, or is on its way."""

    held: tuple[UnappliedPayment, ...] = ()
    errands: tuple[OutboxCommandView, ...] = ()
    disputes: tuple[DisputeView, ...] = ()
    returning: tuple[ReturningPayment, ...] = ()
    claimed: tuple[ClaimedPayment, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see."""
        shown = (self.held, self.errands, self.disputes, self.returning, self.claimed)
        return not any(shown)

    @property
    def needs_a_look(self) -> int:
        """How much of it waits for a person."""
        dead = sum(errand.state.value == "dead" for errand in self.errands)
        disputed = sum(dispute.status == OPEN_DISPUTE for dispute in self.disputes)
        claimed = sum(each.is_late or bool(each.twin) for each in self.claimed)
        return len(self.held) + dead + disputed + claimed


class Decided(NamedTuple):
    """A booked decision about held money; `refund` or `applied` where it is one of these."""

    held: UnappliedPayment
    way: Decision
    refund: RefundRecord | None = None
    applied: AppliedMoney | None = None


class DueChoices(NamedTuple):
    """Open dues of the family that held money could pay."""

    held_uid: str
    dues: tuple[FamilyDue, ...]


class InboxPresenter(QObject):
    """Reads the inbox and hands decisions on.

    Signals:
        loaded: the inbox as read (`Inbox`).
        chosen_from: dues to choose from (`DueChoices`).
        decided: a decision was booked (`Decided`).
        busy_changed: a decision began or ended (the held money's uid).
        ran: how many errands were done just now (int).
        failed: an error; the second argument is the uid it concerns, or empty.
    """

    loaded = Signal(object)
    chosen_from = Signal(object)
    decided = Signal(object)
    busy_changed = Signal(str)
    ran = Signal(int)
    failed = Signal(object, str)

    def __init__(self, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self.inbox = Inbox()
        self.is_running = False
        self._runner = runner
        self._busy: set[str] = set()

    @property
    def runner(self) -> JobRunner:
        """Runs what a question decides."""
        return self._runner

    def refresh(self) -> None:
        """Read everything again."""
        self._runner.local(_read, self._tell, failed=partial(self._fail, ""), replaces="inbox")

    def is_busy(self, held_uid: str) -> bool:
        """Whether a decision about held money is being booked."""
        return held_uid in self._busy

    def ask_dues(self, held: UnappliedPayment) -> None:
        """Read which dues of the family held money could pay; those that fit first."""
        self._runner.local(
            partial(_choice, held.uid), self.chosen_from.emit, failed=partial(self._fail, held.uid)
        )

    def enrol(self, held: UnappliedPayment) -> None:
        """Apply it to the fee it was asked for."""
        self._decide(held, Decision.ENROL, lambda desk: desk.unapplied.enrol(held.uid))

    def apply(self, held: UnappliedPayment) -> None:
        """Apply it, as a part, to the fee it was asked for."""
        self._decide(held, Decision.APPLY, lambda desk: desk.unapplied.apply(held.uid))

    def put_against(self, held: UnappliedPayment, due_uid: str) -> None:
        """Apply it to another due of the family."""
        self._decide(
            held, Decision.PUT_AGAINST, lambda desk: desk.unapplied.put_against(held.uid, due_uid)
        )

    def give_back(self, held: UnappliedPayment) -> None:
        """Refund it in full."""
        self._decide(held, Decision.REFUND, lambda desk: desk.unapplied.refund(held.uid))

    def run_errands(self) -> None:
        """Send the outbox's commands to Razorpay now."""
        if not self.is_running:
            self.is_running = True
            self._runner.gateway(
                lambda desk: desk.outbox.run(everything=True), self._ran, failed=self._not_ran
            )

    def _decide(
        self, held: UnappliedPayment, way: Decision, work: Callable[[Desk], Result]
    ) -> None:
        if held.uid in self._busy:
            return
        self._busy.add(held.uid)
        self.busy_changed.emit(held.uid)
        run = self._runner.gateway if way is Decision.REFUND else self._runner.local
        done = partial(self._booked, held, way)
        run(work, done, failed=partial(self._not_booked, held.uid))

    def _booked(self, held: UnappliedPayment, way: Decision, result: Result) -> None:
        left = tuple(each for each in self.inbox.held if each.uid != held.uid)
        self.inbox = replace(self.inbox, held=left)
        self._end(held.uid)
        self.loaded.emit(self.inbox)
        applied = result if isinstance(result, AppliedMoney) else None
        refund = None if isinstance(result, AppliedMoney) else result
        self.decided.emit(Decided(held, way, refund, applied))
        self.refresh()

    def _not_booked(self, held_uid: str, error: Exception) -> None:
        self._end(held_uid)
        self.failed.emit(error, held_uid)
        self.refresh()

    def _end(self, held_uid: str) -> None:
        self._busy.discard(held_uid)
        self.busy_changed.emit(held_uid)

    def _ran(self, count: int) -> None:
        self.is_running = False
        self.ran.emit(count)
        self.refresh()

    def _not_ran(self, error: Exception) -> None:
        self.is_running = False
        self.failed.emit(error, "")
        self.refresh()

    def _tell(self, inbox: Inbox) -> None:
        """Show the inbox as read, with what is being decided: its refusal would bring it back."""
        read = {held.uid for held in inbox.held}
        held = list(inbox.held)
        for at, each in enumerate(self.inbox.held):
            if self.is_busy(each.uid) and each.uid not in read:
                held.insert(at, each)
        self.inbox = replace(inbox, held=tuple(held))
        self.loaded.emit(self.inbox)

    def _fail(self, held_uid: str, error: Exception) -> None:
        self.failed.emit(error, held_uid)


def _read(desk: Desk) -> Inbox:
    return Inbox(
        desk.unapplied.held(),
        desk.outbox.commands(),
        desk.disputes.known(),
        desk.unapplied.returning(),
        desk.claims.claimed() if desk.unapplied.has_claims() else (),
    )


def _choice(held_uid: str, desk: Desk) -> DueChoices:
    dues = desk.unapplied.family_dues(held_uid)
    return DueChoices(held_uid, tuple(sorted(dues, key=lambda due: not due.fits)))
