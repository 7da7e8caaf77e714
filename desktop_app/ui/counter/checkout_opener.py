"""Opens the page of a payment in the browser of this PC, and follows what happens on it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from shiboken6 import isValid

from desktop_app.services.ports.system import PageNews
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.notice import Tone
from desktop_app.ui.core.window_front import bring_forward

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from desktop_app.services.desk import Desk
    from desktop_app.services.ports.system import Notify
    from desktop_app.ui.core.page import PageContext


class CheckoutOpener(QObject):
    """Opens pages of the checkout.

    Signals:
        news: a `PageNews`; emitted in a thread of the page's server, received in the GUI thread.

    Args:
        context: of the page of the window.
        owner: a widget of the window that comes to the front on the way back.
        ask: looks for money now, before all other looks.
        look: looks for money soon.
    """

    news = Signal(object)

    def __init__(
        self,
        context: PageContext,
        owner: QWidget,
        ask: Callable[[], None],
        look: Callable[[], None],
    ) -> None:
        super().__init__(owner)
        self._context = context
        self._owner = owner
        self._opened = ""
        self._doing = {
            PageNews.PROOF: ask,
            PageNews.FAILED: look,
            PageNews.BACK: self._come_forward,
        }
        self.news.connect(self._heard)

    def open(self, uid: str) -> None:
        """Open the page of an attempt that can be paid."""
        work = partial(_address, uid=uid, notify=self._notify)
        self._context.runner.local(work, self._open)

    def _open(self, address: str) -> None:
        """Open the address; copy it where no browser opens, or none was seen to open before."""
        computer = self._context.printer.computer
        is_again, self._opened = address == self._opened, address
        if not computer.open_address(QUrl(address)):
            computer.copy(address)
            self._context.notices.note(
                N_("Couldn't open the page in a browser."),
                todo=N_("We copied the page's address. Paste it into a browser on this PC."),
                tone=Tone.ATTENTION,
                key="no browser",
            )
        elif is_again:
            computer.copy(address)
            self._context.notices.note(
                N_("We opened the page again."),
                todo=N_(
                    "Can't see the page? We copied its address. Paste it into a browser on this PC."
                ),
                stays=False,
                key="no browser",
            )

    def _notify(self, news: PageNews) -> None:
        if isValid(self):
            self.news.emit(news)

    def _heard(self, news: PageNews) -> None:
        self._doing[news]()

    def _come_forward(self) -> None:
        bring_forward(self._owner.window())


def _address(desk: Desk, *, uid: str, notify: Notify) -> str:
    return desk.checkout.address(uid, notify)
