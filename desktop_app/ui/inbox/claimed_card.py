"""Claimed money as a card: a person's word until somebody finds it in the bank account.

Widgets only: what is chosen opens a question, and the services decide.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from desktop_app.domain.reasons import ReasonKind
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.domain.typed_references import is_unusual
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import METHODS, short_rupees, when_text
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.forms.note_form import Note
from desktop_app.ui.widgets.boxes import fill, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import ElidedLabel, label, set_tone

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.domain.payment import Method
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.tenders import ClaimedPayment
    from desktop_app.ui.forms.note_form import Typed

    Step = tuple[Note, Callable[[Desk, Typed], object]]


class ClaimedCard(QFrame):
    """One payment that the bank has not shown yet.

    Signals:
        asked: a question to open (`Step`).
    """

    asked = Signal(object)

    def __init__(self, claimed: ClaimedPayment) -> None:
        super().__init__()
        self.claimed = claimed
        self.setObjectName("claimedCard")
        self.setProperty("kind", "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.name = ElidedLabel(role="strong", name="claimedStudent")
        self.amount = label("", "section", name="claimedAmount")
        self.course = ElidedLabel(role="small", name="claimedCourse")
        self.when = label("", "caption", name="claimedSince")
        self.reference = label("", "small", name="claimedReference", wrap=True)
        self.why = label("", "small", name="claimedReason", wrap=True, tone="attention")
        self.match_button = Button(
            N_("&Match with the bank…"), icon="check", name="claimedMatchButton"
        )
        self.correct_button = Button(N_("Correct the &number…"), name="claimedCorrectButton")
        self.reverse_button = Button(N_("&Remove…"), kind="danger", name="claimedReverseButton")
        self._lay_out()
        for button, step in (
            (self.match_button, match), (self.correct_button, correct),
            (self.reverse_button, reverse),
        ):  # fmt: skip
            button.clicked.connect(partial(self._ask, step))
        self.show_claimed(claimed)

    def _lay_out(self) -> None:
        top, under, why = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row, left, right in ((top, self.name, self.amount), (under, self.course, self.when)):
            row.setSpacing(theme.GAP)
            fill(row, (left, 1), right)
        why.setSpacing(6)
        self._icon = IconLabel("waiting", "attention", 16)
        why.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        why.addWidget(self.why, 1)
        margins = (theme.GROUP, 12)
        column = vbox(top, under, self.reference, why, inside=self, gap=6, margins=margins)
        buttons = (self.match_button, self.correct_button, self.reverse_button)
        fill(column, theme.GRID, flowing(*buttons))

    def show_claimed(self, claimed: ClaimedPayment) -> None:
        """Show the payment."""
        self.claimed = claimed
        self.retranslate()

    def retranslate(self) -> None:
        """Show the payment in the present language."""
        claimed = self.claimed
        self.name.show_text(f"{claimed.student_name} · {claimed.roll_no}")
        self.amount.setText(short_rupees(claimed.amount))
        self.course.show_text(claimed.course_label)
        self.when.setText(when_text(claimed.recorded_at))
        parts = (tr(METHODS[claimed.method].listed), claimed.reference, claimed.payer)
        self.reference.setText(" · ".join(part for part in parts if part))
        words = N_(
            "Recorded, not verified. The receipt shows this until the bank confirms the payment."
        )
        if claimed.twin:
            words = N_(
                "Razorpay already has this payment. Remove the one you entered, so we don't count "
                "the payment twice."
            )
        elif claimed.is_late:
            words = N_(
                "The bank hasn't confirmed this payment in {count} working day.",
                "The bank hasn't confirmed this payment in {count} working days.",
            )
        self.why.setText(tr(words, count=claimed.days))
        set_tone(self.why, "attention" if claimed.twin or claimed.is_late else "quiet")

    def _ask(self, step: Callable[[ClaimedPayment], Step], _checked: object = None) -> None:
        self.asked.emit(step(self.claimed))


def match(claimed: ClaimedPayment) -> Step:
    """Note where the bank shows it."""
    asked = Note(
        N_("Did you find this payment in the bank account?"), N_("Match"),
        N_("We'll mark {amount} from {name} as verified and remove “Subject to verification” "
           "from the receipt."),
        _values(claimed), note=N_("&Statement entry"),
        hint=N_("e.g. 20 Nov statement, line 4"), field="where", day=N_("&Bank date"),
    )  # fmt: skip
    return asked, lambda desk, typed: desk.claims.match(claimed.uid, typed.day, typed.text)


def correct(claimed: ClaimedPayment) -> Step:
    """Correct its number."""
    asked = Note(
        N_("Correct the number?"), N_("Correct"),
        N_("After this, you can't use the number {number} again."),
        {"number": claimed.reference}, note=N_("&Right number"), field="reference",
        is_unusual=partial(_is_unusual, claimed.method),
    )  # fmt: skip
    return asked, lambda desk, typed: desk.claims.correct(
        claimed.uid, typed.text, is_confirmed=typed.is_confirmed
    )


def _is_unusual(method: Method, typed: str) -> bool:
    shape = tender_of(method).shape
    return shape is not None and is_unusual(shape, typed)


def reverse(claimed: ClaimedPayment) -> Step:
    """Return the question of taking a claimed payment back."""
    asked = Note(
        N_("Remove this payment?"), N_("Remove"),
        N_("We'll record that {amount} from {name} never arrived. The fee becomes due again. The "
           "enrolment stays."),
        _values(claimed), reason=ReasonKind.CLAIM, hint=N_("e.g. payment never reached the bank"),
    )  # fmt: skip
    return asked, lambda desk, typed: desk.claims.reverse(claimed.uid, typed.text)


def _values(claimed: ClaimedPayment) -> dict[str, object]:
    return {"amount": short_rupees(claimed.amount), "name": claimed.student_name}
