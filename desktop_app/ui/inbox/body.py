"""The inbox on screen: cards of held money at the left, the outbox and disputes beside them.

Widgets only. A card stays the same card while its money is held, so that reading the inbox again
closes no question.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.core.window_front import open_in_front
from desktop_app.ui.inbox.claimed_card import ClaimedCard
from desktop_app.ui.inbox.outbox_pane import OutboxPane
from desktop_app.ui.inbox.unapplied_card import UnappliedCard
from desktop_app.ui.widgets.boxes import STRETCH, hbox, scrolling, turn, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from desktop_app.services.views.tenders import ClaimedPayment
    from desktop_app.services.views.unapplied import UnappliedPayment
    from desktop_app.ui.inbox.claimed_card import Step
    from desktop_app.ui.inbox.presenter import DueChoices, Inbox, InboxPresenter


CARD_PX = 360
"""The least width of a card beside what is on its way."""


class InboxBody(QWidget):
    """The inbox on screen.

    Args:
        presenter: what its buttons call.
    """

    def __init__(self, presenter: InboxPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._count = 0
        self.cards: list[UnappliedCard] = []
        self.claims: list[ClaimedCard] = []
        self.count = label("", "secondary", name="inboxCount")
        self.outbox = OutboxPane()
        self.empty = EmptyState(
            "paid",
            N_("All settled"),
            N_("Payments that don't match a fee due appear here."),
        )
        self.export_button = Button(
            N_("E&xport…"), icon="export", name="inboxExportButton",
            tip=N_("Export the inbox as CSV or Excel"),
        )  # fmt: skip
        self._lay_out()
        presenter.busy_changed.connect(self._show_busy)
        self.outbox.run_button.clicked.connect(self._run)

    def _lay_out(self) -> None:
        head = hbox(label(N_("Inbox"), "page"), self.count, STRETCH, self.export_button, gap=12)
        inside = self._list_widget = QWidget()
        self._list = vbox(STRETCH, inside=inside, gap=12)
        self.area = scrolling(inside, is_clear=True)
        frame = Card(margin=0)
        frame.column.addWidget(self.empty)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.area)
        self._stack.addWidget(frame)
        self._body = hbox((self._stack, 1), self.outbox, gap=theme.GROUP)
        margins = (theme.MARGIN, 20)
        below = self.outbox.none
        vbox(head, (self._body, 1), below, inside=self, gap=theme.GROUP, margins=margins)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what is on its way beside the cards, or under them where both have no room."""
        super().resizeEvent(event)
        self._arrange()

    def rescale(self) -> None:
        """Fit both parts to the text size."""
        self._arrange()

    def _arrange(self) -> None:
        """Fold the right part to one line while there is nothing in it."""
        is_idle = self.outbox.is_idle
        self.outbox.setVisible(not is_idle)
        self.outbox.none.setVisible(is_idle)
        room = self.width() - 2 * theme.MARGIN - theme.GROUP - self.outbox.wide
        is_upright = room < theme.px(CARD_PX)
        turn(self._body, is_upright=is_upright)
        self._body.setStretch(1, int(is_upright))
        self.outbox.show_alone(is_alone=is_upright)

    def show_inbox(self, inbox: Inbox) -> None:
        """Show the inbox: cards that stay are kept, with what is open in them."""
        had_focus = _has_focus(self._list_widget)
        known = {card.held.uid: card for card in self.cards}
        wanted = {held.uid for held in inbox.held}
        for uid in [uid for uid in known if uid not in wanted]:
            self._remove(known.pop(uid))
        self.cards = [self._card(held, known) for held in inbox.held]
        self._show_claimed(inbox.claimed)
        for at, shown in enumerate((*self.cards, *self.claims)):
            self._list.insertWidget(at, shown)
        for at, card in enumerate(self.cards):
            card.show_busy(busy=self._presenter.is_busy(card.held.uid))
            card.show_keys(has_keys=at == 0)
        self._stack.setCurrentIndex(0 if self.cards or self.claims else 1)
        self.outbox.show_errands(inbox.errands)
        self.outbox.show_disputes(inbox.disputes)
        self.outbox.show_returning(inbox.returning)
        self.outbox.show_running(running=self._presenter.is_running)
        self._count = inbox.needs_a_look
        self._arrange()
        self.retranslate()
        if had_focus and not _has_focus(self):
            self.focus_first()

    def _show_claimed(self, claimed: tuple[ClaimedPayment, ...]) -> None:
        """Show what the bank has not confirmed, below money that waits for a decision."""
        known = {card.claimed.uid: card for card in self.claims}
        wanted = {each.uid for each in claimed}
        for uid in [uid for uid in known if uid not in wanted]:
            self._remove(known.pop(uid))
        self.claims = []
        for each in claimed:
            card = known.get(each.uid)
            if card is None:
                card = ClaimedCard(each)
                card.asked.connect(self._ask)
            else:
                card.show_claimed(each)
            self.claims.append(card)

    def _ask(self, step: Step) -> None:
        """Open the question of a claimed payment."""
        from desktop_app.ui.forms.note_form import NoteForm

        form = NoteForm(self._presenter.runner, self.window(), *step)
        form.saved.connect(self._answered)
        open_in_front(form)

    def _answered(self, _result: object) -> None:
        self._presenter.refresh()

    def show_dues(self, choice: DueChoices) -> None:
        """Show what held money could pay."""
        for card in self.cards:
            if card.held.uid == choice.held_uid:
                card.show_dues(choice.dues)

    def retranslate(self) -> None:
        """Show in the current language how much needs attention."""
        words = N_("{count} needs attention", "{count} need attention")
        self.count.setText(tr(words, count=self._count) if self._count else "")

    def focus_first(self) -> None:
        """Put the focus on the first card; without one, on what there is to press."""
        if self.cards or self.claims:
            (self.cards or self.claims)[0].setFocus()
        elif self.outbox.errands:
            self.outbox.run_button.setFocus()
        else:
            self.setFocus()

    def close_questions(self) -> None:
        """Close what is open in cards."""
        for card in self.cards:
            if card.is_asking:
                card.close_up()

    def _card(self, held: UnappliedPayment, known: dict[str, UnappliedCard]) -> UnappliedCard:
        card = known.get(held.uid)
        if card is not None:
            card.show_held(held)
            return card
        made = UnappliedCard(held)
        presenter = self._presenter
        made.enrol.connect(presenter.enrol)
        made.apply.connect(presenter.apply)
        made.dues_wanted.connect(presenter.ask_dues)
        made.put_against.connect(presenter.put_against)
        made.give_back.connect(presenter.give_back)
        made.stepped.connect(self._step)
        made.opened.connect(self._look_at)
        return made

    def _remove(self, card: UnappliedCard | ClaimedCard) -> None:
        self._list.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _step(self, by: int) -> None:
        sender = self.sender()
        if sender in self.cards:
            at = min(max(self.cards.index(sender) + by, 0), len(self.cards) - 1)
            self.cards[at].setFocus()
            self.area.ensureWidgetVisible(self.cards[at])

    def _look_at(self) -> None:
        """Scroll to the question that was opened, once it has its room."""
        card = self.sender()
        if isinstance(card, UnappliedCard):
            QTimer.singleShot(0, card, partial(self._scroll_to, card))

    def _scroll_to(self, card: UnappliedCard) -> None:
        self.area.ensureWidgetVisible(card, 0, theme.GAP)

    def _show_busy(self, held_uid: str) -> None:
        for card in self.cards:
            if card.held.uid == held_uid:
                card.show_busy(busy=self._presenter.is_busy(held_uid))

    def _run(self) -> None:
        self._presenter.run_errands()
        self.outbox.show_running(running=self._presenter.is_running)


def _has_focus(widget: QWidget) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and widget.isAncestorOf(focused)
