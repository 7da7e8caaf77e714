"""Receipts: numbered and written in the transaction that records the money, read afterwards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from desktop_app.domain.fees import SAC_COACHING, format_rate
from desktop_app.domain.receipt import day_in_india, financial_year, receipt_number, series_name
from desktop_app.domain.words import amount_in_words
from desktop_app.services.errors import ServiceError
from desktop_app.services.records import ReceiptRecord

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.domain.students import Student
    from desktop_app.services.context import Context
    from desktop_app.services.records import DueRecord, EnrollmentRecord, PaymentRecord
    from desktop_app.services.storage_port import UnitOfWork
    from desktop_app.services.views import PaymentFilter, PaymentPage, PaymentRow, ReceiptView


def issue(
    context: Context,
    work: UnitOfWork,
    payment: PaymentRecord,
    enrollment: EnrollmentRecord,
    due: DueRecord,
) -> ReceiptRecord:
    """Number and write the receipt of a payment, in the same unit of work."""
    series = series_name(work.setting("desk.id") or "D1", training=context.is_training)
    now = context.now()
    year = financial_year(day_in_india(now))
    sequence = work.money.next_sequence(series, year)
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
    work.money.add_receipt(receipt)
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
    names = ("name", "address", "gstin", "state", "email")
    return json.dumps(
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
        },
        ensure_ascii=False,
    )


class Receipting:
    """The api's `Receipts`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def receipt(self, uid: str) -> ReceiptView:
        """Read a receipt as it was issued."""
        found = self._context.store.reader.receipt(uid)
        if found is None:
            raise ServiceError("there is no such receipt")
        return found

    def latest(self) -> ReceiptView | None:
        """The receipt issued last, for F7."""
        return self._context.store.reader.latest_receipt()

    def html(self, uid: str, paper: str) -> str:
        """Render a receipt as HTML for `a5` or `roll80`, without counting it as printed."""
        return self._context.documents.receipt_html(self.receipt(uid), paper)

    def save_pdf(self, uid: str, paper: str, path: Path) -> Path:
        """Write a receipt as PDF and count it as printed."""
        written = self._context.documents.write_pdf(self.receipt(uid), paper, path)
        self.note_printed(uid, f"pdf-{paper}")
        return written

    def note_printed(self, uid: str, paper: str) -> None:
        """Count a receipt as printed: from the second on it says DUPLICATE."""
        with self._context.store.writing() as work:
            work.money.note_print(uid, paper, self._context.now())
            self._context.audit(work, "receipt.printed", uid, {"paper": paper})
            work.commit()

    def recent(self, limit: int = 8) -> tuple[PaymentRow, ...]:
        """The newest payments, newest first."""
        return self._context.store.reader.recent_payments(limit)

    def payments(self, which: PaymentFilter, *, offset: int = 0, limit: int = 100) -> PaymentPage:
        """List payments, newest first."""
        return self._context.store.reader.payments(which, offset, limit)
