"""A family's bill as the bill card shows it: a line for each fee, with the student's first name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.fees import QuoteLine
from desktop_app.domain.words import amount_in_words
from desktop_app.services.views.enrolment import Bill
from desktop_app.ui.core.formatting import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.domain.money import Money


def family_card(
    name: str, lines: Sequence[tuple[str, str, Money]], asked: Money, limit: Money
) -> Bill:
    """Return a family's bill.

    Args:
        name: of who pays.
        lines: student, fee and amount.
        asked: what is to pay.
        limit: of one payment by UPI.
    """
    return Bill(
        student_uid="", student_name=name, roll_no="", course_uid="", course_label="",
        lines=tuple(QuoteLine(f"{_first(who)} · {one_line(label)}", amount)
                    for who, label, amount in lines),
        total=asked, words=amount_in_words(asked), obstacle="",
        over_upi_limit=False, upi_limit=limit, open_attempt_uid=None, is_kept=False,
    )  # fmt: skip


def _first(name: str) -> str:
    """Return the first name of a student."""
    words = name.split()
    return one_line(words[0]) if words else ""
