"""Screenshots of the other pages: full and empty, and the decisions made on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_app.domain.outbox import CommandKind, CommandState
from desktop_app.services.errors import DatabaseCorruptError
from desktop_app.ui.courses.page import CoursesPage
from desktop_app.ui.inbox.page import InboxPage
from desktop_app.ui.payments.page import PaymentsPage
from tests.screenshots.studio import sample_payments
from tests.ui.fake_affairs import dispute, errand, family_due, held_money

if TYPE_CHECKING:
    from tests.screenshots.studio import Studio
    from tests.ui.fake_desk import FakeDesk


def sample_affairs(desk: FakeDesk) -> None:
    """Add two payments to decide on, three commands waiting for a connection, and a dispute."""
    affairs = desk.affairs
    affairs.money += [
        held_money("h1", can_enrol=False),
        held_money("h2", "Venkatanarasimharajuvaripeta Lakshmi Satyanarayana Subrahmanyam"),
    ]
    affairs.to_say += [errand(), errand("e2", CommandState.DEAD, CommandKind.CLOSE_QR)]
    affairs.noticed.append(dispute())


def page_pictures(studio: Studio) -> None:
    sample_payments(studio.desk)
    sample_affairs(studio.desk)
    studio.attach()
    window = studio.window
    for at, name in enumerate(("students", "courses", "payments", "inbox", "settings"), 1):
        window.parts.navigator.go(name)
        QTest.qWait(250)
        studio.shot(f"2{at}-{name}")
    window.parts.navigator.go("counter")
    window.parts.actions_by_name["help"].trigger()
    QTest.qWait(100)
    for top in QApplication.topLevelWidgets():
        if top.objectName() == "helpPanel":
            studio.shot("25-help", top)
            top.close()
    window.parts.actions_by_name["newStudent"].trigger()
    QTest.qWait(200)
    for top in QApplication.topLevelWidgets():
        if top.objectName() == "studentForm":
            studio.shot("26-new-student", top)
            top.close()


def affairs_pictures(studio: Studio) -> None:
    """Draw the steps after a payment: a decision, a refund, forms."""
    sample_payments(studio.desk)
    sample_affairs(studio.desk)
    studio.desk.affairs.dues += [family_due(), family_due("d2", fits=False)]
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
    studio.until(payments.refunds_box.button.isVisible)
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
    studio.desk.students.hits.clear()
    studio.desk.courses.rows.clear()
    studio.window.attach(studio.desk.desk)
    for name in ("students", "courses", "payments", "inbox"):
        studio.window.parts.navigator.go(name)
        QTest.qWait(250)
        studio.shot(f"44-no-{name}")


def failure_picture(studio: Studio) -> None:
    studio.window.fail(DatabaseCorruptError("x"))
    studio.shot("30-cannot-open")
