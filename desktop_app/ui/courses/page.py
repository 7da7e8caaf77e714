"""Courses on offer: batches, fees and seats; add, change, withdraw."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desktop_app.domain.fees import format_rate
from desktop_app.domain.money import format_rupees, group_digits
from desktop_app.services.views.changes import Changes
from desktop_app.services.views.enrolment import CourseRow
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.courses.rows import COURSES, read
from desktop_app.ui.forms.entries import day_typed
from desktop_app.ui.tables.list_page import IMPORT_HINT, ListPage
from desktop_app.ui.tables.list_presenter import ListPresenter
from desktop_app.ui.tables.tags import seats_text
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.detail_pane import Facts
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QVBoxLayout, QWidget

    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.courses.course_form import CourseForm

_FACTS = (
    N_("Code"), N_("Batch"), N_("Fee"), N_("GST"), N_("Starts on"), N_("Enrolled"),
    N_("Seats left"),
)  # fmt: skip


class CoursesPage(ListPage[CourseRow]):
    """Every course, with details beside the list."""

    title = N_("Courses")
    kind = "courses"
    find_hint = N_("Course, code or batch")
    counts = (N_("{count} found"), N_("{count} on offer"))
    nothing = (N_("No courses yet"), IMPORT_HINT, N_("New course"))
    no_match = (N_("No course matches “{text}”"), "", N_("New course"))
    reads = Changes(courses=True, payments=True)
    """Payments take seats."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, ListPresenter(context.runner, COURSES, read))

    def build(self, column: QVBoxLayout) -> None:
        """Build the details, with the question before a course is withdrawn."""
        self.add_import()
        self.add_export(N_("Save all courses as CSV or Excel"))
        self.add_new(N_("&New course"))
        self.course_title = ElidedLabel(role="section", name="courseTitle")
        self.total = label("", "clock", name="courseTotal")
        self.total_caption = label(N_("A student pays"), "caption")
        self.facts = Facts(_FACTS)
        self.edit_button = Button(N_("&Change…"), icon="edit", name="courseEditButton")
        tip = N_("Take the course off the list; its enrolments stay")
        self.withdraw_button = Button(N_("&Withdraw…"), name="courseWithdrawButton", tip=tip)
        fill(column, self.course_title, theme.GRID, self.total_caption, self.total, theme.GAP)
        fill(column, self.facts, theme.GAP, flowing(self.edit_button, self.withdraw_button))
        fill(column, self._build_question(), STRETCH)
        self.edit_button.clicked.connect(self.edit)
        self.withdraw_button.clicked.connect(self._ask_withdraw)

    def _build_question(self) -> QWidget:
        """Build the question beside the course it is about; the safe answer comes first."""
        self.question = Card("well", margin=12)
        self.question_words = label("", "small", name="withdrawQuestion", wrap=True)
        self.keep_button = Button(N_("Keep it"), name="withdrawKeepButton")
        self.confirm_button = Button(N_("Withdraw"), kind="danger", name="withdrawConfirmButton")
        row = hbox(self.keep_button, STRETCH, self.confirm_button, gap=theme.GAP)
        fill(self.question.column, self.question_words, row)
        self.question.hide()
        self.keep_button.clicked.connect(self._keep)
        self.confirm_button.clicked.connect(self._withdraw)
        return self.question

    def go_back(self) -> None:
        """Close the question, else clear the search."""
        if self.question.isHidden():
            super().go_back()
        else:
            self._keep()

    def act_on_empty(self) -> CourseForm | None:
        """Open the form for a new course."""
        return self.open_form(None)

    def start_new(self) -> None:
        """Ctrl+N: open the form for a new course."""
        self.open_form(None)

    def open_row(self) -> CourseForm | None:
        """Change the course that is shown."""
        return self.edit()

    def edit(self) -> CourseForm | None:
        """Open the form for the course that is shown."""
        return self.open_form(self._row) if self._row is not None else None

    def open_form(self, row: CourseRow | None) -> CourseForm | None:
        """Open the form for a course, or for a new one; return None before the desk is open."""
        if self.context.runner.desk is None:
            return None
        from desktop_app.ui.courses.course_form import CourseForm

        form = CourseForm(self.context.runner, self.window(), row)
        if row is None:
            self.show_form(form, form.saved)
        else:
            self.show_form(form, form.saved, lambda desk: desk.courses.change(row.uid, row.course))
        return form

    def name_of(self, row: CourseRow) -> str:
        """Return the course's code."""
        return row.course.code

    def picked(self) -> None:
        """Show another course; a question about the one before is dropped."""
        self.question.hide()
        with_course = (self.edit_button, self.withdraw_button, self.total_caption, self.total)
        for widget in with_course:
            widget.setEnabled(self._row is not None)
            widget.setVisible(self._row is not None)
        self.show_row()

    def show_row(self) -> None:
        """Show what is known of the course."""
        row = self._row
        if row is None:
            self.course_title.show_text(tr(N_("No course picked")))
            self.facts.show_values({})
            return
        course = row.course
        self.course_title.show_text(course.title)
        self.total.setText(format_rupees(row.total))
        gst = N_("{rate}, included in the fee")
        if not course.tax_inclusive:
            gst = N_("{rate}, on top of the fee")
        self.facts.show_values(
            {
                "Code": course.code,
                "Batch": course.batch,
                "Fee": format_rupees(course.fee),
                "GST": tr(gst, rate=format_rate(course.gst_bp)) if course.gst_bp else "",
                "Starts on": day_typed(course.starts_on),
                "Enrolled": group_digits(str(row.seats_taken)),
                "Seats left": seats_text(row),
            }
        )
        words = N_(
            "Take {code} off the list? Nobody new can be enrolled then; "
            "its enrolments ({count}) and their receipts stay."
        )
        self.question_words.setText(tr(words, code=course.code, count=row.seats_taken))

    def _ask_withdraw(self) -> None:
        if self._row is not None:
            self.question.show()
            self.keep_button.setFocus()

    def _keep(self) -> None:
        self.question.hide()
        self.table.setFocus()

    def _withdraw(self) -> None:
        self.question.hide()
        row = self._row
        if row is not None:
            self.context.runner.local(
                lambda desk: desk.courses.withdraw(row.uid), partial(self._withdrawn, row)
            )

    def _withdrawn(self, row: CourseRow, _nothing: None) -> None:
        words = N_("{code} is off the list; its enrolments stay.")
        self.context.notices.say(tr(words, code=row.course.code))
