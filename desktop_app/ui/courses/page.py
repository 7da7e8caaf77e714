"""What is on offer: courses in batches, their fees and seats; add, change, withdraw.

Widgets only: the presenter reads, the form writes.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app.domain.fees import format_rate
from desktop_app.domain.money import format_rupees, group_digits
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.core.notice import Notice, Tone
from desktop_app.ui.core.page import Changes
from desktop_app.ui.courses.presenter import CoursesPresenter
from desktop_app.ui.forms.entries import day_typed
from desktop_app.ui.tables.list_page import ListPage, shortened
from desktop_app.ui.tables.tags import seats_text
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.detail_pane import Facts
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment import CourseRow
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.courses.course_form import CourseForm
    from desktop_app.ui.courses.presenter import CourseRows

_FACTS = (
    N_("Code"), N_("Batch"), N_("Fee"), N_("GST"), N_("Starts on"), N_("Enrolled"),
    N_("Seats left"),
)  # fmt: skip


class CoursesPage(ListPage):
    """Every course, with details beside the list."""

    title = N_("Courses")

    def __init__(self, context: PageContext) -> None:
        self.presenter = CoursesPresenter(context.runner, context.calls)
        super().__init__(
            context,
            name="courses",
            find_hint=N_("Course, code or batch"),
            model=self.presenter.model,
        )
        self.presenter.setParent(self)
        self._row: CourseRow | None = None
        self._list: CourseRows | None = None
        self._picked = ""
        self._build_actions()
        self._build_detail()
        self._connect()
        self._pick(None)

    def _build_actions(self) -> None:
        self.import_button = Button(
            N_("&Import…"), icon="import", name="coursesImportButton",
            tip=N_("Bring in a list from a CSV file, as Excel saves it"),
        )  # fmt: skip
        self.export_button = Button(
            N_("E&xport…"), icon="export", name="coursesExportButton",
            tip=N_("Save all courses as CSV or Excel"),
        )  # fmt: skip
        self.new_button = Button(N_("&New course"), icon="plus", name="coursesNewButton")
        self.add_import_button = Button(N_("Import a list…"), name="coursesEmptyImportButton")
        self.empty.add_action(self.add_import_button)
        for button in (self.import_button, self.export_button, self.new_button):
            self.action_row.addWidget(button)

    def _build_detail(self) -> None:
        column = self.detail.column
        self.course_title = ElidedLabel(role="section", name="courseTitle")
        self.total = label("", "clock", name="courseTotal")
        self.total_caption = label(N_("A student pays"), "caption")
        self.facts = Facts(_FACTS)
        self.edit_button = Button(N_("&Change…"), icon="edit", name="courseEditButton")
        self.withdraw_button = Button(
            N_("&Withdraw…"),
            name="courseWithdrawButton",
            tip=N_("Take the course off the list; its enrolments stay"),
        )
        column.addWidget(self.course_title)
        column.addSpacing(theme.GRID)
        column.addWidget(self.total_caption)
        column.addWidget(self.total)
        column.addSpacing(theme.GAP)
        column.addWidget(self.facts)
        column.addSpacing(theme.GAP)
        column.addWidget(flowing(self.edit_button, self.withdraw_button))
        column.addWidget(self._build_question())
        column.addStretch(1)

    def _build_question(self) -> QWidget:
        """Withdrawing is asked about here, beside what it concerns; the safe answer is first."""
        self.question = Card("well", margin=12)
        self.question_words = label("", "small", name="withdrawQuestion", wrap=True)
        self.keep_button = Button(N_("Keep it"), name="withdrawKeepButton")
        self.confirm_button = Button(N_("Withdraw"), kind="danger", name="withdrawConfirmButton")
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(self.keep_button)
        row.addStretch(1)
        row.addWidget(self.confirm_button)
        self.question.column.addWidget(self.question_words)
        self.question.column.addLayout(row)
        self.question.hide()
        return self.question

    def _connect(self) -> None:
        self.new_button.clicked.connect(self.act_on_empty)
        self.import_button.clicked.connect(self._import)
        self.add_import_button.clicked.connect(self._import)
        self.export_button.clicked.connect(self._export)
        self.edit_button.clicked.connect(self.edit)
        self.withdraw_button.clicked.connect(self._ask_withdraw)
        self.keep_button.clicked.connect(self._keep)
        self.confirm_button.clicked.connect(self._withdraw)
        self.table.picked.connect(self._pick)
        self.table.opened.connect(self.edit)
        self.presenter.listed.connect(self._listed)
        self.presenter.withdrawn.connect(self._withdrawn)
        self.presenter.restored.connect(self._saved)
        self.presenter.failed.connect(self.tell)

    def attach(self, desk: Desk) -> None:
        """Take the open desk."""
        self.presenter.attach(desk)

    def search(self, text: str) -> None:
        """List what matches."""
        self.presenter.search(text)

    def go_back(self) -> None:
        """Close the question, else empty the search."""
        if self.question.isHidden():
            super().go_back()
        else:
            self._keep()

    def describe_empty(self, text: str) -> None:
        """Offer to add a course; on an empty list, to bring one in."""
        self.add_import_button.setVisible(not text)
        if text:
            what = tr(N_("No course matches “{text}”"), text=shortened(text))
            self.empty.show_words(what, "", N_("New course"))
        else:
            self.empty.show_words(
                N_("No courses yet"),
                N_("Add the first one here, or bring in a list that Excel saved as CSV."),
                N_("New course"),
            )

    def act_on_empty(self) -> None:
        """Open the form for a new course."""
        self._open_form(None)

    def edit(self) -> CourseForm | None:
        """Open the form for the course that is shown."""
        return self._open_form(self._row) if self._row is not None else None

    def _open_form(self, row: CourseRow | None) -> CourseForm | None:
        if self.presenter.desk is None:
            return None
        from desktop_app.ui.courses.course_form import CourseForm  # noqa: PLC0415 - when used

        form = CourseForm(self.presenter.desk, self.context.runner, self.window(), row)
        form.saved.connect(self._saved)
        if row is not None:
            form.saved.connect(partial(self._offer_undo, row))
        form.open()
        return form

    def _offer_undo(self, before: CourseRow, after: CourseRow) -> None:
        """Let a change be taken back: agreed fees of enrolments stay as agreed anyway."""
        self.context.notices.post(
            Notice(
                what=N_("{name} was changed."),
                values={"name": after.course.code},
                tone=Tone.GOOD,
                key="changed",
                actions=((N_("Undo the change"), partial(self.presenter.put_back, before)),),
            )
        )

    def _import(self) -> None:
        from desktop_app.ui.forms.import_export import import_sheet  # noqa: PLC0415 - when used

        if self.presenter.desk is not None:
            import_sheet(self.context, self.presenter.desk, "courses", self)

    def _export(self) -> None:
        from desktop_app.ui.forms.import_export import export_sheet  # noqa: PLC0415 - when used

        if self.presenter.desk is not None:
            export_sheet(self.context, self.presenter.desk, "courses", self)

    def _saved(self, row: CourseRow) -> None:
        self._picked = row.uid
        self.context.calls.changed.emit(Changes(courses=True))

    def _listed(self, courses: CourseRows) -> None:
        self._list = courses
        self._say_count()
        self.show_rows(courses.total, self._picked)

    def _say_count(self) -> None:
        if self._list is None:
            return
        words = N_("{count} found") if self.presenter.text else N_("{count} on offer")
        self.count.setText(tr(words, count=group_digits(str(self._list.total))))

    def retell(self) -> None:
        """Say again what was put together from data."""
        self._say_count()
        if self._row is not None:
            self._show_facts(self._row)
            self._say_question(self._row)
        else:
            self.course_title.show_text(tr(N_("No course picked")))

    def _pick(self, row: CourseRow | None) -> None:
        self._row = row
        self.question.hide()
        for button in (self.edit_button, self.withdraw_button):
            button.setEnabled(row is not None)
            button.setVisible(row is not None)
        self.total_caption.setVisible(row is not None)
        self.total.setVisible(row is not None)
        if row is None:
            self.course_title.show_text(tr(N_("No course picked")))
            self.facts.show_values({})
            return
        self._picked = row.uid
        self.course_title.show_text(row.course.title)
        self.total.setText(format_rupees(row.total))
        self._show_facts(row)

    def _show_facts(self, row: CourseRow) -> None:
        course = row.course
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

    def _ask_withdraw(self) -> None:
        if self._row is None:
            return
        self._say_question(self._row)
        self.question.show()
        self.keep_button.setFocus()

    def _say_question(self, row: CourseRow) -> None:
        words = N_(
            "Take {code} off the list? Nobody new can be enrolled then; "
            "its enrolments ({count}) and their receipts stay."
        )
        self.question_words.setText(tr(words, code=row.course.code, count=row.seats_taken))

    def _keep(self) -> None:
        self.question.hide()
        self.table.setFocus()

    def _withdraw(self) -> None:
        self.question.hide()
        if self._row is not None:
            self.presenter.withdraw(self._row)

    def _withdrawn(self, row: CourseRow) -> None:
        words = N_("{code} is off the list; its enrolments stay.")
        self.context.notices.say(tr(words, code=row.course.code))
        self.context.calls.changed.emit(Changes(courses=True))

    def apply_changes(self, changes: Changes) -> None:
        """Read the list again: payments take seats."""
        if changes.courses or changes.payments:
            self.presenter.search(self.presenter.text)
