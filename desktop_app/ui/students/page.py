"""The roll: find a student, see the history, add, change, go and collect a fee.

Widgets only: the presenter reads, the forms write.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from desktop_app.domain.money import group_digits
from desktop_app.domain.students import mask_phone
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.core.notice import Notice, Tone
from desktop_app.ui.core.page import Changes
from desktop_app.ui.forms.entries import STATE_NAMES, day_typed
from desktop_app.ui.receipts.presenter import ReceiptsPresenter
from desktop_app.ui.students.presenter import StudentsPresenter
from desktop_app.ui.students.rows import HISTORY
from desktop_app.ui.tables.list_page import ListPage, shortened
from desktop_app.ui.tables.paged_table import PagedTable
from desktop_app.ui.tables.table_view import TableView
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import rule
from desktop_app.ui.widgets.detail_pane import Facts
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment import (
        EnrollmentRow,
        StudentDetail,
        StudentPage,
        StudentSummary,
    )
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.students.student_form import StudentForm

DETAIL_PX = 460
_FACTS = (
    N_("Phone"), N_("Guardian"), N_("Their phone"), N_("E-mail"), N_("Born on"), N_("State"),
)  # fmt: skip


class StudentsPage(ListPage):
    """Every student, with details beside the list."""

    title = N_("Students")

    def __init__(self, context: PageContext) -> None:
        self.presenter = StudentsPresenter(context.runner, context.calls)
        super().__init__(
            context,
            name="students",
            find_hint=N_("Name, roll number or phone"),
            model=self.presenter.model,
            detail_px=DETAIL_PX,
        )
        self.presenter.setParent(self)
        self.receipts = ReceiptsPresenter(context, self)
        self._picked = ""
        self._hit: StudentSummary | None = None
        self._shown: StudentDetail | None = None
        self._page: StudentPage | None = None
        self._build_actions()
        self._build_detail()
        self._connect()
        self._show_nobody()

    def _build_actions(self) -> None:
        self.import_button = Button(
            N_("&Import…"), icon="import", name="studentsImportButton",
            tip=N_("Bring in a list from a CSV file, as Excel saves it"),
        )  # fmt: skip
        self.export_button = Button(
            N_("E&xport…"), icon="export", name="studentsExportButton",
            tip=N_("Save all students as CSV or Excel"),
        )  # fmt: skip
        self.new_button = Button(
            N_("&New student"),
            icon="plus",
            name="studentsNewButton",
            tip=N_("New student (Ctrl+N)"),
        )
        self.add_import_button = Button(N_("Import a list…"), name="studentsEmptyImportButton")
        self.empty.add_action(self.add_import_button)
        for button in (self.import_button, self.export_button, self.new_button):
            self.action_row.addWidget(button)

    def _build_detail(self) -> None:
        column = self.detail.column
        self.name = ElidedLabel(role="section", name="studentName")
        self.roll_no = label("", "secondary", name="studentRollNo")
        self.facts = Facts(_FACTS)
        self.edit_button = Button(N_("&Change…"), icon="edit", name="studentEditButton")
        self.collect_button = Button(N_("C&ollect a fee"), icon="qr", name="studentCollectButton")
        self.history_model: PagedTable[EnrollmentRow] = PagedTable(HISTORY, self)
        self.history = TableView(self.history_model, name="studentHistory", title=N_("History"))
        self.history_note = label(
            N_("Not enrolled in any course yet."), "secondary", name="studentHistoryNote", wrap=True
        )
        self.receipt_button = Button(
            N_("Show &receipt"), icon="payments", name="studentReceiptButton"
        )
        for each in (self.name, self.roll_no):
            column.addWidget(each)
        column.addSpacing(theme.GRID)
        column.addWidget(self.facts)
        column.addSpacing(theme.GAP)
        column.addWidget(flowing(self.edit_button, self.collect_button))
        column.addSpacing(theme.GAP)
        self.history_rule, self.history_title = rule(), label(N_("History"), "strong")
        column.addWidget(self.history_rule)
        column.addWidget(self.history_title)
        column.addWidget(self.history_note)
        column.addWidget(self.history, 1)
        column.addStretch()
        column.addWidget(self.receipt_button, 0, Qt.AlignmentFlag.AlignLeft)

    def _connect(self) -> None:
        presenter = self.presenter
        self.new_button.clicked.connect(self._new)
        self.import_button.clicked.connect(self._import)
        self.add_import_button.clicked.connect(self._import)
        self.export_button.clicked.connect(self._export)
        self.edit_button.clicked.connect(self.edit)
        self.collect_button.clicked.connect(self._collect)
        self.receipt_button.clicked.connect(self._show_receipt)
        self.table.picked.connect(self._pick)
        self.table.opened.connect(self.edit)
        self.history.picked.connect(self._pick_enrollment)
        self.history.opened.connect(self._show_receipt)
        presenter.listed.connect(self._listed)
        presenter.detailed.connect(self._detailed)
        presenter.restored.connect(self._saved)
        presenter.failed.connect(self.tell)

    def attach(self, desk: Desk) -> None:
        """Take the open desk."""
        self.receipts.attach(desk)
        self.presenter.attach(desk)

    def search(self, text: str) -> None:
        """List who matches."""
        self.presenter.search(text)

    def open(self, argument: object) -> None:
        """Show the student of a uid: picked in the list, and in full beside it."""
        uid = str(argument)
        self._picked = uid
        self._shown = None
        self.presenter.read_detail(uid)

    def describe_empty(self, text: str) -> None:
        """Offer to add who was searched for; on an empty roll, to bring in a list."""
        self.add_import_button.setVisible(not text)
        if text:
            self.empty.show_words(
                tr(N_("Nobody matches “{text}”"), text=shortened(text)),
                tr(N_("Press Enter to add a new student.")),
                tr(N_("Add “{text}”"), text=shortened(text)),
            )
        else:
            self.empty.show_words(
                N_("No students yet"),
                N_("Add the first one here, or bring in a list that Excel saved as CSV."),
                N_("New student"),
            )

    def act_on_empty(self) -> None:
        """Add who was searched for."""
        self._new()

    def edit(self) -> StudentForm | None:
        """Open the form for the student that is shown."""
        desk, detail = self.presenter.desk, self._shown
        if desk is None or detail is None or detail.uid != self._picked:
            return None
        from desktop_app.ui.students.student_form import StudentForm  # noqa: PLC0415 - when used

        form = StudentForm(desk, self.context.runner, self.window(), detail=detail)
        form.saved.connect(self._saved)
        form.saved.connect(partial(self._offer_undo, detail))
        form.open()
        return form

    def _offer_undo(self, before: StudentDetail, after: StudentSummary) -> None:
        """Let a change be taken back: facts of students are no money."""
        self.context.notices.post(
            Notice(
                what=N_("{name} was changed."),
                values={"name": after.name},
                tone=Tone.GOOD,
                key="changed",
                actions=((N_("Undo the change"), partial(self.presenter.put_back, before)),),
            )
        )

    def _import(self) -> None:
        from desktop_app.ui.forms.import_export import import_sheet  # noqa: PLC0415 - when used

        if self.presenter.desk is not None:
            import_sheet(self.context, self.presenter.desk, "students", self)

    def _export(self) -> None:
        from desktop_app.ui.forms.import_export import export_sheet  # noqa: PLC0415 - when used

        if self.presenter.desk is not None:
            export_sheet(self.context, self.presenter.desk, "students", self)

    def _new(self) -> None:
        wanted = self.finder.text().strip() if not self.presenter.model.rowCount() else ""
        self.context.calls.new_student.emit(wanted)

    def _collect(self) -> None:
        if self._hit is not None:
            self.context.calls.show_page.emit("counter", self._hit)

    def _listed(self, page: StudentPage) -> None:
        self._page = page
        self._say_count()
        self.show_rows(page.total, self._picked)

    def _say_count(self) -> None:
        if self._page is None:
            return
        words = N_("{count} found") if self.presenter.text else N_("{count} on the roll")
        self.count.setText(tr(words, count=group_digits(str(self._page.total))))

    def retell(self) -> None:
        """Say again what was put together from data."""
        self._say_count()
        if self._shown is not None:
            self._show_facts(self._shown)
        else:
            self.name.show_text(tr(N_("No student picked")))

    def _pick(self, hit: StudentSummary | None) -> None:
        self._hit = hit
        if hit is None:
            self._show_nobody()
            return
        self._picked = hit.uid
        self.presenter.read_detail(hit.uid)

    def _detailed(self, detail: StudentDetail) -> None:
        if detail.uid != self._picked:
            return
        is_elsewhere = self._hit is None or self._hit.uid != detail.uid
        self._shown = detail
        self._show_facts(detail)
        self._show_history(detail)
        self._set_usable(usable=True)
        if is_elsewhere:
            self.finder.setText(detail.student.roll_no)

    def _show_facts(self, detail: StudentDetail) -> None:
        student = detail.student
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

    def _show_history(self, detail: StudentDetail) -> None:
        count = len(detail.history)
        self.history_model.restart(detail.history, count)
        self.history.setVisible(bool(count))
        self.history_note.setVisible(not count)
        self.receipt_button.setVisible(bool(count))
        self.history.pick_row(0)

    def _pick_enrollment(self, row: EnrollmentRow | None) -> None:
        self.receipt_button.setEnabled(row is not None and row.receipt_uid is not None)

    def _show_receipt(self) -> None:
        row = self.history.current()
        if row is not None and row.receipt_uid:
            from desktop_app.ui.receipts.preview import open_preview  # noqa: PLC0415 - seldom

            open_preview(self.receipts, row.receipt_uid)

    def _show_nobody(self) -> None:
        self._shown = None
        self.name.show_text(tr(N_("No student picked")))
        self.roll_no.setText("")
        self.facts.show_values({})
        self.history_model.restart((), 0)
        self.history.hide()
        self.history_note.hide()
        self.receipt_button.hide()
        self._set_usable(usable=False)

    def _set_usable(self, *, usable: bool) -> None:
        for button in (self.edit_button, self.collect_button):
            button.setEnabled(usable)
        with_student: tuple[QWidget, ...] = (
            self.roll_no, self.edit_button, self.collect_button, self.history_rule,
            self.history_title,
        )  # fmt: skip
        for widget in with_student:
            widget.setVisible(usable)

    def _saved(self, hit: StudentSummary) -> None:
        self._picked = hit.uid
        self.context.calls.changed.emit(Changes(students=True))

    def student_added(self, student: StudentSummary) -> None:
        """Pick the new student."""
        self._picked = student.uid

    def apply_changes(self, changes: Changes) -> None:
        """Read the list again, or the history of the student that is shown."""
        if changes.students:
            self.presenter.search(self.presenter.text)
        elif changes.payments and self.isVisible() and self._picked:
            self.presenter.read_detail(self._picked)
