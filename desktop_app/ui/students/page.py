"""Every student: search, fees, add, edit, and the way to the counter."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desktop_app.services.views.changes import Changes
from desktop_app.services.views.enrolment import StudentSummary
from desktop_app.ui.accounts.actions import FamilyActions
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import day_text
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.core.page import UNPAID
from desktop_app.ui.forms.choices import Choices
from desktop_app.ui.forms.entries import STATE_NAMES
from desktop_app.ui.receipts.presenter import ReceiptsPresenter
from desktop_app.ui.students.fee_card import FeeCard
from desktop_app.ui.students.phone_line import PhoneLine
from desktop_app.ui.students.rows import StudentsPresenter
from desktop_app.ui.tables.list_page import IMPORT_HINT, ListPage
from desktop_app.ui.widgets.boxes import STRETCH, fill, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import rule
from desktop_app.ui.widgets.detail_pane import Facts
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QVBoxLayout

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment import CourseRow, EnrollmentRow, StudentDetail
    from desktop_app.services.views.settings import SettingsView
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.students.student_form import StudentForm

_FACTS = (N_("Parent"), N_("Email"), N_("Date of birth"), N_("State"))
_EXPORTS = (
    ("students", N_("Students")),
    ("balances", N_("Balances")),
    ("concessions", N_("Concessions")),
)
_WHICH = (("all", N_("All")), (UNPAID, N_("Fee due")))


class StudentsPage(ListPage[StudentSummary]):
    """Every student, with phones and fees beside the list."""

    title = N_("Students")
    kind = "students"
    find_hint = N_("Name, roll number or phone")
    counts = (N_("{count} found"), N_("{count} student", "{count} students"))
    nothing = (N_("No students yet"), IMPORT_HINT, N_("Add student"))
    no_match = (
        N_("No student matches “{text}”"),
        N_("Press Enter to add a new student."),
        N_("Add “{text}”"),
    )
    reads = Changes(students=True)
    presenter: StudentsPresenter

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, StudentsPresenter(context.runner))

    def build(self, column: QVBoxLayout) -> None:
        """Build the filter and the details, with the fees under them."""
        self._shown: StudentDetail | None = None
        self.receipts = ReceiptsPresenter(self.context, self)
        self.add_import()
        self.add_exports(N_("Export students, balances or concessions as listed"), _EXPORTS)
        self.add_new(N_("&Add student"), N_("Add a student (Ctrl+N)"))
        self.which = Choices("studentsWhich", N_("Fees"), _WHICH)
        self.tools.addWidget(self.which)
        self.name = ElidedLabel(role="section", name="studentName")
        self.roll_no = label("", "secondary", name="studentRollNo")
        computer = self.context.printer.computer
        self.phone = PhoneLine(computer, N_("Phone"), "studentPhone")
        self.guardian_phone = PhoneLine(computer, N_("Parent's phone number"), "guardianPhone")
        self.facts = Facts(_FACTS)
        fill(column, self.name, self.roll_no)
        self._build_fees(column)
        fill(column, theme.GRID, rule(), self.phone, self.guardian_phone, self.facts, STRETCH)
        self.edit_button = Button(N_("&Edit…"), icon="edit", name="studentEditButton")
        self.collect_button = Button(
            N_("C&ollect a fee"), icon="qr", name="studentCollectButton",
            tip=N_("Open the counter with this student (F9)"),
        )  # fmt: skip
        self.account_button = Button(
            N_("Acco&unt…"), kind="compact", name="studentAccountButton",
            tip=N_("Open the family's account"),
        )  # fmt: skip
        self.detail.add_foot(self.collect_button, self.edit_button, self.account_button)
        self.actions_of = FamilyActions(self.context, self)
        self.which.chosen.connect(self._narrow)
        self.edit_button.clicked.connect(self.edit)
        self.collect_button.clicked.connect(self.collect)
        self.account_button.clicked.connect(self._open_account)
        self.actions_of.changed.connect(self.presenter.refresh)
        self.presenter.detailed.connect(self._detailed)

    def _build_fees(self, column: QVBoxLayout) -> None:
        self.fees: list[FeeCard] = []
        self._fee_list = vbox(gap=theme.GAP)
        self.no_fees = label(N_("Not enrolled in a course yet"), "secondary", name="studentNoFees")
        fill(column, theme.GRID, rule(), label(N_("Fees"), "strong"), self.no_fees)
        fill(column, self._fee_list)

    def describe_empty(self, text: str) -> None:
        """Explain the empty list; where nobody owes anything, that is good news."""
        if self.presenter.unpaid:
            words = N_("No matching student has a fee due") if text else N_("No fees due")
            self.empty.show_words(words, "", N_("Show all students"))
        else:
            super().describe_empty(text)

    def open(self, argument: object) -> None:
        """Show the student of a uid, picked in the list; or with `UNPAID` those with a fee due."""
        if argument == UNPAID:
            self.which.choose(UNPAID)
            self._narrow()
            return
        self._picked = str(argument)
        self._shown = None
        self.presenter.read_detail(self._picked)

    def act_on_empty(self) -> None:
        """Ask for a new student, with the text that found nobody; without a filter for fees."""
        if self.presenter.unpaid and not self.presenter.model.rowCount():
            self.which.choose("all")
            self._narrow()
            return
        wanted = self.finder.text().strip() if not self.presenter.model.rowCount() else ""
        self.context.calls.new_student.emit(wanted)

    def open_row(self) -> StudentForm | None:
        """Change the student who is shown."""
        return self.edit()

    def edit(self) -> StudentForm | None:
        """Open the form for the student who is shown."""
        detail = self._shown
        if detail is None or detail.uid != self._picked:
            return None
        from desktop_app.ui.students.student_form import StudentForm

        form = StudentForm(self.context.runner, self.window(), detail=detail)
        self.show_form(
            form, form.saved, lambda desk: desk.students.change(detail.uid, detail.student)
        )
        return form

    def narrowed_by(self) -> tuple[str, ...]:
        """Return the filter for fees, in words."""
        return (tr(dict(_WHICH)[UNPAID]),) if self.presenter.unpaid else ()

    def report_name(self, kind: str) -> str:
        """Return the name of one of the exports."""
        return dict(_EXPORTS)[kind]

    def key_of(self, row: StudentSummary) -> str:
        """Return the roll number."""
        return row.roll_no

    def name_of(self, row: StudentSummary) -> str:
        """Return the student's name."""
        return row.name

    def picked(self) -> None:
        """Read the student in full."""
        if self._row is None:
            self._show_detail(None)
        else:
            self.presenter.read_detail(self._row.uid)

    def show_row(self) -> None:
        """Show what is known of the student who was read in full."""
        if self._shown is None:
            return
        student = self._shown.student
        self.name.show_text(student.name)
        self.roll_no.setText(tr(N_("Roll no. {roll_no}"), roll_no=student.roll_no))
        self.phone.show_number(student.phone)
        self.guardian_phone.show_number(student.guardian_phone)
        born = day_text(student.date_of_birth) if student.date_of_birth else ""
        self.facts.show_values(
            {
                "Parent": student.guardian_name,
                "Email": student.email,
                "Date of birth": born,
                "State": tr(STATE_NAMES.get(student.state, student.state)),
            }
        )

    def student_added(self, student: StudentSummary) -> None:
        """Pick the new student."""
        self._picked = student.uid

    def apply_changes(self, changes: Changes) -> None:
        """Read the list again, or the fees of the student who is shown."""
        super().apply_changes(changes)
        if changes.payments and not changes.students and self.isVisible() and self._picked:
            self.presenter.read_detail(self._picked)

    def _narrow(self, _chosen: object = None) -> None:
        self.presenter.narrow(unpaid=self.which.value() == UNPAID)

    def collect(self, _checked: object = None) -> None:
        """Go to the counter with the student, and with the course where one fee is due (F9)."""
        due = [card.row for card in self.fees if card.can_collect]
        self._go_to_counter(due[0] if len(due) == 1 else None)

    def _open_account(self) -> None:
        if self._picked:
            self.actions_of.open_account(self._picked)

    def family_student(self) -> str:
        """Return the student who is shown."""
        return self._picked

    def apply_settings(self, settings: SettingsView) -> None:
        """Name the centre in messages."""
        self.actions_of.centre = settings.centre.name

    def _go_to_counter(self, fee: EnrollmentRow | None) -> None:
        """Serve the student beside the list, whose row may not be read yet, at the counter."""
        if self._shown is not None:
            self.context.runner.local(
                partial(_to_serve, self._shown.student.roll_no, fee), self._serve, owner=self
            )

    def _serve(self, served: object) -> None:
        self.context.calls.show_page.emit("counter", served)

    def _detailed(self, detail: StudentDetail) -> None:
        if detail.uid != self._picked:
            return
        self._show_detail(detail)
        if self._row is None or self._row.uid != detail.uid:
            self.finder.setText(detail.student.roll_no)

    def _show_detail(self, detail: StudentDetail | None) -> None:
        self._shown = detail
        self.show_row()
        history = detail.history if detail is not None else ()
        history = tuple(sorted(history, key=lambda row: not row.due))  # what is due comes first
        if [card.row for card in self.fees] != list(history):
            self._show_fees(history)
        self.no_fees.setVisible(detail is not None and not history)
        for button in (self.edit_button, self.collect_button, self.account_button):
            button.setEnabled(detail is not None)

    def _show_fees(self, history: tuple[EnrollmentRow, ...]) -> None:
        for card in self.fees:
            self._fee_list.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.fees = [FeeCard(row) for row in history]
        for card in self.fees:
            card.collect.connect(self._go_to_counter)
            card.receipt.connect(self._show_receipt)
            self._fee_list.addWidget(card)

    def _show_receipt(self, row: EnrollmentRow) -> None:
        if row.receipt_uid:
            from desktop_app.ui.receipts.preview import open_preview

            open_preview(self.receipts, row.receipt_uid)


def _to_serve(
    roll_no: str, fee: EnrollmentRow | None, desk: Desk
) -> StudentSummary | tuple[StudentSummary, CourseRow]:
    """Return what the counter opens: a student, with the course of a fee where one is given."""
    student = desk.students.find(roll_no)
    return student if fee is None else (student, desk.courses.detail(fee.course_uid))
