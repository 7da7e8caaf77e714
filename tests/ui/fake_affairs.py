"""What comes after a payment, as far as widgets need it: answers from lists, and records.

It keeps the promises of `services` that the window relies on: a decision about
held money is made once, a refund never exceeds what is left, a refund without a line waits.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from desktop_app.domain.money import Money
from desktop_app.domain.outbox import CommandKind, CommandState
from desktop_app.domain.refund import RefundState, checked_amount
from desktop_app.services.errors import UnknownPaymentError
from desktop_app.services.ports.records import RefundRecord
from desktop_app.services.views.outbox import ErrandView
from desktop_app.services.views.payment_lookup import LookupAnswer, LookupResult
from desktop_app.services.views.refunds import DisputeView
from desktop_app.services.views.unapplied import FamilyDue, UnappliedPayment

if TYPE_CHECKING:
    from desktop_app.services.sync.payment_lookup import LookupQuery

AT = datetime(2026, 11, 20, 4, 40, tzinfo=UTC)
PATIENCE_S = 20.0
FULL = Money(11_800_00)


@dataclass
class FakeAffairs:
    """Answers with what a test puts into it.

    Attributes:
        left_of: what of a payment may still go back, by its uid; ₹11,800 where nothing is put.
        next_state: what becomes of the next refund.
        errors: raised by the next call of that name, once.
        answering: cleared, every call that decides or sends waits until it is set.
        calls: everything that was asked to be decided or sent.
    """

    money: list[UnappliedPayment] = field(default_factory=list)
    dues: list[FamilyDue] = field(default_factory=list)
    made: list[RefundRecord] = field(default_factory=list)
    left_of: dict[str, Money] = field(default_factory=dict)
    next_state: RefundState = RefundState.PENDING
    to_say: list[ErrandView] = field(default_factory=list)
    noticed: list[DisputeView] = field(default_factory=list)
    answer: LookupResult = field(default_factory=lambda: LookupResult(LookupAnswer.NOT_FOUND))
    errors: dict[str, Exception] = field(default_factory=dict)
    answering: threading.Event = field(default_factory=threading.Event)
    calls: list[tuple[object, ...]] = field(default_factory=list)
    can_run: bool = True

    def __post_init__(self) -> None:
        self.answering.set()

    def begin(self, *call: object) -> None:
        self.calls.append(call)
        self.answering.wait(PATIENCE_S)
        error = self.errors.pop(str(call[0]), None)
        if error is not None:
            raise error

    def kept(self) -> object:
        """Everything that a decision or a command changes."""
        return [list(each) for each in (self.money, self.made, self.to_say, self.noticed)]

    def refund(self, payment_uid: str, amount: Money | None, reason: str) -> RefundRecord:
        self.begin("refund", payment_uid, amount, reason)
        left = self.left_of.get(payment_uid, FULL)
        asked = checked_amount(amount, left)
        self.left_of[payment_uid] = Money(left.paise - asked.paise)
        return self.add_refund(payment_uid, asked, reason)

    def of(self, payment_uid: str) -> tuple[RefundRecord, ...]:
        return tuple(each for each in self.made if each.payment_uid == payment_uid)

    def left(self, payment_uid: str) -> Money:
        return self.left_of.get(payment_uid, FULL)

    def find(self, clues: LookupQuery) -> LookupResult:
        self.begin("find", clues)
        return self.answer

    def commands(self) -> tuple[ErrandView, ...]:
        return tuple(self.to_say)

    def run(self, *, everything: bool) -> int:
        assert everything
        self.begin("run_errands")
        done = len(self.to_say) if self.can_run else 0
        if self.can_run:
            self.to_say.clear()
        else:
            self.to_say = [replace(each, tries=each.tries + 1) for each in self.to_say]
        return done

    def known(self) -> tuple[DisputeView, ...]:
        return tuple(self.noticed)

    def decide(self, held_uid: str) -> UnappliedPayment:
        for held in self.money:
            if held.uid == held_uid:
                self.money.remove(held)
                return held
        raise UnknownPaymentError(held_uid)

    def add_refund(self, payment_uid: str, amount: Money, reason: str) -> RefundRecord:
        uid = f"f{len(self.made) + 1}"
        refund_id = None if self.next_state is RefundState.INTENT else f"rfnd_{uid}"
        made = RefundRecord(
            uid, payment_uid, amount, self.next_state, "desk", reason, AT, refund_id
        )
        self.made.append(made)
        return made


@dataclass
class FakeUnapplied:
    """The inbox of a `FakeAffairs`."""

    affairs: FakeAffairs

    def held(self) -> tuple[UnappliedPayment, ...]:
        error = self.affairs.errors.pop("held", None)
        if error is not None:
            raise error
        return tuple(self.affairs.money)

    def enrol(self, held_uid: str) -> None:
        self.affairs.begin("enrol", held_uid)
        self.affairs.decide(held_uid)

    def family_dues(self, held_uid: str) -> tuple[FamilyDue, ...]:
        return tuple(self.affairs.dues)

    def put_against(self, held_uid: str, due_uid: str) -> None:
        self.affairs.begin("put_against", held_uid, due_uid)
        self.affairs.decide(held_uid)

    def refund(self, held_uid: str) -> RefundRecord:
        self.affairs.begin("return_held", held_uid)
        held = self.affairs.decide(held_uid)
        return self.affairs.add_refund(held_uid, held.amount, held.reason)


def held_money(
    uid: str = "h1", name: str = "Asha Rao", *, can_enrol: bool = True
) -> UnappliedPayment:
    return UnappliedPayment(
        uid, f"pay_{uid}", name, "R001", "Physics XI · Morning", Money(11_800_00), AT,
        "Came late, and the course is full." if can_enrol else "This fee was paid already.",
        can_enrol,
    )  # fmt: skip


def family_due(uid: str = "d1", *, fits: bool = True, name: str = "Ravi Rao") -> FamilyDue:
    amount = Money(11_800_00) if fits else Money(9_500_00)
    return FamilyDue(uid, name, "R002", "Chemistry XI", amount, fits)


def errand(
    uid: str = "e1",
    state: CommandState = CommandState.PENDING,
    kind: CommandKind = CommandKind.REFUND,
    about: str = "Asha Rao · Physics XI",
) -> ErrandView:
    return ErrandView(
        uid, kind, state, about, Money(11_800_00), AT - timedelta(minutes=50), 3,
        "UnavailableError" if state is CommandState.PENDING else "RejectedError",
    )  # fmt: skip


def dispute(uid: str = "x1", name: str = "Meena Sharma", status: str = "open") -> DisputeView:
    return DisputeView(
        uid, f"disp_{uid}", "pay_1", name, Money(9_440_00), status, date(2026, 11, 29), AT
    )
