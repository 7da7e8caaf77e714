"""Takes tenders of the counter: opens the panel for the bill, and shows the outcome."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.domain.payment import AttemptState
from desktop_app.ui.core.formatting import one_line, short_rupees
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.notice import Tone
from desktop_app.ui.core.window_front import open_in_front
from desktop_app.ui.counter import conceded_bill

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from desktop_app.domain.money import Money
    from desktop_app.domain.payment import Method
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment import Bill
    from desktop_app.services.views.evidence import TypedEvidence
    from desktop_app.services.views.fees import ConcessionWish
    from desktop_app.services.views.payments import AttemptView
    from desktop_app.services.views.tenders import ChequeRow
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.counter.payment_presenter import PaymentPresenter
    from desktop_app.ui.counter.presenter import CounterPresenter
    from desktop_app.ui.counter.tender_form import TakenTender, TenderForm

KEY = "tender"


class Tenders(QObject):
    """The tenders of the counter.

    Args:
        context: the window's shared parts.
        page: the counter, to which the panel belongs.
        presenter: knows the bill.
        payment: shows a payment that was taken.
        next_student: begins with the next parent.
    """

    def __init__(
        self,
        context: PageContext,
        page: QWidget,
        presenter: CounterPresenter,
        payment: PaymentPresenter,
        next_student: Callable[[], None],
    ) -> None:
        super().__init__(page)
        self._context, self._page, self._presenter = context, page, presenter
        self._payment, self._next_student = payment, next_student
        self.form: TenderForm | None = None

    def open(self) -> None:
        """F8: open the panel for the bill that is shown."""
        bill = self._presenter.bill
        if bill is None or not self._presenter.can_collect:
            self._context.notices.say(
                N_("There is no fee to collect."), N_("Select a student and a course first.")
            )
            return
        self._context.runner.local(
            lambda desk: desk.credits.balance(bill.student_uid), partial(self._show, bill)
        )

    def _show(self, bill: Bill, credit: Money) -> None:
        from desktop_app.ui.counter.tender_form import TenderForm

        form = self.form = TenderForm(
            self._context.runner, self._page.window(),
            who=f"{one_line(bill.student_name, 60)} · {one_line(bill.course_label, 60)}",
            due=bill.total, credit=credit, begin=partial(_take, bill, self._presenter.wishes),
        )  # fmt: skip
        form.saved.connect(self._taken)
        form.destroyed.connect(self._closed)
        open_in_front(form)

    def _closed(self, _gone: object) -> None:
        self.form = None

    def _taken(self, taken: TakenTender) -> None:
        view = taken.view
        if view.state is AttemptState.AWAITING:
            self._context.runner.local(lambda desk: desk.cheques.one(view.uid), self._cheque_taken)
        elif view.receipt_uid is None:
            self._note(N_("{amount} of credit used for {name}. There's no new receipt."), view)
            self._next_student()
        else:
            self._payment.show(view)
        if taken.change:
            self._context.notices.note(
                N_("Give {amount} change to {name}."),
                values={
                    "amount": short_rupees(taken.change),
                    "name": one_line(view.student_name, 60),
                },
                tone=Tone.ATTENTION,
                key="change",
            )

    def _cheque_taken(self, cheque: ChequeRow) -> None:
        self._context.notices.note(
            N_("Cheque of {amount} received from {name}."),
            money=N_("It isn't a payment until the bank credits it."),
            todo=N_("Give the parent the slip {slip}."),
            values={
                "amount": short_rupees(cheque.amount),
                "name": one_line(cheque.student_name, 60),
                "slip": cheque.slip_no,
            },
            tone=Tone.GOOD,
            key=KEY,
            actions=((N_("Print slip"), partial(self._context.printer.print_receipt, cheque.uid)),),
        )
        self._next_student()

    def _note(self, words: N_, view: AttemptView) -> None:
        self._context.notices.note(
            words,
            values={"amount": short_rupees(view.amount), "name": one_line(view.student_name, 60)},
            tone=Tone.GOOD,
            key=KEY,
        )


def _take(
    bill: Bill,
    wishes: tuple[ConcessionWish, ...],
    desk: Desk,
    method: Method,
    typed: TypedEvidence,
) -> AttemptView:
    """Begin a tender for a bill."""
    return conceded_bill.take(desk, bill, method, wishes, typed)
