"""The attempts that the window remembers: every live one, and only the newest that are over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services.views.payments import AttemptView
from desktop_app.ui.core.attempts import MOST_SETTLED, Attempts
from desktop_app.ui.core.jobs import JobRunner

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


def view(number: int, state: AttemptState) -> AttemptView:
    return AttemptView(
        uid=f"a{number}", enrollment_uid="e", student_uid="s", student_name="Asha", roll_no="R1",
        course_label="Physics", method=Method.UPI_INTENT, state=state, amount=Money(100),
        created_at=datetime(2026, 11, 20, 9, 0, number % 60, tzinfo=UTC),
    )  # fmt: skip


def test_a_day_of_payments_leaves_only_the_newest_behind(qapp: QApplication) -> None:
    runner = JobRunner()
    attempts = Attempts(runner)
    attempts.take([view(0, AttemptState.AWAITING)])
    for number in range(1, 3_000):
        attempts.take([view(number, AttemptState.AWAITING)])
        attempts.take([view(number, AttemptState.PAID)], is_found=True)
    assert [each.uid for each in attempts.live()] == ["a0"]
    assert len(attempts._known) == MOST_SETTLED + 1
    assert attempts.view("a2999") is not None
    assert attempts.view("a1") is None
    attempts.deleteLater()
    runner.close()
