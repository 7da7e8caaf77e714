"""Credit of students: rows that bring it, use it for dues, take it back, or move it to another.

Each row has its movement, written in the same unit of work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.key_mode import LIVE_MODE, mode_of
from desktop_app.domain.ledger import Account, Entry, MovementKind, using_credit
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.services.ports.records import Movement
from desktop_app.services.ports.tender_records import CreditRecord
from desktop_app.services.posting.allocations import allocate_parts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import Repositories, UnitOfWork
    from desktop_app.services.posting.parts import Part

OPENING = "opening:"
USED, OVERPAID, MOVED, RETURNED, TAKEN_BACK, CHANGED = (
    "used", "overpaid", "moved", "returned", "taken back", "course changed",
)  # fmt: skip
"""Why a student's credit changed; `OPENING` is followed by the head of the fee."""


def add_credit(
    context: Context,
    work: UnitOfWork,
    movement_uid: str,
    student_uid: str,
    amount: Money,
    reason: str,
    payment_uid: str | None = None,
) -> str:
    """Add a row of credit to a movement that is written; return its uid."""
    uid = context.ids.new()
    work.credits.add(
        CreditRecord(
            uid=uid,
            student_uid=student_uid,
            movement_uid=movement_uid,
            amount=amount,
            reason=reason,
            created_at=context.now(),
            payment_uid=payment_uid,
        )
    )
    return uid


def credit_brought(work: Repositories, payment_uid: str) -> dict[str, Money]:
    """Return what a payment brought as credit and did not go back with it, by student.

    One payment of a family brings credit to each whose fee became less.
    """
    found = work.credits.of_payment(payment_uid)
    left = total(found.values())  # earlier versions took all of it from the first student
    brought: dict[str, Money] = {}
    for student_uid, amount in found.items():
        part = min(left, amount)
        if part > ZERO:
            brought[student_uid] = part
            left -= part
    return brought


def credit_left(work: Repositories, payment_uid: str) -> dict[str, Money]:
    """Return how much of what a payment brought as credit its students still have."""
    brought = credit_brought(work, payment_uid)
    return {uid: min(amount, work.credits.balance(uid)) for uid, amount in brought.items()}


def spendable(context: Context, work: Repositories, student_uid: str) -> Money:
    """Return the credit of a student that may pay fees or be moved.

    What a lost dispute took may not; nor may the money of test keys once live keys are set.
    """
    balance = work.credits.balance(student_uid)
    if not balance:
        return ZERO
    is_live = (
        not context.is_training
        and work.credits.has_test_money(student_uid)
        and mode_of(context.gateway().key_id) == LIVE_MODE
    )
    gone = work.credits.gone(student_uid, is_test_money_gone=is_live)
    return max(ZERO, balance - gone)


def return_credit(
    context: Context,
    work: UnitOfWork,
    movement_uid: str,
    payment_uid: str,
    amount: Money,
    reason: str,
) -> None:
    """Reduce the credit that a payment brought to its students, by at most `credit_left`.

    Raises:
        ValueError: they have less; the movement would not be that of the rows.
    """
    left = amount
    for student_uid, has in credit_left(work, payment_uid).items():
        part = min(left, has)
        if part > ZERO:
            add_credit(context, work, movement_uid, student_uid, -part, reason, payment_uid)
            left -= part
    if left:
        raise ValueError("the students of a payment have less credit of it")


def use_credit(
    context: Context, work: UnitOfWork, source_uid: str, parts: Sequence[Part], came_at: datetime
) -> tuple[Part, ...]:
    """Pay parts of dues, each from the credit of its student; return them with their tax.

    No money comes: there is no payment and no receipt.

    Args:
        context: the ports.
        work: the unit of work.
        source_uid: the attempt that pays them.
        parts: what each due gets.
        came_at: when it counts as paid, which decides on late fees.

    Raises:
        InvalidInputError: a student has less credit that may be spent.
    """
    paid: list[Part] = []
    for student_uid, own in _by_student(parts).items():
        amount = total(each.amount for each in own)
        require_spendable(context, work, student_uid, amount)
        movement = _movement(context, source_uid, using_credit(amount))
        work.ledger.add(movement)
        uid = add_credit(context, work, movement.uid, student_uid, -amount, USED)
        paid += allocate_parts(context, work, movement, own, came_at, from_credit=uid)
        context.audit(work, "credit.used", uid, {"amount": amount.paise, "attempt": source_uid})
    return tuple(paid)


def bring_in(
    context: Context, work: UnitOfWork, student_uid: str, amount: Money, head: str, note: str
) -> None:
    """Add what was paid before the desk began as credit, once for each head of a student.

    Raises:
        InvalidInputError: an opening balance of this head was brought in already.
    """
    if work.credits.has_opening(student_uid, head):
        raise InvalidInputError("reference", "You already entered an opening balance for this fee.")
    uid = context.ids.new()
    entries = (Entry(Account.ADJUSTMENTS, amount), Entry(Account.CREDIT, -amount))
    movement = _movement(context, uid, entries)
    work.ledger.add(movement)
    add_credit(context, work, movement.uid, student_uid, amount, f"{OPENING}{head}")
    context.audit(
        work, "credit.opening", student_uid, {"amount": amount.paise, "head": head, "note": note}
    )


def move_credit(
    context: Context, work: UnitOfWork, giver_uid: str, taker_uid: str, amount: Money, reason: str
) -> None:
    """Move credit to a brother or sister: two rows that sum to zero, and no money.

    Raises:
        InvalidInputError: the amount is not above zero, or the giver has less.
    """
    require_credit(work, giver_uid, amount)
    uid = context.ids.new()
    entries = (Entry(Account.CREDIT, amount), Entry(Account.CREDIT, -amount))
    movement = _movement(context, uid, entries)
    work.ledger.add(movement)
    add_credit(context, work, movement.uid, giver_uid, -amount, MOVED)
    add_credit(context, work, movement.uid, taker_uid, amount, MOVED)
    context.audit(
        work,
        "credit.moved",
        taker_uid,
        {"from": giver_uid, "amount": amount.paise, "reason": reason},
    )


def _by_student(parts: Sequence[Part]) -> dict[str, list[Part]]:
    found: dict[str, list[Part]] = {}
    for part in parts:
        found.setdefault(part.enrollment.student_uid, []).append(part)
    return found


def require_credit(work: Repositories, student_uid: str, amount: Money) -> None:
    """Raise InvalidInputError unless the amount is above zero, and the student has it as credit."""
    if amount <= ZERO:
        raise InvalidInputError("amount", "Enter an amount above ₹0.")
    balance = work.credits.balance(student_uid)
    if amount > balance:
        student = work.students.get(student_uid)
        raise InvalidInputError(
            "amount", "{name} has {balance} of credit. Enter that amount or less.",
            name=student.name if student else "", balance=balance,
        )  # fmt: skip


def require_spendable(
    context: Context, work: Repositories, student_uid: str, amount: Money
) -> None:
    """Raise InvalidInputError unless the student has an amount as credit that may be spent."""
    require_credit(work, student_uid, amount)
    usable = spendable(context, work, student_uid)
    if amount > usable:
        student, balance = work.students.get(student_uid), work.credits.balance(student_uid)
        raise InvalidInputError(
            "amount",
            "{name} has {balance} of credit. You can't use {gone} of it because it's test money or "
            "was lost in a dispute. Enter a smaller amount, or collect the fee another way.",
            name=student.name if student else "", balance=balance, gone=balance - usable,
        )  # fmt: skip


def _movement(context: Context, source_uid: str, entries: tuple[Entry, ...]) -> Movement:
    return Movement(
        uid=context.ids.new(),
        at=context.now(),
        kind=MovementKind.CREDIT,
        source_uid=source_uid,
        payment_uid=None,
        entries=entries,
    )
