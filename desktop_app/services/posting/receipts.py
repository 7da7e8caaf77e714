"""Issues receipts in the transaction that records the money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import ZERO, total
from desktop_app.domain.receipt import day_in_india, financial_year, receipt_number, series_name
from desktop_app.services.errors import ServiceError
from desktop_app.services.ports.records import ReceiptLine, ReceiptRecord
from desktop_app.services.posting.receipt_content import receipt_content

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from desktop_app.domain.money import Money
    from desktop_app.domain.students import Student
    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import PaymentRecord
    from desktop_app.services.ports.storage import UnitOfWork
    from desktop_app.services.posting.parts import Part


def require_receipt_numbers(
    context: Context, work: UnitOfWork, mode: MoneyMode, count: int
) -> None:
    """Raise ReceiptSeriesFullError where the next payment of a mode had no number left.

    Args:
        context: the ports.
        work: the unit of work.
        mode: the mode of its money.
        count: how many receipts it needs, one a student.
    """
    series = _series(work, mode)
    year = financial_year(day_in_india(context.now()))
    receipt_number(series, year, work.receipts.last_sequence(series, year) + count)


def _series(work: UnitOfWork, mode: MoneyMode) -> str:
    """Return the series of the receipts for money of a mode."""
    return series_name(work.setting("desk.id") or "D1", is_real=mode is MoneyMode.LIVE)


def issue_receipts(
    context: Context,
    work: UnitOfWork,
    payment: PaymentRecord,
    parts: Sequence[Part],
    now: datetime,
    *,
    is_first: bool = True,
    on_credit: Money = ZERO,
) -> tuple[ReceiptRecord, ...]:
    """Number and write a receipt for each student of a payment, in the same unit of work.

    A centre that is not registered for GST may have one for a whole bill: documents of GST are one
    a recipient. A receipt shows what the parts are for, which may be less than the payment.

    Args:
        context: the ports.
        work: the unit of work.
        payment: the payment.
        parts: what of it is for which due.
        now: when they are issued.
        is_first: whether no receipt shows another part of the payment yet.
        on_credit: what of it is credit of the payment's student.
    """
    by_student: dict[str, list[Part]] = {payment.student_uid: []} if on_credit else {}
    for part in parts:
        by_student.setdefault(part.enrollment.student_uid, []).append(part)
    if len(by_student) > 1 and _is_per_bill(context):
        by_student = {payment.student_uid: list(parts)}
    is_only = is_first and len(by_student) == 1
    rests = {payment.student_uid: on_credit}
    return tuple(
        [
            _issue(context, work, payment, uid, each, rests.get(uid, ZERO), now, is_only=is_only)
            for uid, each in by_student.items()
        ]
    )


def _is_per_bill(context: Context) -> bool:
    settings = context.settings()
    return settings.texts["receipts.per"] == "bill" and not settings.centre.gstin


def _issue(
    context: Context,
    work: UnitOfWork,
    payment: PaymentRecord,
    student_uid: str,
    parts: Sequence[Part],
    on_credit: Money,
    now: datetime,
    *,
    is_only: bool,
) -> ReceiptRecord:
    today = day_in_india(now)
    series, year = _series(work, payment.mode), financial_year(today)
    sequence = work.receipts.next_sequence(series, year)
    students: dict[str, Student] = {}
    for uid in dict.fromkeys([each.enrollment.student_uid for each in parts]) or (student_uid,):
        student = work.students.get(uid)
        if student is None:
            raise ServiceError("the enrolment's student is gone")
        students[uid] = student
    amount = total([each.amount for each in parts]) + on_credit
    receipt = ReceiptRecord(
        uid=context.ids.new(),
        number=receipt_number(series, year, sequence),
        series=series,
        year=year,
        sequence=sequence,
        payment_uid=payment.uid if is_only else None,
        amount=amount,
        issued_at=now,
        content=receipt_content(context, work, payment, parts, students, amount, on_credit, today),
        mode=payment.mode,
        student_uid=student_uid,
    )
    applied = [each for each in parts if each.tax is not None]
    lines = [ReceiptLine(payment.uid, each.due.uid, each.amount) for each in applied]
    if on_credit:
        lines.append(ReceiptLine(payment.uid, None, on_credit))
    work.receipts.add(receipt, lines or [ReceiptLine(payment.uid, None, amount)])
    return receipt
