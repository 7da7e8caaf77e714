"""The choice to pay other fees with the rest of a tender, and what each of them gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from desktop_app.domain.allocation import allocate
from desktop_app.domain.money import ZERO, total
from desktop_app.domain.payment import AttemptDue
from desktop_app.ui.core.formatting import one_line, short_rupees
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.widgets.boxes import vbox
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.domain.money import Money
    from desktop_app.services.views.enrolment import DueRow

_PAYS = N_("Pays {amount} of {fee}")
_PAYS_OF = N_("Pays {amount} of {fee} ({name})")


class OtherFees(QWidget):
    """Offers to pay other fees, where there is a rest and a fee that it can pay.

    Signals:
        changed: somebody chose.

    Args:
        dues: the fees, in the order in which the rest pays them.
    """

    changed = Signal()

    def __init__(self, dues: Sequence[DueRow]) -> None:
        super().__init__()
        self._dues, self._rest = dues, ZERO
        self.box = QCheckBox()
        self.box.setObjectName("fillBox")
        bind_text(self.box, "text", N_("Use the rest &for other fees"))
        self.box.toggled.connect(self.changed)
        self.preview = label("", "small", name="fillPreview", wrap=True)
        column = vbox(self.box, self.preview, gap=4)
        self.setLayout(column)
        self.hide()

    @property
    def credit(self) -> Money:
        """The part of the rest that becomes credit."""
        return self._rest - total(each.amount for each in self.chosen())

    def chosen(self) -> tuple[AttemptDue, ...]:
        """Return what each fee gets; nothing where the rest becomes credit."""
        return self._parts() if self.box.isChecked() else ()

    def show_rest(self, rest: Money) -> None:
        """Offer a rest; none hides the choice."""
        self._rest = rest
        self.setVisible(bool(self._parts()))
        words = "\n".join(self._words(each) for each in self.chosen())
        self.preview.setText(words)
        self.box.setAccessibleDescription(words)
        self.preview.setVisible(self.box.isChecked())

    def _parts(self) -> tuple[AttemptDue, ...]:
        found = allocate(self._rest, {due.uid: due.balance for due in self._dues}).parts
        return tuple(AttemptDue(uid, part) for uid, part in found.items())

    def _words(self, part: AttemptDue) -> str:
        due = next(each for each in self._dues if each.uid == part.due_uid)
        is_of_one = len({each.student_uid for each in self._dues}) == 1
        return tr(
            _PAYS if is_of_one else _PAYS_OF,
            amount=short_rupees(part.amount),
            fee=one_line(due.label, 60),
            name=one_line(due.student_name, 60),
        )
