"""The counter's lists: students and courses under their searches, and the newest payments."""

from __future__ import annotations

from typing import NamedTuple

from desktop_app.ui.core.i18n import N_
from desktop_app.ui.counter.rows import (
    COURSE_SHARES,
    COURSE_SPARE,
    RECENT_SHARES,
    RECENT_SPARE,
    STUDENT_SHARES,
    STUDENT_SPARE,
)
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.picker import Picker
from desktop_app.ui.widgets.result_list import ResultList
from desktop_app.ui.widgets.search_box import SearchBox

NO_STUDENTS = N_("Search by name, roll number or phone.")
NO_COURSE = N_("No matching course. You can add it under Courses.")
NO_COURSES = N_("No courses yet. Add the first one under Courses.")
NO_PAYMENTS = N_("Today's payments appear here.")


class CounterLists(NamedTuple):
    """The lists, and the button beside the students."""

    new_student: Button
    student: Picker
    course: Picker
    recent: ResultList


def make_lists(student_box: SearchBox) -> CounterLists:
    """Return the lists; the first frame has shown the box of the students already."""
    new_student = Button(
        N_("Add student"),
        icon="plus",
        name="newStudentButton",
        tip=N_("Add a student (Ctrl+N)"),
    )
    student = Picker(
        student_box,
        ResultList(
            "studentResults",
            N_("Students found"),
            STUDENT_SHARES,
            NO_STUDENTS,
            spare=STUDENT_SPARE,
        ),
        new_student,
        recent=N_("Recent students"),
    )
    course = Picker(
        SearchBox(name="courseSearch", hint=N_("Course, code or batch"), key="F3"),
        ResultList(
            "courseResults",
            N_("Courses found"),
            COURSE_SHARES,
            NO_COURSE,
            NO_COURSES,
            spare=COURSE_SPARE,
        ),
    )
    recent = ResultList(
        "recentPayments",
        N_("Recent payments"),
        RECENT_SHARES,
        NO_PAYMENTS,
        spare=RECENT_SPARE,
        takes_keys=True,
    )
    return CounterLists(new_student, student, course, recent)
