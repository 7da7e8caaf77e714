"""F4 at the counter: the dialog for the fee on the bill, and the notice of a free enrolment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.ui.core.formatting import one_line
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.notice import Tone
from desktop_app.ui.counter.conceded_bill import ConcededFee

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.domain.promo_codes import WrongCodes
    from desktop_app.services.views.fees import ConcessionWish
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.counter.presenter import CounterPresenter
    from desktop_app.ui.counter.side_panel import SidePanel


class Concessions(QObject):
    """Connects the bill with the dialog of concessions."""

    def __init__(
        self,
        context: PageContext,
        presenter: CounterPresenter,
        side: SidePanel,
        next_student: Callable[[], None],
    ) -> None:
        super().__init__(side)
        self._context, self._presenter, self._side = context, presenter, side
        self._bill, self._next_student = side.bill, next_student
        self._wrong: WrongCodes | None = None
        self._bill.concession.clicked.connect(self.open)
        presenter.enrolled.connect(self._enrolled)

    def open(self) -> None:
        """Open the dialog; without a fee to reduce, say what is missing."""
        if self._side.is_paying or self._side.has_drawer:
            return
        bill = self._presenter.bill
        if bill is None or bill.obstacle or self._context.runner.desk is None:
            self._context.notices.say(
                N_("There's no fee to reduce."), N_("Select a student (F2), then a course (F3).")
            )
            return
        chosen = bill.plan.chosen if bill.plan is not None else None
        fee = ConcededFee(
            bill.student_uid,
            bill.course_uid,
            chosen.code if chosen is not None else None,
            f"{bill.student_name} · {bill.course_label}",
        )
        self.open_for(fee, self._presenter.wishes, self._apply)

    def open_for(
        self,
        fee: ConcededFee,
        wishes: tuple[ConcessionWish, ...],
        done: Callable[[tuple[ConcessionWish, ...]], None],
    ) -> None:
        """Open the dialog for a fee; `done` gets what is chosen."""
        from desktop_app.domain.promo_codes import WrongCodes
        from desktop_app.ui.core.window_front import open_in_front
        from desktop_app.ui.counter.concession_dialog import ConcessionDialog

        self._wrong = self._wrong or WrongCodes()
        dialog = ConcessionDialog(
            self._context.runner, self._side.window(), fee, wishes, self._wrong
        )
        dialog.saved.connect(done)
        open_in_front(dialog)

    def _apply(self, wishes: tuple[ConcessionWish, ...]) -> None:
        self._presenter.concede(wishes)
        self._bill.ways.focus()

    def _enrolled(self, name: str) -> None:
        self._context.notices.note(
            N_("Enrolled: {name}. The concession covers the whole fee."),
            money=N_("No money moved, so there's no receipt."),
            tone=Tone.GOOD,
            stays=False,
            values={"name": one_line(name, 60)},
        )
        self._next_student()
