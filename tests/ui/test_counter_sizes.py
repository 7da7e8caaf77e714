"""The counter on small screens: in every state, each control is inside the window and whole.

The sizes are those of screens with a window's frame and a task bar taken off: 1366x768 at 100 and
125 %, 1080p at 150, 175 and 200 %.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)

from desktop_app.domain.payment import AttemptState, Method
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.widgets.boxes import viewport
from tests.ui.test_house_rules import ancestors, cut, overlaps, own, shown
from tests.ui.text_sizes import TEXT_SIZES, walked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.ui.clerk import Clerk

pytestmark = pytest.mark.looks
SIZES = {
    "1366x728": QSize(1350, 688),
    "1280x720": QSize(1264, 632),
    "1097x617": QSize(1081, 529),
    "1093x614": QSize(1077, 526),
    "960x540": QSize(944, 452),
}
PATIENCE_S = 2.0
LONG_NAME = "Venkatanarasimharajuvaripeta Lakshmi Satyanarayana Subrahmanyam"
REASON = "Payment was unsuccessful as the customer's bank declined it"
ACTIONS = (
    "paymentState checkedButton newQrButton sendLinkButton cancelPaymentButton "
    "parentSaysPaidButton newPaymentButton"
)
WAITING = f"qrView amountLabel countdownLabel {ACTIONS}"
ENDED = "openPaymentButton anotherWayButton newPaymentButton"
WAYS = "autoSegment payment_linkSegment cashSegment"


def idle(clerk: Clerk) -> str:
    clerk.window.parts.counter.next_student()
    return "studentSearch newStudentButton studentResults"


def searched(clerk: Clerk) -> str:
    clerk.type("a")
    clerk.wait(lambda: clerk.named("studentResults").property("query") == "a")
    return "studentSearch studentResults"


def student(clerk: Clerk) -> str:
    clerk.window.parts.counter.next_student()
    clerk.type("R001")
    clerk.press(Qt.Key.Key_Return)
    clerk.wait(lambda: clerk.focus == "courseSearch")
    return "studentChip courseSearch courseResults"


def bill(clerk: Clerk) -> str:
    clerk.pick()
    return f"totalLabel {WAYS} collectButton"


def offline(clerk: Clerk) -> str:
    clerk.window.parts.counter.show_line(offline=True)
    return "totalLabel keepToCollectButton"


def no_keys(clerk: Clerk) -> str:
    counter = clerk.window.parts.counter
    counter.show_line(offline=False)
    counter.show_keys(has_keys=False)
    return "totalLabel cashSegment setUpRazorpayButton collectButton"


def waiting(clerk: Clerk) -> str:
    clerk.window.parts.counter.show_keys(has_keys=True)
    clerk.collect()
    clerk.window.parts.poller.stop()
    clerk.window.parts.attempts._timer.stop()
    return WAITING


def expiring(clerk: Clerk) -> str:
    clerk.window.parts.counter.panel.show_remaining(42.0, 900.0)
    return WAITING


def failed_try(clerk: Clerk) -> str:
    change(clerk, failure=REASON)
    return f"{WAITING} failureNote"


def by_link(clerk: Clerk) -> str:
    change(
        clerk, failure="", method=Method.PAYMENT_LINK, qr_text="https://rzp.io/rzp/k3mNq8PxW",
        state=AttemptState.AWAITING,
    )  # fmt: skip
    return (
        "qrView amountLabel countdownLabel paymentState checkedButton sendLinkButton "
        "cancelPaymentButton linkText copyLinkButton chatLinkButton newPaymentButton"
    )


def question(clerk: Clerk) -> str:
    clerk.window.parts.counter.panel.buttons.ask_to_cancel()
    return "amountLabel keepWaitingButton reallyCancelButton"


def expired(clerk: Clerk) -> str:
    clerk.window.parts.counter.go_back()
    change(clerk, state=AttemptState.EXPIRED)
    return ENDED


def cancelled(clerk: Clerk) -> str:
    change(clerk, state=AttemptState.CANCELLED)
    return ENDED


def paid(clerk: Clerk) -> str:
    view = clerk.window.parts.payment.view
    assert view is not None
    clerk.window.parts.counter.panel.show_view(view)
    clerk.desk.pay(view.uid)
    clerk.window.parts.poller.ask()
    clerk.wait(lambda: clerk.state() == "paid")
    return "printReceiptButton sendReceiptButton newPaymentButton"


def owes_nothing(clerk: Clerk) -> str:
    clerk.window.parts.counter.next_student()
    clerk.type("R001")
    clerk.press(Qt.Key.Key_Return)
    clerk.wait(lambda: clerk.focus == "courseSearch")
    clerk.type("PHY-11")
    clerk.press(Qt.Key.Key_Return)
    clerk.wait(lambda: clerk.window.parts.counter.presenter.bill is not None)
    clerk.wait(lambda: clerk.shown("paidBefore"))
    return "paidBefore printAgainButton otherCourseButton"


def settled(clerk: Clerk) -> str:
    counter = clerk.window.parts.counter
    counter.next_student()
    clerk.type("R001")
    clerk.press(Qt.Key.Key_Return)
    clerk.wait(lambda: counter.bill.is_settled)
    return beside_settled(clerk)


def beside_settled(clerk: Clerk) -> str:
    """Return what is seen where nothing is left to pay; a narrow counter shows one side."""
    counter = clerk.window.parts.counter
    both = "studentChip courseSearch courseResults"
    if counter.side.isVisible():
        both += " paidBefore printAgainButton otherCourseButton"
    return both


def owes_two(clerk: Clerk) -> str:
    student = clerk.desk.student("R004")
    for code in ("PHY-11", "PHY-12"):
        clerk.desk.real.enrolments.enrol(student.uid, clerk.desk.course(code).uid)
    clerk.window.parts.counter.next_student()
    clerk.type("R004")
    clerk.press(Qt.Key.Key_Return)
    clerk.wait(lambda: clerk.focus == "courseSearch")
    clerk.press(Qt.Key.Key_Return)
    clerk.wait(lambda: clerk.window.parts.counter.presenter.bill is not None)
    return f"totalLabel {WAYS} collectButton"


def several_waiting(clerk: Clerk) -> str:
    counter = clerk.window.parts.counter
    counter.next_student()
    for roll_no, code in (("R002", "CHE-11"), ("R007", "PHY-12"), ("R008", "PHY-11")):
        found = clerk.desk.student(roll_no), clerk.desk.course(code)
        view = clerk.desk.real.payments.begin(found[0].uid, found[1].uid, Method.UPI_INTENT)
        clerk.window.parts.attempts.take((view,))
    clerk.wait(lambda: len(clerk.window.parts.tray.chips()) >= 3)
    return "waitingTray studentSearch"


def claimed(clerk: Clerk) -> str:
    counter = clerk.window.parts.counter
    counter.next_student()
    counter.claims.open()
    clerk.type("4821")
    clerk.press(Qt.Key.Key_Return)
    clerk.wait(lambda: counter.claims.says_paid and counter.claims.says_paid.answer.isVisible())
    return "saysPaidUtr"


def change(clerk: Clerk, **facts: object) -> None:
    view = clerk.window.parts.payment.view
    assert view is not None
    clerk.window.parts.counter.panel.show_view(replace(view, **facts))  # type: ignore[arg-type]


STATES: tuple[Callable[[Clerk], str], ...] = (
    idle, searched, student, bill, offline, no_keys, waiting, expiring, failed_try, by_link,
    question, expired, cancelled, paid, owes_nothing, settled, owes_two, several_waiting, claimed,
)  # fmt: skip


def hidden_parts(clerk: Clerk, names: str) -> Iterator[str]:
    """Yield the controls that are not whole inside the window."""
    for name in names.split():
        part = clerk.named(name)
        seen = part.visibleRegion().boundingRect()
        if seen.height() < part.height() - 1 or seen.width() < part.width() - 1:
            yield f"{name}: {seen.size()} of {part.size()} is seen"


def outside(clerk: Clerk) -> Iterator[str]:
    """Yield what reaches out of the window, or sideways out of what scrolls it."""
    room = clerk.window.rect()
    for part in (*shown(clerk.window, QPushButton), *shown(clerk.window, QLabel)):
        if not own(part):
            continue
        scroll = next((each for each in ancestors(part) if isinstance(each, QScrollArea)), None)
        place = QRect(part.mapTo(clerk.window, QPoint()), part.size())
        if scroll is not None:
            area = viewport(scroll)
            room_here = QRect(area.mapTo(clerk.window, QPoint()), area.size())
            if place.left() < room_here.left() or place.right() > room_here.right() + 1:
                yield f"{part.objectName()} {part.property('text')!r} is cut sideways"
        elif not room.contains(place):
            yield f"{part.objectName()} {part.property('text')!r} ends at {place}"


def squeezed(clerk: Clerk) -> Iterator[str]:
    """Yield what is at the right of the counter and reaches out of it, or has too little room."""
    side = clerk.window.parts.counter.side
    for part in shown(side, QWidget):
        if not isinstance(part, QLabel | QAbstractButton | QLineEdit):
            continue
        least = part.minimumSizeHint()
        is_low = part.width() < least.width() or part.height() < least.height() - 2
        if is_low and isinstance(part, QAbstractButton):
            yield f"{part.objectName()} {part.property('text')!r}: {part.size()} of {least}"
        if part.mapTo(side, QPoint(part.width(), 0)).x() > side.width():
            yield f"{part.objectName()} {part.property('text')!r} reaches out at the right"


def wrong_in(clerk: Clerk, names: str) -> list[str]:
    counter = clerk.window.parts.counter
    return [
        *hidden_parts(clerk, names),
        *outside(clerk),
        *cut(counter),
        *squeezed(clerk),
        *overlaps(counter),
    ]


def settled_wrong(clerk: Clerk, names: str) -> list[str]:
    """Return what is wrong once the window has come to rest; a busy machine needs a while."""
    until = time.monotonic() + PATIENCE_S
    while True:
        clerk.bot.wait(10)
        wrong = wrong_in(clerk, names)
        if not wrong or time.monotonic() > until:
            return wrong


@pytest.mark.parametrize("percent", TEXT_SIZES)
@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize("sizes", walked(*SIZES))
@pytest.mark.timeout(180)
def test_every_state_is_whole_on_every_screen(
    clerk: Clerk, qapp: QApplication, sizes: tuple[str, ...], language: str, percent: int
) -> None:
    """Bring each state about once, at the size of the last look, and resize the window."""
    clerk.started()
    clerk.window.parts.line.stop()
    clerk.window.parts.line.blockSignals(True)  # an answer on its way would end `offline`
    clerk.desk.rename("R001", LONG_NAME, guardian_name=LONG_NAME)
    i18n.set_language(qapp, language)
    theme.apply(qapp, "light", percent)
    window: QWidget = clerk.window
    window.resize(SIZES[sizes[0]])
    found: list[str] = []
    for state in STATES:
        names = state(clerk)
        for size in sizes:
            window.resize(SIZES[size])
            seen = beside_settled(clerk) if state is settled else names
            where = f"{state.__name__}, {size}"
            found += [f"{where}: {each}" for each in settled_wrong(clerk, seen)]
            if window.size() != SIZES[size]:
                found.append(f"{where}: the contents push the window's edges out")
        sizes = sizes[::-1]
    assert not found, "\n".join(found)
