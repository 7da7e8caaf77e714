"""The part of a family's bill that is collected now; the rest is collected by another payment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop_app.domain.bills import tenders_within
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import format_plain, parse_rupees
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import short_rupees
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.widgets.boxes import vbox
from desktop_app.ui.widgets.field import LabelledField
from desktop_app.ui.widgets.labels import LARGE

if TYPE_CHECKING:
    from desktop_app.domain.money import Money


class TenderPanel(QWidget):
    """Asks how much is collected now.

    Signals:
        changed: another amount was typed.
        taken: Enter.
    """

    changed = Signal()
    taken = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tenderPanel")
        self._due: Money | None = None
        self.edit = QLineEdit()
        self.edit.setObjectName("tenderNow")
        self.edit.setMaxLength(20)
        self.edit.textEdited.connect(self._changed)
        self.edit.returnPressed.connect(self.taken)
        self.field = LabelledField(N_("Collect no&w, in rupees"), self.edit)
        vbox(self.field, inside=self, gap=0)
        self.hide()

    def show_due(self, due: Money, limit: Money | None) -> None:
        """Offer all that is due, or the first part that the limit of UPI lets through."""
        self._due = due
        amounts = tenders_within(due, limit) if limit is not None else (due,)
        self.edit.setText(format_plain(amounts[0]))
        self.field.complain("")
        self._show_rest()

    def require(self) -> Money:
        """Return what is collected now.

        Raises:
            InvalidInputError: it cannot be, which is shown beside it.
        """
        try:
            typed = parse_rupees(self.edit.text())
            self._check(typed)
        except InvalidInputError as error:
            self.complain(error)
            raise
        return typed

    def amount(self) -> Money | None:
        """Return what is collected now; None where it cannot be, which is shown beside it."""
        try:
            return self.require()
        except InvalidInputError:
            return None

    def typed(self) -> Money | None:
        """Return what is typed, if it is an amount."""
        try:
            return parse_rupees(self.edit.text())
        except InvalidInputError:
            return None

    def complain(self, error: InvalidInputError) -> None:
        """Show beside the amount why it cannot be."""
        self.field.complain(tr(error.template, **error.values))
        self.edit.setFocus()

    def _check(self, typed: Money) -> None:
        if self._due is not None and typed > self._due:
            raise InvalidInputError(
                "amount", "Only {due} is due. You entered {typed}.",
                due=short_rupees(self._due), typed=short_rupees(typed),
            )  # fmt: skip

    def _changed(self) -> None:
        self.field.complain("")
        self._show_rest()
        self.changed.emit()

    def _show_rest(self) -> None:
        typed = self.typed()
        rest = self._due - typed if self._due is not None and typed is not None else None
        if rest is None or rest.paise <= 0:
            self.field.show_hint("")
        else:
            words = N_("{amount} stays due. You can collect it afterwards by any method.")
            if theme.scale() > LARGE:
                words = N_("{amount} stays due.")
            self.field.show_hint(words, amount=short_rupees(rest))
