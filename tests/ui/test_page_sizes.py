"""The list pages and the inbox on small screens: every control is whole, and within reach.

The sizes are those of the counter's screens less the frame, the task bar, the navigation, the
banner and the status strip. Where a page is lower than it needs, it scrolls; nothing ever reaches
out at the right.
"""

from __future__ import annotations

from itertools import chain, product
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QDateEdit, QLineEdit, QPushButton, QWidget

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.courses.page import CoursesPage
from desktop_app.ui.inbox.page import InboxPage
from desktop_app.ui.payments.page import PaymentsPage
from desktop_app.ui.students.page import StudentsPage
from desktop_app.ui.tables.list_page import ListPage
from desktop_app.ui.tables.table_view import TableView
from tests.ui.test_house_rules import cut, overlaps, own, shown
from tests.ui.text_sizes import SIZES_TOGETHER, walked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import Page, PageContext
    from tests.ui.real_desk import RealDesk

pytestmark = pytest.mark.looks
SIZES = {
    "1366x728": QSize(1258, 584),
    "1280x720": QSize(1172, 528),
    "1097x617": QSize(989, 425),
    "1093x614": QSize(985, 422),
    "960x540": QSize(852, 348),
}
KINDS = (QPushButton, QLineEdit, QComboBox, QDateEdit)


@pytest.fixture
def busy(desk: RealDesk) -> RealDesk:
    """A desk with everything that pages show: parts, refunds in each state, disputes."""
    [due] = desk.real.enrolments.enrol(desk.student("R002").uid, desk.course("NEET-F").uid).dues
    desk.real.payments.begin_dues({due.uid: Money(1_000_00)}, Method.CASH)
    desk.real.refunds.refund(desk.row(1).uid, Money(1_000_00), "sibling concession")
    desk.gateway.refund_status = "pending"
    desk.real.refunds.refund(desk.row(5).uid, None, "left for another city")
    desk.disputed("R009", "ENG-S")
    return desk


@pytest.fixture
def sized(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    i18n.set_language(qapp, "en")


def payments(page: PaymentsPage) -> Iterator[str]:
    for days in ("all", "range", "yesterday", "all"):
        page.days.buttons[days].click()
        yield days
    for at in range(8):
        page.table.pick_row(at)
        yield f"payment {at}"


def students(page: StudentsPage) -> Iterator[str]:
    for which in ("unpaid", "all"):
        page.which.buttons[which].click()
        yield which
    page.finder.setText("nobody like this")
    yield "nobody"
    page.finder.clear()
    yield "somebody"


def courses(page: CoursesPage) -> Iterator[str]:
    page.archive_button.click()
    yield "question"
    page.go_back()
    yield "no question"


def inbox(page: InboxPage) -> Iterator[str]:
    yield "cards"
    page.body.cards[0].ask_refund()
    yield "question"
    page.go_back()
    page.body.cards[0].dues_button.click()
    yield "dues"
    page.go_back()


def alone(page: Page) -> Iterator[str]:
    """The details in place of the list, where a list page has no room for both."""
    if isinstance(page, ListPage) and page._is_narrow:
        page._show_alone()
        yield "details"
        page.go_back()


def beyond(page: QWidget, seen: list[QWidget]) -> Iterator[str]:
    """Controls that reach out of the page, or out of the part of it that scrolls up and down."""
    for kind in KINDS:
        for each in shown(page, kind, seen):
            box = QRect(each.mapTo(page, QPoint()), each.size())
            if own(each) and (box.left() < 0 or box.right() > page.width()):
                yield f"{each.objectName()} {each.property('text')!r} at {box}"
    for table in shown(page, TableView, seen):
        if isinstance(table, TableView) and table.horizontalHeader().length() > table.width():
            yield f"{table.objectName()} is wider than its room"


def wrong(page: QWidget) -> list[str]:
    looks, seen = (cut, overlaps, beyond), shown(page, QWidget)
    return [f"{look.__name__}: {each}" for look in looks for each in look(page, seen)]


def made(
    qtbot: QtBot, context: PageContext, desk: RealDesk
) -> list[tuple[Page, Callable[..., Iterator[str]]]]:
    walks: list[tuple[Page, Callable[..., Iterator[str]]]] = [
        (PaymentsPage(context), payments),
        (StudentsPage(context), students),
        (CoursesPage(context), courses),
        (InboxPage(context), inbox),
    ]
    context.runner.open(desk.services)
    for page, _ in walks:
        qtbot.addWidget(page)
        page.setUpdatesEnabled(False)  # places are judged, not pixels
        page.show()
        page.arrive()
    qtbot.waitUntil(lambda: not context.runner.is_busy)
    return walks


@pytest.mark.parametrize("percents", SIZES_TOGETHER)
@pytest.mark.parametrize("names", walked(*SIZES))
@pytest.mark.timeout(180)
def test_every_control_of_a_page_is_whole_and_within_reach(
    qtbot: QtBot,
    context: PageContext,
    busy: RealDesk,
    sized: QApplication,
    names: tuple[str, ...],
    percents: tuple[int, ...],
) -> None:
    walks, found = made(qtbot, context, busy), list[str]()
    for language, percent in product(("en", "hi"), percents):
        i18n.set_language(sized, language)
        theme.apply(sized, "light", percent)
        for name, (page, walk) in product(names, walks):
            page.resize(SIZES[name])
            for state in chain(walk(page), alone(page)):
                qtbot.waitUntil(lambda: not context.runner.is_busy)
                looks = wrong(page)
                if looks:
                    qtbot.wait(30)
                    looks = wrong(page)
                where = f"{type(page).__name__}, {state}, {name}, {language}, {percent} %"
                found += [f"{where}: {each}" for each in looks]
            assert page.size() == SIZES[name], "the text does not push the page's edges out"
    assert not found, "\n".join(found[:40])


def test_only_a_list_that_orders_by_its_headings_looks_as_if_it_did(
    qtbot: QtBot, context: PageContext, busy: RealDesk
) -> None:
    """A million students or payments have an index for one order each, which is the list's own."""
    looks = {}
    for page, _ in made(qtbot, context, busy):
        for table in page.findChildren(TableView):
            heads = table.horizontalHeader()
            is_hand = heads.cursor().shape() is Qt.CursorShape.PointingHandCursor
            looks[type(page).__name__] = (heads.sectionsClickable(), is_hand)
    assert looks.pop("CoursesPage") == (True, True)
    assert looks
    assert set(looks.values()) == {(False, False)}


def test_the_actions_of_what_is_picked_stay_in_sight(
    qtbot: QtBot, context: PageContext, busy: RealDesk
) -> None:
    pages = [page for page, _ in made(qtbot, context, busy)[:3]]
    for size, page in product(list(SIZES.values())[:4], pages):
        page.resize(size)
        assert isinstance(page, ListPage)
        if isinstance(page, PaymentsPage):
            page.days.buttons["all"].click()
        qtbot.waitUntil(page.detail.isVisible)
        qtbot.waitUntil(lambda: not context.runner.is_busy)
        buttons = [each for each in shown(page, QPushButton) if page.detail.isAncestorOf(each)]
        pinned = [each for each in buttons if not page.detail.area.isAncestorOf(each)]
        assert len(pinned) >= 2
        for each in pinned:
            bottom = each.mapTo(page, QPoint(0, each.height())).y()
            assert bottom <= page.height(), (type(page).__name__, each.objectName())
