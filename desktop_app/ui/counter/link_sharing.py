"""Handing a payment link to the parent: copied, by WhatsApp, or by mail.

Nothing is sent from here. The text is handed to the browser or the mail program as a URL, and a
person sends it. What opens URLs is injected: tests open nothing.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu

from desktop_app.domain.text import clean_line
from desktop_app.ui.core.formatting import short_rupees
from desktop_app.ui.core.i18n import N_, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QWidget

    from desktop_app.services.views.payments import AttemptView

WHATSAPP = "https://wa.me/?text="


def message(centre: str, view: AttemptView) -> str:
    """Write what the parent reads: who asks, for how much, and where to pay; no name, no phone."""
    words = N_("{centre}: please pay the fee of {amount} here: {link}")
    return tr(
        words,
        centre=clean_line(centre) or tr(N_("Your coaching centre")),
        amount=short_rupees(view.amount),
        link=view.qr_text or "",
    )


def whatsapp_url(centre: str, view: AttemptView) -> str:
    """Make the URL that opens WhatsApp with the message; the person there is chosen by hand."""
    return f"{WHATSAPP}{quote(message(centre, view), safe='')}"


def mail_url(centre: str, view: AttemptView) -> str:
    """Make the URL that opens the mail program with the message."""
    subject = tr(N_("Fee of {amount}"), amount=short_rupees(view.amount))
    return f"mailto:?subject={quote(subject, safe='')}&body={quote(message(centre, view), safe='')}"


def open_url(url: str) -> bool:
    """Hand a URL to the system; return whether a program took it."""
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QDesktopServices

    return bool(QDesktopServices.openUrl(QUrl.fromEncoded(url.encode("ascii"))))


class LinkMenu(QObject):
    """The ways to hand a link over, in a menu.

    Signals:
        copied: the link is in the clipboard.
        not_opened: no program took it; the message is in the clipboard instead.

    Args:
        opener: hands a URL to the system.
    """

    copied = Signal()
    not_opened = Signal()

    def __init__(self, parent: QWidget, opener: Callable[[str], bool] = open_url) -> None:
        super().__init__(parent)
        self._host = parent
        self.opener = opener
        self.centre = ""
        self._menu: QMenu | None = None

    def popup(self, view: AttemptView, at: QPoint) -> QMenu:
        """Show the ways for a payment whose link is up, at a place on the screen."""
        if self._menu is None:
            self._menu = QMenu(self._host)
            self._menu.setObjectName("linkMenu")
        self._menu.clear()
        self._menu.setAccessibleName(tr(N_("Send the payment link")))
        shown = self._menu.addAction((view.qr_text or "").replace("&", "&&"))
        shown.setEnabled(False)
        self._menu.addSeparator()
        for name, words, act in (
            ("copyLinkAction", N_("&Copy the link"), self.copy),
            ("whatsappAction", N_("Send by &WhatsApp…"), self.chat),
            ("mailAction", N_("Send by e&mail…"), self._mail),
        ):
            self._offer(name, tr(words), partial(_press, act, view))
        self._menu.popup(at)
        self._menu.setActiveAction(self._menu.actions()[2])
        return self._menu

    def _offer(self, name: str, words: str, act: Callable[..., None]) -> None:
        if self._menu is None:
            return
        action = QAction(words, self._menu)
        action.setObjectName(name)
        action.triggered.connect(act)
        self._menu.addAction(action)

    def copy(self, view: AttemptView) -> None:
        """Copy the link of a payment."""
        QGuiApplication.clipboard().setText(view.qr_text or "")
        self.copied.emit()

    def chat(self, view: AttemptView) -> None:
        """Write the message into WhatsApp."""
        self._hand_over(whatsapp_url(self.centre, view), view)

    def _mail(self, view: AttemptView) -> None:
        self._hand_over(mail_url(self.centre, view), view)

    def _hand_over(self, url: str, view: AttemptView) -> None:
        if not self.opener(url):
            QGuiApplication.clipboard().setText(message(self.centre, view))
            self.not_opened.emit()


def _press(act: Callable[[AttemptView], None], view: AttemptView, _checked: object = None) -> None:
    act(view)
