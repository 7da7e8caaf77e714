"""What the counter's lists show of students, courses and payments, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.domain.money import format_rupees
from desktop_app.domain.payment import Method
from desktop_app.ui.widgets.result_list import Cell, Row
from desktop_app.ui.wording import SHORT_METHODS, local_time

if TYPE_CHECKING:
    from desktop_app.services.views import CourseRow, PaymentRow, StudentHit
    from desktop_app.ui.presenters.counter import Answer

STUDENT_SHARES = (0.29, 0.10, 0.14, 0.47)
COURSE_SHARES = (0.15, 0.30, 0.19, 0.16, 0.20)
RECENT_SHARES = (0.09, 0.29, 0.20, 0.17, 0.25)
FEW_SEATS = 5


@dataclass(frozen=True, slots=True)
class AddStudent:
    """The offer to add what was typed as a new student."""

    text: str


def student_rows(answer: Answer[StudentHit]) -> tuple[Row, ...]:
    """Show students, and the offer to add one when a text was typed."""
    rows = [
        Row(
            (
                Cell(hit.name, is_bold=True),
                Cell(hit.roll_no),
                Cell(hit.phone or hit.guardian_phone, "ink_2"),
                Cell(_told_apart(hit), "ink_2"),
            ),
            hit,
        )
        for hit in answer.hits
    ]
    typed = answer.query.strip()
    if typed:
        offer = Cell(f"Add “{typed}” as a new student", "accent", is_bold=not rows)
        key = Cell("Enter" if not rows else "Ctrl+N", "ink_2", is_right=True)
        rows.append(Row((offer, key), AddStudent(typed), icon="plus"))
    return tuple(rows)


def _told_apart(hit: StudentHit) -> str:
    """What tells two students of one name apart, and why a guardian's name found this one."""
    guardian = f"c/o {hit.guardian_name}" if hit.guardian_name else ""
    return " · ".join(part for part in (hit.note, guardian) if part)


def course_rows(answer: Answer[CourseRow]) -> tuple[Row, ...]:
    """Show courses with their seats and what is to be paid."""
    return tuple(
        Row(
            (
                Cell(hit.course.code, is_bold=True),
                Cell(hit.course.title),
                Cell(hit.course.batch, "ink_2"),
                _seats(hit.seats_left),
                Cell(format_rupees(hit.total), is_right=True),
            ),
            hit,
        )
        for hit in answer.hits
    )


def recent_rows(payments: tuple[PaymentRow, ...]) -> tuple[Row, ...]:
    """Show the newest payments: time, who, how much, how, and the receipt."""
    return tuple(
        Row(
            (
                Cell(local_time(payment.at), "ink_2"),
                Cell(payment.student_name, is_bold=True),
                Cell(format_rupees(payment.amount), is_right=True),
                _how(payment),
                Cell(payment.receipt_no or "no receipt", "ink_2", is_right=True),
            ),
            payment,
        )
        for payment in payments
    )


def _seats(left: int | None) -> Cell:
    if left is None:
        return Cell("open", "ink_2")
    if left == 0:
        return Cell("full", "wrong", is_bold=True)
    words = f"{left} seat" if left == 1 else f"{left} seats"
    return Cell(words, "attention" if left <= FEW_SEATS else "ink_2")


def _how(payment: PaymentRow) -> Cell:
    if payment.state != "captured":
        return Cell(f"   {payment.state}", "attention")
    if payment.is_late:
        return Cell("   ✓ Paid late", "paid")
    is_cash = payment.method is Method.CASH
    return Cell("   ✓ Cash" if is_cash else f"   ✓ Paid {SHORT_METHODS[payment.method]}", "paid")
