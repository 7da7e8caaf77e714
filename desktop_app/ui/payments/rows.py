"""Rows of payments: how they are read, and their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.money import INR, format_in, format_plain
from desktop_app.ui.core.formatting import METHODS, NONE, when_text
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.tables.columns import Column
from desktop_app.ui.tables.tags import payment_tag

if TYPE_CHECKING:
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.payments import PaymentFilter, PaymentPage, PaymentRow


def _amount(row: PaymentRow) -> str:
    """Show rupees plain, other currencies with their name."""
    return format_plain(row.amount) if row.currency == INR else format_in(row.amount, row.currency)


PAYMENTS: tuple[Column[PaymentRow], ...] = (
    Column(N_("Time"), lambda row: when_text(row.at), 100, spare=1),
    Column(N_("Student"), lambda row: row.student_name, 120, share=3),
    Column(N_("Course"), lambda row: row.course_label or NONE, 120, share=2, spare=3),
    Column(N_("Amount ₹"), _amount, 96, is_number=True),
    Column(N_("Method"), lambda row: tr(METHODS[row.method].short), 68, spare=4),
    Column(N_("Status"), lambda row: tr(payment_tag(row).word), 156, tag=payment_tag),
    Column(N_("Receipt"), lambda row: row.receipt_no or NONE, 140, spare=2),
)


def read(desk: Desk, which: PaymentFilter, offset: int, limit: int) -> PaymentPage:
    """Read some payments, newest first, without their sum."""
    return desk.receipts.payments(which, offset=offset, limit=limit, summed=False)
