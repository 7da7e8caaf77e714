"""Screenshots of the other pages: full and empty, and the decisions made on them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from desktop_app.domain.payment import Method
from desktop_app.services.errors import DatabaseCorruptError, RateLimitedError, RejectedError
from desktop_app.ui.courses.page import CoursesPage
from desktop_app.ui.inbox.page import InboxPage
from desktop_app.ui.payments.page import PaymentsPage
from tests.screenshots.studio import sample_payments

if TYPE_CHECKING:
    from tests.screenshots.studio import Studio
    from tests.ui.real_desk import RealDesk


def sample_decisions(desk: RealDesk) -> None:
    """Add two payments to decide on, three commands waiting for a connection, and a dispute."""
    desk.held_twice("R001", "PHY-11")
    desk.held("R005", "PHY-11", seat=True)
    desk.waiting_refund("R006", "MATH-9")
    desk.gateway.trouble("refund", RateLimitedError("later"), times=99)
    code = desk.shown("R001", "MATH-9", Method.QR_CODE)
    desk.gateway.trouble("close_qr", RejectedError("no"))
    desk.real.payments.cancel(code.uid)
    desk.disputed("R002", "MATH-9", until=desk.clock.now() + timedelta(days=9))


def other_amount_pictures(studio: Studio) -> None:
    """Draw the inbox with money of other amounts and of another currency."""
    desk = studio.desk
    desk.held_otherwise("R001", "PHY-11", 500_000)
    desk.held_otherwise("R004", "PHY-11", 500_000, None)
    desk.held_otherwise("R005", "PHY-11", 1_207_900, method=Method.QR_CODE)
    desk.held_otherwise("R006", "PHY-11", 12_900, currency="USD", method=Method.UPI_INTENT)
    studio.attach()
    studio.window.parts.navigator.go("inbox")
    studio.shot("28-other-amounts")
    desk.real.unapplied.apply(desk.real.unapplied.held()[0].uid)
    studio.window.parts.navigator.go("payments")
    studio.shot("29-other-amounts-payments")


def page_pictures(studio: Studio) -> None:
    sample_payments(studio.desk)
    sample_decisions(studio.desk)
    studio.attach()
    window = studio.window
    for at, name in enumerate(("students", "courses", "payments", "inbox", "settings"), 1):
        window.parts.navigator.go(name)
        studio.shot(f"2{at}-{name}")
    window.parts.navigator.go("counter")
    window.parts.actions_by_name["help"].trigger()
    studio.settle()
    for top in QApplication.topLevelWidgets():
        if top.objectName() == "helpPanel":
            studio.shot("25-help", top)
            top.close()
    window.parts.actions_by_name["newStudent"].trigger()
    studio.settle()
    for top in QApplication.topLevelWidgets():
        if top.objectName() == "studentForm":
            studio.shot("26-new-student", top)
            top.close()


def decision_pictures(studio: Studio) -> None:
    """Draw the steps after a payment: a decision, a refund, forms."""
    sample_payments(studio.desk)
    sample_decisions(studio.desk)
    studio.desk.student_with_due("R011", "PHY-11", like="R001")
    studio.desk.student_with_due("R012", "CHE-11", like="R001")
    studio.attach()
    work, pages = studio.window.parts.navigator, studio.window.parts.pages
    inbox = pages.page("inbox")
    assert isinstance(inbox, InboxPage)
    work.go("inbox")
    studio.until(lambda: len(inbox.body.cards) > 1)
    inbox.body.cards[0].dues_button.click()
    studio.until(inbox.body.cards[0].choice.isVisible)
    studio.shot("40-inbox-another-due")
    inbox.body.cards[1].ask_refund()
    studio.shot("41-inbox-refund")
    work.go("payments")
    payments = pages.current()
    assert isinstance(payments, PaymentsPage)
    studio.until(payments.refund_button.isEnabled)
    refund = payments.ask_refund()
    assert refund is not None
    studio.shot("42-refund", refund)
    refund.reject()
    work.go("courses")
    courses = pages.current()
    assert isinstance(courses, CoursesPage)
    studio.until(courses.edit_button.isVisible)
    form = courses.edit()
    assert form is not None
    studio.shot("43-course", form)
    form.reject()


def empty_pictures(studio: Studio) -> None:
    """Draw the lists of a new centre, each with its hint."""
    studio.desk.close()
    studio.desk = studio.open_desk("bare")
    studio.window.attach(studio.desk.services, studio.desk.folder)
    for name in ("students", "courses", "payments", "inbox"):
        studio.window.parts.navigator.go(name)
        studio.shot(f"44-no-{name}")


def failure_picture(studio: Studio) -> None:
    studio.window.fail(DatabaseCorruptError("x"))
    studio.shot("30-cannot-open")
