"""The inbox: money that pays nothing and waits for a decision, errands to Razorpay, disputes.

`lateInbox` is there from the start, so that it can be counted and found; what is in it is built
when there is something to see. Widgets only: the presenter reads and hands decisions on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame

from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.core.page import Page, PageContext
from desktop_app.ui.widgets.boxes import vbox
from desktop_app.ui.widgets.page_area import PageArea

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from desktop_app.services.views.changes import Changes
    from desktop_app.ui.inbox.body import InboxBody
    from desktop_app.ui.inbox.presenter import Decided, DueChoices, Inbox, InboxPresenter


class InboxPage(Page):
    """The inbox: what waits for a decision."""

    title = N_("Inbox")

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.setObjectName("inboxPage")
        self.frame = QFrame()
        self.frame.setObjectName("lateInbox")
        bind_text(self.frame, "accessibleName", N_("Payments that need a decision"))
        vbox(self.frame, inside=self)
        self._presenter: InboxPresenter | None = None
        self._body: InboxBody | None = None

    @property
    def presenter(self) -> InboxPresenter:
        """Reads and decides; made when first needed."""
        if self._presenter is None:
            from desktop_app.ui.inbox.presenter import InboxPresenter

            made = self._presenter = InboxPresenter(self.context.runner, self)
            made.loaded.connect(self._show)
            made.chosen_from.connect(self._show_dues)
            made.decided.connect(self._decided)
            made.ran.connect(self._ran)
            made.failed.connect(self._failed)
        return self._presenter

    @property
    def body(self) -> InboxBody:
        """The inbox on screen; made when first needed."""
        if self._body is None:
            from desktop_app.ui.inbox.body import InboxBody

            made = self._body = InboxBody(self.presenter)
            vbox(PageArea(made), inside=self.frame)
            made.show_inbox(self.presenter.inbox)
            made.export_button.clicked.connect(self._export)
        return self._body

    # --- what the window calls

    def refresh(self) -> None:
        """Read again; late money comes unasked, so the window calls this now and then."""
        self.presenter.refresh()

    def apply_changes(self, changes: Changes) -> None:
        """Read again what waits."""
        if changes.payments:
            self.refresh()

    def arrive(self) -> None:
        """Read again, and focus what waits for a decision."""
        self.refresh()
        self.body.focus_first()

    def showEvent(self, event: QShowEvent) -> None:
        """Build the body."""
        super().showEvent(event)
        self.body.show()

    def go_back(self) -> None:
        """Close a question; nothing was decided."""
        if self._body is not None:
            self._body.close_questions()

    def _export(self, _checked: object = None) -> None:
        from desktop_app.services.maintenance.inbox_rows import inbox_rows
        from desktop_app.ui.tables.import_export import about_shown, export_sheet

        if self.context.runner.desk is None:
            return
        inbox, about = self.presenter.inbox, about_shown(self.title, "")
        parts = (inbox.held, inbox.claimed, inbox.errands, inbox.disputes, inbox.returning)
        export_sheet(
            self.context, "inbox", self,
            lambda desk, path, watch: desk.exports.inbox(inbox_rows(*parts), about, path, watch),
        )  # fmt: skip

    # --- what the presenter emits

    def _show(self, inbox: Inbox) -> None:
        if self._body is not None or not inbox.is_empty:
            self.body.show_inbox(inbox)
        self.counted.emit(inbox.needs_a_look)

    def _show_dues(self, choice: DueChoices) -> None:
        self.body.show_dues(choice)

    def _decided(self, decided: Decided) -> None:
        from desktop_app.ui.inbox.texts import said_of

        self.context.notices.post(said_of(decided))

    def _ran(self, count: int) -> None:
        words = N_("We sent everything to Razorpay.")
        if count < len(self.presenter.inbox.errands):
            words = N_("Some requests are still pending. We'll try again automatically.")
        self.context.notices.say(words)

    def _failed(self, error: Exception, held_uid: str) -> None:
        from desktop_app.ui.inbox.texts import refusal

        self.context.notices.post(refusal(error, is_about_money=bool(held_uid)))
