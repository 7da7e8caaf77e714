"""The drawer for “the parent says it is paid”: what the parent knows, and the answer.

There is no way to mark anything as paid here: it only looks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop_app.domain.money import format_plain
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.counter.claim_presenter import ClaimForm
from desktop_app.ui.counter.claim_result_card import ClaimResultCard
from desktop_app.ui.widgets.boxes import STRETCH, fill, gridbox, hbox, turn
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.field import LabelledField
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from desktop_app.domain.errors import InvalidInputError
    from desktop_app.services.views.payment_lookup import LookupResult
    from desktop_app.services.views.payments import AttemptView

LONGEST = 100
LARGE = 1.5
"""From this text size on the fields are in one column."""


class ClaimDrawer(QWidget):
    """Asks what the parent knows.

    Signals:
        asked: look for it, as `ClaimForm`.
        stopped: stop waiting for the answer.
        closed: back to the counter.
    """

    asked = Signal(object)
    stopped = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("saysPaidPanel")
        self._is_looking = False
        self._attempt = ""
        self._complaint: InvalidInputError | None = None
        self.fields = {
            "utr": _field(N_("&UTR or its last 4 digits"), "saysPaidUtr", N_("e.g. 4821")),
            "amount": _field(N_("A&mount in rupees"), "saysPaidAmount", N_("e.g. 11,800")),
            "vpa": _field(N_("UPI &ID"), "saysPaidVpa", N_("e.g. name@okaxis")),
            "phone": _field(N_("Ph&one used to pay"), "saysPaidPhone", N_("10 digits")),
            "when": _field(N_("Roughly &when"), "saysPaidTime", N_("e.g. 10:30")),
        }
        for field in self.fields.values():
            editor = field.editor
            if isinstance(editor, QLineEdit):
                editor.returnPressed.connect(self._ask)
                editor.textEdited.connect(self._typed)
        self.look_button = Button(kind="primary", icon="search", name="lookForItButton")
        self.look_button.clicked.connect(self._ask)
        self.close_button = Button(N_("Back   Esc"), name="saysPaidBackButton")
        self.close_button.clicked.connect(self.closed)
        self.answer = ClaimResultCard()
        self._lay_out()
        self.show_looking(looking=False)

    def begin(self, view: AttemptView | None) -> None:
        """Begin with a payment on screen, or with nothing known."""
        for field in self.fields.values():
            _line(field).clear()
            field.complain("")
        self._attempt = view.uid if view is not None else ""
        if view is not None:
            _line(self.fields["amount"]).setText(format_plain(view.amount))
        self.answer.hide()
        _line(self.fields["utr"]).setFocus()

    def show_looking(self, looking: bool) -> None:  # noqa: FBT001 - a Qt signal's argument
        """Show that it is being looked for; the same button then waits no more."""
        self._is_looking = looking
        words = N_("Searching… press to stop") if looking else N_("Search   Enter")
        self.look_button.show_text(words)

    def show_found(self, found: LookupResult) -> None:
        """Show the answer."""
        self.answer.show_found(found)
        if self.answer.print_button.isVisibleTo(self):
            self.answer.print_button.setFocus()

    def show_unasked(self) -> None:
        """Show that Razorpay could not be asked, and that the desk's books do not have it."""
        self.answer.show_found(None)

    def complain(self, error: InvalidInputError) -> None:
        """Show what is wrong beside its field."""
        field = self.fields.get(error.field, self.fields["utr"])
        self._complaint = error
        field.complain(_wrong(error))
        field.editor.setFocus()

    def _ask(self) -> None:
        if self._is_looking:
            self.stopped.emit()
            return
        for field in self.fields.values():
            field.complain("")
        self.answer.hide()
        typed = {name: _line(field).text() for name, field in self.fields.items()}
        self.asked.emit(ClaimForm(**typed, attempt=self._attempt))

    def _typed(self, _text: str) -> None:
        self.answer.hide()

    def _lay_out(self) -> None:
        self._grid = gridbox(theme.GAP, theme.GAP)
        self._buttons = hbox((self.look_button, 2), (self.close_button, 1), gap=theme.GAP)
        self.rescale()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GRID, 0, theme.GAP)
        column.setSpacing(theme.GAP)
        column.addWidget(label(N_("Find a payment"), "section", wrap=True))
        column.addWidget(label(N_("Enter any one detail from the parent."), "caption", wrap=True))
        fill(column, self._grid, self._buttons, self.answer, STRETCH)

    def retranslate(self) -> None:
        """Set the complaint in the current language."""
        if self._complaint is not None:
            field = self.fields.get(self._complaint.field, self.fields["utr"])
            if field.is_wrong:
                field.complain(_wrong(self._complaint))

    def rescale(self) -> None:
        """Arrange the fields in one column where the text is large."""
        is_large = theme.scale() > LARGE
        columns = 1 if is_large else 2
        for at, field in enumerate(self.fields.values()):
            top = Qt.AlignmentFlag.AlignTop  # a complaint moves nothing beside it
            self._grid.addWidget(field, at // columns, at % columns, top)
        for column in (0, 1):
            self._grid.setColumnStretch(column, int(column < columns))
        turn(self._buttons, is_upright=is_large)


def _field(title: N_, name: str, example: N_) -> LabelledField:
    line = QLineEdit(maxLength=LONGEST)
    line.setObjectName(name)
    bind_text(line, "placeholderText", example)
    return LabelledField(title, line)


def _wrong(error: InvalidInputError) -> str:
    """Return what is wrong in the current language."""
    from desktop_app.ui.core.error_notices import typed_wrongly

    return typed_wrongly(error) if error.template else error.message


def _line(field: LabelledField) -> QLineEdit:
    editor = field.editor
    if not isinstance(editor, QLineEdit):
        raise TypeError(type(editor).__name__)
    return editor
