"""Courses: batches, fees and seats; add, edit, archive."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QButtonGroup, QWidget

from desktop_app.domain.fees import format_rate
from desktop_app.domain.money import format_rupees, group_digits
from desktop_app.services.views.changes import Changes
from desktop_app.services.views.enrolment import CourseRow
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import day_text, short_rupees
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.courses.plans_pane import PlansPane
from desktop_app.ui.courses.rows import CoursesPresenter
from desktop_app.ui.tables.list_page import IMPORT_HINT, ListPage
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.detail_pane import Facts
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QVBoxLayout

    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.courses.course_form import CourseForm

_FACTS = (
    N_("Code"),
    N_("Batch"),
    N_("Before GST"),
    N_("GST"),
    N_("Starts"),
    N_("Ends"),
    N_("Seats"),
    N_("Fee plans"),
)


class CoursesPage(ListPage[CourseRow]):
    """Every course, with details beside the list."""

    title = N_("Courses")
    kind = "courses"
    find_hint = N_("Course, code or batch")
    counts = (N_("{count} found"), N_("{count} course", "{count} courses"))
    nothing = (N_("No courses yet"), IMPORT_HINT, N_("Add course"))
    no_match = (N_("No course matches “{text}”"), "", N_("Add course"))
    detail_px = 360
    reads = Changes(courses=True, payments=True)
    """Payments take seats."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, CoursesPresenter(context.runner))

    def build(self, column: QVBoxLayout) -> None:
        """Build the details, with the question before a course is archived."""
        self.add_import()
        self.add_export(N_("Export the listed courses as CSV or Excel"))
        self.add_new(N_("&Add course"))
        self.course_title = ElidedLabel(role="section", name="courseTitle")
        self.total = label("", "clock", name="courseTotal")
        self.total_caption = label(N_("Fee"), "caption")
        self.facts = Facts(_FACTS)
        self.edit_button = Button(N_("&Edit…"), icon="edit", name="courseEditButton")
        tip = N_("Stop enrolling new students. Current enrolments stay.")
        self.archive_button = Button(N_("A&rchive…"), name="courseWithdrawButton", tip=tip)
        fill(column, self.course_title, theme.GRID, self._build_tabs(), theme.GAP)
        fill(column, self.details, self.plans, STRETCH)
        self.detail.add_foot(self.edit_button, self.archive_button, self.plans.add)
        self.tabs.idToggled.connect(self._show_actions)
        self._show_actions()
        self.edit_button.clicked.connect(self.edit)
        self.archive_button.clicked.connect(self._ask_archive)

    def _build_tabs(self) -> QWidget:
        """Build the two sides of the details: facts and fee, and fee plans."""
        self.details, self.plans = QWidget(self), PlansPane(self.context)
        self.plans.setParent(self)  # one without a parent is shown as a separate window
        inside = vbox(inside=self.details, gap=theme.GAP)
        fill(inside, self.total_caption, self.total, self.facts, self._build_question())
        self.tabs = QButtonGroup(self)
        row = QWidget()
        line = hbox(inside=row, gap=theme.GRID)
        sides = ((N_("Details"), self.details), (N_("Fee &plans"), self.plans))
        for number, (words, side) in enumerate(sides):
            name = ("courseDetailsTab", "coursePlansTab")[number]
            tab = Button(words, kind="segment", name=name)
            tab.setCheckable(True)
            tab.toggled.connect(side.setVisible)
            self.tabs.addButton(tab, number)
            fill(line, (tab, 1))
        self.plans.hide()
        self.tabs.button(0).setChecked(True)
        return row

    def _show_actions(self, *_: object) -> None:
        """Offer what belongs to the side that is shown."""
        is_plans = self.tabs.checkedId() == 1
        self.plans.add.setVisible(is_plans)
        for button in (self.edit_button, self.archive_button):
            button.setVisible(not is_plans)

    def _build_question(self) -> QWidget:
        """Build the question beside the course it is about; the safe answer comes first."""
        self.question = Card("well", margin=12)
        self.question_words = label("", "small", name="withdrawQuestion", wrap=True)
        self.keep_button = Button(N_("Cancel"), name="withdrawKeepButton")
        self.confirm_button = Button(N_("Archive"), kind="danger", name="withdrawConfirmButton")
        row = flowing(self.keep_button, self.confirm_button, spread=True)
        fill(self.question.column, self.question_words, row)
        self.question.hide()
        self.keep_button.clicked.connect(self._keep)
        self.confirm_button.clicked.connect(self._archive)
        return self.question

    def arrive(self) -> None:
        """Read the list again; who comes to the page sees the details of a course first."""
        self.tabs.button(0).setChecked(True)
        super().arrive()

    def go_back(self) -> None:
        """Close the question, else return to the list or clear the search."""
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
        from desktop_app.ui.courses.course_form import CourseForm, confirm_saved

        form = CourseForm(self.context.runner, self.window(), row)
        if row is None:
            form.saved.connect(partial(confirm_saved, self.context.notices))
            self.show_form(form, form.saved)
        else:
            self.show_form(form, form.saved, lambda desk: desk.courses.change(row.uid, row.course))
        return form

    def key_of(self, row: CourseRow) -> str:
        """Return the code."""
        return row.course.code

    def name_of(self, row: CourseRow) -> str:
        """Return the course's code."""
        return row.course.code

    def picked(self) -> None:
        """Show another course; a question about the one before is dropped."""
        self.question.hide()
        for button in (self.edit_button, self.archive_button):
            button.setEnabled(self._row is not None)
        self.plans.show_course(self._row)
        self.show_row()

    def show_row(self) -> None:
        """Show what is known of the course."""
        row = self._row
        if row is None:
            return
        course = row.course
        self.course_title.show_text(course.title)
        self.total.setText(short_rupees(row.total))
        starts = day_text(course.starts_on) if course.starts_on else ""
        has_tax = row.taxable != row.total
        self.facts.show_values(
            {
                "Code": course.code,
                "Batch": course.batch,
                "Before GST": format_rupees(row.taxable) if has_tax else "",
                "GST": _tax_text(row) if has_tax else "",
                "Starts": starts,
                "Ends": day_text(course.ends_on) if course.ends_on else "",
                "Seats": _seats_words(row),
                "Fee plans": ", ".join(row.plans),
            }
        )
        words = N_(
            "Archive {code}? You won't be able to enrol new students. "
            "The {count} enrolment and its receipt stay.",
            "Archive {code}? You won't be able to enrol new students. "
            "The {count} enrolments and their receipts stay.",
        )
        self.question_words.setText(tr(words, code=course.code, count=row.seats_taken))

    def _ask_archive(self) -> None:
        if self._row is not None:
            self.tabs.button(0).setChecked(True)
            self.question.show()
            self.keep_button.setFocus()
            QTimer.singleShot(0, self.question, self._look_at_question)

    def _look_at_question(self) -> None:
        self.detail.area.ensureWidgetVisible(self.question, 0, theme.GAP)

    def _keep(self) -> None:
        self.question.hide()
        self.table.setFocus()

    def _archive(self) -> None:
        self.question.hide()
        row = self._row
        if row is not None:
            self.context.runner.local(
                lambda desk: desk.courses.withdraw(row.uid), partial(self._archived, row)
            )

    def _archived(self, row: CourseRow, _nothing: None) -> None:
        self.context.notices.say(tr(N_("{code} is archived."), code=row.course.code))


def _tax_text(row: CourseRow) -> str:
    """Return the tax with its rate."""
    rate, tax = format_rate(row.course.gst_bp), format_rupees(row.total - row.taxable)
    return f"{tax} ({rate})"


def _seats_words(row: CourseRow) -> str:
    """Return how many seats are taken, and of how many."""
    taken = group_digits(str(row.seats_taken))
    if row.course.seats is None:
        return tr(N_("{taken} taken (no limit)"), taken=taken)
    seats = group_digits(str(row.course.seats))
    return tr(N_("{taken} of {seats} taken"), taken=taken, seats=seats)
