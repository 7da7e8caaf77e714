"""Actions on the dues of a family, wherever they are shown: promise, message, payment."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.payment import Method
from desktop_app.ui.accounts.texts import reminder
from desktop_app.ui.core.desktop_services import chat_address
from desktop_app.ui.core.formatting import short_rupees
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.notice import Tone
from desktop_app.ui.core.page import BegunPayment, FamilyBill
from desktop_app.ui.core.window_front import open_in_front

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop_app.domain.money import Money
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.dues import FamilyAccount, PromiseRow
    from desktop_app.services.views.payments import AttemptView
    from desktop_app.ui.accounts.change_form import ChangeForm
    from desktop_app.ui.accounts.changes import Change, Subject
    from desktop_app.ui.accounts.promise_form import PromiseForm
    from desktop_app.ui.core.page import PageContext


class FamilyActions(QObject):
    """Opens forms and the account of a family, and begins payments.

    Signals:
        changed: something of a family's dues was written here.

    Args:
        context: the window's shared parts.
        host: the page, which the dialogs belong to.
    """

    changed = Signal()

    def __init__(self, context: PageContext, host: QWidget) -> None:
        super().__init__(host)
        self._context, self._host = context, host
        self.centre = ""

    def open_account(self, student_uid: str) -> None:
        """Show the account of a student's family."""
        self._context.runner.local(
            lambda desk: _account(desk, student_uid), self._show, replaces="account"
        )

    def _show(self, account: FamilyAccount) -> None:
        from desktop_app.ui.accounts.account_dialog import AccountDialog

        dialog = AccountDialog(self._context.runner, self._host.window(), account)
        dialog.collect_wanted.connect(self.collect)
        dialog.promise_wanted.connect(self.promise)
        dialog.chat_wanted.connect(self.chat)
        dialog.change_wanted.connect(partial(self.change, window=dialog))
        dialog.export_wanted.connect(partial(self.export, dialog=dialog))
        dialog.changed.connect(self.changed)
        self.changed.connect(dialog.read_again)
        open_in_front(dialog)

    def promise(self, student_uid: str, name: str, due: Money) -> PromiseForm | None:
        """Open the form for a promise."""
        from desktop_app.ui.accounts.promise_form import PromiseForm

        if self._context.runner.desk is None:
            return None
        form = PromiseForm(
            self._context.runner, self._host.window(), student_uid=student_uid, name=name, due=due
        )
        form.saved.connect(self._promised)
        open_in_front(form)
        return form

    def _promised(self, promise: PromiseRow) -> None:
        self._context.notices.note(
            N_("Promise saved: {amount}."),
            values={"amount": short_rupees(promise.amount)},
            tone=Tone.GOOD,
            key="promise",
        )
        self.changed.emit()

    def change(
        self, student_uid: str, key: str, chosen: str = "", *, window: QWidget | None = None
    ) -> None:
        """Open the form of a change; a sentence says where there is nothing to change.

        Args:
            student_uid: a student of the family.
            key: which of `CHANGES`.
            chosen: the uid of the due or the enrolment to begin with.
            window: what the form belongs to; None for the window of the page.
        """
        from desktop_app.ui.accounts.changes import CHANGES, read

        change = CHANGES[key]
        self._context.runner.local(
            lambda desk: read(desk, student_uid, change),
            partial(self._ask, change, chosen, window or self._host.window()),
            owner=self,
            replaces="change",
        )

    def _ask(
        self, change: Change, chosen: str, window: QWidget, subjects: tuple[Subject, ...]
    ) -> None:
        from desktop_app.ui.accounts.change_form import ChangeForm

        if not subjects or (chosen and chosen not in {each.uid for each in subjects}):
            self._context.notices.say(change.nothing)
            return
        form = ChangeForm(self._context.runner, window, change, subjects, chosen)
        form.saved.connect(partial(self._changed, change, form))
        open_in_front(form)

    def _changed(self, change: Change, form: ChangeForm, written: object) -> None:
        from desktop_app.ui.accounts.changes import credited

        words, values = credited(written)
        self._context.notices.note(
            change.done, money=words, values={**form.done_values, **values}, tone=Tone.GOOD,
            stays=bool(words), key="changed",
        )  # fmt: skip
        self.changed.emit()

    def export(self, account: FamilyAccount, name: str, dialog: QWidget) -> None:
        """Export the statement of an account."""
        from desktop_app.ui.tables.import_export import about_shown, export_sheet

        members = ", ".join(f"{each.name} · {each.roll_no}" for each in account.members)
        about = about_shown(N_("Family account"), " · ".join(dict.fromkeys((name, members))))
        export_sheet(
            self._context, "statement", dialog,
            lambda desk, path, watch: desk.exports.statement(account, about, path, watch),
        )  # fmt: skip

    def chat(self, student_uid: str) -> None:
        """Open WhatsApp with a reminder, and note that the family was written to."""
        self._context.runner.local(
            lambda desk: desk.dues.account(student_uid), partial(self._chat, student_uid)
        )

    def _chat(self, student_uid: str, account: FamilyAccount) -> None:
        text = reminder(self.centre, account)
        address = chat_address(text, account.phone)
        if not self._context.printer.computer.open_address(address):
            self._context.printer.computer.copy(text)
            self._context.notices.note(
                N_("Couldn't open WhatsApp. We copied the message instead."),
                todo=N_("Paste the message into a chat or an email."),
                tone=Tone.ATTENTION,
                key="chat",
            )
            return
        self._context.runner.local(
            lambda desk: desk.dues.note_contact(student_uid, "whatsapp"),
            lambda _: self.changed.emit(),
            owner=self,
        )

    def collect(
        self, student_uid: str, dues: tuple[str, ...] = (), *, is_collected: bool = False
    ) -> None:
        """Show the bill of a family at the counter (see `FamilyBill`)."""
        self._context.calls.show_page.emit("counter", FamilyBill(student_uid, dues, is_collected))

    def send_link(self, student_uid: str, due_uid: str) -> None:
        """Make one payment link for all that is overdue of a family; else for one due.

        Args:
            student_uid: a student of the family.
            due_uid: what to collect where nothing is overdue.
        """
        self._context.runner.local(
            lambda desk: _begin(desk, student_uid, due_uid), self._begun, replaces="begin dues"
        )

    def _begun(self, view: AttemptView | None) -> None:
        if view is not None:
            self._context.calls.show_page.emit("counter", BegunPayment(view))
            return
        self._context.notices.note(
            N_("There's nothing to collect now."),
            todo=N_("These fees are already paid or part of a pending payment."),
            key="nothing overdue",
        )


def _account(desk: Desk, student_uid: str) -> FamilyAccount:
    desk.promises.judge()
    return desk.dues.account(student_uid)


def _begin(desk: Desk, student_uid: str, due_uid: str) -> AttemptView | None:
    """Ask for the late fees of what is overdue, and write the intent of one payment."""
    account = desk.dues.account(student_uid)
    overdue = [due.uid for due in account.dues if due.days >= 0 and not due.covered]
    free = {due.uid for due in account.dues if not due.covered}
    wanted = overdue or [uid for uid in (due_uid,) if uid in free]
    if not wanted:
        return None
    late = desk.dues.ask_late_fees(wanted)
    return desk.payments.begin_dues(dict.fromkeys((*wanted, *late)), Method.PAYMENT_LINK)
