"""Receipts: numbered and written in the transaction that records the money, read afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.fees import SAC_COACHING, QuoteLine, format_rate
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method, Placement
from desktop_app.domain.receipt import day_in_india, financial_year, receipt_number, series_name
from desktop_app.domain.words import amount_in_words
from desktop_app.services.errors import ServiceError
from desktop_app.services.records import ReceiptRecord
from desktop_app.services.views import ReceiptView

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.domain.students import Student
    from desktop_app.services.context import Context
    from desktop_app.services.receipt_checks import CheckedReceipt, ReceiptChecks
    from desktop_app.services.records import DueRecord, EnrollmentRecord, PaymentRecord
    from desktop_app.services.storage_port import UnitOfWork
    from desktop_app.services.views import PaymentFilter, PaymentPage, PaymentRow


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
    names = ("name", "address", "gstin", "state", "email", "logo")
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
    """The api's `Receipts`.

    Args:
        checks: makes and checks the codes; None for receipts without.
    """

    def __init__(self, context: Context, checks: ReceiptChecks | None = None) -> None:
        self._context = context
        self._checks = checks

    def receipt(self, uid: str) -> ReceiptView:
        """Read a receipt as it was issued."""
        found = self._context.store.reader.receipt(uid)
        if found is None:
            raise ServiceError("there is no such receipt")
        return found

    def latest(self) -> ReceiptView | None:
        """The receipt issued last, for F7."""
        return self._context.store.reader.latest_receipt()

    def html(self, uid: str, paper: str, language: str = "") -> str:
        """Render a receipt as HTML, without counting it as printed."""
        return self._context.documents.receipt_html(self._copy(uid), paper, self._in(language))

    def save_pdf(self, uid: str, paper: str, path: Path, language: str = "") -> Path:
        """Write a receipt as PDF and count it as printed."""
        written = self.keep_copy(uid, paper, path, language)
        self.note_printed(uid, f"pdf-{paper}")
        return written

    def keep_copy(self, uid: str, paper: str, path: Path, language: str = "") -> Path:
        """Write a receipt as PDF without counting it: it waits for a printer."""
        written = self._copy(uid)
        return self._context.documents.write_pdf(written, paper, self._in(language), path)

    def print_on(self, uid: str, paper: str, device: object, language: str = "") -> None:
        """Paint a receipt on a printer and count it as printed. Raises OSError."""
        self._context.documents.paint(self._copy(uid), paper, self._in(language), device)
        self.note_printed(uid, paper)

    def print_specimen(self, paper: str, device: object) -> None:
        """Paint a test page on a printer: everything a receipt has, no receipt. Raises OSError."""
        self._context.documents.paint(self._specimen(), paper, self._in(""), device)

    def check(self, typed: str) -> CheckedReceipt:
        """Check a receipt by its QR's text. Raises InvalidInputError when it cannot be read."""
        return self._need_checks().check(typed)

    def key_text(self) -> str:
        """Write the receipt key for the centre's other desks. Raises NoKeyringError."""
        return self._need_checks().key_text()

    def use_key(self, typed: str) -> str:
        """Take another desk's receipt key. Raises InvalidInputError, NoKeyringError."""
        return self._need_checks().use_key(typed)

    def _need_checks(self) -> ReceiptChecks:
        if self._checks is None:
            raise ServiceError("this desk has no check codes")
        return self._checks

    def _in(self, language: str) -> str:
        return language or self._context.settings().receipt_language

    def _copy(self, uid: str) -> ReceiptView:
        """A receipt as it goes out now: with its code, and as a duplicate with its date."""
        found = self.receipt(uid)
        if self._checks is not None:
            found = self._checks.with_code(found)
        return replace(found, copied_at=self._context.now()) if found.prints else found

    def _specimen(self) -> ReceiptView:
        settings, now = self._context.settings(), self._context.now()
        amount = Money(11_800_00)
        lines = (
            QuoteLine("Physics XI · भौतिकी", Money(10_000_00)),
            QuoteLine("CGST 9 %", Money(900_00)),
            QuoteLine("SGST 9 %", Money(900_00)),
        )
        return ReceiptView(
            uid="", number="TEST PAGE", issued_at=now, centre=settings.centre,
            desk_id=settings.desk_id, student_name="Asha Rao · आशा राव", roll_no="R001",
            guardian_name="", student_state="", course_code="PHY-11",
            course_label="Physics XI · भौतिकी", sac=SAC_COACHING,
            lines=lines if settings.centre.gstin else (replace(lines[0], amount=amount),),
            amount=amount, words=amount_in_words(amount), gst_rate="18 %", method=Method.CASH,
            payment_id=None, order_id=None, rrn=None, is_training=False,
            placement=Placement.DUE, is_specimen=True,
        )  # fmt: skip

    def note_printed(self, uid: str, paper: str) -> None:
        """Count a receipt as printed: from the second on it says DUPLICATE."""
        with self._context.store.writing() as work:
            work.money.note_print(uid, paper, self._context.now())
            self._context.audit(work, "receipt.printed", uid, {"paper": paper})
            work.commit()

    def recent(self, limit: int = 8) -> tuple[PaymentRow, ...]:
        """The newest payments, newest first."""
        return self._context.store.reader.recent_payments(limit)

    def payments(
        self, which: PaymentFilter, *, offset: int = 0, limit: int = 100, summed: bool = True
    ) -> PaymentPage:
        """List payments, newest first."""
        return self._context.store.reader.payments(which, offset, limit, summed=summed)
