"""The parts of one window, as the shell's controllers use them; `composition.py` makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QStackedWidget

    from desktop_app.services.views.payments import AttemptView
    from desktop_app.services.views.settings import KeyMode
    from desktop_app.ui.core.attempts import Attempts
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.core.page import Page, PageContext, PageRequests
    from desktop_app.ui.core.poller import Poller
    from desktop_app.ui.counter.page import CounterPage
    from desktop_app.ui.counter.payment_presenter import PaymentPresenter
    from desktop_app.ui.display.customer_display import CustomerDisplay
    from desktop_app.ui.display.placement import DisplayPlacement
    from desktop_app.ui.shell.banners import ConnectivityBanner, TrainingBanner
    from desktop_app.ui.shell.chime import Chime
    from desktop_app.ui.shell.connectivity_presenter import ConnectivityPresenter
    from desktop_app.ui.shell.full_message import FullMessage
    from desktop_app.ui.shell.navigation import Navigation
    from desktop_app.ui.shell.page_stack import PageStack
    from desktop_app.ui.shell.payment_tray import PaymentTray
    from desktop_app.ui.shell.status_strip import StatusStrip
    from desktop_app.ui.shell.tray_presenter import TrayPresenter
    from desktop_app.ui.training.phone_presenter import PhonePresenter
    from desktop_app.ui.training.phone_window import PhonePanel
    from desktop_app.ui.widgets.notice_area import NoticeArea


class Parts(QObject):
    """Presenters, pages, banners, tray and status bar of one window."""

    runner: JobRunner
    attempts: Attempts
    poller: Poller
    payment: PaymentPresenter
    line: ConnectivityPresenter
    tray_presenter: TrayPresenter
    phone_presenter: PhonePresenter
    chime: Chime
    actions_by_name: Mapping[str, QAction]
    training_banner: TrainingBanner
    line_banner: ConnectivityBanner
    navigation: Navigation
    message: FullMessage
    notices: NoticeArea
    calls: PageRequests
    context: PageContext
    counter: CounterPage
    pages: PageStack
    tray: PaymentTray
    status: StatusStrip
    display: CustomerDisplay
    place: DisplayPlacement
    phone: PhonePanel | None
    data_dir: Path | None = None
    _stack: QStackedWidget
    _outer: QStackedWidget

    def page(self) -> Page:
        """Return the page in front."""
        return self.pages.current()

    def show_message(self) -> None:
        """Bring the full-page message to the front and disable everything else."""
        self._outer.setCurrentWidget(self.message)
        self.navigation.setEnabled(False)
        for action in self.actions_by_name.values():
            action.setEnabled(action is self.actions_by_name["quit"])

    def hide_message(self) -> None:
        """Bring the pages back after a message that is over."""
        if self._outer.currentWidget() is self.message:
            self._outer.setCurrentWidget(self._stack)
            self.navigation.setEnabled(True)
            self.status.show_opening()
            for action in self.actions_by_name.values():
                action.setEnabled(True)

    def show_keys(self, keys: KeyMode) -> None:
        """Show in every window whether the money of the keys is real."""
        raise NotImplementedError

    def read_health(self) -> None:
        """Read the desk's health again: backup, disk, outbox, inbox."""
        raise NotImplementedError

    def logo(self, name: str) -> Path | None:
        """Return where the centre's logo is kept; None without one."""
        return self.data_dir / name if self.data_dir is not None and name else None

    def pending_payments(self) -> tuple[AttemptView, ...]:
        """Return the payments that every count of pending payments counts, oldest first."""
        return self.attempts.live()
