"""The counter besides collecting: “the parent says paid”, and handing a link over.

Neither changes what is paid. The drawer covers the bill or the payment, never the window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.notice import Tone

if TYPE_CHECKING:
    from desktop_app.services.views.payment_lookup import LookupResult
    from desktop_app.ui.core.attempts import Attempts
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.counter.claim_drawer import ClaimDrawer
    from desktop_app.ui.counter.claim_presenter import ClaimPresenter
    from desktop_app.ui.counter.link_sharing import LinkMenu
    from desktop_app.ui.counter.payment_panel import PaymentPanel
    from desktop_app.ui.counter.payment_presenter import PaymentPresenter
    from desktop_app.ui.counter.side_panel import SidePanel


class Claims(QObject):
    """The drawer and the menu; both are made when they are first wanted.

    Signals:
        closed: the drawer was closed by its own button.
    """

    closed = Signal()

    def __init__(
        self,
        context: PageContext,
        payment: PaymentPresenter,
        attempts: Attempts,
        side: SidePanel,
        panel: PaymentPanel,
    ) -> None:
        super().__init__(side)
        self._context = context
        self._payment, self._attempts = payment, attempts
        self._side, self._panel = side, panel
        self._finding: ClaimPresenter | None = None
        self.says_paid: ClaimDrawer | None = None
        self._links: LinkMenu | None = None
        self._centre = ""
        side.says_paid_wanted.connect(self.open)
        panel.buttons.link_wanted.connect(self._send_link)
        panel.buttons.copy_wanted.connect(self._copy_link)
        panel.buttons.chat_wanted.connect(self._chat_link)

    def show_centre(self, name: str) -> None:
        """Set the name that parents read in messages."""
        self._centre = name

    def open(self) -> None:
        """Open the drawer, and check the payment on screen."""
        drawer = self._drawer()
        self._side.open_drawer(drawer)
        drawer.begin(self._payment.view)
        if self._payment.view is not None:
            self._panel.asked.emit()

    def close(self) -> None:
        """Close the drawer."""
        if self._side.has_drawer and self._finding is not None:
            self._finding.stop_waiting()
            self._side.close_drawer()

    @property
    def links(self) -> LinkMenu:
        """The menu of ways to hand a link over."""
        if self._links is None:
            from desktop_app.ui.counter.link_sharing import LinkMenu

            self._links = LinkMenu(self._panel)
            self._links.copied.connect(self._copied)
            self._links.not_opened.connect(self._not_opened)
        self._links.centre = self._centre
        return self._links

    def _drawer(self) -> ClaimDrawer:
        if self.says_paid is None:
            self.says_paid = self._make_drawer()
        return self.says_paid

    def _make_drawer(self) -> ClaimDrawer:
        from desktop_app.ui.counter.claim_drawer import ClaimDrawer
        from desktop_app.ui.counter.claim_presenter import ClaimPresenter

        drawer, finding = ClaimDrawer(), ClaimPresenter(self._context.runner, self)
        drawer.asked.connect(finding.find)
        drawer.stopped.connect(finding.stop_waiting)
        drawer.closed.connect(self._closed)
        drawer.answer.print_wanted.connect(self._context.printer.print_receipt)
        finding.looking.connect(drawer.show_looking)
        finding.wrong.connect(drawer.complain)
        finding.found.connect(self._found)
        finding.failed.connect(self._failed)
        self._finding = finding
        return drawer

    def _closed(self) -> None:
        self.close()
        self.closed.emit()

    def _found(self, found: LookupResult) -> None:
        if self.says_paid is not None:
            self.says_paid.show_found(found)
        self._attempts.read_again()  # looking for it may have booked what is open here

    def _failed(self, error: Exception) -> None:
        from desktop_app.services.errors import GatewayError

        if self.says_paid is not None and isinstance(error, GatewayError):
            self.says_paid.show_unasked()
        else:
            self._context.notices.tell(error)

    def _send_link(self) -> None:
        view = self._payment.view
        if view is not None and view.qr_text:
            button = self._panel.buttons.send_link
            self.links.popup(view, button.mapToGlobal(button.rect().bottomLeft()))

    def _copy_link(self) -> None:
        view = self._payment.view
        if view is not None and view.qr_text:
            self.links.copy(view)

    def _chat_link(self) -> None:
        view = self._payment.view
        if view is not None and view.qr_text:
            self.links.chat(view)

    def _copied(self) -> None:
        self._tell(
            N_("Payment link copied."), N_("Paste the link into your message to the parent.")
        )

    def _not_opened(self) -> None:
        self._tell(
            N_("Couldn't open a program to send the message."),
            N_("We copied the message instead. Paste it into a chat or an email to the parent."),
        )

    def _tell(self, what: N_, todo: N_) -> None:
        self._context.notices.note(what, todo=todo, tone=Tone.PLAIN, stays=False)
