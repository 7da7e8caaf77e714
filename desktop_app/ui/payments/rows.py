"""Rows of payments: how they are read, and their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.money import INR, format_in, format_plain
from desktop_app.ui.core.formatting import METHODS, NONE, moment_text
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
    Column(N_("Time"), lambda row: moment_text(row.at), 136, spare=1),
    Column(N_("Student"), lambda row: row.student_name),
    Column(N_("Amount ₹"), _amount, 112, is_number=True),
    Column(N_("Method"), lambda row: tr(METHODS[row.method].listed), 108, spare=2),
    Column(N_("Status"), lambda row: tr(payment_tag(row).word), 132, tag=payment_tag),
    Column(N_("Receipt"), lambda row: row.receipt_no or NONE, 138, spare=3),
)


def read(desk: Desk, which: PaymentFilter, offset: int, limit: int) -> PaymentPage:
    """Read some payments, newest first, without their sum."""
    return desk.receipts.payments(which, offset=offset, limit=limit, summed=False)
