"""Cheques and demand drafts by their state, with the steps that the bank and the desk take."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from desktop_app.domain.instruments import InstrumentState
from desktop_app.domain.money import format_rupees
from desktop_app.domain.receipt import IST
from desktop_app.services.views.changes import Changes
from desktop_app.services.views.tenders import ChequeRow, DepositSlipView
from desktop_app.ui.cheques import steps
from desktop_app.ui.cheques.rows import STATES, ChequesPresenter, cheque_tag
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import day_text, short_rupees
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.core.notice import Tone
from desktop_app.ui.core.window_front import open_in_front
from desktop_app.ui.forms.choices import Choices
from desktop_app.ui.forms.note_form import NoteForm
from desktop_app.ui.receipts.presenter import ReceiptsPresenter
from desktop_app.ui.tables.list_page import ListPage
from desktop_app.ui.widgets.action_buttons import Act, action_buttons
from desktop_app.ui.widgets.badge import StatusBadge
from desktop_app.ui.widgets.boxes import STRETCH, fill
from desktop_app.ui.widgets.detail_pane import Facts
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QVBoxLayout

    from desktop_app.ui.cheques.steps import Step
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.tables.import_export import Write
    from desktop_app.ui.widgets.buttons import Button

_S = InstrumentState
_FACTS = (
    N_("Course"), N_("Bank"), N_("Number"), N_("Cheque date"), N_("Signed by"), N_("Received"),
    N_("Slip"),
    N_("Deposit slip"), N_("Bank's reason"), N_("Receipt"),
)  # fmt: skip
_TABS = (
    ("in_hand", N_("In hand")), ("deposited", N_("Deposited")), ("bounced", N_("Returned")),
    ("all", N_("All")),
)  # fmt: skip


class ChequesPage(ListPage[ChequeRow]):
    """Every cheque, with details and steps beside the list."""

    title = N_("Cheques")
    kind = "cheque"
    find_hint = N_("Name, number, bank or slip")
    counts = (N_("{count} found"), N_("{count} cheque", "{count} cheques"))
    nothing = (N_("No cheques here"), N_("To take a cheque, press F8 at the counter."), "")
    no_match = (N_("No cheque matches “{text}”"), "", "")
    detail_px = 352
    reads = Changes(payments=True)
    presenter: ChequesPresenter

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, ChequesPresenter(context.runner))

    def build(self, column: QVBoxLayout) -> None:
        """Build the tabs, the details and the buttons of the steps."""
        self.receipts = ReceiptsPresenter(self.context, self)
        self.add_export(N_("Export the listed cheques as CSV or Excel"), "cheques")
        self.tabs = Choices("chequeTab", N_("Status"), _TABS)
        self.tools.addWidget(self.tabs)
        self.tabs.chosen.connect(self.presenter.choose)
        self.amount = label("", "clock", name="chequeAmount")
        self.badge = StatusBadge(name="chequeBadge")
        self.student = ElidedLabel(role="strong", name="chequeStudent")
        self.facts = Facts(_FACTS)
        self.note = label("", "small", name="chequeNote", wrap=True, tone="attention")
        self._build_steps()
        fill(column, flowing(self.amount, self.badge, spread=True), self.student, theme.GRID)
        fill(column, self.facts, self.note, theme.GRID, flowing(*self._steps), STRETCH)
        self.print_button, self.slip_button, self.receipt_button = action_buttons(
            self.table,
            Act(
                N_("Print slip"), self.print_current, "chequePrintButton",
                N_("Print the cheque acknowledgement (Ctrl+P)"), "print", "",
            ),
            Act(
                N_("Deposit &slip"), self._print_deposit, "chequeDepositPrintButton",
                N_("Print this cheque's deposit slip (S)"), "print", "", "S",
            ),
            Act(N_("Receipt…"), self._show_receipt, "chequeReceiptButton", kind=""),
        )  # fmt: skip
        self.detail.add_foot(self.print_button, self.slip_button, self.receipt_button)

    def _build_steps(self) -> None:
        buttons = action_buttons(
            self.table,
            Act(
                N_("&Deposit…"), self._deposit, "depositSlipButton",
                N_("Add cheques to a deposit slip (D)"), "export", "", "D",
            ),
            Act(
                N_("&Credited…"), partial(self._ask, steps.clear), "chequeClearButton",
                N_("Record that the bank credited this cheque (C)"), "check", "", "C",
            ),
            Act(
                N_("Returned by the &bank…"), partial(self._ask, steps.bounce),
                "chequeBounceButton", N_("Record that the bank returned this cheque "
                                         "unpaid (B)"), "wrong", "",
                "B",
            ),
            Act(
                N_("Return to the &parent…"), partial(self._ask, steps.give_back),
                "chequeReturnButton", kind="",
            ),
            Act(N_("&Lost…"), partial(self._ask, steps.lose), "chequeLostButton", kind=""),
        )  # fmt: skip
        self.deposit_button, self.clear_button, self.bounce_button, *_ = buttons
        self.return_button, self.lost_button = buttons[3:]
        self._steps: dict[Button, set[InstrumentState]] = {
            self.deposit_button: {_S.IN_HAND, _S.BOUNCED},
            self.clear_button: {_S.DEPOSITED},
            self.bounce_button: {_S.DEPOSITED, _S.CLEARED},
            self.return_button: {_S.IN_HAND, _S.BOUNCED},
            self.lost_button: {_S.IN_HAND},
        }

    def written(self, kind: str) -> Write:
        """Return what writes the cheques that are listed, with the tab and the text."""
        from desktop_app.ui.tables.import_export import about_shown

        del kind
        wanted = self.presenter.wanted()
        shown = (tr(dict(_TABS)[wanted.tab]), wanted.text)
        about = about_shown(self.title, " · ".join(filter(None, shown)))
        states = STATES[wanted.tab]
        return lambda desk, path, watch: desk.exports.cheques(
            states, wanted.text, about, path, watch
        )

    def picked(self) -> None:
        """Offer the steps of another cheque."""
        row = self._row
        today = datetime.now(IST).date()
        for button, states in self._steps.items():
            is_offered = row is not None and row.state in states
            if button is self.deposit_button and row is not None:
                is_offered = is_offered and not row.is_held and today < row.stale_from
            button.setVisible(is_offered)
        self.print_button.setEnabled(row is not None)
        self.slip_button.setVisible(row is not None and row.deposit_slip_uid is not None)
        self.receipt_button.setVisible(row is not None and bool(row.receipt_uid))
        self.show_row()

    def show_row(self) -> None:
        """Show what is known of the cheque."""
        row = self._row
        if row is None:
            return
        self.amount.setText(format_rupees(row.amount))
        tag = cheque_tag(row)
        self.badge.show_state(tag.word, tag.icon, tag.tone)
        self.student.show_text(f"{row.student_name} · {row.roll_no}")
        self.facts.show_values(
            {
                "Course": row.course_labels,
                "Bank": row.bank,
                "Number": row.number,
                "Cheque date": day_text(row.dated_on),
                "Signed by": row.drawer,
                "Received": day_text(row.received_on),
                "Slip": row.slip_no,
                "Deposit slip": "" if row.slip_number is None else str(row.slip_number),
                "Bank's reason": steps.reason_text(row.reason) if row.bounces else "",
                "Receipt": row.receipt_no,
            }
        )
        note = self._note(row)
        self.note.setText(note)
        self.note.setVisible(bool(note))

    @staticmethod
    def _note(row: ChequeRow) -> str:
        """Return the next day that counts for a cheque."""
        if row.notice_by is not None and row.is_criminal:
            return tr(
                N_("Send the legal notice by {day}. Ask for the cheque amount only."),
                day=day_text(row.notice_by),
            )
        if row.is_held:
            return tr(N_("Deposit this cheque on or after {day}."), day=day_text(row.dated_on))
        if row.state is _S.DEPOSITED and row.on_day is not None:
            return tr(
                N_("Deposited on {day}. Check with the bank the next day."),
                day=day_text(row.on_day),
            )
        if row.state is _S.IN_HAND:
            return tr(N_("Deposit this cheque before {day}."), day=day_text(row.stale_from))
        return ""

    def open_row(self) -> None:
        """Show the receipt, else the acknowledgement."""
        self._show(self._row.receipt_uid or self._row.uid if self._row else "")

    def print_current(self) -> None:
        """Print the acknowledgement of the cheque that is shown."""
        if self._row is not None:
            self.receipts.print_receipt(self._row.uid)

    def _print_deposit(self) -> None:
        row = self._row
        if row is not None and row.deposit_slip_uid is not None:
            self._print_slip(row.deposit_slip_uid, row.slip_number or 0)

    def _print_slip(self, uid: str, number: int) -> None:
        name = tr(N_("Deposit slip {number}"), number=number)
        self.context.printer.print_slip(uid, name, is_deposit=True)

    def _show_receipt(self) -> None:
        self._show((self._row.receipt_uid or "") if self._row else "")

    def _show(self, uid: str) -> None:
        from desktop_app.ui.receipts.preview import open_preview

        open_preview(self.receipts, uid)

    def _deposit(self) -> None:
        row = self._row
        if row is None:
            return
        self.context.runner.local(
            lambda desk: desk.cheques.listed(STATES["in_hand"]), partial(self._ask_deposit, row)
        )

    def _ask_deposit(self, row: ChequeRow, found: tuple[ChequeRow, ...]) -> None:
        today = datetime.now(IST).date()
        due = [each for each in found if not each.is_held and today < each.stale_from]
        if row.uid not in {each.uid for each in due}:
            due.append(row)
        self._open_step(steps.deposit(row, due))

    def _ask(self, step: Callable[[ChequeRow], Step]) -> None:
        if self._row is not None:
            self._open_step(step(self._row))

    def _open_step(self, step: Step) -> NoteForm | None:
        """Open the question of a step; None before the desk is open."""
        if self.context.runner.desk is None:
            return None
        form = NoteForm(self.context.runner, self.window(), *step)
        form.saved.connect(self._stepped)
        form.finished.connect(self.presenter.refresh)  # another window may have moved it
        open_in_front(form)
        return form

    def _stepped(self, result: object) -> None:
        if isinstance(result, ChequeRow) and result.receipt_no:
            self.context.notices.note(
                N_("Receipt {number} issued for {name}."),
                values={"number": result.receipt_no, "name": result.student_name},
                tone=Tone.GOOD,
                key="cheque",
            )
        elif isinstance(result, DepositSlipView):
            self._note_deposit(result)

    def _note_deposit(self, slip: DepositSlipView) -> None:
        self.context.notices.note(
            N_("Deposit slip {number}: {amount}."),
            todo=N_("Take the printed slip and the cheques to the bank."),
            values={"number": slip.number, "amount": short_rupees(slip.total)},
            tone=Tone.GOOD,
            key="cheque",
            actions=((N_("Print"), partial(self._print_slip, slip.uid, slip.number)),),
        )
