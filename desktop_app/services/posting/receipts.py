"""Issues receipts in the transaction that records the money."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from desktop_app.domain.fees import SAC_COACHING, format_rate
from desktop_app.domain.receipt import day_in_india, financial_year, receipt_number, series_name
from desktop_app.domain.words import amount_in_words
from desktop_app.services.errors import ServiceError
from desktop_app.services.ports.records import ReceiptRecord

if TYPE_CHECKING:
    from desktop_app.domain.students import Student
    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import DueRecord, EnrollmentRecord, PaymentRecord
    from desktop_app.services.ports.storage import UnitOfWork

_JSON = json.JSONEncoder(ensure_ascii=False)


def require_receipt_number(context: Context, work: UnitOfWork) -> None:
    """Raise ReceiptSeriesFullError where the next payment could have no receipt."""
    series, year = _series_now(context, work)
    receipt_number(series, year, work.receipts.last_sequence(series, year) + 1)


def _series_now(context: Context, work: UnitOfWork) -> tuple[str, str]:
    """Return the series and the financial year of a receipt that is issued now."""
    series = series_name(work.setting("desk.id") or "D1", training=context.is_training)
    return series, financial_year(day_in_india(context.now()))


def issue_receipt(
    context: Context,
    work: UnitOfWork,
    payment: PaymentRecord,
    enrollment: EnrollmentRecord,
    due: DueRecord,
) -> ReceiptRecord:
    """Number and write the receipt of a payment, in the same unit of work."""
    series, year = _series_now(context, work)
    now = context.now()
    sequence = work.receipts.next_sequence(series, year)
    student = work.students.get(enrollment.student_uid)
    if student is None:
        raise ServiceError("the enrolment's student is gone")
    receipt = ReceiptRecord(
        uid=context.ids.new(),
        number=receipt_number(series, year, sequence),
        series=series,
        year=year,
        sequence=sequence,
        payment_uid=payment.uid,
        amount=payment.amount,
        issued_at=now,
        content=_content(context, work, payment, enrollment, due, student),
    )
    work.receipts.add(receipt)
    return receipt


def _content(
    context: Context,
    work: UnitOfWork,
    payment: PaymentRecord,
    enrollment: EnrollmentRecord,
    due: DueRecord,
    student: Student,
) -> str:
    """Freeze everything the receipt shows, so that a reprint is identical."""
    quote = due.quote
    taxed = quote.registered and quote.tax.rate_bp > 0
    names = ("name", "address", "gstin", "state", "email", "logo")
    return _JSON.encode(
        {
            "centre": {name: work.setting(f"centre.{name}") or "" for name in names},
            "student_name": student.name,
            "roll_no": student.roll_no,
            "guardian_name": student.guardian_name,
            "student_state": student.state,
            "course_code": enrollment.course_code,
            "course_label": enrollment.course_label,
            "sac": SAC_COACHING if taxed else "",
            "lines": [[line.label, line.amount.paise] for line in quote.lines],
            "words": amount_in_words(payment.amount),
            "gst_rate": format_rate(quote.tax.rate_bp) if taxed else "",
            "method": payment.method.value,
            "payment_id": payment.payment_id,
            "order_id": payment.order_id,
            "rrn": payment.rrn,
            "is_training": context.is_training,
            "placement": payment.placement.value,
        }
    )
