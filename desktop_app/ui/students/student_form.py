"""The form for a new student or for changing one; also opened from the counter's search box."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from desktop_app.domain.receipt import IST
from desktop_app.domain.students import Student, make_student
from desktop_app.ui.core.formatting import named_students
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.page import NewSibling
from desktop_app.ui.forms.entries import day_typed, parse_day, states_box
from desktop_app.ui.forms.form import FormDialog
from desktop_app.ui.widgets.labels import set_tone

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop_app.services.views.enrolment import StudentDetail, StudentSummary
    from desktop_app.ui.core.jobs import JobRunner

_LEAST_DIGITS = 4
USUAL_AGE = 16


def _usual_birthday() -> date:
    """Return where a calendar of birthdays opens: most students are of about this age."""
    today = datetime.now(IST).date()
    return date(today.year - USUAL_AGE, 1, 1)


class StudentForm(FormDialog):
    """A student's facts; `saved` carries the student as a `StudentSummary`.

    Args:
        runner: runs what blocks.
        parent: the window it belongs to.
        prefill: what was typed in a search: digits become the phone, anything else the name; or
            the parent of a new brother or sister.
        detail: the student to change; None for a new one.
    """

    taken = ("roll_no", N_("Another student has this roll number."))

    def __init__(
        self,
        runner: JobRunner,
        parent: QWidget | None,
        prefill: str | NewSibling = "",
        detail: StudentDetail | None = None,
    ) -> None:
        title = N_("Edit student") if detail else N_("Add student")
        super().__init__(runner, parent, title=title, action=N_("Save"))
        self.setObjectName("studentForm")
        self._uid = detail.uid if detail else None
        self._suggested = ""
        self._build()
        self.setMinimumWidth(620)
        if detail is not None:
            self._show(detail.student)
        else:
            self.name.textChanged.connect(self._find_similar)
            self._prefill(prefill)
            self._suggest()
        self.settle()  # what was searched for is no change either
        is_whole = detail is None and " " in self.name.text()
        (self.phone if is_whole else self.name).setFocus()

    def _build(self) -> None:
        self.name = self.add_line(
            "name", N_("&Name"), (0, 0), placeholder=N_("As shown on the ID card"), span=2
        )
        self.roll_no = self.add_line("roll_no", N_("&Roll number"), (1, 0))
        self.phone = self.add_line(
            "phone", N_("&Phone"), (1, 1), placeholder=N_("e.g. 98450 12345")
        )
        self.guardian_name = self.add_line("guardian_name", N_("Parent's na&me"), (2, 0))
        self.guardian_phone = self.add_line(
            "guardian_phone",
            N_("Parent's ph&one"),
            (2, 1),
            hint=N_("We send this number to Razorpay with the payment."),
        )
        self.email = self.add_line("email", N_("&Email"), (4, 0))
        self.date_of_birth = self.add_date(
            "date_of_birth", N_("&Date of birth"), (4, 1), first=_usual_birthday
        )
        self.state = states_box()
        self.add_field(
            "state",
            N_("&State"),
            self.state,
            (5, 0),
            hint=N_("Required for GST on fees of ₹50,000 or more."),
        )
        self.fold(3, "email", "date_of_birth", "state")

    def _show(self, student: Student) -> None:
        self.fill(
            name=student.name,
            roll_no=student.roll_no,
            phone=student.phone,
            guardian_name=student.guardian_name,
            guardian_phone=student.guardian_phone,
            email=student.email,
            date_of_birth=day_typed(student.date_of_birth),
            state=student.state,
        )

    def _prefill(self, text: str | NewSibling) -> None:
        if isinstance(text, NewSibling):
            self.fill(guardian_name=text.parent, guardian_phone=text.phone)
            return
        digits = sum(letter.isdecimal() for letter in text)
        has_letters = any(letter.isalpha() for letter in text)
        if digits >= _LEAST_DIGITS and not has_letters:
            self.phone.setText(text.strip())
        elif digits and has_letters and " " not in text.strip():
            self.roll_no.setText(text.strip())
        else:
            self.name.setText(text.strip())
            self.name.end(False)  # noqa: FBT003 - Qt takes it by place

    def _suggest(self) -> None:
        self.runner.local(
            lambda desk: desk.students.suggest_roll_no(),
            self._show_suggestion,
            failed=self._no_suggestion,
        )

    def _show_suggestion(self, roll_no: str) -> None:
        if not self.roll_no.text():
            self._kept["roll_no"] = roll_no
            self.history.begin({**self._kept, "roll_no": roll_no})
            self.roll_no.setText(roll_no)

    def _no_suggestion(self, error: Exception) -> None:
        """Suggest nothing: the form can be filled in without."""

    def _find_similar(self, name: str) -> None:
        self.runner.local(
            lambda desk: desk.students.similar(name),
            self._show_similar,
            failed=self._no_suggestion,
            owner=self,
            replaces="similar",
        )

    def _show_similar(self, students: tuple[StudentSummary, ...]) -> None:
        """Show who has such a name already, before a second student of it is added."""
        hint = N_("Similar: {names}") if students else ""
        self.fields["name"].show_hint(hint, names=named_students(students))
        set_tone(self.fields["name"].message, "attention" if students else "quiet")

    def save(self) -> None:
        """Check the fields and save the student."""
        student = make_student(
            name=self.name.text(),
            roll_no=self.roll_no.text(),
            phone=self.phone.text(),
            email=self.email.text(),
            guardian_name=self.guardian_name.text(),
            guardian_phone=self.guardian_phone.text(),
            date_of_birth=parse_day(self.date_of_birth.text(), "date_of_birth"),
            state=self.value("state"),
        )
        uid = self._uid
        if uid is None:
            self.submit(lambda desk: desk.students.add(student))
        else:
            self.submit(lambda desk: desk.students.change(uid, student))
