"""The form for a course in one batch: fee, tax and seats, and the price of a student."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from desktop_app.domain.courses import LARGEST_FEE, Course, make_course, suggest_code
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.fees import quote
from desktop_app.domain.money import format_plain, format_rupees, parse_rupees
from desktop_app.domain.receipt import IST
from desktop_app.ui.core.formatting import one_line, short_rupees
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.core.notice import Tone
from desktop_app.ui.forms.entries import (
    day_typed,
    parse_day,
    parse_percent,
    parse_seats,
    percent_typed,
)
from desktop_app.ui.forms.form import FormDialog
from desktop_app.ui.widgets.boxes import fill
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import label
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop_app.services.views.enrolment import CourseRow
    from desktop_app.services.views.settings import SettingsView
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.core.notice import Notices

_NO_GST = N_("Your centre has no GSTIN, so you don't charge GST.")


def _today() -> date:
    return datetime.now(IST).date()


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
        title = N_("Edit course") if row else N_("Add course")
        super().__init__(runner, parent, title=title, action=N_("Save"))
        self.setObjectName("courseForm")
        self._uid = row.uid if row else None
        self._is_registered: bool | None = None
        self._suggested = ""
        self._build()
        self.setMinimumWidth(620)
        if row is not None:
            self._show(row.course)
        else:
            self.title.editingFinished.connect(self._suggest_code)
        self.settle()
        self._preview()
        self.title.setFocus()
        runner.local(lambda desk: desk.settings.view(), self._know_centre)

    def _build(self) -> None:
        self.title = self.add_line(
            "title", N_("&Title"), (0, 0), placeholder=N_("e.g. Physics XI"), span=2
        )
        self.code = self.add_line("code", N_("&Code"), (1, 0), placeholder=N_("e.g. PHY-11"))
        self.batch = self.add_line("batch", N_("&Batch"), (1, 1), placeholder=N_("e.g. Morning"))
        self.fee = self.add_line("fee", N_("&Fee in rupees"), (2, 0), placeholder=N_("e.g. 12,500"))
        self.answers_for("amount", "fee")
        self.gst_rate = self.add_line(
            "gst_rate", N_("&GST rate in percent"), (2, 1), placeholder=N_("e.g. 18")
        )
        self.gst_rate.setText("18")
        self.tax_inclusive = Select(
            ((N_("Included in the fee"), "yes"), (N_("Added to the fee"), "no"))
        )
        self.add_field("tax_inclusive", N_("GST &is"), self.tax_inclusive, (3, 0))
        self.price = Card("well", margin=12)
        self.total = label("", "page", name="feeTotal")
        self.preview = label("", "small", name="feePreview", wrap=True)
        row = flowing(label(N_("A student pays"), "strong"), self.total, spread=True)
        fill(self.price.column, row, self.preview)
        self.body.addWidget(self.price, 4, 0, 1, 2)
        self.seats = self.add_line("seats", N_("&Seats"), (6, 0), placeholder=N_("No limit"))
        self.starts_on = self.add_date("starts_on", N_("St&arts on"), (6, 1), first=_today)
        self.ends_on = self.add_date("ends_on", N_("E&nds on"), (7, 1), first=_today)
        self.fold(5, "seats", "starts_on", "ends_on")
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
            ends_on=day_typed(course.ends_on),
        )

    def _know_centre(self, settings: SettingsView) -> None:
        self._is_registered = bool(settings.centre.gstin)
        self._preview()

    def _suggest_code(self) -> None:
        """Derive the code from the title, until somebody enters another one."""
        if self.code.text() == self._suggested:
            self._suggested = suggest_code(self.title.text())
            self.code.setText(self._suggested)

    def _preview(self) -> None:
        """Show what a student will pay, once the fee can be read."""
        try:
            course = self._course(title=self.title.text() or "Course", code="-")
        except InvalidInputError:
            self.total.setText("")
            is_free = self._is_registered is False
            hint = _NO_GST if is_free else N_("Enter the fee to see the total.")
            self.preview.setText(tr(hint))
            self.preview.show()
            return
        bill = quote(course, registered=bool(self._is_registered))
        self.total.setText(format_rupees(bill.total))
        taxes = [f"{tr(line.label)} {format_plain(line.amount)}" for line in bill.lines[1:]]
        words = tr(_NO_GST) if self._is_registered is False and course.gst_bp else ""
        if taxes:
            fee = tr(N_("Fee {amount}"), amount=format_plain(bill.lines[0].amount))
            words = " + ".join((fee, *taxes))
        self.preview.setText(words)
        self.preview.setVisible(bool(words))

    def retranslate(self) -> None:
        """Show what a student pays in the current language."""
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
            ends_on=parse_day(self.ends_on.text(), "ends_on"),
        )

    def save(self) -> None:
        """Check the fields and save the course."""
        course = self._course(title=self.title.text(), code=self.code.text())
        uid = self._uid
        if uid is None:
            self.submit(lambda desk: desk.courses.add(course))
        else:
            self.submit(lambda desk: desk.courses.change(uid, course))


def confirm_saved(notices: Notices, row: CourseRow) -> None:
    """Show that a new course is saved, and what it costs."""
    notices.note(
        N_("Course saved: {course}, {amount}."),
        values={"course": one_line(row.course.title, 60), "amount": short_rupees(row.total)},
        tone=Tone.GOOD,
        key="course saved",
    )
