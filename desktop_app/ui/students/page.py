"""Every student: search, history, add, change, and the way to the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from desktop_app.domain.students import mask_phone
from desktop_app.services.views.changes import Changes
from desktop_app.services.views.enrolment import StudentSummary
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.forms.entries import STATE_NAMES, day_typed
from desktop_app.ui.receipts.presenter import ReceiptsPresenter
from desktop_app.ui.students.rows import HISTORY, STUDENTS, read, read_row
from desktop_app.ui.tables.list_page import IMPORT_HINT, ListPage
from desktop_app.ui.tables.list_presenter import ListPresenter
from desktop_app.ui.tables.paged_table import PagedTable
from desktop_app.ui.tables.table_view import TableView
from desktop_app.ui.widgets.boxes import Stretch, fill
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import rule
from desktop_app.ui.widgets.detail_pane import Facts
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QVBoxLayout, QWidget

    from desktop_app.services.views.enrolment import EnrollmentRow, StudentDetail
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.students.student_form import StudentForm

_FACTS = (
    N_("Phone"), N_("Guardian"), N_("Their phone"), N_("E-mail"), N_("Born on"), N_("State"),
)  # fmt: skip


class StudentsPage(ListPage[StudentSummary]):
    """Every student, with details and history beside the list."""

    title = N_("Students")
    kind = "students"
    find_hint = N_("Name, roll number or phone")
    counts = (N_("{count} found"), N_("{count} on the roll"))
    nothing = (N_("No students yet"), IMPORT_HINT, N_("New student"))
    no_match = (
        N_("Nobody matches “{text}”"),
        N_("Press Enter to add a new student."),
        N_("Add “{text}”"),
    )
    detail_px = 460
    reads = Changes(students=True)

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, ListPresenter(context.runner, STUDENTS, read, read_row))

    def build(self, column: QVBoxLayout) -> None:
        """Build the details, with the history under them."""
        self._shown: StudentDetail | None = None
        self.receipts = ReceiptsPresenter(self.context, self)
        self.add_import()
        self.add_export(N_("Save all students as CSV or Excel"))
        self.add_new(N_("&New student"), N_("New student (Ctrl+N)"))
        self.name = ElidedLabel(role="section", name="studentName")
        self.roll_no = label("", "secondary", name="studentRollNo")
        self.facts = Facts(_FACTS)
        self.edit_button = Button(N_("&Change…"), icon="edit", name="studentEditButton")
        self.collect_button = Button(N_("C&ollect a fee"), icon="qr", name="studentCollectButton")
        fill(column, self.name, self.roll_no, theme.GRID)
        fill(
            column, self.facts, theme.GAP, flowing(self.edit_button, self.collect_button), theme.GAP
        )
        self._build_history(column)
        self.edit_button.clicked.connect(self.edit)
        self.collect_button.clicked.connect(self._collect)
        self.receipt_button.clicked.connect(self._show_receipt)
        self.history.picked.connect(self._pick_enrollment)
        self.history.opened.connect(self._show_receipt)
        self.presenter.detailed.connect(self._detailed)

    def _build_history(self, column: QVBoxLayout) -> None:
        self.history_model: PagedTable[EnrollmentRow] = PagedTable(HISTORY, self)
        self.history = TableView(self.history_model, name="studentHistory", title=N_("History"))
        self.history_note = label(
            N_("Not enrolled in any course yet."), "secondary", name="studentHistoryNote", wrap=True
        )
        self.receipt_button = Button(
            N_("Show &receipt"), icon="payments", name="studentReceiptButton"
        )
        self.history_rule, self.history_title = rule(), label(N_("History"), "strong")
        fill(column, self.history_rule, self.history_title, self.history_note, (self.history, 1))
        fill(column, Stretch(0), (self.receipt_button, Qt.AlignmentFlag.AlignLeft))

    def open(self, argument: object) -> None:
        """Show the student of a uid: picked in the list, and in full beside it."""
        self._picked = str(argument)
        self._shown = None
        self.presenter.read_detail(self._picked)

    def act_on_empty(self) -> None:
        """Ask for a new student, with the text that found nobody."""
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
            self.name.show_text(tr(N_("No student picked")))
            self.facts.show_values({})
            return
        student = self._shown.student
        self.name.show_text(student.name)
        self.roll_no.setText(tr(N_("Roll no. {roll_no}"), roll_no=student.roll_no))
        self.facts.show_values(
            {
                "Phone": mask_phone(student.phone),
                "Guardian": student.guardian_name,
                "Their phone": mask_phone(student.guardian_phone),
                "E-mail": student.email,
                "Born on": day_typed(student.date_of_birth),
                "State": tr(STATE_NAMES.get(student.state, student.state)),
            }
        )

    def student_added(self, student: StudentSummary) -> None:
        """Pick the new student."""
        self._picked = student.uid

    def apply_changes(self, changes: Changes) -> None:
        """Read the list again, or the history of the student who is shown."""
        super().apply_changes(changes)
        if changes.payments and not changes.students and self.isVisible() and self._picked:
            self.presenter.read_detail(self._picked)

    def _collect(self) -> None:
        if self._row is not None:
            self.context.calls.show_page.emit("counter", self._row)

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
        self.history_model.restart(history, len(history))
        self.history.setVisible(bool(history))
        self.history_note.setVisible(detail is not None and not history)
        self.receipt_button.setVisible(bool(history))
        with_student: tuple[QWidget, ...] = (
            self.roll_no, self.edit_button, self.collect_button, self.history_rule,
            self.history_title,
        )  # fmt: skip
        for widget in with_student:
            widget.setEnabled(detail is not None)
            widget.setVisible(detail is not None)
        self.history.pick_row(0)

    def _pick_enrollment(self, row: EnrollmentRow | None) -> None:
        self.receipt_button.setEnabled(row is not None and row.receipt_uid is not None)

    def _show_receipt(self) -> None:
        row = self.history.current()
        if row is not None and row.receipt_uid:
            from desktop_app.ui.receipts.preview import open_preview

            open_preview(self.receipts, row.receipt_uid)
