"""Takes tenders of the counter: opens the panel for what is shown, and shows the outcome."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.payment import AttemptState
from desktop_app.domain.tender import InstrumentKind
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.ui.core.formatting import one_line, short_rupees
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.notice import Tone
from desktop_app.ui.core.window_front import open_in_front
from desktop_app.ui.counter import conceded_bill

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    from desktop_app.domain.money import Money
    from desktop_app.domain.payment import Method
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment import DueRow
    from desktop_app.services.views.evidence import TypedEvidence
    from desktop_app.services.views.payments import AttemptView
    from desktop_app.services.views.tenders import ChequeRow, UsableCredit
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.counter.payment_presenter import PaymentPresenter
    from desktop_app.ui.counter.presenter import CounterPresenter
    from desktop_app.ui.counter.tender_form import TakenTender, TenderForm

KEY = "tender"
REST = "rest"
CHANGE = "change"
"""The key of the notice about what is still due after a part payment."""

_RECEIVED: Mapping[InstrumentKind, tuple[N_, N_]] = {
    InstrumentKind.CHEQUE: (
        N_("Cheque for {amount} received from {name}."),
        N_("A cheque counts as a payment only when the bank credits it."),
    ),
    InstrumentKind.DRAFT: (
        N_("Demand draft for {amount} received from {name}."),
        N_("A draft counts as a payment only when the bank credits it."),
    ),
}


class ToTake(NamedTuple):
    """The fees that a tender is taken for.

    Attributes:
        who: the student and the course, or the family.
        due: what is to pay.
        students: what each student is asked for, which the student's credit may pay.
        begin: begins the payment; takes the desk, the way and what was typed.
        taken: continues with the attempt that was written; None where the next student comes.
        first: what is collected now, where it is not all that is due.
        dues: the dues among the fees; a course that begins has none yet.
    """

    who: str
    due: Money
    students: Mapping[str, Money]
    begin: Callable[[Desk, Method, TypedEvidence], AttemptView]
    taken: Callable[[AttemptView], None] | None = None
    first: Money | None = None
    dues: tuple[str, ...] = ()

    def looked_up(self, desk: Desk) -> tuple[UsableCredit, tuple[DueRow, ...]]:
        """Return the students' credit, and the other dues that a rest may pay."""
        return desk.credits.usable(self.students), desk.credits.others(self.students, self.dues)


def of_bill(presenter: CounterPresenter) -> ToTake | None:
    """Return the fee of the bill at the counter; None where nothing can be collected."""
    bill = presenter.bill
    if bill is None or not presenter.can_collect:
        return None
    return ToTake(
        f"{one_line(bill.student_name, 60)} · {one_line(bill.course_label, 60)}",
        bill.total,
        {bill.student_uid: bill.total},
        partial(conceded_bill.take, bill, presenter.wishes),
        dues=bill.dues,
    )


class Tenders(QObject):
    """The tenders of the counter.

    Args:
        context: the window's shared parts.
        page: the counter, to which the panel belongs.
        shown: returns what a tender is taken for now; None for nothing. It raises
            InvalidInputError for an amount that cannot be, and shows it.
        payment: shows a payment that was taken.
        next_student: begins with the next parent.
        collect_rest: bills what is still due of the fee of a payment.
    """

    def __init__(
        self,
        context: PageContext,
        page: QWidget,
        shown: Callable[[], ToTake | None],
        payment: PaymentPresenter,
        next_student: Callable[[], None],
        collect_rest: Callable[[AttemptView], None],
    ) -> None:
        super().__init__(page)
        self._collect_rest = collect_rest
        self._context, self._page, self._shown = context, page, shown
        self._payment, self._next_student = payment, next_student
        self.form: TenderForm | None = None
        self._fees: ToTake | None = None
        self._change_of = ""

    def open(self, missing: N_ | None = None) -> None:
        """F8: open the panel for the fees that are shown; else show what has to be picked first."""
        try:
            fees = self._shown()
        except InvalidInputError:
            return  # it is shown beside the amount
        if fees is None:
            self._context.notices.say(N_("There's no fee to collect."), missing or "")
            return
        self._context.runner.local(fees.looked_up, partial(self._show, fees))

    def _show(self, fees: ToTake, found: tuple[UsableCredit, tuple[DueRow, ...]]) -> None:
        from desktop_app.ui.counter.tender_form import TenderForm

        credit, others = found
        form = self.form = TenderForm(
            self._context.runner, self._page.window(), who=fees.who, due=fees.due,
            first=fees.first, credit=credit, others=others, begin=fees.begin,
        )  # fmt: skip
        self._fees = fees
        form.saved.connect(self._taken)
        form.destroyed.connect(self._closed)
        open_in_front(form)

    def _closed(self, _gone: object) -> None:
        self.form = None

    def _taken(self, taken: TakenTender) -> None:
        view = taken.view
        if view.state is AttemptState.AWAITING:
            self._context.runner.local(lambda desk: desk.cheques.one(view.uid), self._cheque_taken)
            self._continue(view)
        elif not tender_of(view.method).is_takings:
            self._note(N_("We used {amount} of credit for {name}. There's no new receipt."), view)
            self._continue(view)
        else:
            self._payment.show(view)
            if self._fees is not None and self._fees.taken is not None:
                self._fees.taken(view)
            elif self._fees is not None:
                self._offer_rest(view, self._fees.due)
        if taken.change:
            self._context.notices.note(
                N_("Give {name} {amount} in change."),
                values={
                    "amount": short_rupees(taken.change),
                    "name": one_line(view.student_name, 60),
                },
                tone=Tone.ATTENTION,
                key=CHANGE,
            )
            self._change_of = view.student_uid

    def _offer_rest(self, view: AttemptView, due: Money) -> None:
        """Offer to collect what a part payment left of a fee, e.g. by UPI."""
        if view.amount >= due:
            return
        self._context.notices.note(
            N_("{amount} is still due from {name}."),
            values={
                "amount": short_rupees(due - view.amount),
                "name": one_line(view.student_name, 60),
            },
            tone=Tone.ATTENTION,
            key=REST,
            actions=((N_("Collect the &rest"), partial(self._go_on, view)),),
        )

    def serve(self, student_uid: str) -> None:
        """Serve a student: nobody else's rest is offered, nor change that was given by now."""
        self.forget_rest()
        if student_uid != self._change_of:
            self._context.notices.withdraw(CHANGE)

    def forget_rest(self) -> None:
        """Offer the rest of no fee any more: somebody else is served."""
        self._context.notices.withdraw(REST)

    def _go_on(self, view: AttemptView) -> None:
        self.forget_rest()
        self._collect_rest(view)

    def _cheque_taken(self, cheque: ChequeRow) -> None:
        what, money = _RECEIVED[cheque.kind]
        self._context.notices.note(
            what,
            money=money,
            todo=N_("Give slip {slip} to the parent."),
            values={
                "amount": short_rupees(cheque.amount),
                "name": one_line(cheque.student_name, 60),
                "slip": cheque.slip_no,
            },
            tone=Tone.GOOD,
            key=KEY,
            actions=((N_("Print slip"), partial(self._context.printer.print_receipt, cheque.uid)),),
        )

    def _continue(self, view: AttemptView) -> None:
        """Go on with the family that paid, or with the next student."""
        taken = self._fees.taken if self._fees is not None else None
        if taken is None:
            self._next_student()
        else:
            taken(view)

    def _note(self, words: N_, view: AttemptView) -> None:
        self._context.notices.note(
            words,
            values={"amount": short_rupees(view.amount), "name": one_line(view.student_name, 60)},
            tone=Tone.GOOD,
            key=KEY,
        )
