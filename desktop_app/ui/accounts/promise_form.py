"""The form for a promise to pay."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import format_plain, parse_rupees
from desktop_app.domain.receipt import IST
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.forms.entries import day_typed, parse_day
from desktop_app.ui.forms.form import FormDialog
from desktop_app.ui.widgets.labels import ElidedLabel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop_app.domain.money import Money
    from desktop_app.ui.core.jobs import JobRunner

USUAL_DAYS = 7


class PromiseForm(FormDialog):
    """An amount and a day; `saved` carries the promise as a `PromiseRow`.

    Args:
        runner: runs what blocks.
        parent: the window it belongs to.
        student_uid: a student of the family.
        name: who promises, as the list shows it.
        due: what is overdue, or due at all; the amount to begin with.
    """

    def __init__(
        self, runner: JobRunner, parent: QWidget | None, *, student_uid: str, name: str, due: Money
    ) -> None:
        super().__init__(runner, parent, title=N_("Promise to pay"), action=N_("Save"))
        self.setObjectName("promiseForm")
        self._student_uid = student_uid
        self.body.addWidget(ElidedLabel(name, "strong"), 0, 0, 1, 2)
        self.amount = self.add_line("amount", N_("&Amount in rupees"), (1, 0))
        self.by_on = self.add_date("by_on", N_("&By"), (1, 1), first=_usual_day)
        self.note = self.add_line(
            "note", N_("&Note"), (2, 0), placeholder=N_("e.g. after the 5th"), span=2
        )
        self.amount.setText(format_plain(due))
        self.by_on.setText(day_typed(_usual_day()))
        self.setMinimumWidth(480)
        self.settle()
        self.amount.setFocus()
        self.amount.selectAll()

    def save(self) -> None:
        """Check the fields and note the promise."""
        uid, note = self._student_uid, self.note.text()
        amount = parse_rupees(self.amount.text())
        by_on = parse_day(self.by_on.text(), "by_on")
        if by_on is None:
            raise InvalidInputError("by_on", "Enter the promised payment date.")
        self.submit(lambda desk: desk.promises.add(uid, amount, by_on, note))


def _usual_day() -> date:
    return datetime.now(IST).date() + timedelta(days=USUAL_DAYS)
