"""Brothers and sisters who are added while their family is at the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.page import NewSibling

if TYPE_CHECKING:
    from desktop_app.services.views.enrolment import StudentSummary
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.counter.family_panel import FamilyPanel
    from desktop_app.ui.counter.family_presenter import FamilyPresenter


class Siblings(QObject):
    """Adds a student to the family on screen, and asks for the student's course."""

    def __init__(
        self, context: PageContext, presenter: FamilyPresenter, panel: FamilyPanel
    ) -> None:
        super().__init__(presenter)
        self._context, self._presenter, self._panel = context, presenter, panel
        presenter.joined.connect(self._joined)

    def add(self) -> bool:
        """Open the form for a brother or sister; False where there is no cart to add to."""
        cart = self._presenter.cart
        if cart is None:
            return False
        self._context.calls.new_student.emit(NewSibling(cart.family.name, cart.family.phone))
        return True

    def take(self, student: StudentSummary) -> bool:
        """Add a student who was just saved to the family; False where no cart is on screen."""
        if self._presenter.cart is None:
            return False
        self._presenter.join(student.uid)
        return True

    def _joined(self, student_uid: str) -> None:
        cart = self._presenter.cart
        if cart is not None and student_uid in {each.uid for each in cart.family.members}:
            self._panel.list.select_student(student_uid)
            self._panel.ask_course(student_uid)
        else:
            self._context.notices.say(
                N_("We added the student, but not to this family."),
                N_("To put both on one bill, enter the same parent's phone number for both."),
            )
