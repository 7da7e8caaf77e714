"""Issues receipts in the transaction that records the money."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.fees import SAC_COACHING, QuoteLine, format_rate, tax_lines, untaxed_lines
from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import ZERO, fraction_of, total
from desktop_app.domain.payment import Placement
from desktop_app.domain.receipt import day_in_india, financial_year, receipt_number, series_name
from desktop_app.domain.tax import sum_of_parts
from desktop_app.domain.words import amount_in_words
from desktop_app.services.errors import ServiceError
from desktop_app.services.ports.records import ReceiptLine, ReceiptRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from desktop_app.domain.fees import Quote
    from desktop_app.domain.money import Money
    from desktop_app.domain.students import Student
    from desktop_app.domain.tax import Tax
    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import DueRecord, PaymentRecord
    from desktop_app.services.ports.storage import UnitOfWork
    from desktop_app.services.posting.parts import Part

ON_CREDIT, ON_CREDIT_HI = "Kept as credit", "क्रेडिट में रखा"
_JSON = json.JSONEncoder(ensure_ascii=False)


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
    series, year = _series_now(context, work, mode)
    receipt_number(series, year, work.receipts.last_sequence(series, year) + count)


def _series_now(context: Context, work: UnitOfWork, mode: MoneyMode) -> tuple[str, str]:
    """Return the series and the financial year of a receipt that is issued now."""
    series = series_name(work.setting("desk.id") or "D1", is_real=mode is MoneyMode.LIVE)
    return series, financial_year(day_in_india(context.now()))


def issue_receipts(
    context: Context,
    work: UnitOfWork,
    payment: PaymentRecord,
    parts: Sequence[Part],
    *,
    is_first: bool = True,
    on_credit: Money = ZERO,
) -> tuple[ReceiptRecord, ...]:
    """Number and write a receipt for each student of a payment, in the same unit of work.

    It shows what the parts are for, which may be less than the payment.

    Args:
        context: the ports.
        work: the unit of work.
        payment: the payment.
        parts: what of it is for which due.
        is_first: whether no receipt shows another part of the payment yet.
        on_credit: what of it is credit of the payment's student.
    """
    by_student: dict[str, list[Part]] = {payment.student_uid: []} if on_credit else {}
    for part in parts:
        by_student.setdefault(part.enrollment.student_uid, []).append(part)
    is_only = is_first and len(by_student) == 1
    rests = {payment.student_uid: on_credit}
    return tuple(
        _issue(context, work, payment, uid, each, rests.get(uid, ZERO), is_only=is_only)
        for uid, each in by_student.items()
    )


def _issue(
    context: Context,
    work: UnitOfWork,
    payment: PaymentRecord,
    student_uid: str,
    parts: Sequence[Part],
    on_credit: Money,
    *,
    is_only: bool,
) -> ReceiptRecord:
    series, year = _series_now(context, work, payment.mode)
    sequence = work.receipts.next_sequence(series, year)
    student = work.students.get(student_uid)
    if student is None:
        raise ServiceError("the enrolment's student is gone")
    amount = total(each.amount for each in parts) + on_credit
    receipt = ReceiptRecord(
        uid=context.ids.new(),
        number=receipt_number(series, year, sequence),
        series=series,
        year=year,
        sequence=sequence,
        payment_uid=payment.uid if is_only else None,
        amount=amount,
        issued_at=context.now(),
        content=_content(context, work, payment, parts, student, amount, on_credit),
        mode=payment.mode,
        student_uid=student_uid,
    )
    applied = [each for each in parts if each.tax is not None]
    lines = [ReceiptLine(payment.uid, each.due.uid, each.amount) for each in applied]
    if on_credit:
        lines.append(ReceiptLine(payment.uid, None, on_credit))
    work.receipts.add(receipt, lines or [ReceiptLine(payment.uid, None, amount)])
    return receipt


def _content(
    context: Context,
    work: UnitOfWork,
    payment: PaymentRecord,
    parts: Sequence[Part],
    student: Student,
    amount: Money,
    on_credit: Money,
) -> str:
    """Freeze everything the receipt shows, so that a reprint is identical."""
    is_applied = all(each.tax is not None for each in parts)
    taxed = [each for each in parts if each.due.quote.registered and each.due.quote.tax.rate_bp]
    names = ("name", "address", "gstin", "state", "email", "logo", "phone")
    courses = {each.enrollment.course_code: each.enrollment.course_label for each in parts}
    return _JSON.encode(
        {
            "centre": {name: work.setting(f"centre.{name}") or "" for name in names},
            "student_name": student.name,
            "roll_no": student.roll_no,
            "guardian_name": student.guardian_name,
            "student_state": student.state,
            "course_code": ", ".join(courses),
            "course_label": ", ".join(courses.values()),
            "sac": SAC_COACHING if taxed else "",
            "lines": [
                [line.label, line.amount.paise, *filter(None, [line.label_hi])]
                for line in _lines(work, parts, on_credit)
            ],
            "words": amount_in_words(amount),
            "gst_rate": ", ".join(
                dict.fromkeys(format_rate(each.due.quote.tax.rate_bp) for each in taxed)
            ),
            "method": payment.method.value,
            "payment_id": payment.payment_id,
            "order_id": payment.order_id,
            "rrn": payment.rrn,
            "is_training": context.is_training,
            "placement": (Placement.APPLIED if is_applied else payment.placement).value,
            "mode": payment.mode.value,
        }
    )


def _lines(work: UnitOfWork, parts: Sequence[Part], on_credit: Money) -> Iterator[QuoteLine]:
    """Yield a line before tax for each due, the lines of the tax summed by rate, and credit."""
    taxes: dict[int, list[Tax]] = {}
    for each in parts:
        quote = each.due.quote
        tax = each.tax or each.due.tax
        if each.due.off:
            yield from untaxed_lines(_conceded(work, each.due, tax))
        else:
            yield QuoteLine(quote.label, tax.taxable if quote.registered else tax.total)
        if quote.registered:
            taxes.setdefault(tax.rate_bp, []).append(tax)
    for same_rate in taxes.values():
        yield from tax_lines(sum_of_parts(same_rate[0], same_rate))
    if on_credit:
        yield QuoteLine(ON_CREDIT, on_credit, ON_CREDIT_HI)


def _conceded(work: UnitOfWork, due: DueRecord, tax: Tax) -> Quote:
    """Return a due, or the part of it with this tax, beside its share of the list price."""
    quoted = due.quoted(work.concessions.titles_of(due.uid))
    if quoted.listed is None or tax == quoted.tax:
        return quoted
    share = fraction_of(quoted.listed.taxable, tax.total.paise, quoted.tax.total.paise)
    return replace(quoted, tax=tax, listed=replace(quoted.listed, taxable=share))
