"""Everything inside the window: presenters, pages, banners, tray and status bar, put together.

Made once, just after the first frame (see `main_window.py`). It decides nothing about payments
and calls no service itself: presenters do.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.core.attempts import Attempts
from desktop_app.ui.core.page import Page, PageContext, PageRequests
from desktop_app.ui.core.poller import Poller
from desktop_app.ui.counter.page import CounterPage
from desktop_app.ui.counter.payment_presenter import PaymentPresenter
from desktop_app.ui.display.customer_display import CustomerDisplay
from desktop_app.ui.display.placement import DisplayPlacement
from desktop_app.ui.receipts.printing import ReceiptPrinter
from desktop_app.ui.shell import actions
from desktop_app.ui.shell.banners import ConnectivityBanner, TrainingBanner
from desktop_app.ui.shell.book_question import BookQuestionPresenter, BookQuestionStrip
from desktop_app.ui.shell.chime import Chime
from desktop_app.ui.shell.clean_book import CleanBookPresenter, CleanBookStrip
from desktop_app.ui.shell.connectivity_presenter import ConnectivityPresenter
from desktop_app.ui.shell.controller import Controller
from desktop_app.ui.shell.full_message import FullMessage
from desktop_app.ui.shell.health import HealthNotices
from desktop_app.ui.shell.mode_presenter import ModePresenter
from desktop_app.ui.shell.navigator import Navigator
from desktop_app.ui.shell.page_stack import PageStack
from desktop_app.ui.shell.pages import PAGES
from desktop_app.ui.shell.parts import Parts
from desktop_app.ui.shell.payment_news import PaymentNews
from desktop_app.ui.shell.payment_tray import PaymentTray
from desktop_app.ui.shell.reminders import Reminders
from desktop_app.ui.shell.shortcuts import Shortcuts
from desktop_app.ui.shell.status_strip import StatusStrip
from desktop_app.ui.shell.tray_presenter import TrayPresenter
from desktop_app.ui.widgets.boxes import hbox, vbox
from desktop_app.ui.widgets.notice_area import NoticeArea

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.settings import KeyMode
    from desktop_app.ui.shell.host import Host
    from desktop_app.ui.training.phone_window import PhonePanel

SETTLE_MS = 40
"""Delay before open attempts are read, after the searches: it imports the payment services."""

CALM_MS = 300
"""Delay before the gateway is used, after the searches, which would wait for its imports."""


class Composition(Parts):
    """Makes the parts of one window and connects them.

    Args:
        window: what they are built into; it keeps its first frame until they are ready.
    """

    def __init__(self, window: Host) -> None:
        super().__init__(window)
        self.window = window
        self.runner = window.runner
        self.attempts = Attempts(self.runner, self)
        self.poller = Poller(self.runner, self, pace=window.pace)
        self.poller.looked.connect(self.attempts.take_look)
        self.payment = PaymentPresenter(self.runner, self.attempts, self.poller, self)
        self.line = ConnectivityPresenter(self.runner, self.attempts, self.poller, self)
        self.tray_presenter = TrayPresenter(self.attempts, self.payment, self)
        self.chime = Chime(self)
        self.actions_by_name = actions.build(window)
        self._build()
        self.navigator = Navigator(self)
        self.controller = Controller(window, self)
        self.news = PaymentNews(window, self, self.navigator)
        self.shortcuts = Shortcuts(window, self, self.navigator)
        self.reminders = Reminders(
            self.attempts, self.line, self.notices, self.navigator.show_attempt, self
        )
        self.health = HealthNotices(window, self, self.navigator)
        self.mode = ModePresenter(window, self)
        self.book = BookQuestionPresenter(self.book_strip, self, window.student_box)
        self.clean_book = CleanBookPresenter(self.clean_strip, self)

    def attach(self, desk: Desk, data_dir: Path | None = None) -> None:
        """Use the open desk: what was typed before is answered, open attempts are found."""
        self.data_dir = data_dir
        self.runner.open(desk)  # first of all: the searches that waited for it
        self.context.printer.folder = data_dir / "receipts" if data_dir else None
        QTimer.singleShot(SETTLE_MS, self, self._settle)
        QTimer.singleShot(CALM_MS, self, self._watch)

    def _settle(self) -> None:
        """Read what was open and how the desk is set up."""
        if self.window.shutdown is None:
            self.book.read()
            self.clean_book.read()
            self.attempts.read_open()
            self.controller.read_settings()

    def _watch(self) -> None:
        """Look at the gateway, once the searches have their first answers."""
        if self.window.shutdown is None:
            self.line.begin()
            self.health.presenter.begin(self.data_dir)
            self.poller.nudge(0.0)
            from desktop_app.ui.core.devanagari import ensure_devanagari  # after the start

            ensure_devanagari()

    def show_keys(self, keys: KeyMode) -> None:
        """Show in every window whether the money of the keys is real."""
        self.mode.show_keys(keys)

    def read_health(self) -> None:
        """Read the desk's health again: backup, disk, outbox, inbox."""
        self.health.presenter.read()

    def stop(self) -> None:
        """Stop polling and reading: the window is closing."""
        self.poller.stop()
        self.place.stop()
        self.line.stop()
        self.health.presenter.stop()

    def _page_made(self, name: str, page: Page) -> None:
        """Restore a new page's columns, and show in the navigation what it counts."""
        page.counted.connect(partial(self.navigation.show_count, name))
        if self.window.memory is not None:
            self.window.memory.arrange(page)

    def _build(self) -> None:
        window = self.window
        self.training_banner = TrainingBanner()
        self.line_banner = ConnectivityBanner()
        self.book_strip = BookQuestionStrip()
        self.clean_strip = CleanBookStrip()
        self.navigation = window.navigation
        self._stack = QStackedWidget()
        self._outer = QStackedWidget()
        self.message = FullMessage()
        self._outer.addWidget(self._stack)
        self._outer.addWidget(self.message)
        self.notices = NoticeArea()
        self.calls = PageRequests(self)
        self.context = PageContext(
            self.runner, self.notices, ReceiptPrinter(self.runner, self.notices), self.calls,
            window.is_training,
        )  # fmt: skip
        self.counter = CounterPage(self.context, self.payment, self.attempts, window.student_box)
        self.pages = PageStack(self._stack, self.context, self._page_made)
        self.pages.add("counter", self.counter)
        for page in PAGES:
            if page.counts:
                self.pages.page(page.name)
        self.tray = PaymentTray()
        self.status = StatusStrip(self.line_banner)
        self.display = CustomerDisplay(mode="training" if window.is_training else "live")
        window.display.fill(self.display)
        self.place = DisplayPlacement(window.display, window)
        self.phone = self._build_phone() if window.phone is not None else None
        window.setStatusBar(self.status)
        self._lay_out()

    def _build_phone(self) -> PhonePanel:
        from desktop_app.ui.training.phone_presenter import PhonePresenter
        from desktop_app.ui.training.phone_window import PhonePanel

        self.phone_presenter = PhonePresenter(self.runner, self)
        panel = PhonePanel(self.phone_presenter)
        if self.window.phone is not None:
            self.window.phone.fill(panel)
        return panel

    def _lay_out(self) -> None:
        sides = (theme.MARGIN, 0, theme.MARGIN, theme.GROUP)
        under = vbox(self.notices, margins=sides)
        page = vbox((self._outer, 1), under, gap=0)
        middle = hbox(self.navigation, (page, 1), gap=0)
        whole = QWidget()
        top = (self.training_banner, self.book_strip, self.clean_strip)
        vbox(*top, (middle, 1), self.tray, inside=whole, gap=0)
        self.window.setCentralWidget(whole)
        self._under = under
        self._stack.currentChanged.connect(self._dock_notices)
        self.counter.side.fitted.connect(self._dock_notices)
        self._stack.currentChanged.connect(self._mark_on_screen)
        self.payment.shown.connect(self._mark_on_screen)
        self._dock_notices()

    def _mark_on_screen(self, _at: object = None) -> None:
        """Leave the payment on screen out of the tray: its name is on the page."""
        view = self.payment.view if self.page() is self.counter else None
        self.tray.show_on_screen(view.uid if view is not None else "")

    def _dock_notices(self, _at: int = 0) -> None:
        """Put the notices where the page in front has a place for them."""
        place = self.page().notices_at or self._under
        if place.indexOf(self.notices) < 0:
            place.addWidget(self.notices)
