"""The form for a course in one batch: fee, tax and seats, with what a student will pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.courses import LARGEST_FEE, Course, make_course
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.fees import quote
from desktop_app.domain.money import format_plain, format_rupees, parse_rupees
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.forms.entries import (
    day_typed,
    parse_day,
    parse_percent,
    parse_seats,
    percent_typed,
)
from desktop_app.ui.forms.form import FormDialog
from desktop_app.ui.widgets.labels import label
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop_app.services.views.enrolment import CourseRow
    from desktop_app.services.views.settings import SettingsView
    from desktop_app.ui.core.jobs import JobRunner

_NO_GST = N_("The centre has no GSTIN, so no tax is charged.")


class CourseForm(FormDialog):
    """A course's facts; `saved` carries the course as a `CourseRow`.

    Args:
        runner: runs what blocks.
        parent: the window it belongs to.
        row: the course to change; None for a new one.
    """

    taken = ("code", N_("Another course has this code."))

    def __init__(
        self, runner: JobRunner, parent: QWidget | None, row: CourseRow | None = None
    ) -> None:
        title = N_("Change a course") if row else N_("New course")
        super().__init__(runner, parent, title=title, action=N_("Save course"))
        self.setObjectName("courseForm")
        self._uid = row.uid if row else None
        self._is_registered: bool | None = None
        self._build()
        self.setMinimumWidth(620)
        if row is not None:
            self._show(row.course)
        self.settle()
        self._preview()
        self.title.setFocus()
        runner.local(lambda desk: desk.settings.view(), self._know_centre)

    def _build(self) -> None:
        self.title = self.add_line(
            "title", N_("&Title"), (0, 0), placeholder=N_("like Physics XI"), span=2
        )
        self.code = self.add_line("code", N_("&Code"), (1, 0), placeholder=N_("like PHY-11"))
        self.batch = self.add_line("batch", N_("&Batch"), (1, 1), placeholder=N_("like Morning"))
        self.fee = self.add_line("fee", N_("&Fee in rupees"), (2, 0), placeholder=N_("like 12,500"))
        self.answers_for("amount", "fee")
        self.gst_rate = self.add_line(
            "gst_rate", N_("&GST in percent"), (2, 1), placeholder=N_("like 18")
        )
        self.gst_rate.setText("18")
        self.tax_inclusive = Select(
            ((N_("Included in the fee"), "yes"), (N_("Added on top of the fee"), "no"))
        )
        self.add_field("tax_inclusive", N_("GST &is"), self.tax_inclusive, (3, 0))
        self.seats = self.add_line("seats", N_("&Seats"), (3, 1), placeholder=N_("No limit"))
        self.starts_on = self.add_line(
            "starts_on", N_("St&arts on"), (4, 0), placeholder=N_("like 01-12-2026")
        )
        self.preview = label("", "secondary", name="feePreview", wrap=True)
        self.body.addWidget(self.preview, 5, 0, 1, 2)
        for editor in (self.fee, self.gst_rate, self.title):
            editor.textChanged.connect(self._preview)
        self.tax_inclusive.currentIndexChanged.connect(self._preview)

    def _show(self, course: Course) -> None:
        self.fill(
            title=course.title,
            code=course.code,
            batch=course.batch,
            fee=format_plain(course.fee).removesuffix(".00"),
            gst_rate=percent_typed(course.gst_bp),
            tax_inclusive="yes" if course.tax_inclusive else "no",
            seats="" if course.seats is None else str(course.seats),
            starts_on=day_typed(course.starts_on),
        )

    def _know_centre(self, settings: SettingsView) -> None:
        self._is_registered = bool(settings.centre.gstin)
        self._preview()

    def _preview(self) -> None:
        """Show what a student will pay, once the fee can be read."""
        try:
            course = self._course(title=self.title.text() or "Course", code="-")
        except InvalidInputError:
            self.preview.setText("")
            return
        bill = quote(course, registered=bool(self._is_registered))
        parts = [f"{tr(line.label)} {format_plain(line.amount)}" for line in bill.lines[1:]]
        words = N_("A student pays {total}.")
        if parts:
            words = N_("A student pays {total}: {fee} and {taxes}.")
        said = tr(
            words,
            total=format_rupees(bill.total),
            fee=format_plain(bill.lines[0].amount),
            taxes=", ".join(parts),
        )
        tail = tr(_NO_GST) if self._is_registered is False and course.gst_bp else ""
        self.preview.setText(f"{said} {tail}".strip())

    def retranslate(self) -> None:
        """Write what a student pays in the present language."""
        super().retranslate()
        self._preview()

    def _course(self, *, title: str, code: str) -> Course:
        return make_course(
            code=code,
            title=title,
            batch=self.batch.text(),
            fee=parse_rupees(self.fee.text(), limit=LARGEST_FEE, allow_zero=True),
            gst_bp=parse_percent(self.gst_rate.text(), "gst_rate"),
            tax_inclusive=self.value("tax_inclusive") == "yes",
            seats=parse_seats(self.seats.text(), "seats"),
            starts_on=parse_day(self.starts_on.text(), "starts_on"),
        )

    def save(self) -> None:
        """Check the fields and save the course."""
        course = self._course(title=self.title.text(), code=self.code.text())
        uid = self._uid
        if uid is None:
            self.submit(lambda desk: desk.courses.add(course))
        else:
            self.submit(lambda desk: desk.courses.change(uid, course))
