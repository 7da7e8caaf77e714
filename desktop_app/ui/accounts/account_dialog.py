"""The account of a family: its balance, its promises, and the statement with a running balance."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from desktop_app.domain.money import format_plain, total
from desktop_app.domain.promises import PromiseState
from desktop_app.domain.receipt import day_in_india
from desktop_app.services.views.dues import PromiseMark, StatementLine
from desktop_app.ui.accounts.change_menu import open_menu
from desktop_app.ui.accounts.texts import about_text, line_text, promise_tag, standing_text
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import NONE, day_text, short_rupees, when_text
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.tables.columns import Column
from desktop_app.ui.tables.paged_table import PAGE_ROWS, PagedTable
from desktop_app.ui.tables.table_view import TableView
from desktop_app.ui.widgets.action_buttons import Act, action_buttons
from desktop_app.ui.widgets.badge import StatusBadge
from desktop_app.ui.widgets.banner import DialogBanner
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, scrolling, turn, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import rule
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent

    from desktop_app.services.views.dues import FamilyAccount, PromiseRow
    from desktop_app.ui.core.jobs import JobRunner

SIZE = QSize(1120, 640)
LEAST = QSize(560, 400)
PROMISES_PX = 216
PROMISES_TALL_PX = 96
_ANY_PX = 16_777_215
"""Qt's greatest size: as much as there is."""
COLUMNS: tuple[Column[StatementLine], ...] = (
    Column(N_("Date"), lambda line: day_text(day_in_india(line.at)), 100),
    Column(N_("Entry"), line_text, 104, share=1),
    Column(N_("Student"), lambda line: line.student_name, 108, share=2, spare=2),
    Column(N_("Details"), about_text, 120, share=3, spare=3),
    Column(N_("Receipt"), lambda line: line.reference or NONE, 148, spare=1),
    Column(N_("Amount ₹"), lambda line: format_plain(line.amount), 96, is_number=True),
    Column(N_("Balance ₹"), lambda line: format_plain(line.balance), 96, is_number=True),
)


class AccountDialog(QDialog):
    """The account of one family.

    Signals:
        collect_wanted: collect all overdue fees of a student's family.
        promise_wanted: note a promise of a student's family; its name, and what is overdue.
        chat_wanted: remind a student's family.
        change_wanted: change a fee of a student's family; the key of the change.
        export_wanted: export the account; its name.
        changed: a promise was cancelled.

    Args:
        runner: runs what blocks.
        parent: the window it belongs to.
        account: the account; it is read again after each change.
    """

    collect_wanted = Signal(str)
    promise_wanted = Signal(str, str, object)
    chat_wanted = Signal(str)
    change_wanted = Signal(str, str)
    export_wanted = Signal(object, str)
    changed = Signal()

    def __init__(self, runner: JobRunner, parent: QWidget | None, account: FamilyAccount) -> None:
        super().__init__(parent)
        self.setObjectName("familyAccount")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        bind_text(self, "windowTitle", N_("Family account"))
        self._runner, self.account = runner, account
        self.model: PagedTable[StatementLine] = PagedTable(COLUMNS, self)
        self.model.wanted.connect(self._fill)
        self._build()
        self._lay_out()
        self.close_button.clicked.connect(self.accept)
        self.setMinimumSize(LEAST)
        self.resize(theme.px(SIZE.width()), theme.px(SIZE.height()))
        self.show_account(account)
        self.statement.setFocus()

    def _build(self) -> None:
        self.name = ElidedLabel(role="page", name="accountName")
        self.badge = StatusBadge(name="accountBadge")
        self.members = label("", "secondary", name="accountMembers", wrap=True)
        self.balance = label("", "clock", name="accountBalance")
        self.parts = label("", "small", name="accountParts", wrap=True)
        self.more = label("", "small", name="accountMore", wrap=True)
        self.statement = TableView(self.model, name="statementView", title=N_("Statement"))
        self.statement.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # numbers differ at the end
        self.empty = EmptyState("payments", N_("No entries yet"))
        self.no_promises = label(N_("No promises yet"), "secondary", name="accountNoPromises")
        self.buttons = action_buttons(
            self,
            Act(
                N_("Collect   F12"), self.collect, "accountCollectButton",
                N_("Collect all overdue fees in one payment (F12)"), "qr", "primary", "F12",
            ),
            Act(
                N_("Promise…"), self.promise, "promiseButton", N_("Save a promise to pay (R)"),
                "calendar", "", "R",
            ),
            Act(
                N_("WhatsApp…"), self.chat, "accountChatButton",
                N_("Write a reminder on WhatsApp (W)"), "phone", "", "W",
            ),
            Act(
                N_("Change…"), self.change, "accountChangeButton",
                N_("Change due dates, late fees or instalments, or write off "
                   "fees (E)"), "edit", "", "E",
            ),
            Act(
                N_("Export…"), self._export, "accountExportButton",
                N_("Export the statement as CSV or Excel"), "export", "",
            ),
        )  # fmt: skip
        self.collect_button, self.promise_button, self.chat_button, *_ = self.buttons
        self.change_button, self.export_button = self.buttons[3:]
        self.close_button = Button(N_("Close"), name="accountCloseButton")

    def _lay_out(self) -> None:
        head = hbox((self.name, 1), self.badge, gap=theme.GROUP)
        sums = vbox(self.balance, self.parts, self.more, gap=theme.GRID)
        self._promises = vbox(gap=theme.GAP)
        inside = QWidget()
        beside = vbox(label(N_("Promises"), "section"), inside=inside, gap=theme.GAP)
        fill(beside, self.no_promises, self._promises, STRETCH)
        self._beside = scrolling(inside, is_clear=True)
        table = vbox((self.statement, 1), (self.empty, 1), gap=0)
        body = self._body = hbox((table, 1), self._beside, gap=theme.GROUP)
        column = vbox(head, self.members, sums, (body, 1), gap=12, margins=(theme.MARGIN, 20))
        foot = hbox(
            flowing(*self.buttons),
            STRETCH, self.close_button, gap=theme.GROUP, margins=(theme.MARGIN, 12),
        )  # fmt: skip
        vbox(DialogBanner(self), (column, 1), rule(), foot, inside=self, gap=0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the promises beside the statement, or under it where both have no room."""
        super().resizeEvent(event)
        wide, tall = theme.px(PROMISES_PX), theme.px(PROMISES_TALL_PX)
        room = self.width() - 2 * theme.MARGIN - theme.GROUP - wide
        is_upright = room < self.statement.least
        turn(self._body, is_upright=is_upright)
        self._beside.setMaximumWidth(_ANY_PX if is_upright else wide)
        self._beside.setMaximumHeight(tall if is_upright else _ANY_PX)
        self._beside.setMinimumWidth(0 if is_upright else wide)

    def show_account(self, account: FamilyAccount) -> None:
        """Show an account; the newest line of the statement is in sight."""
        self.account = account
        lines = account.lines
        self.model.restart(lines[:PAGE_ROWS], len(lines))
        self.statement.setVisible(bool(lines))
        self.empty.setVisible(not lines)
        self.statement.scrollToBottom()
        if lines:
            self.statement.selectRow(len(lines) - 1)
        self._show_promises(account.promises)
        has_due = bool(account.dues)
        for button in (self.collect_button, self.promise_button, self.chat_button):
            button.setEnabled(has_due)
        self.export_button.setEnabled(bool(lines))
        self.retranslate()

    def retranslate(self) -> None:
        """Show what is composed from data in the present language."""
        account = self.account
        self.name.show_text(account.family or account.members[0].name)
        self.members.setText(", ".join(f"{each.name} · {each.roll_no}" for each in account.members))
        self.balance.setText(short_rupees(account.balance))
        self.parts.setText(standing_text(account.standing))
        late = total(each.late_fee for each in account.dues)
        more = []
        if late:
            more.append(tr(N_("Late fees if paid today: {amount}"), amount=short_rupees(late)))
        if account.credit:
            more.append(tr(N_("Credit: {amount}"), amount=short_rupees(account.credit)))
        if account.contacted_at is not None:
            more.append(tr(N_("Last contact: {when}"), when=when_text(account.contacted_at)))
        self.more.setText(" · ".join(more))
        self.more.setVisible(bool(more))
        if account.is_defaulter:
            self.badge.show_state(tr(N_("To call")), "phone", "wrong")
        elif account.dues:
            self.badge.show_state(tr(N_("Fees due")), "waiting", "attention")
        else:
            self.badge.show_state(tr(N_("No fees due")), "paid", "paid")

    def read_again(self) -> None:
        """Read the account again."""
        uid = self.account.student_uid
        self._runner.local(
            lambda desk: desk.dues.account(uid), self.show_account, owner=self, replaces="account"
        )

    def collect(self) -> None:
        """Begin one payment of all overdue fees, and show it at the counter."""
        if not self.account.dues:
            return
        self.collect_wanted.emit(self.account.student_uid)
        self.accept()

    def promise(self) -> None:
        """Open the form for a promise."""
        account = self.account
        if account.dues:
            due = account.standing.overdue or account.standing.balance
            self.promise_wanted.emit(account.student_uid, self.name.full_text(), due)

    def chat(self) -> None:
        """Write a reminder in WhatsApp."""
        if self.account.dues:
            self.chat_wanted.emit(self.account.student_uid)

    def change(self) -> None:
        """Open the menu of what can be changed."""
        open_menu(self.change_button, partial(self.change_wanted.emit, self.account.student_uid))

    def _export(self) -> None:
        self.export_wanted.emit(self.account, self.name.full_text())

    def _show_promises(self, promises: tuple[PromiseRow, ...]) -> None:
        while (item := self._promises.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for each in promises:
            self._promises.addWidget(_PromiseLine(each, partial(self._cancel, each.uid)))
        self.no_promises.setVisible(not promises)

    def _cancel(self, uid: str) -> None:
        self._runner.local(
            lambda desk: desk.promises.cancel(uid), lambda _: self._cancelled(), owner=self
        )

    def _cancelled(self) -> None:
        self.changed.emit()

    def _fill(self, page: int) -> None:
        first = page * PAGE_ROWS
        self.model.fill(page, self.account.lines[first : first + PAGE_ROWS])


class _PromiseLine(QWidget):
    """One promise, with the way to cancel it while it is open."""

    def __init__(self, promise: PromiseRow, cancel: Callable[[], None]) -> None:
        super().__init__()
        self._promise = promise
        self.badge = StatusBadge(name="promiseState")
        self.note = label(promise.note, "small", wrap=True)
        self.cancel_button = Button(
            N_("Cancel"), kind="compact", name="promiseCancelButton", tip=N_("Cancel this promise")
        )
        is_open = promise.state is PromiseState.OPEN
        self.cancel_button.setVisible(is_open)
        self.note.setVisible(bool(promise.note))
        column = vbox(self.badge, self.note, inside=self, gap=theme.GRID)
        if is_open:
            fill(column, (self.cancel_button, Qt.AlignmentFlag.AlignLeft))
            self.cancel_button.clicked.connect(lambda _checked=False: cancel())
        self.retranslate()

    def retranslate(self) -> None:
        """Set the words in the present language."""
        promise = self._promise
        tag = promise_tag(PromiseMark(promise.amount, promise.by_on, promise.state))
        if tag is not None:
            self.badge.show_state(tag.word, tag.icon, tag.tone)
