"""Reads, renders and prints receipts that were issued, and lists payments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method, Placement
from desktop_app.domain.receipt import IST, day_in_india, financial_year
from desktop_app.domain.words import amount_in_words
from desktop_app.services.errors import ServiceError
from desktop_app.services.output_paths import check_output
from desktop_app.services.views.settings import SettingsView

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from desktop_app.services.context import Context
    from desktop_app.services.receipts.verification import CheckedReceipt, ReceiptVerifier
    from desktop_app.services.views.bills import SlipView
    from desktop_app.services.views.payments import (
        PaymentEvent,
        PaymentFilter,
        PaymentPage,
        PaymentRow,
        PaymentTotals,
    )
    from desktop_app.services.views.receipts import ReceiptView
    from desktop_app.services.views.tenders import DepositView


class ReceiptService:
    """Receipts and payments already made. All local.

    Without a language a receipt is in the one that is set for receipts.

    Args:
        checks: makes and checks the codes; None for receipts without.
    """

    def __init__(self, context: Context, checks: ReceiptVerifier | None = None) -> None:
        self._context = context
        self._checks = checks

    def receipt(self, uid: str) -> ReceiptView:
        """Return a receipt as it was issued, or the acknowledgement of a cheque."""
        reader = self._context.store.reader
        found = reader.receipts.get(uid) or reader.tenders.acknowledgement(uid)
        if found is None:
            raise ServiceError("we found no receipt with this id")
        return found

    def latest(self) -> ReceiptView | None:
        """Return the receipt issued last, for F7."""
        return self._context.store.reader.receipts.latest()

    def html(self, uid: str, paper: str, language: str = "") -> str:
        """Render a receipt as HTML for `a4 a5 roll80 roll58`, without counting it as printed."""
        return self._context.documents.receipt_html(self._copy(uid), paper, self._in(language))

    def save_pdf(self, uid: str, paper: str, path: Path, language: str = "") -> Path:
        """Write a receipt as PDF and record that; only paper makes the next one a duplicate."""
        written = self.keep_copy(uid, paper, path, language)
        self.note_printed(uid, f"pdf-{paper}")
        return written

    def keep_copy(self, uid: str, paper: str, path: Path, language: str = "") -> Path:
        """Write a receipt as PDF without counting it: it waits for a printer."""
        check_output(path, self._context.folder)
        written = self._copy(uid)
        return self._context.documents.write_pdf(written, paper, self._in(language), path)

    def save_specimen(self, paper: str, path: Path) -> Path:
        """Write a test page as PDF."""
        check_output(path, self._context.folder)
        return self._context.documents.write_pdf(self._specimen(), paper, self._in(""), path)

    def sample_html(self, texts: Mapping[str, str], picture: Path | None = None) -> str:
        """Render a sample receipt as it would be with other settings.

        Args:
            texts: the settings that differ from those that are kept, by key.
            picture: a logo that is not kept yet.
        """
        settings = SettingsView({**self._context.settings().texts, **texts})
        year = financial_year(self._context.now().astimezone(IST).date())
        sample = replace(
            self._specimen(settings), number=f"{settings.desk_id}/{year}/000001", is_specimen=False
        )
        return self._context.documents.receipt_html(
            sample, settings.paper, settings.receipt_language, picture
        )

    def print_on(self, uid: str, paper: str, device: object, language: str = "") -> None:
        """Paint a receipt on a printer and count it as printed. Raises OSError."""
        self._context.documents.paint(self._copy(uid), paper, self._in(language), device)
        self.note_printed(uid, paper)

    def print_specimen(self, paper: str, device: object) -> None:
        """Paint a test page on a printer: everything a receipt has, no receipt. Raises OSError."""
        self._context.documents.paint(self._specimen(), paper, self._in(""), device)

    def slip_html(self, uid: str, paper: str = "", language: str = "") -> str:
        """Render the slip of a bill, or of a deposit, as HTML; on the paper set unless named."""
        paper = paper or self._context.settings().paper
        return self._context.documents.slip_html(self._slip(uid), paper, self._in(language))

    def save_slip(self, uid: str, paper: str, path: Path, language: str = "") -> Path:
        """Write the slip of a bill or a deposit as PDF. Raises OSError, and InvalidInputError."""
        check_output(path, self._context.folder)
        slip = self._slip(uid)
        return self._context.documents.write_slip(slip, paper, self._in(language), path)

    def print_slip(self, uid: str, paper: str, device: object, language: str = "") -> None:
        """Paint the slip of a bill or a deposit on a printer, uncounted. Raises OSError."""
        slip = self._slip(uid)
        self._context.documents.paint_slip(slip, paper, self._in(language), device)

    def _slip(self, uid: str) -> SlipView | DepositView:
        from desktop_app.services.views.bills import SlipView
        from desktop_app.services.views.tenders import DepositView

        reader = self._context.store.reader
        deposit = reader.tenders.slip(uid, day_in_india(self._context.now()))
        if deposit is not None:
            centre = self._context.settings().centre
            return DepositView(centre, deposit, self._context.is_training)
        bill = reader.bills.get(uid)
        if bill is None or not (bill.receipts or bill.awaits_receipts):
            raise ServiceError("nothing is paid on this bill yet")
        return SlipView(
            centre=self._context.settings().centre,
            bill=bill,
            is_training=self._context.is_training,
            is_test=any(each.mode is MoneyMode.TEST for each in bill.tenders),
        )

    def check(self, typed: str) -> CheckedReceipt:
        """Check a receipt by its QR's text. Raises InvalidInputError when it cannot be read."""
        return self._need_checks().check(typed)

    def key_text(self) -> str:
        """Write the receipt key for the centre's other desks. Raises NoKeyringError."""
        return self._need_checks().key_text()

    def use_key(self, typed: str) -> str:
        """Adopt another desk's receipt key; return its id.

        Raises:
            InvalidInputError, NoKeyringError: it is misspelt, or none can be kept.
        """
        return self._need_checks().use_key(typed)

    def _need_checks(self) -> ReceiptVerifier:
        if self._checks is None:
            raise ServiceError("this desk has no check codes")
        return self._checks

    def _in(self, language: str) -> str:
        return language or self._context.settings().receipt_language

    def _copy(self, uid: str) -> ReceiptView:
        """Return a receipt as it goes out now: with its code, and as a duplicate with its date."""
        found = self.receipt(uid)
        if found.cheque is not None:
            return replace(found, centre=self._context.settings().centre)
        if self._checks is not None:
            found = self._checks.with_code(found)
        return replace(found, copied_at=self._context.now()) if found.prints else found

    def _specimen(self, settings: SettingsView | None = None) -> ReceiptView:
        from desktop_app.domain.fees import SAC_COACHING, QuoteLine
        from desktop_app.services.views.receipts import ReceiptView

        settings, now = settings or self._context.settings(), self._context.now()
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
            placement=Placement.APPLIED, is_specimen=True,
        )  # fmt: skip

    def note_printed(self, uid: str, paper: str) -> None:
        """Record a copy of a receipt: after the first on paper it is marked DUPLICATE."""
        is_receipt = self._context.store.reader.receipts.get(uid) is not None
        with self._context.store.writing() as work:
            if is_receipt:
                work.receipts.add_print(uid, paper, self._context.now())
            self._context.audit(work, "receipt.printed", uid, {"paper": paper})
            work.commit()

    def recent(self, limit: int = 8) -> tuple[PaymentRow, ...]:
        """Return the newest payments, newest first."""
        return self._context.store.reader.payments.recent(limit)

    def payments(
        self, which: PaymentFilter, *, offset: int = 0, limit: int = 100, summed: bool = True
    ) -> PaymentPage:
        """List payments, newest first.

        Args:
            which: the filter.
            offset: how many to skip.
            limit: the most rows.
            summed: whether to sum up all that match, which costs more than the rows of a page.
        """
        return self._context.store.reader.payments.page(which, offset, limit, summed=summed)

    def totals(self, since: datetime | None, until: datetime | None = None) -> PaymentTotals:
        """Return the sums of a range of days by way of paying, and how many fees are open.

        Args:
            since: the beginning (aware); None for all until the end.
            until: the end (aware), which is not part of the range; None for all since then.
        """
        return self._context.store.reader.payments.totals(since, until)

    def steps(self, payment_uid: str) -> tuple[PaymentEvent, ...]:
        """Return the steps in the life of a payment, oldest first."""
        return self._context.store.reader.payments.steps(payment_uid)
